internal import Crypto
public import Primitives

/// Addresses in mixed case, where case is a checksum (EIP-55).
public enum EIP55 {
    /// `0x` and 40 digits; a letter is upper-case where the Keccak-256 of the lower-case digits
    /// has a nibble of 8 or more.
    public static func text(of address: Address) -> String {
        var digits = Array(Hex.encode(address.bytes).utf8)
        let digest = Keccak.hash(digits).bytes
        for index in digits.indices where digits[index] >= UInt8(ascii: "a") {
            let nibble = index.isMultiple(of: 2) ? digest[index / 2] >> 4 : digest[index / 2] & 15
            if nibble >= 8 { digits[index] -= 0x20 }
        }
        return "0x" + String(decoding: digits, as: UTF8.self)
    }

    /// Reads 40 digits of any case, `0x` before them or not; a checksum is not judged, since what
    /// is signed are the bytes.
    static func address(_ text: String) -> Address? {
        var digits = text.utf8[...]
        if digits.starts(with: "0x".utf8) || digits.starts(with: "0X".utf8) {
            digits = digits.dropFirst(2)
        }
        guard digits.count == 2 * Address.byteCount else { return nil }
        do { return Address(try Hex.decode(Substring(digits))) } catch { return nil }
    }
}
