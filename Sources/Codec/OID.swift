/// An object identifier, kept as its DER contents.
///
/// Source: X.690 (2021), section 8.19.
public struct OID: Sendable, Hashable {
    /// Up to 16 bytes, big-endian and zeros behind, so that most identifiers are four words.
    private let high: UInt64
    private let low: UInt64
    private let count: UInt8
    /// All of them where there are more than 16.
    private let long: [UInt8]

    public var contents: [UInt8] {
        guard long.isEmpty else { return long }
        return (0..<Int(count)).map { index in
            UInt8(truncatingIfNeeded: (index < 8 ? high : low) >> UInt64(56 - 8 * (index & 7)))
        }
    }

    /// The identifier with these arcs: `OID(2, 5, 29, 15)`.
    ///
    /// The first arc is 0, 1 or 2; the second is below 40 under 0 and 1.
    public init(_ first: UInt64, _ second: UInt64, _ others: UInt64...) {
        precondition(first <= 2, "the first arc is 0, 1 or 2")
        precondition(second < (first == 2 ? 1 << 32 : 40), "the second arc is below 40")
        var bytes = OID.base128(first * 40 + second)
        for arc in others { bytes += OID.base128(arc) }
        self.init(checked: bytes[...])
    }

    /// Reads contents: arcs of at most 63 bits in as few bytes as they need, 64 bytes in all.
    public init?(contents: ArraySlice<UInt8>) {
        guard let last = contents.last, last < 0x80, contents.count <= OID.bytesMax else {
            return nil
        }
        var width = 0
        for byte in contents {
            // A first byte of 0x80 is a leading zero.
            guard width > 0 || byte != 0x80, width < 9 else { return nil }
            width = byte < 0x80 ? 0 : width + 1
        }
        self.init(checked: contents)
    }

    private init(checked contents: ArraySlice<UInt8>) {
        var (high, low): (UInt64, UInt64) = (0, 0)
        if contents.count <= 16 {
            var shift: UInt64 = 120
            for byte in contents {
                if shift >= 64 {
                    high |= UInt64(byte) << (shift - 64)
                } else {
                    low |= UInt64(byte) << shift
                }
                shift &-= 8
            }
        }
        self.high = high
        self.low = low
        count = UInt8(truncatingIfNeeded: contents.count)
        long = contents.count <= 16 ? [] : Array(contents)
    }

    private static let bytesMax = 64

    private static func base128(_ arc: UInt64) -> [UInt8] {
        var bytes = [UInt8(arc & 0x7f)]
        var rest = arc >> 7
        while rest > 0 {
            bytes.insert(UInt8(rest & 0x7f) | 0x80, at: 0)
            rest >>= 7
        }
        return bytes
    }
}

/// The arcs with dots: `2.5.29.15`.
extension OID: CustomStringConvertible {
    public var description: String {
        var arcs: [UInt64] = []
        var arc: UInt64 = 0
        for byte in contents {
            arc = arc << 7 | UInt64(byte & 0x7f)
            guard byte < 0x80 else { continue }
            if arcs.isEmpty {
                let first = min(arc / 40, 2)
                arcs = [first, arc - first * 40]
            } else {
                arcs.append(arc)
            }
            arc = 0
        }
        return arcs.map { String($0) }.joined(separator: ".")
    }
}
