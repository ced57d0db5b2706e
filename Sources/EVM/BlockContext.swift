public import Primitives

/// What the instructions can see of the block they run in.
public struct BlockContext: Sendable, Equatable {
    public var chainID: UInt64
    public var number: UInt64
    /// Seconds since 1970.
    public var timestamp: UInt64
    public var beneficiary: Address
    public var gasLimit: UInt64
    /// Wei; zero before London.
    public var baseFee: UInt256
    /// `DIFFICULTY` before Paris.
    public var difficulty: UInt256
    /// `PREVRANDAO` from Paris on.
    public var prevRandao: Hash
    /// Wei for one blob gas (EIP-7516).
    public var blobBaseFee: UInt256

    public init(
        chainID: UInt64, number: UInt64, timestamp: UInt64, beneficiary: Address,
        gasLimit: UInt64, baseFee: UInt256 = .zero, difficulty: UInt256 = .zero,
        prevRandao: Hash = .zero, blobBaseFee: UInt256 = 1
    ) {
        self.chainID = chainID
        self.number = number
        self.timestamp = timestamp
        self.beneficiary = beneficiary
        self.gasLimit = gasLimit
        self.baseFee = baseFee
        self.difficulty = difficulty
        self.prevRandao = prevRandao
        self.blobBaseFee = blobBaseFee
    }
}

/// What the instructions can see of the transaction they run in.
public struct TransactionContext: Sendable, Equatable {
    public var origin: Address
    /// The effective gas price in wei.
    public var gasPrice: UInt256
    /// Versioned hashes of the blobs (EIP-4844).
    public var blobHashes: [Hash]
    /// Whether the transaction runs only to see what it would do. No opcode shows it.
    public var isSimulation: Bool

    public init(
        origin: Address, gasPrice: UInt256 = .zero, blobHashes: [Hash] = [],
        isSimulation: Bool = false
    ) {
        self.origin = origin
        self.gasPrice = gasPrice
        self.blobHashes = blobHashes
        self.isSimulation = isSimulation
    }
}

/// An event that a contract left behind.
public struct Log: Sendable, Equatable {
    public var address: Address
    /// At most four.
    public var topics: [Hash]
    public var data: [UInt8]

    public init(address: Address, topics: [Hash], data: [UInt8]) {
        self.address = address
        self.topics = topics
        self.data = data
    }
}
