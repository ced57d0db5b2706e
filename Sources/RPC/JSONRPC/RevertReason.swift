internal import Codec
internal import Ledger
internal import Primitives

/// The words in revert data.
enum RevertReason {
    /// `Error(string)`
    private static let error: [UInt8] = [0x08, 0xc3, 0x79, 0xa0]
    /// `Panic(uint256)`
    private static let panic: [UInt8] = [0x4e, 0x48, 0x7b, 0x71]

    /// Solidity's panic codes, in geth's words.
    private static let panics: [UInt64: String] = [
        0x00: "generic panic", 0x01: "assert(false)",
        0x11: "arithmetic underflow or overflow", 0x12: "division or modulo by zero",
        0x21: "enum overflow", 0x22: "invalid encoded storage byte array accessed",
        0x31: "out-of-bounds array access; popping on an empty array",
        0x32: "out-of-bounds access of an array or bytesN", 0x41: "out of memory",
        0x51: "uninitialized function",
    ]

    /// The text of `Error(string)`, or the name of a `Panic(uint256)`; nil for anything else.
    static func text(_ data: [UInt8]) -> String? {
        guard data.count >= 36 else { return nil }
        if data.starts(with: panic) {
            let code = UInt256(bigEndian: data[4..<36])
            guard let small = code.asUInt64 else { return nil }
            return panics[small] ?? "unknown panic code: \(code.hexQuantity)"
        }
        guard data.starts(with: error), data.count >= 68,
            UInt256(bigEndian: data[4..<36]) == 32,
            let count = UInt256(bigEndian: data[36..<68]).asInt, count <= data.count - 68
        else { return nil }
        return String(decoding: data[68..<68 + count], as: UTF8.self)
    }

    static func message(_ data: [UInt8]) -> String {
        guard let text = text(data) ?? NativeError.describe(revertData: data) else {
            return "execution reverted"
        }
        return "execution reverted: \(text)"
    }
}
