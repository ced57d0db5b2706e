internal import Codec
internal import Crypto
internal import EVM
internal import Ledger
internal import Node
internal import Primitives

extension RPCServer {
    func gasPrice() -> JSON {
        .quantity(node.nextBlockContext().baseFee + FeeAdvice.priorityFee)
    }

    func sendRawTransaction(_ parameters: Parameters) throws(RPCError) -> JSON {
        let transaction: Transaction
        do {
            transaction = try Transaction(decoding: try parameters.bytes(0))
        } catch let error as TransactionDecodingError {
            throw .server("transaction could not be decoded: \(error)")
        } catch let error as RPCError {
            throw error
        } catch {
            preconditionFailure("decoding throws no other error")
        }
        return try submit(transaction)
    }

    private func submit(_ transaction: Transaction) throws(RPCError) -> JSON {
        do {
            _ = try node.submit(transaction)
        } catch {
            throw RPCError(error)
        }
        return .hash(transaction.hash)
    }

    private func key(of address: Address) throws(RPCError) -> PrivateKey {
        guard let key = accounts.first(where: { $0.address == address }) else {
            throw .server("unknown account \(address): the node holds no key for it")
        }
        return key
    }

    /// Signs with one of the node's own accounts.
    func sendTransaction(_ parameters: Parameters) throws(RPCError) -> JSON {
        let json = try parameters.required(0, "transaction")
        let request = try CallRequest(json)
        let key = try key(of: request.from)
        if let chainID = request.chainID, chainID != node.config.chainID {
            throw .server("chainId does not match: have \(chainID), want \(node.config.chainID)")
        }
        let gas: UInt64
        if let named = request.gas {
            gas = named
        } else {
            let estimate = try estimateGas(try Parameters([json]))
            gas = try RPCValue.uint64(estimate, "gas")
        }
        let baseFee = node.nextBlockContext().baseFee
        let priority = request.maxPriorityFeePerGas ?? FeeAdvice.priorityFee
        let isLegacy = request.gasPrice != nil || request.kind == .legacy
        let maxFee =
            request.gasPrice ?? request.maxFeePerGas
            ?? (isLegacy ? baseFee + FeeAdvice.priorityFee : baseFee * 2 + priority)
        let transaction = Transaction(
            kind: isLegacy ? (request.accessList == nil ? .legacy : .accessList) : .dynamicFee,
            chainID: node.config.chainID,
            nonce: request.nonce ?? node.nextNonce(of: request.from),
            maxPriorityFeePerGas: isLegacy ? maxFee : min(priority, maxFee),
            maxFeePerGas: maxFee, gasLimit: gas, to: request.to, value: request.value,
            input: request.input, accessList: request.accessList ?? [])
        return try submit(transaction.signed(with: key))
    }

    /// Signs a message with the prefix of EIP-191.
    func sign(
        address index: Int, message: Int, _ parameters: Parameters
    ) throws(RPCError) -> JSON {
        let key = try key(of: try parameters.address(index))
        let digest = EIP191.personalMessageHash(try parameters.bytes(message))
        return .data(key.sign(digest).bytes)
    }

    func mine(_ parameters: Parameters) throws(RPCError) -> JSON {
        let count =
            try parameters[0].map { json throws(RPCError) in
                try RPCValue.uint64(json, "blocks")
            } ?? 1
        guard count <= Limits.minedBlocks else {
            throw .invalidParams("\(count) blocks, at most \(Limits.minedBlocks)")
        }
        for _ in 0..<count { node.mine() }
        return "0x0"
    }
}
