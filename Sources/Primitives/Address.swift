/// An account's 20-byte address.
@frozen
public struct Address: Sendable, Hashable {
    /// Bytes 0–7, 8–15 and 16–19, most significant first.
    @usableFromInline let high: UInt64
    @usableFromInline let middle: UInt64
    @usableFromInline let low: UInt32

    @inlinable
    init(high: UInt64, middle: UInt64, low: UInt32) {
        self.high = high
        self.middle = middle
        self.low = low
    }

    public static let byteCount = 20
    public static let zero = Address(high: 0, middle: 0, low: 0)

    /// The address made of exactly 20 bytes.
    @inlinable
    public init(_ bytes: some Collection<UInt8>) {
        precondition(bytes.count == Address.byteCount, "an address has 20 bytes")
        self.init(truncating: UInt256(bigEndian: bytes))
    }

    /// The low 160 bits of a word.
    @inlinable
    public init(truncating word: UInt256) {
        self.init(
            high: word.limb2 << 32 | word.limb1 >> 32,
            middle: word.limb1 << 32 | word.limb0 >> 32,
            low: UInt32(truncatingIfNeeded: word.limb0))
    }

    /// Reads `0x` and 40 digits of any case; a mixed-case checksum is not judged.
    public init(hex text: some StringProtocol) throws(TextError) {
        let bytes = try Hex.decodePrefixed(text)
        guard bytes.count == Address.byteCount else {
            throw .wrongLength(wanted: Address.byteCount, got: bytes.count)
        }
        self.init(bytes)
    }

    /// The address as a word, upper 96 bits zero.
    @inlinable
    public var word: UInt256 {
        UInt256(limbs: middle << 32 | UInt64(low), high << 32 | middle >> 32, high >> 32, 0)
    }

    public var bytes: [UInt8] { Array(word.bigEndianBytes[12...]) }

    /// `0x` and 40 lower-case digits.
    public var hex: String { Hex.encodePrefixed(bytes) }

    @inlinable public var isZero: Bool { high | middle == 0 && low == 0 }
}

extension Address: Comparable {
    @inlinable
    public static func < (left: Address, right: Address) -> Bool {
        if left.high != right.high { return left.high < right.high }
        if left.middle != right.middle { return left.middle < right.middle }
        return left.low < right.low
    }
}

extension Address: CustomStringConvertible {
    public var description: String { hex }
}
