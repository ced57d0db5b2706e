internal import Codec
internal import Crypto
internal import EVM
public import Ledger
public import Primitives
public import Store
internal import Synchronization
public import Trie

/// What a node keeps about a transaction beside its receipt.
public struct TransactionRecord: Sendable, Equatable {
    public var receipt: Receipt
    public var sender: Address
    public var gasUsed: UInt64
    public var effectiveGasPrice: UInt256
    public var created: Address?

    var encoded: [UInt8] {
        RLPWriter.list { list in
            list.write(receipt.encoded)
            list.write(sender)
            list.write(gasUsed)
            list.write(effectiveGasPrice)
            list.write(created)
        }
    }

    init(
        receipt: Receipt, sender: Address, gasUsed: UInt64, effectiveGasPrice: UInt256,
        created: Address?
    ) {
        self.receipt = receipt
        self.sender = sender
        self.gasUsed = gasUsed
        self.effectiveGasPrice = effectiveGasPrice
        self.created = created
    }

    init(from list: inout RLPReader) throws(RLPError) {
        var fields = try list.readList()
        receipt = try Receipt(decoding: Array(try fields.readBytes()))
        sender = try fields.readAddress()
        gasUsed = try fields.readUInt64()
        effectiveGasPrice = try fields.readUInt256()
        created = try fields.readOptionalAddress()
        try fields.finish()
    }
}

/// A block as it goes to the store: with everything that its batch writes.
struct SealedBlock: Sendable {
    let block: Block
    let hash: Hash
    let records: [TransactionRecord]
    let commit: StateCommit
}

/// Blocks, receipts and state of one chain in a key-value store.
///
/// One block is one durable batch with the head pointer in it. Whatever is read is checked: headers
/// and trie nodes against their hashes, the rest by strict decoding. Damage ends the process.
public final class ChainStore: TrieNodeSource, CodeSource, Sendable {
    let store: any KeyValueStore
    private let nodes: Mutex<TwoGenerations<Hash, [UInt8]>>
    private let codes: Mutex<TwoGenerations<Hash, [UInt8]>>

    public init(_ store: any KeyValueStore) {
        self.store = store
        nodes = Mutex(TwoGenerations(capacity: Limits.cachedTrieNodes))
        codes = Mutex(TwoGenerations(capacity: Limits.cachedCodes))
    }

    private func value(_ key: [UInt8]) -> [UInt8]? {
        do {
            return try store.value(for: key)
        } catch {
            fatalError("the store cannot be read: \(error)")
        }
    }

    // MARK: State

    public func node(_ hash: Hash) -> [UInt8]? {
        if let known = nodes.withLock({ $0[hash] }) { return known }
        return value(Keys.trieNode(hash))
    }

    /// The cache holds what was checked on its way in.
    public func verifiedNode(_ hash: Hash) throws(TrieError) -> [UInt8] {
        if let known = nodes.withLock({ $0[hash] }) { return known }
        guard let rlp = value(Keys.trieNode(hash)) else { throw .missingNode(hash) }
        guard Keccak.hash(rlp) == hash else { throw .malformedNode }
        nodes.withLock { $0[hash] = rlp }
        return rlp
    }

    public func code(_ hash: Hash) -> [UInt8]? {
        if let known = codes.withLock({ $0[hash] }) { return known }
        guard let code = storedCode(hash) else { return nil }
        precondition(Keccak.hash(code) == hash, "code \(hash) is damaged in the store")
        codes.withLock { $0[hash] = code }
        return code
    }

    /// The code as it is in the store, whole or not.
    func storedCode(_ hash: Hash) -> [UInt8]? { value(Keys.code(hash)) }

    // MARK: Blocks

    public var headHash: Hash? { value(Keys.head).map { Hash($0) } }

    /// Whether the header is there and hashes to its name.
    func isHeaderWhole(_ hash: Hash) -> Bool {
        value(Keys.header(hash)).map { Keccak.hash($0) == hash } ?? false
    }

    public func header(_ hash: Hash) -> Header? {
        guard let bytes = value(Keys.header(hash)) else { return nil }
        precondition(Keccak.hash(bytes) == hash, "header \(hash) is damaged in the store")
        return decoded("header \(hash)") { () throws(RLPError) in try Header(decoding: bytes) }
    }

    public func hash(of number: UInt64) -> Hash? {
        value(Keys.canonicalHash(number)).map { Hash($0) }
    }

    public func block(_ hash: Hash) -> Block? {
        guard let header = header(hash), let body = value(Keys.body(hash)) else { return nil }
        return decoded("body \(hash)") { () throws(BlockDecodingError) in
            try Block(header: header, body: body)
        }
    }

    public func records(_ hash: Hash) -> [TransactionRecord]? {
        guard let bytes = value(Keys.receipts(hash)) else { return nil }
        return decoded("receipts of \(hash)") { () throws(RLPError) in
            var outer = RLPReader(bytes)
            var list = try outer.readList()
            var records: [TransactionRecord] = []
            while !list.isAtEnd { records.append(try TransactionRecord(from: &list)) }
            return records
        }
    }

    /// The block and the place in it of a transaction.
    public func location(of transaction: Hash) -> (block: Hash, index: Int)? {
        guard let bytes = value(Keys.transaction(transaction)) else { return nil }
        return decoded("place of \(transaction)") { () throws(RLPError) in
            var outer = RLPReader(bytes)
            var list = try outer.readList()
            return (try list.readHash(), Int(truncatingIfNeeded: try list.readUInt64()))
        }
    }

    private func decoded<Value, Failure: Error>(
        _ what: String, _ body: () throws(Failure) -> Value
    ) -> Value {
        do {
            return try body()
        } catch {
            fatalError("\(what) is damaged in the store: \(error)")
        }
    }

    /// Writes the block, its state and the head pointer in one durable batch.
    func append(_ sealed: SealedBlock) throws(StoreError) {
        var batch = WriteBatch()
        for (hash, rlp) in sealed.commit.nodes { batch.put(Keys.trieNode(hash), rlp) }
        for (hash, code) in sealed.commit.codes { batch.put(Keys.code(hash), code) }
        let header = sealed.block.header
        batch.put(Keys.header(sealed.hash), header.encoded)
        batch.put(Keys.body(sealed.hash), sealed.block.encodedBody)
        batch.put(
            Keys.receipts(sealed.hash),
            RLPWriter.list { list in
                for record in sealed.records { list.writeRaw(record.encoded) }
            })
        batch.put(Keys.canonicalHash(header.number), sealed.hash.bytes)
        for (index, transaction) in sealed.block.transactions.enumerated() {
            batch.put(
                Keys.transaction(transaction.hash),
                RLPWriter.list { list in
                    list.write(sealed.hash)
                    list.write(UInt64(index))
                })
        }
        batch.put(Keys.head, sealed.hash.bytes)
        try store.write(batch, durably: true)
        nodes.withLock { cache in
            for (hash, rlp) in sealed.commit.nodes { cache[hash] = rlp }
        }
    }
}

/// A bounded cache: when the young generation is full it becomes the old one.
struct TwoGenerations<Key: Hashable, Value> {
    private var young: [Key: Value] = [:]
    private var old: [Key: Value] = [:]
    private let capacity: Int

    init(capacity: Int) { self.capacity = capacity }

    subscript(key: Key) -> Value? {
        mutating get {
            if let value = young[key] { return value }
            guard let value = old[key] else { return nil }
            insert(value, for: key)
            return value
        }
        set {
            if let newValue {
                insert(newValue, for: key)
            } else {
                young[key] = nil
                old[key] = nil
            }
        }
    }

    private mutating func insert(_ value: Value, for key: Key) {
        if young.count >= capacity / 2 {
            old = young
            young = [:]
        }
        young[key] = value
    }
}
