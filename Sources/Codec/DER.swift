/// Why bytes are no DER of the wanted form.
public enum DERError: Error, Equatable, Sendable {
    case truncated(wanted: Int, left: Int)
    case wrongTag(wanted: UInt8, got: UInt8)
    /// A tag number of 31 or more takes several bytes; no format read here has one.
    case wideTag(UInt8)
    case indefiniteLength
    /// A length in more bytes than it needs.
    case nonShortestLength
    /// A length of four bytes or more: no object read here has 16 MiB.
    case lengthTooWide(bytes: Int)
    case trailingBytes(Int)
    /// An INTEGER without a byte, or with a first byte that says nothing.
    case invalidInteger
    /// A negative INTEGER where a natural number is wanted.
    case negative
    case tooWide(bytes: Int)
    /// A BOOLEAN other than one byte, `00` or `ff`.
    case invalidBoolean
    /// A NULL with contents.
    case invalidNull
    /// A BIT STRING without its first byte, with more than 7 unused bits, or with unused bits set.
    case invalidBitString
    case invalidObjectIdentifier
    /// A text that is not of its character set.
    case invalidText
    /// No `YYMMDDHHMMSSZ` or `YYYYMMDDHHMMSSZ` of the calendar, or before 1970.
    case invalidTime
}

/// The identifier bytes of the types that are read here.
public enum DERTag {
    public static let boolean: UInt8 = 0x01
    public static let integer: UInt8 = 0x02
    public static let bitString: UInt8 = 0x03
    public static let octetString: UInt8 = 0x04
    public static let null: UInt8 = 0x05
    public static let objectIdentifier: UInt8 = 0x06
    public static let enumerated: UInt8 = 0x0a
    public static let utf8String: UInt8 = 0x0c
    public static let numericString: UInt8 = 0x12
    public static let printableString: UInt8 = 0x13
    public static let teletexString: UInt8 = 0x14
    public static let ia5String: UInt8 = 0x16
    public static let utcTime: UInt8 = 0x17
    public static let generalizedTime: UInt8 = 0x18
    public static let sequence: UInt8 = 0x30
    public static let set: UInt8 = 0x31

    /// `[number]` with contents of other elements (explicit, or an implicit SEQUENCE).
    public static func context(_ number: UInt8) -> UInt8 { 0xa0 | number }

    /// `[number]` in place of the tag of a primitive type.
    public static func primitive(_ number: UInt8) -> UInt8 { 0x80 | number }
}

/// One element: its tag, what it holds, and all its bytes.
public struct DERElement: Sendable, Equatable {
    public let tag: UInt8
    /// Tag, length and contents.
    public let encoding: ArraySlice<UInt8>
    /// Bytes of tag and length.
    private let headBytes: Int

    init(tag: UInt8, encoding: ArraySlice<UInt8>, headBytes: Int) {
        self.tag = tag
        self.encoding = encoding
        self.headBytes = headBytes
    }

    public var contents: ArraySlice<UInt8> {
        encoding[encoding.startIndex + headBytes..<encoding.endIndex]
    }
}

/// Reads DER, element after element.
///
/// Lengths are definite and shortest, tags have one byte, and every length is compared with what
/// is left before it is used. Nothing descends by itself: a caller reads what an element holds
/// with a reader of its own, so that depth is the depth of the caller's code.
/// Source: X.690 (2021), sections 8 and 10.
public struct DERReader: Sendable {
    private let bytes: ArraySlice<UInt8>
    private var position: Int
    private var end: Int

    /// What is not read yet.
    public var rest: ArraySlice<UInt8> { bytes[position..<end] }

    public init(_ bytes: ArraySlice<UInt8>) {
        self.init(bytes, from: bytes.startIndex, to: bytes.endIndex)
    }

    public init(_ bytes: [UInt8]) { self.init(bytes[...]) }

    /// A reader of a part shares the bytes of the whole: cutting a slice costs more than reading.
    private init(_ bytes: ArraySlice<UInt8>, from start: Int, to end: Int) {
        self.bytes = bytes
        position = start
        self.end = end
    }

    public var isAtEnd: Bool { position == end }

    /// The tag of the next element; nil at the end.
    public var nextTag: UInt8? { position < end ? bytes[position] : nil }

    /// Refuses bytes after the last element.
    public func finish() throws(DERError) {
        guard position == end else { throw .trailingBytes(end - position) }
    }

    /// The next element of any tag.
    public mutating func readElement() throws(DERError) -> DERElement {
        let start = position
        let tag = try checkTag()
        let first = try readHead()
        return DERElement(tag: tag, encoding: bytes[start..<position], headBytes: first - start)
    }

    /// The next element, which has this tag.
    public mutating func readElement(_ tag: UInt8) throws(DERError) -> DERElement {
        let element = try readElement()
        guard element.tag == tag else { throw .wrongTag(wanted: tag, got: element.tag) }
        return element
    }

    /// The contents of the next element, which has this tag.
    public mutating func read(_ tag: UInt8) throws(DERError) -> ArraySlice<UInt8> {
        let first = try readHead(tag)
        return bytes[first..<position]
    }

    /// Passes the next element, which has this tag.
    public mutating func skip(_ tag: UInt8) throws(DERError) { _ = try readHead(tag) }

    /// The contents of the next element when it has this tag; nil, and nothing read, otherwise.
    public mutating func readOptional(_ tag: UInt8) throws(DERError) -> ArraySlice<UInt8>? {
        nextTag == tag ? try read(tag) : nil
    }

    /// A reader of what the next element holds.
    public mutating func descend(_ tag: UInt8 = DERTag.sequence) throws(DERError) -> DERReader {
        let first = try readHead(tag)
        return DERReader(bytes, from: first, to: position)
    }

    /// Goes into the next element, which has this tag; what `leave` takes comes back.
    ///
    /// For lists of many small elements: a reader for each would cost more than reading it.
    public mutating func enter(_ tag: UInt8 = DERTag.sequence) throws(DERError) -> Int {
        let first = try readHead(tag)
        defer { (position, end) = (first, position) }
        return end
    }

    /// Goes on behind the element that was entered; all that it holds must be read.
    public mutating func leave(_ outer: Int) throws(DERError) {
        try finish()
        end = outer
    }

    private func checkTag() throws(DERError) -> UInt8 {
        guard position < end else { throw .truncated(wanted: 2, left: 0) }
        let tag = bytes[position]
        guard tag & 0x1f != 0x1f else { throw .wideTag(tag) }
        return tag
    }

    private mutating func readHead(_ wanted: UInt8) throws(DERError) -> Int {
        guard position < end else { throw .truncated(wanted: 2, left: 0) }
        guard bytes[position] == wanted else {
            throw .wrongTag(wanted: wanted, got: bytes[position])
        }
        _ = try checkTag()
        return try readHead()
    }

    /// Passes an element whose tag was checked, and tells where its contents began.
    private mutating func readHead() throws(DERError) -> Int {
        let left = end - position
        guard left >= 2 else { throw .truncated(wanted: 2, left: left) }
        let (headBytes, count) = try length(at: position + 1)
        let first = position + 1 + headBytes
        guard count <= end - first else { throw .truncated(wanted: count, left: end - first) }
        position = first + count
        return first
    }

    /// The bytes that the length takes, and the length.
    private func length(at index: Int) throws(DERError) -> (headBytes: Int, count: Int) {
        let first = bytes[index]
        guard first >= 0x80 else { return (1, Int(first)) }
        guard first != 0x80 else { throw .indefiniteLength }
        let width = Int(first & 0x7f)
        guard width <= 3 else { throw .lengthTooWide(bytes: width) }
        let left = end - index - 1
        guard width <= left else { throw .truncated(wanted: width, left: left) }
        var count = 0
        for place in index + 1...index + width { count = count << 8 | Int(bytes[place]) }
        // 0…127 has the short form, and a longer length has no zero byte in front.
        guard count >= 0x80, count >= 1 << (8 * (width - 1)) else { throw .nonShortestLength }
        return (1 + width, count)
    }
}

// MARK: - Primitive types

extension DERReader {
    public mutating func readBoolean() throws(DERError) -> Bool {
        let contents = try read(DERTag.boolean)
        guard contents.count == 1, let byte = contents.first, byte == 0 || byte == 0xff else {
            throw .invalidBoolean
        }
        return byte == 0xff
    }

    public mutating func readNull() throws(DERError) {
        guard try read(DERTag.null).isEmpty else { throw .invalidNull }
    }

    /// The contents of an INTEGER: two's complement in as few bytes as it needs.
    public mutating func readInteger(
        _ tag: UInt8 = DERTag.integer
    ) throws(DERError) -> ArraySlice<UInt8> {
        let contents = try read(tag)
        guard let first = contents.first else { throw .invalidInteger }
        if contents.count > 1 {
            let second = contents[contents.startIndex + 1]
            guard !(first == 0 && second < 0x80), !(first == 0xff && second >= 0x80) else {
                throw .invalidInteger
            }
        }
        return contents
    }

    /// A natural number, big-endian without leading zero; empty for zero.
    public mutating func readNatural() throws(DERError) -> ArraySlice<UInt8> {
        let contents = try readInteger()
        guard contents[contents.startIndex] < 0x80 else { throw .negative }
        return contents.drop { $0 == 0 }
    }

    /// A natural number as big-endian bytes of this width.
    public mutating func readNatural(width: Int) throws(DERError) -> [UInt8] {
        let digits = try readNatural()
        guard digits.count <= width else { throw .tooWide(bytes: digits.count) }
        return [UInt8](repeating: 0, count: width - digits.count) + digits
    }

    /// A natural number of at most 63 bits.
    public mutating func readInt() throws(DERError) -> Int {
        let digits = try readNatural()
        var value: UInt64 = 0
        guard digits.count <= 8 else { throw .tooWide(bytes: digits.count) }
        for digit in digits { value = value << 8 | UInt64(digit) }
        guard let small = Int(exactly: value) else { throw .tooWide(bytes: digits.count) }
        return small
    }

    /// The bits of a BIT STRING, first bit highest, and how many of the last byte's are unused.
    public mutating func readBitString() throws(DERError) -> (bits: ArraySlice<UInt8>, unused: Int)
    {
        let contents = try read(DERTag.bitString)
        guard let unused = contents.first, unused < 8 else { throw .invalidBitString }
        let bits = contents.dropFirst()
        guard let last = bits.last else {
            guard unused == 0 else { throw .invalidBitString }
            return (bits, 0)
        }
        guard last & (1 << unused &- 1) == 0 else { throw .invalidBitString }
        return (bits, Int(unused))
    }

    /// The bytes of a BIT STRING that is a whole number of bytes.
    public mutating func readBytesOfBitString() throws(DERError) -> ArraySlice<UInt8> {
        let (bits, unused) = try readBitString()
        guard unused == 0 else { throw .invalidBitString }
        return bits
    }

    public mutating func readObjectIdentifier() throws(DERError) -> OID {
        guard let identifier = OID(contents: try read(DERTag.objectIdentifier)) else {
            throw .invalidObjectIdentifier
        }
        return identifier
    }

    /// Seconds since 1970 of a UTCTime (years 1970–2049) or a GeneralizedTime, in `Z` and without
    /// fractions (RFC 5280, section 4.1.2.5).
    public mutating func readTime() throws(DERError) -> UInt64 {
        let element = try readElement()
        let century: Int
        switch element.tag {
        case DERTag.utcTime: century = 2
        case DERTag.generalizedTime: century = 4
        default: throw .wrongTag(wanted: DERTag.utcTime, got: element.tag)
        }
        guard let time = DERTime.seconds(element.contents, yearDigits: century) else {
            throw .invalidTime
        }
        return time
    }
}
