public import Primitives

extension Address {
    /// `0x` and 40 digits whose letters' case is a checksum: upper where the Keccak-256 of the
    /// lower-case digits has a nibble of 8 or more.
    ///
    /// Source: EIP-55.
    public var checksummed: String {
        var digits = Array(Hex.encode(bytes).utf8)
        let digest = Keccak.hash(digits).bytes
        for index in digits.indices where digits[index] >= UInt8(ascii: "a") {
            let nibble = index.isMultiple(of: 2) ? digest[index / 2] >> 4 : digest[index / 2] & 15
            if nibble >= 8 { digits[index] -= 32 }
        }
        return "0x" + String(decoding: digits, as: UTF8.self)
    }
}
