public import Codec
public import EVM
public import Primitives

/// What a transaction left behind in its block.
///
/// Source: Yellow Paper 4.3.1; EIP-658 (status); EIP-2718 (envelope).
public struct Receipt: Sendable, Equatable {
    /// Before Byzantium a receipt held the state root after the transaction.
    public enum Result: Sendable, Equatable {
        case status(Bool)
        case stateRoot(Hash)
    }

    public var kind: Transaction.Kind
    public var result: Result
    public var cumulativeGasUsed: UInt64
    public var bloom: Bloom
    public var logs: [Log]

    public init(
        kind: Transaction.Kind, result: Result, cumulativeGasUsed: UInt64, logs: [Log]
    ) {
        self.init(
            kind: kind, result: result, cumulativeGasUsed: cumulativeGasUsed, logs: logs,
            bloom: Bloom(of: logs))
    }

    /// - Parameter bloom: of the logs.
    init(
        kind: Transaction.Kind, result: Result, cumulativeGasUsed: UInt64, logs: [Log],
        bloom: Bloom
    ) {
        self.kind = kind
        self.result = result
        self.cumulativeGasUsed = cumulativeGasUsed
        self.bloom = bloom
        self.logs = logs
    }

    public var succeeded: Bool { result == .status(true) }

    /// The consensus encoding, as the receipts root commits to it.
    public var encoded: [UInt8] {
        let list = RLPWriter.list { list in
            switch result {
            case .status(let succeeded): list.write(UInt64(succeeded ? 1 : 0))
            case .stateRoot(let root): list.write(root)
            }
            list.write(cumulativeGasUsed)
            list.write(bloom.bytes)
            list.writeList { entries in
                for log in logs { log.write(to: &entries) }
            }
        }
        return kind == .legacy ? list : [kind.rawValue] + list
    }

    /// Reads the consensus encoding.
    public init(decoding bytes: [UInt8]) throws(RLPError) {
        guard let first = bytes.first else { throw .truncated(wanted: 1, left: 0) }
        var body = bytes
        var kind = Transaction.Kind.legacy
        if first < 0xc0 {
            guard first != 0, let typed = Transaction.Kind(rawValue: first) else {
                throw .unexpectedString
            }
            kind = typed
            body.removeFirst()
        }
        var outer = RLPReader(body)
        var list = try outer.readList()
        try outer.finish()
        let first32 = try list.readBytes()
        let result: Result
        switch first32.count {
        case 0: result = .status(false)
        case 1 where first32.first == 1: result = .status(true)
        case Hash.byteCount: result = .stateRoot(Hash(first32))
        default: throw .wrongLength(wanted: Hash.byteCount, got: first32.count)
        }
        let cumulativeGasUsed = try list.readUInt64()
        let bloom = Bloom(Array(try list.readFixed(Bloom.byteCount)))
        var logs: [Log] = []
        var entries = try list.readList()
        while !entries.isAtEnd { logs.append(try Log(from: &entries)) }
        try list.finish()
        self.init(
            kind: kind, result: result, cumulativeGasUsed: cumulativeGasUsed, logs: logs,
            bloom: bloom)
    }
}

extension Log {
    func write(to list: inout RLPWriter) {
        list.writeList { fields in
            fields.write(address)
            fields.writeList { topics in
                for topic in self.topics { topics.write(topic) }
            }
            fields.write(data)
        }
    }

    init(from list: inout RLPReader) throws(RLPError) {
        var fields = try list.readList()
        let address = try fields.readAddress()
        var topics: [Hash] = []
        var words = try fields.readList()
        while !words.isAtEnd { topics.append(try words.readHash()) }
        let data = Array(try fields.readBytes())
        try fields.finish()
        self.init(address: address, topics: topics, data: data)
    }
}

/// The RLP list of logs, whose hash state tests publish.
public enum LogList {
    public static func encode(_ logs: [Log]) -> [UInt8] {
        RLPWriter.list { list in
            for log in logs { log.write(to: &list) }
        }
    }
}
