public import Primitives

/// How one account differs from the journal's source.
public struct AccountChange: Sendable, Equatable {
    public var address: Address
    /// Nil when the account is gone.
    public var account: Account?
    /// Whether all its slots are wiped before `storage` applies.
    public var storageCleared: Bool
    /// Slots that differ, ascending; a value of zero deletes.
    public var storage: [(slot: UInt256, value: UInt256)]
    /// The code, when it is new and not empty.
    public var code: [UInt8]?

    public init(
        address: Address, account: Account?, storageCleared: Bool = false,
        storage: [(slot: UInt256, value: UInt256)] = [], code: [UInt8]? = nil
    ) {
        self.address = address
        self.account = account
        self.storageCleared = storageCleared
        self.storage = storage
        self.code = code
    }

    public static func == (left: AccountChange, right: AccountChange) -> Bool {
        left.address == right.address && left.account == right.account
            && left.storageCleared == right.storageCleared && left.code == right.code
            && left.storage.elementsEqual(right.storage) { $0 == $1 }
    }
}

extension Journal {
    /// Everything changed since the journal was made, sorted by address and slot.
    ///
    /// Cost: one pass over what was read or changed, and two sorts.
    public func changes() -> [AccountChange] {
        var storage = changedSlots()[...]
        var changes: [AccountChange] = []
        for number in 0..<accounts.count where accounts[number].isLoaded {
            var slots: [(slot: UInt256, value: UInt256)] = []
            while let next = storage.first, next.account <= number {
                storage.removeFirst()
                if next.account == number { slots.append((next.slot, next.value)) }
            }
            if let change = change(number, slots) { changes.append(change) }
        }
        return changes.sorted { $0.address < $1.address }
    }

    /// Slots in sight that differ from their start, by account and slot.
    private func changedSlots() -> [(account: Int, slot: UInt256, value: UInt256)] {
        var changed: [(account: Int, slot: UInt256, value: UInt256)] = []
        for index in 0..<slots.count where slots[index].value != slots[index].base {
            let owner = slots[index].key.owner
            let account = Int(owner >> 32)
            guard accounts[account].incarnation == UInt32(truncatingIfNeeded: owner) else {
                continue
            }
            changed.append((account, slots[index].key.slot, slots[index].value))
        }
        changed.sort { ($0.account, $0.slot) < ($1.account, $1.slot) }
        return changed
    }

    private func change(
        _ number: Int, _ slots: [(slot: UInt256, value: UInt256)]
    ) -> AccountChange? {
        let entry = accounts[number]
        guard entry.exists else {
            guard entry.baseExists else { return nil }
            return AccountChange(address: entry.key, account: nil, storageCleared: true)
        }
        let isCleared = entry.incarnation != 0 && entry.baseExists
        let isSame =
            entry.baseExists && !isCleared && slots.isEmpty && entry.nonce == entry.baseNonce
            && entry.balance == entry.baseBalance && entry.codeHash == entry.baseCodeHash
        if isSame { return nil }
        let isNewCode = entry.codeHash != entry.baseCodeHash && entry.codeHash != .emptyCode
        return AccountChange(
            address: entry.key,
            account: Account(
                nonce: entry.nonce, balance: entry.balance, codeHash: entry.codeHash),
            storageCleared: isCleared, storage: slots,
            code: isNewCode ? unsafe code(number).takeUnretainedValue().bytes : nil)
    }
}
