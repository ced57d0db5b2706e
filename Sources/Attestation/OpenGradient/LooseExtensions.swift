internal import Codec

/// What Go's x509 takes from a certificate's extensions.
struct LooseExtensions {
    /// Nil without the extension.
    var isAuthority: Bool?
    /// Nil for any number.
    var pathLength: Int?
    /// Whether the key may sign certificates; nil when usages are not limited.
    var mayCertify: Bool?
    /// Nil when the extended usages are not limited.
    var isForServers: Bool?
    var keyIdentifier: [UInt8] = []
    var authorityKeyIdentifier: [UInt8] = []
    var subjectNames: [UInt8] = []
    var hasUnhandledCritical = false

    private static let anyUsage = OID(2, 5, 29, 37, 0)
    private static let serverUsage = OID(1, 3, 6, 1, 5, 5, 7, 3, 1)

    /// - Parameter contents: what the wrapper `[3]` holds; nil without one.
    init(_ contents: ArraySlice<UInt8>?) throws(DERError) {
        guard let contents else { return }
        var wrapper = DERReader(contents)
        var list = try wrapper.descend()
        var seen: Set<OID> = []
        while !list.isAtEnd {
            var item = try list.descend()
            let type = try item.readObjectIdentifier()
            let isCritical = item.nextTag == DERTag.boolean ? try item.readBoolean() : false
            let value = try item.read(DERTag.octetString)
            guard seen.insert(type).inserted else { throw .invalidObjectIdentifier }
            let isHandled = try read(type, value, isCritical: isCritical)
            if isCritical, !isHandled { hasUnhandledCritical = true }
        }
    }

    /// Whether the extension is one that Go handles.
    private mutating func read(
        _ type: OID, _ value: ArraySlice<UInt8>, isCritical: Bool
    ) throws(DERError) -> Bool {
        var reader = DERReader(value)
        switch type {
        case OID(2, 5, 29, 15): mayCertify = try LooseExtensions.mayCertify(&reader)
        case OID(2, 5, 29, 19): try readBasicConstraints(&reader)
        case OID(2, 5, 29, 37): try readUsages(&reader)
        case OID(2, 5, 29, 14):
            guard !isCritical else { throw .invalidBoolean }
            keyIdentifier = Array(try reader.read(DERTag.octetString))
        case OID(2, 5, 29, 35):
            guard !isCritical else { throw .invalidBoolean }
            var fields = try reader.descend()
            authorityKeyIdentifier = Array(
                try fields.readOptional(DERTag.primitive(0)) ?? [])
        case OID(2, 5, 29, 17): return try readSubjectNames(&reader, value)
        // Lists of places that nothing here asks: distribution points and authority information.
        case OID(2, 5, 29, 31): _ = try reader.descend()
        case OID(1, 3, 6, 1, 5, 5, 7, 1, 1):
            guard !isCritical else { throw .invalidBoolean }
            _ = try reader.descend()
        default: return false
        }
        return true
    }

    /// Bit 5 of the usages (RFC 5280, section 4.2.1.3); no bit at all limits nothing.
    private static func mayCertify(_ reader: inout DERReader) throws(DERError) -> Bool? {
        let bits = Array(try reader.readBitString().bits)
        let usages = UInt16(bits.first ?? 0) << 8 | UInt16(bits.count > 1 ? bits[1] & 0x80 : 0)
        return usages == 0 ? nil : usages & 0x0400 != 0
    }

    private mutating func readBasicConstraints(_ reader: inout DERReader) throws(DERError) {
        var fields = try reader.descend()
        isAuthority = fields.nextTag == DERTag.boolean ? try fields.readBoolean() : false
        guard fields.nextTag == DERTag.integer else { return }
        let digits = try fields.readInteger()
        guard digits.count <= 8 else { throw .tooWide(bytes: digits.count) }
        // A negative length limits nothing.
        guard let first = digits.first, first < 0x80 else { return }
        pathLength = digits.reduce(0) { $0 << 8 | Int($1) }
    }

    private mutating func readUsages(_ reader: inout DERReader) throws(DERError) {
        var list = try reader.descend()
        var usages: [OID] = []
        while !list.isAtEnd { usages.append(try list.readObjectIdentifier()) }
        guard !usages.isEmpty else { return }
        isForServers =
            usages.contains(LooseExtensions.anyUsage)
            || usages.contains(LooseExtensions.serverUsage)
    }

    /// Names of kinds that Go does not know leave the extension unhandled.
    private mutating func readSubjectNames(
        _ reader: inout DERReader, _ value: ArraySlice<UInt8>
    ) throws(DERError) -> Bool {
        subjectNames = Array(value)
        var list = try reader.descend()
        var isKnown = false
        while !list.isAtEnd {
            let tag = try list.readElement().tag
            // Mail, DNS, URI and address (RFC 5280, section 4.2.1.6).
            isKnown = isKnown || [1, 2, 6, 7].contains(tag & 0x1f)
        }
        return isKnown
    }
}
