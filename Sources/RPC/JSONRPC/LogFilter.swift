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
    private let addresses: [Address]
    /// For each position the topics that match; nil matches all.
    private let topics: [[Hash]?]
    /// The same, as headers are asked for them: one of each list must be there.
    private let wanted: [[Bloom.Key]]

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
        addresses =
            try LogFilter.choices(json["address"], "address") { json throws(RPCError) in
                try RPCValue.address(json, "address")
            } ?? []
        var positions: [JSON] = []
        if let json = json["topics"], !json.isNull {
            guard let array = json.array else { throw .invalidParams("topics: expected an array") }
            positions = array
        }
        guard positions.count <= 4 else { throw .invalidParams("more than four topics") }
        var topics: [[Hash]?] = []
        for position in positions {
            topics.append(
                try LogFilter.choices(position, "topics") { json throws(RPCError) in
                    try RPCValue.hash(json, "topics")
                })
        }
        self.topics = topics
        wanted =
            (addresses.isEmpty ? [] : [addresses.map { Bloom.Key($0.bytes) }])
            + topics.compactMap { $0?.map { Bloom.Key($0.bytes) } }
    }

    /// One value or any of a list; nil for all.
    private static func choices<Value>(
        _ json: JSON?, _ name: String, _ read: (JSON) throws(RPCError) -> Value
    ) throws(RPCError) -> [Value]? {
        switch json {
        case nil, .null?: return nil
        case .array(let list)?:
            guard list.count <= Limits.logChoices else {
                throw .invalidParams("\(name): \(list.count), at most \(Limits.logChoices)")
            }
            var values: [Value] = []
            for item in list { values.append(try read(item)) }
            return values.isEmpty ? nil : values
        case let one?: return [try read(one)]
        }
    }

    func mayMatch(_ bloom: Bloom) -> Bool {
        wanted.allSatisfy { any in any.contains { bloom.mayContain($0) } }
    }

    func matches(_ log: Log) -> Bool {
        guard addresses.isEmpty || addresses.contains(log.address) else { return false }
        // A filter of n positions asks for at least n topics, wildcards included.
        guard topics.count <= log.topics.count else { return false }
        return zip(topics, log.topics).allSatisfy { $0?.contains($1) ?? true }
    }
}
