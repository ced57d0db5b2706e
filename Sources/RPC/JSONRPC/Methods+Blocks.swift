internal import Codec
internal import EVM
internal import Ledger
internal import Node
internal import Primitives

extension RPCServer {
    /// The block that argument 0 names; nil when there is none (the methods answer `null` then).
    private func find(_ parameters: Parameters) throws(RPCError) -> (block: Block, hash: Hash)? {
        let reference = try RPCValue.block(try parameters.required(0, "block"), "argument 0")
        let hash: Hash?
        switch reference {
        case .latest, .pending: hash = node.head.hash
        case .earliest: hash = node.genesisHash
        case .number(let number):
            hash = number <= node.head.header.number ? node.chain.hash(of: number) : nil
        case .hash(let wanted): hash = wanted
        }
        guard let hash, let block = node.chain.block(hash) else { return nil }
        return (block, hash)
    }

    func block(_ parameters: Parameters) throws(RPCError) -> JSON {
        guard let (block, hash) = try find(parameters) else { return .null }
        let isWhole = try parameters.bool(1)
        let senders = isWhole ? node.chain.records(hash)?.map(\.sender) ?? [] : nil
        return RPCEncoding.block(block, hash: hash, senders: senders)
    }

    func blockTransactionCount(_ parameters: Parameters) throws(RPCError) -> JSON {
        guard let (block, _) = try find(parameters) else { return .null }
        return .quantity(block.transactions.count)
    }

    func uncleCount(_ parameters: Parameters) throws(RPCError) -> JSON {
        guard let (block, _) = try find(parameters) else { return .null }
        return .quantity(block.uncles.count)
    }

    func rawHeader(_ parameters: Parameters) throws(RPCError) -> JSON {
        .data(try header(try parameters.block(0)).header.encoded)
    }

    func rawBlock(_ parameters: Parameters) throws(RPCError) -> JSON {
        guard let (block, _) = try find(parameters) else { throw .notFound("block") }
        return .data(block.encoded)
    }

    // MARK: Transactions

    func transaction(_ parameters: Parameters) throws(RPCError) -> JSON {
        let hash = try parameters.hash(0)
        if let (blockHash, index) = node.chain.location(of: hash) {
            return transaction(in: blockHash, at: index)
        }
        guard let waiting = node.poolTransaction(hash) else { return .null }
        return RPCEncoding.transaction(waiting.transaction, sender: waiting.sender, at: nil)
    }

    func transactionAtIndex(_ parameters: Parameters) throws(RPCError) -> JSON {
        guard let (block, hash) = try find(parameters) else { return .null }
        let index = try parameters.quantity(1)
        guard let index = index.asInt, block.transactions.indices.contains(index) else {
            return .null
        }
        return transaction(in: hash, at: index)
    }

    func rawTransaction(_ parameters: Parameters) throws(RPCError) -> JSON {
        let hash = try parameters.hash(0)
        guard let (blockHash, index) = node.chain.location(of: hash),
            let block = node.chain.block(blockHash)
        else { return .data(node.poolTransaction(hash)?.transaction.encoded ?? []) }
        return .data(block.transactions[index].encoded)
    }

    private func transaction(in hash: Hash, at index: Int) -> JSON {
        guard let block = node.chain.block(hash), let records = node.chain.records(hash) else {
            return .null
        }
        return RPCEncoding.transaction(
            block.transactions[index], sender: records[index].sender,
            at: TransactionPlace(header: block.header, blockHash: hash, index: index))
    }

    func receipt(_ parameters: Parameters) throws(RPCError) -> JSON {
        guard let (hash, index) = node.chain.location(of: try parameters.hash(0)) else {
            return .null
        }
        return receipts(of: hash)?[index] ?? .null
    }

    func blockReceipts(_ parameters: Parameters) throws(RPCError) -> JSON {
        guard let (_, hash) = try find(parameters), let receipts = receipts(of: hash) else {
            return .null
        }
        return .array(receipts)
    }

    private func receipts(of hash: Hash) -> [JSON]? {
        guard let block = node.chain.block(hash), let records = node.chain.records(hash) else {
            return nil
        }
        var logIndex = 0
        return zip(block.transactions, records).enumerated().map { index, pair in
            let place = TransactionPlace(header: block.header, blockHash: hash, index: index)
            defer { logIndex += pair.1.receipt.logs.count }
            return RPCEncoding.receipt(
                pair.1, of: pair.0, at: place, firstLogIndex: logIndex)
        }
    }

    // MARK: Logs

    func logs(_ parameters: Parameters) throws(RPCError) -> JSON {
        let filter = try LogFilter(try parameters.required(0, "filter"))
        var found: [JSON] = []
        if let hash = filter.blockHash {
            guard let header = node.chain.header(hash) else { throw .server("unknown block") }
            try collect(filter, header: header, hash: hash, into: &found)
            return .array(found)
        }
        let first = try number(filter.from)
        let last = min(try number(filter.to), node.head.header.number)
        guard first <= last else { return .array([]) }
        guard last - first < Limits.logBlocks else {
            throw .invalidParams("block range of \(last - first + 1), at most \(Limits.logBlocks)")
        }
        for number in first...last {
            guard let hash = node.chain.hash(of: number), let header = node.chain.header(hash)
            else { continue }
            try collect(filter, header: header, hash: hash, into: &found)
        }
        return .array(found)
    }

    private func number(_ reference: BlockReference) throws(RPCError) -> UInt64 {
        switch reference {
        case .number(let number): number
        default: try header(reference).header.number
        }
    }

    private func collect(
        _ filter: LogFilter, header: Header, hash: Hash, into found: inout [JSON]
    ) throws(RPCError) {
        guard filter.mayMatch(header.bloom), let block = node.chain.block(hash),
            let records = node.chain.records(hash)
        else { return }
        var logIndex = 0
        for (index, record) in records.enumerated() {
            for log in record.receipt.logs {
                if filter.matches(log) {
                    guard found.count < Limits.logs else {
                        throw .invalidParams(
                            "more than \(Limits.logs) logs match: narrow the range")
                    }
                    found.append(
                        RPCEncoding.log(
                            log, transaction: block.transactions[index].hash,
                            at: TransactionPlace(header: header, blockHash: hash, index: index),
                            index: logIndex))
                }
                logIndex += 1
            }
        }
    }

    // MARK: Fees

    /// Base fees, fill and rewards of past blocks (EIP-1559; execution API `eth_feeHistory`).
    func feeHistory(_ parameters: Parameters) throws(RPCError) -> JSON {
        let wanted = try RPCValue.uint64(try parameters.required(0, "blockCount"), "blockCount")
        let newest = try header(try parameters.block(1)).header
        let percentiles = parameters[2]?.array ?? []
        let count = min(wanted, Limits.feeHistoryBlocks, newest.number + 1)
        let oldest = newest.number + 1 - count
        var baseFees: [JSON] = []
        var ratios: [JSON] = []
        var rewards: [JSON] = []
        for number in oldest..<oldest + count {
            guard let hash = node.chain.hash(of: number), let header = node.chain.header(hash)
            else { throw .server("header not found") }
            baseFees.append(.quantity(header.baseFee ?? .zero))
            ratios.append(RPCServer.ratio(header.gasUsed, of: header.gasLimit))
            rewards.append(.array(self.rewards(header, hash, count: percentiles.count)))
        }
        let next = BlockDraft(
            after: newest, parentHash: newest.hash, config: node.config,
            timestamp: newest.timestamp + 1, beneficiary: .zero)
        baseFees.append(.quantity(next.baseFee))
        var answer = JSONObject()
        answer["oldestBlock"] = .quantity(oldest)
        answer["baseFeePerGas"] = .array(baseFees)
        answer["gasUsedRatio"] = .array(ratios)
        if !percentiles.isEmpty { answer["reward"] = .array(rewards) }
        return .object(answer)
    }

    /// What each block paid above its base fee, at as many points as were asked for.
    private func rewards(_ header: Header, _ hash: Hash, count: Int) -> [JSON] {
        let records = node.chain.records(hash) ?? []
        let base = header.baseFee ?? .zero
        let paid = records.map { $0.effectiveGasPrice - min(base, $0.effectiveGasPrice) }.sorted()
        return (0..<count).map { point in
            guard !paid.isEmpty else { return .quantity(.zero as UInt256) }
            return .quantity(paid[min(paid.count - 1, point * paid.count / max(count, 1))])
        }
    }

    /// A fraction with six decimals, without floating point.
    private static func ratio(_ used: UInt64, of limit: UInt64) -> JSON {
        guard limit > 0 else { return 0 }
        let millionths = UInt128(used) * 1_000_000 / UInt128(limit)
        let digits = String(millionths % 1_000_000)
        let text =
            "\(millionths / 1_000_000)." + String(repeating: "0", count: 6 - digits.utf8.count)
            + digits
        return (try? JSON(parsing: Array(text.utf8))) ?? 0
    }
}
