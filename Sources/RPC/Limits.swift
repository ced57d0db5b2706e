internal import Codec

/// Bounds of the network edge, each with what it protects.
enum Limits {
    /// A JSON-RPC body: 5 MiB, as geth takes, 64 levels deep.
    static let requestJSON = JSONLimits(bytesMax: 5 << 20, depthMax: 64, itemsMax: 500_000)
    /// Requests in one batch.
    static let batchRequests = 1_000
    /// Bytes of a batch's answers, after which the rest is refused: as geth gives.
    static let batchAnswerBytes = 25_000_000
    /// Blocks that one `eth_getLogs` may walk.
    static let logBlocks: UInt64 = 100_000
    /// Logs in one answer.
    static let logs = 20_000
    /// Bytes of the data of all logs in one answer.
    static let logBytes = 16 << 20
    /// Addresses, or topics of one position, in one filter.
    static let logChoices = 1_000
    /// Blocks in one `eth_feeHistory`.
    static let feeHistoryBlocks: UInt64 = 1_024
    /// Percentiles in one `eth_feeHistory`.
    static let feePercentiles = 100
    /// Storage keys in one `eth_getProof`.
    static let proofKeys = 1_024
    /// Gas of an `eth_call` that names none.
    static let callGas: UInt64 = 60_000_000
    /// Epochs in one usage history: each costs as many reads as there are kinds of evidence.
    static let usageEpochs: UInt64 = 3_660
    /// Models in one list.
    static let listedModels = 10_000
    /// Gas that the facilitator pays for one transfer: any contract may pose as a token.
    static let transferGas: UInt64 = 500_000
    /// Blocks that one `evm_mine` may make.
    static let minedBlocks: UInt64 = 10_000
    /// Blobs that are uploaded at once: each holds up to 2 MiB.
    static let blobUploads = 32
    /// Events of a history in one answer: each costs the reading of a block.
    static let historyEvents = 1_000
}
