internal import Codec

/// Bounds of the network edge, each with what it protects.
enum Limits {
    /// A JSON-RPC body: 5 MiB, as geth takes, 64 levels deep.
    static let requestJSON = JSONLimits(bytesMax: 5 << 20, depthMax: 64, itemsMax: 500_000)
    /// Requests in one batch.
    static let batchRequests = 1_000
    /// Blocks that one `eth_getLogs` may walk.
    static let logBlocks: UInt64 = 100_000
    /// Logs in one answer.
    static let logs = 20_000
    /// Blocks in one `eth_feeHistory`.
    static let feeHistoryBlocks: UInt64 = 1_024
    /// Storage keys in one `eth_getProof`.
    static let proofKeys = 1_024
    /// Gas of an `eth_call` that names none.
    static let callGas: UInt64 = 60_000_000
    /// Models whose engines are kept in memory.
    static let loadedModels = 64
    /// Engines kept for each: as many requests run one model at once without loading it.
    static let enginesPerModel = 4
    /// Models in one list.
    static let listedModels = 10_000
    /// Blocks that one `evm_mine` may make.
    static let minedBlocks: UInt64 = 10_000
}
