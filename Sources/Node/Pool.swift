internal import Ledger
internal import Primitives

/// Transactions on their way into a block.
///
/// `ready` holds those whose nonce follows the state and one another, in order of arrival;
/// `parked` those that wait for an earlier nonce. Parked ones have a room of their own, so that
/// what may never run cannot keep out what can.
struct Pool {
    struct Entry {
        let transaction: Transaction
        let hash: Hash
        let sender: Address

        /// About what it holds in memory: calldata may be long.
        var byteCount: Int { 1_024 + transaction.input.count }
    }

    private(set) var ready: [Entry] = []
    private var parked: [Address: [UInt64: Entry]] = [:]
    private var parkedCount = 0
    /// All, also those that a block under way has taken out of `ready`.
    private var entries: [Hash: Entry] = [:]
    /// Of all entries.
    private(set) var byteCount = 0
    private var parkedByteCount = 0
    /// The nonce after each sender's last ready transaction.
    private var nextNonce: [Address: UInt64] = [:]

    var count: Int { entries.count }

    func contains(_ hash: Hash) -> Bool { entries[hash] != nil }

    func transaction(_ hash: Hash) -> Entry? { entries[hash] }

    /// The nonce that the sender's next transaction should have, given the state's.
    func nextNonce(of sender: Address, after stateNonce: UInt64) -> UInt64 {
        max(nextNonce[sender] ?? 0, stateNonce)
    }

    /// Takes the transaction; true when it can go into the next block.
    ///
    /// The caller has checked that the nonce is below 2⁶⁴ − 1.
    mutating func insert(_ entry: Entry, stateNonce: UInt64) throws(SubmissionError) -> Bool {
        guard entries[entry.hash] == nil else { throw .alreadyKnown(entry.hash) }
        let next = nextNonce(of: entry.sender, after: stateNonce)
        let nonce = entry.transaction.nonce
        // Same nonce as one that is there: the first one stands.
        guard nonce >= next, parked[entry.sender]?[nonce] == nil else { throw .underpriced }
        guard nonce > next else {
            guard count - parkedCount < Limits.poolTransactions,
                byteCount - parkedByteCount + entry.byteCount <= Limits.poolBytes
            else { throw .poolFull }
            add(entry)
            makeReady(entry)
            return true
        }
        guard parkedCount < Limits.poolParked,
            parked[entry.sender]?.count ?? 0 < Limits.poolParkedPerSender,
            parkedByteCount + entry.byteCount <= Limits.poolParkedBytes
        else { throw .poolFull }
        parked[entry.sender, default: [:]][nonce] = entry
        parkedCount += 1
        parkedByteCount += entry.byteCount
        add(entry)
        return false
    }

    private mutating func add(_ entry: Entry) {
        entries[entry.hash] = entry
        byteCount += entry.byteCount
    }

    private mutating func drop(_ entry: Entry) {
        guard entries.removeValue(forKey: entry.hash) != nil else { return }
        byteCount -= entry.byteCount
    }

    private mutating func makeReady(_ entry: Entry) {
        ready.append(entry)
        var next = entry.transaction.nonce + 1
        while let following = unpark(entry.sender, next) {
            ready.append(following)
            next += 1
        }
        nextNonce[entry.sender] = next
    }

    private mutating func unpark(_ sender: Address, _ nonce: UInt64) -> Entry? {
        guard let entry = parked[sender]?.removeValue(forKey: nonce) else { return nil }
        if parked[sender]?.isEmpty == true { parked[sender] = nil }
        parkedCount -= 1
        parkedByteCount -= entry.byteCount
        return entry
    }

    /// Takes the ready transactions out, at most `count`.
    mutating func takeReady(_ count: Int) -> [Entry] {
        let taken = Array(ready.prefix(count))
        ready.removeFirst(taken.count)
        return taken
    }

    /// Puts back, in front, what a block had no room for.
    mutating func putBack(_ entries: [Entry]) { ready = entries + ready }

    /// Forgets transactions that a block took or refused.
    mutating func forget(_ gone: [Entry]) {
        let stillReady = Set(ready.map(\.sender))
        for entry in gone {
            drop(entry)
            if !stillReady.contains(entry.sender) { nextNonce[entry.sender] = nil }
        }
    }

    /// Follows a nonce that a block has moved: an authorization (EIP-7702) or a delegated account's
    /// creations move it without a transaction of its own.
    ///
    /// - Returns: whether a parked transaction has become ready.
    mutating func follow(_ sender: Address, stateNonce: UInt64) -> Bool {
        guard let own = parked[sender] else { return false }
        for nonce in own.keys.sorted() where nonce < stateNonce {
            if let stale = unpark(sender, nonce) { drop(stale) }
        }
        guard let entry = unpark(sender, nextNonce(of: sender, after: stateNonce)) else {
            return false
        }
        makeReady(entry)
        return true
    }
}
