internal import Ledger
internal import Primitives

/// Transactions on their way into a block.
///
/// `ready` holds those whose nonce follows the state and one another, in order of arrival;
/// `parked` those that wait for an earlier nonce.
struct Pool {
    struct Entry {
        let transaction: Transaction
        let hash: Hash
        let sender: Address
    }

    private(set) var ready: [Entry] = []
    private var parked: [Address: [UInt64: Entry]] = [:]
    private var hashes: Set<Hash> = []
    /// The nonce after each sender's last ready transaction.
    private var nextNonce: [Address: UInt64] = [:]

    var count: Int { hashes.count }

    func contains(_ hash: Hash) -> Bool { hashes.contains(hash) }

    /// The nonce that the sender's next transaction should have, given the state's.
    func nextNonce(of sender: Address, after stateNonce: UInt64) -> UInt64 {
        max(nextNonce[sender] ?? 0, stateNonce)
    }

    func transaction(_ hash: Hash) -> Entry? {
        if let entry = ready.first(where: { $0.hash == hash }) { return entry }
        for (_, entries) in parked {
            if let entry = entries.values.first(where: { $0.hash == hash }) { return entry }
        }
        return nil
    }

    /// All transactions, ready ones first, then parked ones by sender and nonce.
    var all: [Entry] {
        var entries = ready
        for sender in parked.keys.sorted() {
            entries += (parked[sender] ?? [:]).values.sorted {
                $0.transaction.nonce < $1.transaction.nonce
            }
        }
        return entries
    }

    /// Takes the transaction; true when it can go into the next block.
    mutating func insert(_ entry: Entry, stateNonce: UInt64) throws(SubmissionError) -> Bool {
        guard !hashes.contains(entry.hash) else { throw .alreadyKnown(entry.hash) }
        guard count < Limits.poolTransactions else { throw .poolFull }
        let next = nextNonce(of: entry.sender, after: stateNonce)
        let nonce = entry.transaction.nonce
        if nonce > next {
            var own = parked[entry.sender] ?? [:]
            guard own[nonce] == nil else { throw .underpriced }
            guard own.count < Limits.poolTransactionsPerSender else { throw .poolFull }
            own[nonce] = entry
            parked[entry.sender] = own
            hashes.insert(entry.hash)
            return false
        }
        // Same nonce as one that is ready: the first one stands.
        guard nonce == next else { throw .underpriced }
        hashes.insert(entry.hash)
        makeReady(entry)
        return true
    }

    private mutating func makeReady(_ entry: Entry) {
        ready.append(entry)
        var next = entry.transaction.nonce + 1
        while let following = parked[entry.sender]?.removeValue(forKey: next) {
            ready.append(following)
            next += 1
        }
        if parked[entry.sender]?.isEmpty == true { parked[entry.sender] = nil }
        nextNonce[entry.sender] = next
    }

    /// Takes the ready transactions out, at most `count`.
    mutating func takeReady(_ count: Int) -> [Entry] {
        let taken = Array(ready.prefix(count))
        ready.removeFirst(taken.count)
        return taken
    }

    /// Puts back, in front, what a block had no room for.
    mutating func putBack(_ entries: [Entry]) { ready = entries + ready }

    /// Forgets a transaction that a block took or refused.
    mutating func forget(_ entry: Entry) {
        hashes.remove(entry.hash)
        if !ready.contains(where: { $0.sender == entry.sender }) { nextNonce[entry.sender] = nil }
    }
}
