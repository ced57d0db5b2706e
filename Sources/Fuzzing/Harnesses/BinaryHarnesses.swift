internal import Codec
internal import Inference
internal import Primitives

/// A whole RLP item of any shape: canonical, so the writer gives back the same bytes.
func fuzzRLP(_ bytes: [UInt8]) throws(FuzzFailure) -> FuzzOutcome {
    try .of {
        // The walk keeps its own stack, as a reader of hostile bytes must.
        var reader = RLPReader(bytes)
        var writers = [RLPWriter()]
        var readers: [RLPReader] = []
        var isRead = false
        while !isRead {
            if reader.isAtEnd, let outer = readers.popLast(), let inner = writers.popLast() {
                writers[writers.count - 1].writeList { $0.writeRaw(inner.bytes) }
                reader = outer
            } else if reader.isList {
                let inner = try reader.readList()
                readers.append(reader)
                writers.append(RLPWriter())
                reader = inner
            } else {
                writers[writers.count - 1].write(try reader.readBytes())
            }
            isRead = readers.isEmpty
        }
        try reader.finish()
        try FuzzFailure.require(writers[0].bytes == bytes, "RLP does not round-trip")
    }
}

/// What the ABI harness reads: `(string,(uint64,bytes)[])[]`, `address`, `bool`.
private struct ABIValue: Equatable {
    struct Item: Equatable {
        var name: String
        var parts: [Part]
    }

    struct Part: Equatable {
        var number: UInt64
        var bytes: [UInt8]
    }

    static let countMax = 64
    static let bytesMax = 4096

    var items: [Item] = []
    var address = Address.zero
    var bit = false

    init(_ bytes: [UInt8]) throws(ABIError) {
        var reader = ABIReader(bytes)
        var (count, list) = try reader.readArray(max: ABIValue.countMax)
        for _ in 0..<count {
            var tuple = try list.readTuple()
            var item = Item(name: try tuple.readString(max: ABIValue.bytesMax), parts: [])
            var (partCount, parts) = try tuple.readArray(max: ABIValue.countMax)
            for _ in 0..<partCount {
                var part = try parts.readTuple()
                let number = try part.readUInt64()
                item.parts.append(
                    Part(number: number, bytes: try part.readBytes(max: ABIValue.bytesMax)))
            }
            items.append(item)
        }
        address = try reader.readAddress()
        bit = try reader.readBool()
    }

    var encoded: [UInt8] {
        var writer = ABIWriter()
        writer.writeArray(count: items.count) { list, index in
            let item = items[index]
            list.writeTuple(isDynamic: true) { tuple in
                tuple.writeString(item.name)
                tuple.writeArray(count: item.parts.count) { parts, index in
                    parts.writeTuple(isDynamic: true) { part in
                        part.write(item.parts[index].number)
                        part.writeBytes(item.parts[index].bytes)
                    }
                }
            }
        }
        writer.write(address)
        writer.write(bit)
        return writer.encoded
    }
}

/// Nested ABI values: many encodings read alike, and what is read is written as one of them.
func fuzzABI(_ bytes: [UInt8]) throws(FuzzFailure) -> FuzzOutcome {
    try .of {
        let value = try ABIValue(bytes)
        let again = try? ABIValue(value.encoded)
        try FuzzFailure.require(again == value, "ABI values do not round-trip")
    }
}

/// Protocol Buffers fields to the end: payloads are no longer than what they came from.
func fuzzProtobuf(_ bytes: [UInt8]) throws(FuzzFailure) -> FuzzOutcome {
    try .of {
        var reader = ProtobufReader(bytes)
        var payloadBytes = 0
        while let field = try reader.next() {
            // Each reader of a payload accepts or refuses; none is right for all fields.
            _ = try? field.varint()
            _ = try? field.fixed32()
            let counts = [
                (try? field.varints().count) ?? 0, (try? field.fixed32s().count) ?? 0,
                (try? field.fixed64s().count) ?? 0,
            ]
            let payload = (try? field.bytes().count) ?? 0
            payloadBytes += payload + 1
            try FuzzFailure.require(
                counts.allSatisfy { $0 <= max(1, payload) }, "more elements than bytes")
        }
        try FuzzFailure.require(payloadBytes <= bytes.count, "payloads outgrow the message")
    }
}

/// Small enough that a hostile file cannot make a run slow.
let graphLimits: InferenceLimits = {
    var limits = InferenceLimits.standard
    limits.elementCountMax = 1 << 14
    limits.multiplyCountMax = 1 << 16
    return limits
}()

/// ONNX files: two imports agree.
func fuzzONNX(_ bytes: [UInt8]) throws(FuzzFailure) -> FuzzOutcome {
    try .of {
        let graph = try ONNX.importModel(bytes, limits: graphLimits)
        let again = try? ONNX.importModel(bytes, limits: graphLimits)
        try FuzzFailure.require(
            again?.nodes.count == graph.nodes.count && again?.inputCount == graph.inputCount,
            "two imports differ")
        try FuzzFailure.require(
            graph.inputCount > 0 && graph.outputCount > 0, "a graph without ends")
    }
}

/// Integer graphs: one encoding each, and a graph that was read can be run.
func fuzzIntegerGraph(_ bytes: [UInt8]) throws(FuzzFailure) -> FuzzOutcome {
    try .of {
        let graph = try IntegerGraph(decoding: bytes, limits: graphLimits)
        try FuzzFailure.require(graph.encoded == bytes, "an integer graph has two encodings")
        for end in [\ClosedRange<Int64>.lowerBound, \.upperBound] {
            let input = graph.inputs.flatMap { type in
                [Int32](
                    repeating: Int32(clamping: type.range[keyPath: end]),
                    count: type.shape.reduce(1, *))
            }
            var engine = Engine(graph)
            let output = try? engine.run(input)
            try FuzzFailure.require(output?.count == graph.outputCount, "a run fails")
            var plain = Engine(graph, level: .swift)
            try FuzzFailure.require(try plain.run(input) == output, "two kernels differ")
        }
    }
}
