public import Codec
internal import Crypto
public import Primitives

/// A block's header. Fields that a later fork added are nil before it.
///
/// Source: Yellow Paper 4.3; EIP-1559, 4895, 4844, 4788, 7685.
public struct Header: Sendable, Equatable {
    public var parentHash: Hash
    public var unclesHash: Hash
    public var beneficiary: Address
    public var stateRoot: Hash
    public var transactionsRoot: Hash
    public var receiptsRoot: Hash
    public var bloom: Bloom
    public var difficulty: UInt256
    public var number: UInt64
    public var gasLimit: UInt64
    public var gasUsed: UInt64
    /// Seconds since 1970.
    public var timestamp: UInt64
    public var extraData: [UInt8]
    /// `prevRandao` from Paris on.
    public var mixHash: Hash
    /// Eight bytes; zero from Paris on.
    public var nonce: UInt64
    /// Wei, from London on.
    public var baseFee: UInt256?
    /// From Shanghai on.
    public var withdrawalsRoot: Hash?
    /// From Cancun on.
    public var blobGasUsed: UInt64?
    public var excessBlobGas: UInt64?
    public var parentBeaconBlockRoot: Hash?
    /// From Prague on.
    public var requestsHash: Hash?

    /// Keccak-256 of the empty list: the uncles of every block since Paris.
    public static let noUncles = Keccak.hash([0xc0])
    /// SHA-256 of no requests (EIP-7685).
    public static let noRequests = SHA256.hash([])

    public init(
        parentHash: Hash, beneficiary: Address, stateRoot: Hash, transactionsRoot: Hash,
        receiptsRoot: Hash, bloom: Bloom = Bloom(), difficulty: UInt256 = .zero, number: UInt64,
        gasLimit: UInt64, gasUsed: UInt64 = 0, timestamp: UInt64, extraData: [UInt8] = [],
        mixHash: Hash = .zero, nonce: UInt64 = 0
    ) {
        self.parentHash = parentHash
        self.unclesHash = Header.noUncles
        self.beneficiary = beneficiary
        self.stateRoot = stateRoot
        self.transactionsRoot = transactionsRoot
        self.receiptsRoot = receiptsRoot
        self.bloom = bloom
        self.difficulty = difficulty
        self.number = number
        self.gasLimit = gasLimit
        self.gasUsed = gasUsed
        self.timestamp = timestamp
        self.extraData = extraData
        self.mixHash = mixHash
        self.nonce = nonce
    }

    public var hash: Hash { Keccak.hash(encoded) }

    public var encoded: [UInt8] {
        RLPWriter.list { list in
            list.write(parentHash)
            list.write(unclesHash)
            list.write(beneficiary)
            list.write(stateRoot)
            list.write(transactionsRoot)
            list.write(receiptsRoot)
            list.write(bloom.bytes)
            list.write(difficulty)
            list.write(number)
            list.write(gasLimit)
            list.write(gasUsed)
            list.write(timestamp)
            list.write(extraData)
            list.write(mixHash)
            list.write(Array(UInt256(nonce).bigEndianBytes[24...]))
            guard let baseFee else { return }
            list.write(baseFee)
            guard let withdrawalsRoot else { return }
            list.write(withdrawalsRoot)
            guard let blobGasUsed, let excessBlobGas, let parentBeaconBlockRoot else { return }
            list.write(blobGasUsed)
            list.write(excessBlobGas)
            list.write(parentBeaconBlockRoot)
            guard let requestsHash else { return }
            list.write(requestsHash)
        }
    }

    public init(decoding bytes: [UInt8]) throws(RLPError) {
        var reader = RLPReader(bytes)
        try self.init(from: &reader)
        try reader.finish()
    }

    init(from reader: inout RLPReader) throws(RLPError) {
        var list = try reader.readList()
        parentHash = try list.readHash()
        unclesHash = try list.readHash()
        beneficiary = try list.readAddress()
        stateRoot = try list.readHash()
        transactionsRoot = try list.readHash()
        receiptsRoot = try list.readHash()
        bloom = Bloom(Array(try list.readFixed(Bloom.byteCount)))
        difficulty = try list.readUInt256()
        number = try list.readUInt64()
        gasLimit = try list.readUInt64()
        gasUsed = try list.readUInt64()
        timestamp = try list.readUInt64()
        extraData = Array(try list.readBytes())
        mixHash = try list.readHash()
        nonce = UInt256(bigEndian: try list.readFixed(8)).limb0
        if !list.isAtEnd { baseFee = try list.readUInt256() }
        if !list.isAtEnd { withdrawalsRoot = try list.readHash() }
        if !list.isAtEnd {
            blobGasUsed = try list.readUInt64()
            excessBlobGas = try list.readUInt64()
            parentBeaconBlockRoot = try list.readHash()
        }
        if !list.isAtEnd { requestsHash = try list.readHash() }
        try list.finish()
    }
}
