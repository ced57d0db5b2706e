internal import Codec
internal import Primitives

/// Hexadecimal text, with and without prefix: what is read writes the same digits.
func fuzzHex(_ bytes: [UInt8]) throws(FuzzFailure) -> FuzzOutcome {
    let text = String(decoding: bytes, as: UTF8.self)
    return try .of {
        let isPrefixed = text.hasPrefix("0x")
        let decoded = try isPrefixed ? Hex.decodePrefixed(text) : Hex.decode(text)
        let written = isPrefixed ? Hex.encodePrefixed(decoded) : Hex.encode(decoded)
        try FuzzFailure.require(written == text.lowercased(), "hex does not round-trip")
    }
}

/// JSON text: what is read is written, compact or pretty, as text that reads as the same value.
func fuzzJSON(_ bytes: [UInt8]) throws(FuzzFailure) -> FuzzOutcome {
    try .of {
        let value = try JSON(parsing: bytes)
        let written = value.serialized
        let again = try? JSON(parsing: written)
        try FuzzFailure.require(again == value, "JSON does not round-trip")
        try FuzzFailure.require(again?.serialized == written, "JSON is not written one way")
        let pretty = try? JSON(parsing: Array(value.prettyPrinted.utf8))
        try FuzzFailure.require(pretty == value, "pretty JSON does not round-trip")
    }
}

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
