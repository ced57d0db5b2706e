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
        let pooled: PooledTransaction
        do {
            pooled = try PooledTransaction(decoding: try parameters.bytes(0))
        } catch let error as TransactionDecodingError {
            throw .server("transaction could not be decoded: \(error)")
        } catch let error as RPCError {
            throw error
        } catch {
            preconditionFailure("decoding throws no other error")
        }
        do {
            _ = try node.submit(pooled)
        } catch {
            throw RPCError(error)
        }
        return .hash(pooled.transaction.hash)
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
        var transaction = try draft(request, gas: gas)
        if let nonce = request.nonce {
            transaction.nonce = nonce
            return try submit(transaction.signed(with: key))
        }
        do {
            return .hash(
                try node.submit(from: request.from) { nonce in
                    transaction.nonce = nonce
                    return transaction.signed(with: key)
                }.hash)
        } catch {
            throw RPCError(error)
        }
    }

    /// The transaction that a request asks for, all but its nonce and signature.
    private func draft(_ request: CallRequest, gas: UInt64) throws(RPCError) -> Transaction {
        if let kind = request.kind, kind == .blob || kind == .setCode {
            throw .invalidParams(
                "type: \(kind.rawValue) is not signed here; send the signed transaction")
        }
        let baseFee = node.nextBlockContext().baseFee
        let hasOnePrice =
            request.gasPrice != nil || request.kind == .legacy || request.kind == .accessList
        let priority = request.maxPriorityFeePerGas ?? FeeAdvice.priorityFee
        // Saturating: a fee that nobody can pay is refused as such.
        let (advised, overflow) =
            (hasOnePrice ? baseFee : baseFee &* 2).addingReportingOverflow(priority)
        let maxFee = request.gasPrice ?? request.maxFeePerGas ?? (overflow ? .max : advised)
        let hasList = request.accessList != nil || request.kind == .accessList
        return Transaction(
            kind: !hasOnePrice ? .dynamicFee : hasList ? .accessList : .legacy,
            chainID: node.config.chainID, nonce: 0,
            maxPriorityFeePerGas: hasOnePrice ? maxFee : min(priority, maxFee),
            maxFeePerGas: maxFee, gasLimit: gas, to: request.to, value: request.value,
            input: request.input, accessList: request.accessList ?? [])
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
