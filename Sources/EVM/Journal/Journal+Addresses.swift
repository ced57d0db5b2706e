public import Primitives

// The journal by address: what the ledger and native precompiles use.
extension Journal {
    // MARK: Accounts

    public func exists(_ address: Address) -> Bool { accounts[loaded(address)].exists }

    /// Without nonce, balance and code (EIP-161); true for an account that does not exist.
    public func isEmpty(_ address: Address) -> Bool { isEmpty(loaded(address)) }

    public func balance(of address: Address) -> UInt256 { balance(loaded(address)) }

    public func nonce(of address: Address) -> UInt64 { nonce(loaded(address)) }

    /// The hash of the account's own code; that of no bytes when there is none.
    public func codeHash(of address: Address) -> Hash { accounts[loaded(address)].codeHash }

    /// The account's own bytes: of a delegating account, the 23 of its designator.
    public func code(of address: Address) -> [UInt8] {
        unsafe code(loaded(address)).takeUnretainedValue().bytes
    }

    /// Whom the account delegates its code to (EIP-7702).
    public func delegate(of address: Address) -> Address? {
        unsafe code(loaded(address)).takeUnretainedValue().delegate
    }

    /// The account as it stands, or nil when there is none.
    public func account(_ address: Address) -> Account? {
        let number = loaded(address)
        guard accounts[number].exists else { return nil }
        return Account(
            nonce: nonce(number), balance: balance(number),
            codeHash: accounts[number].codeHash)
    }

    public func setNonce(of address: Address, to nonce: UInt64) {
        let number = loaded(address)
        materialize(number)
        write(number, nonce: nonce)
    }

    public func setBalance(of address: Address, to balance: UInt256) {
        let number = loaded(address)
        touch(number)
        accounts[number].observed.insert(.balance)
        write(number, balance: balance)
    }

    /// Adds wei and touches the account, also for zero. Traps when the balance leaves 256 bits.
    public func addBalance(_ amount: UInt256, to address: Address) {
        let number = loaded(address)
        touch(number)
        if !amount.isZero { write(number, balance: accounts[number].balance + amount) }
    }

    /// Takes wei; false, and nothing changed, when there is not enough.
    public func subtractBalance(_ amount: UInt256, from address: Address) -> Bool {
        let number = loaded(address)
        guard balance(number) >= amount else { return false }
        if !amount.isZero { write(number, balance: accounts[number].balance &- amount) }
        return true
    }

    /// Replaces the account's code; no bytes clears it.
    public func setCode(of address: Address, to bytes: [UInt8]) {
        setCode(loaded(address), bytes)
    }

    /// Makes the account exist; at the end of the transaction it goes if it is empty (EIP-161).
    public func touch(_ address: Address) { touch(loaded(address)) }

    public func markCreated(_ address: Address) { markCreated(loaded(address)) }

    /// Marks the account for deletion at the end of the transaction; true when it was not before.
    @discardableResult
    public func markDestroyed(_ address: Address) -> Bool { markDestroyed(loaded(address)) }

    public func hasStorage(_ address: Address) -> Bool { hasStorage(loaded(address)) }

    // MARK: Storage

    public func storage(of address: Address, at slot: UInt256) -> UInt256 {
        slots[slotNumber(loaded(address), slot)].value
    }

    /// The value before the running transaction.
    public func originalStorage(of address: Address, at slot: UInt256) -> UInt256 {
        original(slotNumber(loaded(address), slot))
    }

    public func setStorage(of address: Address, at slot: UInt256, to value: UInt256) {
        write(slot: slotNumber(loaded(address), slot), value: value)
    }

    public func transientStorage(of address: Address, at slot: UInt256) -> UInt256 {
        transient(loaded(address), slot)
    }

    public func setTransientStorage(of address: Address, at slot: UInt256, to value: UInt256) {
        setTransient(loaded(address), slot, value)
    }

    // MARK: Marks of the transaction

    /// Warms the account (EIP-2929); true when it was cold. The source is not asked.
    @discardableResult
    public func warm(_ address: Address) -> Bool { warm(number(of: address)) }

    /// Makes all precompiles warm until the transaction ends, whatever is reverted (EIP-2929).
    public func warm(_ precompiles: PrecompileTable) {
        alwaysWarm = precompiles
        alwaysWarmEpoch = epoch
    }

    /// Warms a slot; true when it was cold.
    @discardableResult
    public func warm(_ address: Address, _ slot: UInt256) -> Bool {
        warmSlot(slotNumber(number(of: address), slot))
    }

    public func isWarm(_ address: Address) -> Bool {
        if isAlwaysWarm(address) { return true }
        guard let number = accounts.find(address) else { return false }
        return accounts[number].warmEpoch == epoch
    }

    public func addLog(_ log: Log) {
        unsafe log.data.withUnsafeBufferPointer { data in
            unsafe addLog(log.address, topicCount: log.topics.count, data) {
                log.topics[$0].word
            }
        }
    }

    public func addRefund(gas: Int64) { addRefund(gas) }

    /// The hash of an ancestor, zero when out of reach.
    public func blockHash(_ number: UInt64) -> Hash { source.blockHash(number) }
}
