internal import Primitives

extension Address {
    /// Reads 40 digits of any case, `0x` before them or not; a checksum is not judged, since what
    /// is signed are the bytes.
    init?(loose text: String) {
        var digits = text.utf8[...]
        if digits.starts(with: "0x".utf8) || digits.starts(with: "0X".utf8) {
            digits = digits.dropFirst(2)
        }
        guard digits.count == 2 * Address.byteCount else { return nil }
        do { self.init(try Hex.decode(Substring(digits))) } catch { return nil }
    }
}
