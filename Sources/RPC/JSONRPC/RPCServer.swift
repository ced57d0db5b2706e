internal import Codec
public import Crypto
internal import EVM
internal import Ledger
public import Node
internal import Primitives

/// Answers JSON-RPC 2.0 requests about one node.
public struct RPCServer: Sendable {
    public let node: Node
    /// Keys of the accounts that `eth_accounts` lists and `eth_sendTransaction` signs for.
    let accounts: [PrivateKey]
    /// What `web3_clientVersion` says.
    let clientVersion: String

    public init(node: Node, accounts: [PrivateKey] = [], clientVersion: String) {
        self.node = node
        self.accounts = accounts
        self.clientVersion = clientVersion
    }

    /// The answer to one request body: an object, or an array for a batch.
    public func answer(_ body: [UInt8]) -> [UInt8] {
        let json: JSON
        do {
            json = try JSON(parsing: body, limits: Limits.requestJSON)
        } catch {
            return RPCServer.failure(.parse(error), id: .null).serialized
        }
        guard case .array(let batch) = json else { return answer(request: json).serialized }
        guard !batch.isEmpty else {
            return RPCServer.failure(.invalidRequest("empty batch"), id: .null).serialized
        }
        guard batch.count <= Limits.batchRequests else {
            return RPCServer.failure(
                .invalidRequest("batch of \(batch.count), at most \(Limits.batchRequests)"),
                id: .null
            ).serialized
        }
        return answer(batch: batch)
    }

    private func answer(batch: [JSON]) -> [UInt8] {
        var answers: [UInt8] = []
        for request in batch {
            answers.append(UInt8(ascii: answers.isEmpty ? "[" : ","))
            if answers.count <= Limits.batchAnswerBytes {
                answers += answer(request: request).serialized
            } else {
                let id = request["id"] ?? .null
                answers += RPCServer.failure(.answerTooLarge, id: id).serialized
            }
        }
        return answers + [UInt8(ascii: "]")]
    }

    private func answer(request: JSON) -> JSON {
        let id = request["id"] ?? .null
        guard let method = request["method"]?.string else {
            return RPCServer.failure(.invalidRequest("no method"), id: id)
        }
        do {
            let parameters = try Parameters(request["params"])
            let result = try call(method, parameters)
            return ["jsonrpc": "2.0", "id": id, "result": result]
        } catch {
            return RPCServer.failure(error, id: id)
        }
    }

    private static func failure(_ error: RPCError, id: JSON) -> JSON {
        ["jsonrpc": "2.0", "id": id, "error": error.json]
    }

    /// One case a method.
    func call(_ method: String, _ parameters: Parameters) throws(RPCError) -> JSON {
        switch method {
        case "web3_clientVersion": return .string(clientVersion)
        case "web3_sha3": return .hash(Keccak.hash(try parameters.bytes(0)))
        case "net_version": return .string(String(node.config.chainID))
        case "net_listening": return true
        case "net_peerCount": return .quantity(0 as UInt64)
        case "eth_chainId": return .quantity(node.config.chainID)
        case "eth_syncing": return false
        case "eth_blockNumber": return .quantity(node.head.header.number)
        case "eth_accounts": return .array(accounts.map { .address($0.address) })
        case "eth_gasPrice": return gasPrice()
        case "eth_maxPriorityFeePerGas": return .quantity(FeeAdvice.priorityFee)
        case "eth_blobBaseFee": return .quantity(node.nextBlockContext().blobBaseFee)
        case "eth_feeHistory": return try feeHistory(parameters)
        case "eth_getBalance": return try balance(parameters)
        case "eth_getTransactionCount": return try transactionCount(parameters)
        case "eth_getCode": return try code(parameters)
        case "eth_getStorageAt": return try storage(parameters)
        case "eth_getProof": return try proof(parameters)
        case "eth_call": return try ethCall(parameters)
        case "eth_estimateGas": return try estimateGas(parameters)
        case "eth_sendRawTransaction": return try sendRawTransaction(parameters)
        case "eth_sendTransaction": return try sendTransaction(parameters)
        case "eth_sign": return try sign(address: 0, message: 1, parameters)
        case "personal_sign": return try sign(address: 1, message: 0, parameters)
        case "eth_getBlockByNumber", "eth_getBlockByHash": return try block(parameters)
        case "eth_getBlockTransactionCountByNumber", "eth_getBlockTransactionCountByHash":
            return try blockTransactionCount(parameters)
        case "eth_getTransactionByHash": return try transaction(parameters)
        case "eth_getTransactionByBlockNumberAndIndex",
            "eth_getTransactionByBlockHashAndIndex":
            return try transactionAtIndex(parameters)
        case "eth_getRawTransactionByHash": return try rawTransaction(parameters)
        case "eth_getTransactionReceipt": return try receipt(parameters)
        case "eth_getBlockReceipts": return try blockReceipts(parameters)
        case "eth_getUncleCountByBlockNumber", "eth_getUncleCountByBlockHash":
            return try uncleCount(parameters)
        case "eth_getLogs": return try logs(parameters)
        case "debug_getRawHeader": return try rawHeader(parameters)
        case "debug_getRawBlock": return try rawBlock(parameters)
        case "evm_mine", "anvil_mine", "hardhat_mine": return try mine(parameters)
        case "anvil_setTime", "evm_setTime": return try setTime(parameters)
        case "anvil_increaseTime", "evm_increaseTime": return try increaseTime(parameters)
        case "assay_usage": return try usage(parameters)
        case "assay_usageHistory": return try usageHistory(parameters)
        case "assay_usageModels": return usageModels()
        case "assay_models": return models()
        case "assay_model": return try model(parameters)
        case "assay_modelHistory": return try modelHistory(parameters)
        case "assay_system": return try system(parameters)
        case "assay_systemHistory": return try systemHistory(parameters)
        case "assay_settlement": return try settlement(parameters)
        default: throw .methodNotFound(method)
        }
    }
}

/// Fees that the node advises: an empty chain needs no more than these.
enum FeeAdvice {
    /// One gwei, as anvil and geth's developer mode advise.
    static let priorityFee = UInt256(1_000_000_000 as UInt64)
}
