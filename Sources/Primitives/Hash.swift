/// A 32-byte digest, ordered as its bytes are.
@frozen
public struct Hash: Sendable, Hashable {
    /// The digest read as a big-endian number.
    public let word: UInt256

    @inlinable
    public init(_ word: UInt256) { self.word = word }

    /// The digest made of exactly 32 bytes.
    @inlinable
    public init(_ bytes: some Collection<UInt8>) {
        precondition(bytes.count == Hash.byteCount, "a hash has 32 bytes")
        self.word = UInt256(bigEndian: bytes)
    }

    /// Reads `0x` and 64 digits.
    public init(hex text: some StringProtocol) throws(TextError) {
        let bytes = try Hex.decodePrefixed(text)
        guard bytes.count == Hash.byteCount else {
            throw .wrongLength(wanted: Hash.byteCount, got: bytes.count)
        }
        self.init(bytes)
    }

    public static let byteCount = 32
    public static let zero = Hash(UInt256.zero)

    public var bytes: [UInt8] { word.bigEndianBytes }

    /// `0x` and 64 lower-case digits.
    public var hex: String { Hex.encodePrefixed(bytes) }
}

extension Hash: Comparable {
    @inlinable
    public static func < (left: Hash, right: Hash) -> Bool { left.word < right.word }
}

extension Hash: CustomStringConvertible {
    public var description: String { hex }
}
