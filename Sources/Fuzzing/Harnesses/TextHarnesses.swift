internal import Codec
internal import Crypto
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

/// Base64: each text that is read is the only one of its bytes.
func fuzzBase64(_ bytes: [UInt8]) throws(FuzzFailure) -> FuzzOutcome {
    let text = String(decoding: bytes, as: UTF8.self)
    return try .of {
        let written = Base64.encode(try Base64.decode(text))
        try FuzzFailure.require(written == text, "base64 does not round-trip")
    }
}

/// The first line is a mnemonic, the second a path: the same words give the same key, and no
/// other outcome but a key or a refusal.
func fuzzMnemonic(_ bytes: [UInt8]) throws(FuzzFailure) -> FuzzOutcome {
    let lines = String(decoding: bytes, as: UTF8.self).split(
        separator: "\n", maxSplits: 1, omittingEmptySubsequences: false)
    return try .of {
        // A path is quick to refuse, a seed is not made in vain.
        let fixed = try HDWallet(seed: [UInt8](repeating: 7, count: 16))
        let path = lines.count > 1 ? String(lines[1]) : "m"
        let key = try fixed.key(path: path)
        try FuzzFailure.require(try fixed.key(path: path) == key, "a path gives two keys")
        _ = try HDWallet(mnemonic: String(lines[0]))
    }
}
