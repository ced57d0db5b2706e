public import Codec

/// Whether a certificate's key may issue others, and how long a path it may begin.
///
/// Source: RFC 5280, section 4.2.1.9.
public struct BasicConstraints: Sendable, Equatable {
    public let isAuthority: Bool
    /// How many authorities may stand between it and a leaf; nil for any number.
    public let pathLength: Int?

    public static let type = OID(2, 5, 29, 19)

    init(_ value: ArraySlice<UInt8>) throws(DERError) {
        var reader = DERReader(value)
        var fields = try reader.descend()
        try reader.finish()
        var isAuthority = false
        var pathLength: Int?
        if fields.nextTag == DERTag.boolean {
            isAuthority = try fields.readBoolean()
            // DER leaves a default out.
            guard isAuthority else { throw .invalidBoolean }
        }
        if !fields.isAtEnd { pathLength = try fields.readInt() }
        try fields.finish()
        self.isAuthority = isAuthority
        self.pathLength = pathLength
    }
}

/// What a certificate's key may be used for.
///
/// Source: RFC 5280, section 4.2.1.3. Bit 0 of the standard is the highest here. Zero bits behind
/// the last that is set are allowed, though DER drops them: AMD's intermediates have one.
public struct KeyUsage: OptionSet, Sendable {
    public let rawValue: UInt16

    public init(rawValue: UInt16) { self.rawValue = rawValue }

    public static let digitalSignature = KeyUsage(rawValue: 1 << 15)
    public static let keyCertSign = KeyUsage(rawValue: 1 << 10)
    public static let crlSign = KeyUsage(rawValue: 1 << 9)

    public static let type = OID(2, 5, 29, 15)

    init(_ value: ArraySlice<UInt8>) throws(DERError) {
        var reader = DERReader(value)
        let (bits, _) = try reader.readBitString()
        try reader.finish()
        guard bits.count <= 2 else { throw .tooWide(bytes: bits.count) }
        var raw: UInt16 = 0
        for byte in bits { raw = raw << 8 | UInt16(byte) }
        rawValue = bits.count == 1 ? raw << 8 : raw
    }
}
