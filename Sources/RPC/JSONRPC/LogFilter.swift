internal import Codec
internal import EVM
internal import Ledger
internal import Primitives

/// The filter object of `eth_getLogs`.
struct LogFilter {
    var from: BlockReference = .latest
    var to: BlockReference = .latest
    var blockHash: Hash?
    /// Any of these; none means all.
    var addresses: [Address] = []
    /// For each position the topics that match; nil matches all.
    var topics: [[Hash]?] = []

    init(_ json: JSON) throws(RPCError) {
        guard json.object != nil else { throw .invalidParams("expected a filter object") }
        if let hash = json["blockHash"], !hash.isNull {
            guard json["fromBlock"] == nil, json["toBlock"] == nil else {
                throw .invalidParams("cannot specify both blockHash and fromBlock/toBlock")
            }
            blockHash = try RPCValue.hash(hash, "blockHash")
        }
        if let block = json["fromBlock"], !block.isNull {
            from = try RPCValue.block(block, "fromBlock")
        }
        if let block = json["toBlock"], !block.isNull { to = try RPCValue.block(block, "toBlock") }
        switch json["address"] {
        case nil, .null?: break
        case .array(let list)?:
            for item in list { addresses.append(try RPCValue.address(item, "address")) }
        case let one?: addresses = [try RPCValue.address(one, "address")]
        }
        let positions = json["topics"]?.array ?? []
        guard positions.count <= 4 else { throw .invalidParams("more than four topics") }
        for position in positions {
            switch position {
            case .null: topics.append(nil)
            case .array(let choices):
                var any: [Hash] = []
                for choice in choices { any.append(try RPCValue.hash(choice, "topics")) }
                topics.append(any.isEmpty ? nil : any)
            default: topics.append([try RPCValue.hash(position, "topics")])
            }
        }
    }

    func mayMatch(_ bloom: Bloom) -> Bool {
        (addresses.isEmpty || addresses.contains { bloom.mayContain($0.bytes) })
            && topics.allSatisfy { any in
                any.map { $0.contains { bloom.mayContain($0.bytes) } } ?? true
            }
    }

    func matches(_ log: Log) -> Bool {
        guard addresses.isEmpty || addresses.contains(log.address) else { return false }
        // A filter of n positions asks for at least n topics, wildcards included.
        guard topics.count <= log.topics.count else { return false }
        return zip(topics, log.topics).allSatisfy { $0?.contains($1) ?? true }
    }
}
