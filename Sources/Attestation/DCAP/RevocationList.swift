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
        let body = try outer.readElement(DERTag.sequence)
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
        issuer = try fields.readElement(DERTag.sequence).encoding
        let start = try fields.readTime()
        let nextUpdate = try fields.readTime()
        guard nextUpdate > 0 else { throw .invalidTime }
        let window = Window(start: start, end: nextUpdate - 1)
        let list = try fields.readOptional(DERTag.sequence)
        if let extensions = try fields.readOptional(DERTag.context(0)) {
            var wrapper = DERReader(extensions)
            try RevocationList.checkExtensions(&wrapper)
            try wrapper.finish()
        }
        try fields.finish()
        revoked = RevokedSerials(
            window: window, serials: try list.map(RevocationList.readSerials) ?? [])
    }

    private static func readSerials(
        _ list: ArraySlice<UInt8>
    ) throws(DERError) -> [SerialNumber] {
        var reader = DERReader(list)
        var serials: [SerialNumber] = []
        while !reader.isAtEnd {
            let outer = try reader.enter()
            let digits = try reader.readNatural()
            guard let serial = SerialNumber(digits) else { throw .tooWide(bytes: digits.count) }
            // When it was revoked does not matter, and is not looked at.
            let isLong = reader.nextTag == DERTag.generalizedTime
            try reader.skip(isLong ? DERTag.generalizedTime : DERTag.utcTime)
            if !reader.isAtEnd { try checkExtensions(&reader) }
            try reader.leave(outer)
            guard serials.count < DCAPLimits.revokedSerialsMax else {
                throw .tooWide(bytes: list.count)
            }
            serials.append(serial)
        }
        return serials
    }

    /// A critical extension could narrow the list's meaning.
    private static func checkExtensions(_ reader: inout DERReader) throws(DERError) {
        let outer = try reader.enter()
        while !reader.isAtEnd {
            let list = try reader.enter()
            try reader.skip(DERTag.objectIdentifier)
            if reader.nextTag == DERTag.boolean { throw .invalidBoolean }
            try reader.skip(DERTag.octetString)
            try reader.leave(list)
        }
        try reader.leave(outer)
    }
}

/// The serial numbers that an authority has revoked, and when its list holds.
public struct RevokedSerials: Sendable, Equatable {
    /// Ends a second before the next update: from that moment on, there is a newer list.
    public let window: Window
    /// Ascending, each once.
    private let numbers: [SerialNumber]

    /// Big-endian without leading zeros; ascending by length, then by bytes; each once.
    public var serials: [[UInt8]] { numbers.map(\.bytes) }

    init(window: Window, serials: [SerialNumber]) {
        self.window = window
        let isAscending = zip(serials, serials.dropFirst()).allSatisfy { $0 < $1 }
        numbers = isAscending ? serials : RevokedSerials.sorted(serials)
    }

    private static func sorted(_ serials: [SerialNumber]) -> [SerialNumber] {
        var sorted: [SerialNumber] = []
        sorted.reserveCapacity(serials.count)
        for serial in serials.sorted() where serial != sorted.last { sorted.append(serial) }
        return sorted
    }

    public func contains(_ serial: ArraySlice<UInt8>) -> Bool {
        guard let wanted = SerialNumber(serial) else { return false }
        var low = 0
        var high = numbers.count
        while low < high {
            let middle = (low + high) / 2
            if numbers[middle] < wanted { low = middle + 1 } else { high = middle }
        }
        return low < numbers.count && numbers[low] == wanted
    }
}

/// A certificate's serial number, of at most 20 bytes.
struct SerialNumber: Sendable, Equatable, Comparable {
    static let byteCountMax = 20

    private let high: UInt64
    private let middle: UInt64
    private let low: UInt64

    /// Reads big-endian bytes; nil for more than 20.
    init?(_ digits: ArraySlice<UInt8>) {
        guard digits.count <= SerialNumber.byteCountMax else { return nil }
        var (high, middle, low): (UInt64, UInt64, UInt64) = (0, 0, 0)
        for digit in digits {
            high = high << 8 | middle >> 56
            middle = middle << 8 | low >> 56
            low = low << 8 | UInt64(digit)
        }
        self.high = high
        self.middle = middle
        self.low = low
    }

    /// Big-endian without leading zeros; empty for zero.
    var bytes: [UInt8] {
        var bytes: [UInt8] = []
        for word in [high, middle, low] {
            for shift in stride(from: 56, through: 0, by: -8) {
                let byte = UInt8(truncatingIfNeeded: word >> shift)
                if byte != 0 || !bytes.isEmpty { bytes.append(byte) }
            }
        }
        return bytes
    }

    static func < (left: SerialNumber, right: SerialNumber) -> Bool {
        if left.high != right.high { return left.high < right.high }
        if left.middle != right.middle { return left.middle < right.middle }
        return left.low < right.low
    }
}
