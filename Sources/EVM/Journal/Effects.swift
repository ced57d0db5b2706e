public import Primitives

/// What one transaction read and changed on a journal of its own.
///
/// On another journal the effects stand for the transaction itself wherever that journal answers
/// all its reads alike. Wei that an account only received is kept as a sum, so that payments to
/// one account do not exclude each other.
public struct Effects: Sendable {
    struct AccountEffect: Sendable {
        let address: Address
        let exists: Bool
        let baseExists: Bool
        /// Whether the transaction's end deleted it.
        let isDeleted: Bool
        let observed: Observed
        let nonce: UInt64
        let baseNonce: UInt64
        /// What the source says where the base was foretold; else the base.
        let sourceNonce: UInt64
        let balance: UInt256
        let baseBalance: UInt256
        let codeHash: Hash
        let baseCodeHash: Hash

        var wasEmpty: Bool {
            baseNonce == 0 && baseBalance.isZero && baseCodeHash == .emptyCode
        }
    }

    struct SlotEffect: Sendable {
        /// The account's place among the effects.
        let account: Int32
        /// Whether the source was asked.
        let isRead: Bool
        let isChanged: Bool
        let slot: UInt256
        let base: UInt256
        let value: UInt256
    }

    var accounts: [AccountEffect] = []
    var slots: [SlotEffect] = []
    /// New code, by its hash.
    var codes: [Hash: [UInt8]] = [:]
}

extension Journal {
    /// Whether the account's facts were asked for.
    public func isLoaded(_ address: Address) -> Bool {
        accounts.find(address).map { accounts[$0].isLoaded } ?? false
    }

    /// Lets an account begin with a later nonce than the source says, in a journal without
    /// changes: as if its transactions before had run.
    public func foretell(nonce: UInt64, of address: Address) {
        let number = loaded(address)
        guard accounts[number].nonce < nonce else { return }
        foretold = (number, accounts[number].nonce)
        accounts[number].nonce = nonce
        accounts[number].baseNonce = nonce
    }

    /// What was read and changed since the journal was made or emptied.
    public func effects() -> Effects {
        var effects = Effects()
        effects.codes = newCodes
        var places = [Int32](repeating: -1, count: accounts.count)
        for number in 0..<accounts.count where accounts[number].isLoaded {
            places[number] = Int32(effects.accounts.count)
            effects.accounts.append(effect(number))
        }
        effects.slots.reserveCapacity(slots.count)
        for index in 0..<slots.count {
            let entry = slots[index]
            let owner = Int(entry.key.owner >> 32)
            let incarnation = UInt32(truncatingIfNeeded: entry.key.owner)
            effects.slots.append(
                Effects.SlotEffect(
                    account: places[owner],
                    isRead: incarnation == 0 && accounts[owner].baseExists,
                    isChanged: incarnation == accounts[owner].incarnation
                        && entry.value != entry.base,
                    slot: entry.key.slot, base: entry.base, value: entry.value))
        }
        return effects
    }

    private func effect(_ number: Int) -> Effects.AccountEffect {
        let entry = accounts[number]
        var observed = entry.observed
        // What was replaced was looked at; only wei is also added blindly.
        if entry.nonce != entry.baseNonce { observed.insert(.nonce) }
        var sourceNonce = entry.baseNonce
        if let foretold, foretold.number == number { sourceNonce = foretold.nonce }
        return Effects.AccountEffect(
            address: entry.key, exists: entry.exists, baseExists: entry.baseExists,
            isDeleted: entry.incarnation != 0, observed: observed, nonce: entry.nonce,
            baseNonce: entry.baseNonce, sourceNonce: sourceNonce, balance: entry.balance,
            baseBalance: entry.baseBalance, codeHash: entry.codeHash,
            baseCodeHash: entry.baseCodeHash)
    }

    /// Forgets all: the journal is as it was made, its memory kept.
    public func reset() {
        accounts.removeAll()
        slots.removeAll()
        transients.removeAll()
        undo.removeAll()
        marked.removeAll()
        for index in unsafe 1..<codes.count { unsafe codes[index].release() }
        unsafe codes.truncate(to: 1)
        if !newCodes.isEmpty { newCodes = [:] }
        incarnation = 0
        foretold = nil
        beginTransaction()
    }
}

// MARK: Taking effects over

extension Journal {
    /// Begins a transaction and takes the effects over in its place, if all that they rest on
    /// holds here; false, and nothing changed, if not.
    ///
    /// What the effects read from the source, this journal need not read again.
    public func accept(_ effects: Effects) -> Bool {
        beginTransaction()
        var holds = true
        var numbers: [Int] = []
        numbers.reserveCapacity(effects.accounts.count)
        for effect in effects.accounts {
            let number = number(of: effect.address)
            numbers.append(number)
            if !accounts[number].isLoaded { adopt(effect, number) }
            if holds, !isAsRead(effect, number) { holds = false }
        }
        for effect in effects.slots {
            let number = numbers[Int(effect.account)]
            if !isAsRead(effect, number) { holds = false }
        }
        guard holds else { return false }
        for (effect, number) in zip(effects.accounts, numbers) {
            apply(effect, number, effects.codes)
        }
        for effect in effects.slots where effect.isChanged {
            let number = numbers[Int(effect.account)]
            write(slot: slotNumber(number, effect.slot), value: effect.value)
        }
        return true
    }

    /// An account that this journal has not asked for is still as the source has it.
    private func adopt(_ effect: Effects.AccountEffect, _ number: Int) {
        accounts[number].isLoaded = true
        guard effect.baseExists else {
            accounts[number].code = 0
            return
        }
        accounts[number].exists = true
        accounts[number].balance = effect.baseBalance
        accounts[number].nonce = effect.sourceNonce
        accounts[number].codeHash = effect.baseCodeHash
        accounts[number].baseExists = true
        accounts[number].baseBalance = effect.baseBalance
        accounts[number].baseNonce = effect.sourceNonce
        accounts[number].baseCodeHash = effect.baseCodeHash
    }

    private func isAsRead(_ effect: Effects.AccountEffect, _ number: Int) -> Bool {
        let entry = accounts[number]
        let observed = effect.observed
        guard entry.exists == effect.baseExists, entry.codeHash == effect.baseCodeHash,
            !observed.contains(.nonce) || entry.nonce == effect.baseNonce,
            !observed.contains(.balance) || entry.balance == effect.baseBalance,
            !observed.contains(.emptiness) || entry.isEmpty == effect.wasEmpty
        else { return false }
        return !observed.contains(.storage)
            || hasStorage(number) == observed.contains(.hadStorage)
    }

    private func isAsRead(
        _ effect: Effects.SlotEffect, _ number: Int
    ) -> Bool {
        let incarnation = accounts[number].incarnation
        let key = SlotKey(account: number, incarnation: incarnation, slot: effect.slot)
        if let found = slots.find(key) { return slots[found].value == effect.base }
        guard accounts[number].baseExists, incarnation == 0 else { return effect.base.isZero }
        guard effect.isRead else { return false }
        _ = slots.insert(SlotEntry(key: key, base: effect.base))
        return true
    }

    private func apply(
        _ effect: Effects.AccountEffect, _ number: Int, _ codes: [Hash: [UInt8]]
    ) {
        if effect.isDeleted {
            delete(number)
            return
        }
        if effect.exists { materialize(number) }
        if effect.nonce != effect.baseNonce { write(number, nonce: effect.nonce) }
        if effect.codeHash != effect.baseCodeHash {
            // New code is among the effects; only the hash of no bytes is not.
            setCode(number, codes[effect.codeHash] ?? [])
        }
        guard effect.balance != effect.baseBalance else { return }
        let sum = accounts[number].balance &+ (effect.balance &- effect.baseBalance)
        write(number, balance: sum)
    }
}
