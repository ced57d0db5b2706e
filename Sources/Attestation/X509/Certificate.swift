public import Codec
internal import Crypto
public import Primitives

/// An X.509 certificate of version 3, as its bytes say it; nothing is trusted yet.
///
/// The profile is that of the vendors' chains: DER with definite shortest lengths, tags of one byte
/// that mark what is constructed, one item and nothing behind it, version 3, a serial number of at
/// most 20 bytes that is not negative, no unique identifiers, the signature's algorithm the same in
/// both places, times of the calendar in `Z` and from 1970 on, texts of names in a character set of
/// one byte or UTF-8, each extension once and 32 at most. Values have DER's one form (BOOLEAN `ff`,
/// no default written out, NULL empty, integers short, unused bits zero). Keys, PSS parameters,
/// basic constraints and key usage are read at once: what is wrong in them refuses the whole.
///
/// OpenSSL is not asked: it reads BER that is no DER, leaves those values for later, and takes
/// 0.14 ms for each. It takes all that is taken here; a test compares the two.
/// Source: RFC 5280, section 4.1.
public struct Certificate: Sendable, Equatable {
    public struct Extension: Sendable, Equatable {
        public let type: OID
        public let isCritical: Bool
        /// What the OCTET STRING holds.
        public let value: ArraySlice<UInt8>
    }

    /// All its bytes.
    public let encoding: ArraySlice<UInt8>
    /// The part that the issuer signs, with its tag and length.
    public let signedPart: ArraySlice<UInt8>
    /// The serial number, big-endian without leading zeros; empty for zero.
    public let serial: ArraySlice<UInt8>
    public let issuer: CertificateName
    public let subject: CertificateName
    /// Seconds since 1970, both ends included.
    public let notBefore: UInt64
    public let notAfter: UInt64
    public let key: PublicKey
    public let algorithm: SignatureAlgorithm
    public let signature: ArraySlice<UInt8>
    /// All of them, in their order.
    public let extensions: [Extension]
    public let basicConstraints: BasicConstraints?
    public let keyUsage: KeyUsage?

    /// SHA-256 of all bytes.
    public var fingerprint: Hash { SHA256.hash(encoding) }

    /// Whether the time, in seconds since 1970, is within the validity; both ends are.
    public func isValid(at time: UInt64) -> Bool { notBefore <= time && time <= notAfter }

    /// The value of the extension with this type.
    public func value(of type: OID) -> ArraySlice<UInt8>? {
        extensions.first { $0.type == type }?.value
    }

    /// A critical extension besides those whose meaning is checked here; nil when there is none.
    public var unknownCriticalExtension: OID? {
        extensions.first {
            $0.isCritical && $0.type != BasicConstraints.type && $0.type != KeyUsage.type
        }?.type
    }

    /// Reads one certificate and nothing behind it.
    public init(_ bytes: [UInt8]) throws(DERError) { try self.init(bytes[...]) }

    /// Reads one certificate and nothing behind it.
    public init(_ bytes: ArraySlice<UInt8>) throws(DERError) {
        var reader = DERReader(bytes)
        var outer = try reader.descend()
        try reader.finish()
        encoding = bytes
        let body = try outer.readElement(DERTag.sequence)
        signedPart = body.encoding
        let outerAlgorithm = outer.rest
        algorithm = try SignatureAlgorithm(reading: &outer)
        let algorithmBytes = outerAlgorithm[..<outer.rest.startIndex]
        signature = try outer.readBytesOfBitString()
        try outer.finish()

        var fields = DERReader(body.contents)
        var version = try fields.descend(DERTag.context(0))
        guard try version.readInt() == Certificate.version3 else { throw .invalidInteger }
        try version.finish()
        serial = try fields.readNatural()
        guard serial.count <= Certificate.serialBytesMax else {
            throw .tooWide(bytes: serial.count)
        }
        // The algorithm stands twice; only the first is signed.
        let inner = try fields.readElement().encoding
        guard inner.elementsEqual(algorithmBytes) else {
            throw .wrongTag(wanted: DERTag.sequence, got: inner[inner.startIndex])
        }
        issuer = try CertificateName(reading: &fields)
        var validity = try fields.descend()
        notBefore = try validity.readTime()
        notAfter = try validity.readTime()
        try validity.finish()
        subject = try CertificateName(reading: &fields)
        key = try PublicKey(reading: &fields)
        extensions = try Certificate.extensions(&fields)
        try fields.finish()
        basicConstraints = try Certificate.find(BasicConstraints.type, in: extensions)
            .map(BasicConstraints.init)
        keyUsage = try Certificate.find(KeyUsage.type, in: extensions).map(KeyUsage.init)
    }

    private static let version3 = 2
    private static let serialBytesMax = 20
    private static let extensionsMax = 32

    private static func find(_ type: OID, in extensions: [Extension]) -> ArraySlice<UInt8>? {
        extensions.first { $0.type == type }?.value
    }

    private static func extensions(_ fields: inout DERReader) throws(DERError) -> [Extension] {
        guard !fields.isAtEnd else { return [] }
        var wrapper = try fields.descend(DERTag.context(3))
        var list = try wrapper.descend()
        try wrapper.finish()
        var extensions: [Extension] = []
        extensions.reserveCapacity(8)
        repeat {
            let whole = try list.enter()
            let type = try list.readObjectIdentifier()
            var isCritical = false
            if list.nextTag == DERTag.boolean {
                isCritical = try list.readBoolean()
                // DER leaves a default out.
                guard isCritical else { throw .invalidBoolean }
            }
            let value = try list.read(DERTag.octetString)
            try list.leave(whole)
            guard find(type, in: extensions) == nil, extensions.count < extensionsMax else {
                throw .invalidObjectIdentifier
            }
            extensions.append(Extension(type: type, isCritical: isCritical, value: value))
        } while !list.isAtEnd
        return extensions
    }
}
