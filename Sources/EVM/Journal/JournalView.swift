public import Primitives

/// The state as a journal has it, for journals on top of it.
///
/// Many threads may each have a view of one journal, as long as it does not change meanwhile.
public final class JournalView: StateSource {
    private let journal: Journal
    private let reader: any StateSource

    /// - Parameter reader: the same state as the journal's source, for the view's thread.
    public init(_ journal: Journal, over reader: any StateSource) {
        self.journal = journal
        self.reader = reader
    }

    private func known(_ address: Address) -> Int? {
        guard let number = journal.accounts.find(address), journal.accounts[number].isLoaded
        else { return nil }
        return number
    }

    public func account(_ address: Address) -> Account? {
        guard let number = known(address) else { return reader.account(address) }
        let entry = journal.accounts[number]
        guard entry.exists else { return nil }
        return Account(nonce: entry.nonce, balance: entry.balance, codeHash: entry.codeHash)
    }

    public func storage(_ address: Address, _ slot: UInt256) -> UInt256 {
        guard let number = known(address) else { return reader.storage(address, slot) }
        let incarnation = journal.accounts[number].incarnation
        let key = SlotKey(account: number, incarnation: incarnation, slot: slot)
        if let slot = journal.slots.find(key) { return journal.slots[slot].value }
        let isOld = journal.accounts[number].baseExists && incarnation == 0
        return isOld ? reader.storage(address, slot) : .zero
    }

    public func hasStorage(_ address: Address) -> Bool {
        guard let number = known(address) else { return reader.hasStorage(address) }
        return journal.accounts[number].baseExists && journal.accounts[number].incarnation == 0
            && reader.hasStorage(address)
    }

    public func code(_ hash: Hash) -> [UInt8] { journal.newCodes[hash] ?? reader.code(hash) }

    public func blockHash(_ number: UInt64) -> Hash { reader.blockHash(number) }
}
