public import Codec

/// A certificate revocation list, as its bytes say it; nothing is trusted yet.
///
/// Version 2, with the next update named, and no critical extension.
/// Source: RFC 5280, section 5.1.
public struct RevocationList: Sendable {
    let signedPart: ArraySlice<UInt8>
    let algorithm: SignatureAlgorithm
    let signature: ArraySlice<UInt8>
    /// The SEQUENCE of the issuer's name.
    let issuer: ArraySlice<UInt8>
    public let revoked: RevokedSerials

    /// Reads one list and nothing behind it.
    public init(_ bytes: [UInt8]) throws(DERError) {
        guard bytes.count <= DCAPLimits.crlBytesMax else { throw .tooWide(bytes: bytes.count) }
        var reader = DERReader(bytes)
        var outer = try reader.descend()
        try reader.finish()
        let body = try outer.readElement()
        guard body.tag == DERTag.sequence else {
            throw .wrongTag(wanted: DERTag.sequence, got: body.tag)
        }
        signedPart = body.encoding
        let algorithmBytes = outer.rest
        algorithm = try SignatureAlgorithm(reading: &outer)
        let algorithmCount = outer.rest.startIndex - algorithmBytes.startIndex
        signature = try outer.readBytesOfBitString()
        try outer.finish()

        var fields = DERReader(body.contents)
        guard try fields.readInt() == 1 else { throw .invalidInteger }
        guard try fields.readElement().encoding.elementsEqual(algorithmBytes.prefix(algorithmCount))
        else { throw .invalidObjectIdentifier }
        let name = try fields.readElement()
        guard name.tag == DERTag.sequence else {
            throw .wrongTag(wanted: DERTag.sequence, got: name.tag)
        }
        issuer = name.encoding
        let window = Window(start: try fields.readTime(), end: try fields.readTime())
        let list = try fields.readOptional(DERTag.sequence)
        if let extensions = try fields.readOptional(DERTag.context(0)) {
            var wrapper = DERReader(extensions)
            try RevocationList.checkExtensions(try wrapper.descend())
            try wrapper.finish()
        }
        try fields.finish()
        revoked = RevokedSerials(
            window: window, serials: try list.map(RevocationList.readSerials) ?? [])
    }

    private static func readSerials(_ list: ArraySlice<UInt8>) throws(DERError) -> [[UInt8]] {
        var reader = DERReader(list)
        var serials: [[UInt8]] = []
        while !reader.isAtEnd {
            var entry = try reader.descend()
            let serial = try entry.readNatural()
            guard serial.count <= RevokedSerials.serialBytesMax else {
                throw .tooWide(bytes: serial.count)
            }
            // When it was revoked does not matter, and is not looked at.
            let date = try entry.readElement()
            guard date.tag == DERTag.utcTime || date.tag == DERTag.generalizedTime else {
                throw .wrongTag(wanted: DERTag.utcTime, got: date.tag)
            }
            if !entry.isAtEnd { try checkExtensions(try entry.descend()) }
            try entry.finish()
            guard serials.count < DCAPLimits.revokedSerialsMax else {
                throw .tooWide(bytes: list.count)
            }
            serials.append(Array(serial))
        }
        return serials
    }

    /// A critical extension could narrow the list's meaning.
    private static func checkExtensions(_ extensions: DERReader) throws(DERError) {
        var extensions = extensions
        while !extensions.isAtEnd {
            var item = try extensions.descend()
            _ = try item.read(DERTag.objectIdentifier)
            if item.nextTag == DERTag.boolean { throw .invalidBoolean }
            _ = try item.read(DERTag.octetString)
            try item.finish()
        }
    }
}

/// The serial numbers that an authority has revoked, and when its list holds.
public struct RevokedSerials: Sendable, Equatable {
    public let window: Window
    /// Big-endian without leading zeros; ascending by length, then by bytes; each once.
    public let serials: [[UInt8]]

    static let serialBytesMax = 20

    init(window: Window, serials: [[UInt8]]) {
        self.window = window
        var sorted: [[UInt8]] = []
        for serial in serials.sorted(by: RevokedSerials.precedes) where serial != sorted.last {
            sorted.append(serial)
        }
        self.serials = sorted
    }

    static func precedes(_ one: [UInt8], _ other: [UInt8]) -> Bool {
        guard one.count == other.count else { return one.count < other.count }
        for index in one.indices where one[index] != other[index] {
            return one[index] < other[index]
        }
        return false
    }

    public func contains(_ serial: ArraySlice<UInt8>) -> Bool {
        let wanted = Array(serial)
        var low = 0
        var high = serials.count
        while low < high {
            let middle = (low + high) / 2
            if RevokedSerials.precedes(serials[middle], wanted) {
                low = middle + 1
            } else {
                high = middle
            }
        }
        return low < serials.count && serials[low] == wanted
    }
}
