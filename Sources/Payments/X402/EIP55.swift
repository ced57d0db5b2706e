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

    /// Reads 40 digits, `0x` before them or not, of any case.
    static func address(ignoringCase text: String) -> Address? {
        var digits = text.utf8[...]
        if digits.starts(with: "0x".utf8) || digits.starts(with: "0X".utf8) {
            digits = digits.dropFirst(2)
        }
        guard digits.count == 2 * Address.byteCount else { return nil }
        do { return Address(try Hex.decode(Substring(digits))) } catch { return nil }
    }

    /// Reads the same, but mixed case must be the checksum's: what `eth_utils.is_address` takes.
    static func address(_ text: String) -> Address? {
        guard let address = address(ignoringCase: text) else { return nil }
        let digits = text.utf8.suffix(2 * Address.byteCount)
        let hasLower = digits.contains { $0 >= UInt8(ascii: "a") && $0 <= UInt8(ascii: "f") }
        let hasUpper = digits.contains { $0 >= UInt8(ascii: "A") && $0 <= UInt8(ascii: "F") }
        guard hasLower && hasUpper else { return address }
        return digits.elementsEqual(EIP55.text(of: address).utf8.dropFirst(2)) ? address : nil
    }
}
