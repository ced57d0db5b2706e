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
        let isWhole = try parameters.bool(1)
        guard let (block, hash) = try find(parameters) else { return .null }
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
        let index = try parameters.quantity(1)
        guard let (block, hash) = try find(parameters) else { return .null }
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
                pair.1, of: pair.0, at: place, firstLogIndex: logIndex,
                blobGasPrice: blobBaseFee(of: block.header))
        }
    }

    // MARK: Logs

    func logs(_ parameters: Parameters) throws(RPCError) -> JSON {
        let filter = try LogFilter(try parameters.required(0, "filter"))
        var found = FoundLogs()
        if let hash = filter.blockHash {
            guard let header = node.chain.header(hash) else { throw .server("unknown block") }
            try collect(filter, header: header, hash: hash, into: &found)
            return .array(found.logs)
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
        return .array(found.logs)
    }

    private func number(_ reference: BlockReference) throws(RPCError) -> UInt64 {
        switch reference {
        case .number(let number): number
        default: try header(reference).header.number
        }
    }

    private func collect(
        _ filter: LogFilter, header: Header, hash: Hash, into found: inout FoundLogs
    ) throws(RPCError) {
        guard filter.mayMatch(header.bloom), let block = node.chain.block(hash),
            let records = node.chain.records(hash)
        else { return }
        var logIndex = 0
        for (index, record) in records.enumerated() {
            for log in record.receipt.logs {
                if filter.matches(log) {
                    try found.makeRoom(for: log)
                    found.logs.append(
                        RPCEncoding.log(
                            log, transaction: block.transactions[index].hash,
                            at: TransactionPlace(header: header, blockHash: hash, index: index),
                            index: logIndex))
                }
                logIndex += 1
            }
        }
    }
}

/// Logs that a filter has found, as many as one answer holds.
private struct FoundLogs {
    var logs: [JSON] = []
    private var bytes = 0

    mutating func makeRoom(for log: Log) throws(RPCError) {
        bytes += log.data.count
        guard logs.count < Limits.logs, bytes <= Limits.logBytes else {
            throw .invalidParams(
                "more than \(Limits.logs) logs or \(Limits.logBytes) bytes match: "
                    + "narrow the range")
        }
    }
}
