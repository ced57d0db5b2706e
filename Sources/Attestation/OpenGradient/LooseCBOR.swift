/// A CBOR item as Go's fxamacker/cbor reads it by default.
///
/// Wider than RFC 8949's deterministic form: heads of any length, strings, arrays and maps in
/// pieces, tags and repeated keys. Depth is at most 32, as there; the number of items is bounded
/// by that of the bytes.
indirect enum LooseCBOR {
    case unsigned(UInt64)
    /// −1 − n.
    case negative(UInt64)
    case bytes([UInt8])
    /// Bytes that need not be UTF-8: only what a text is used for decides that.
    case text([UInt8])
    case array([LooseCBOR])
    case map([(key: LooseCBOR, value: LooseCBOR)])
    case tag(UInt64, LooseCBOR)
    /// `null` and `undefined`: the zero value of whatever they stand for.
    case null
    case bool(Bool)
    /// A float or another simple value, which no field here takes.
    case other

    static let depthMax = 32

    /// The one item that the bytes are; nil when they are anything else.
    init?(_ bytes: [UInt8]) {
        var reader = LooseCBORReader(bytes)
        guard let value = reader.readItem(depth: 0), reader.isAtEnd else { return nil }
        self = value
    }

    /// The item within any tags.
    var untagged: LooseCBOR {
        var value = self
        while case .tag(_, let inner) = value { value = inner }
        return value
    }

    /// A Go `[]byte`: a byte string, an array of octets, or nil for null. Nil for all else.
    var octets: [UInt8]?? {
        switch untagged {
        case .bytes(let bytes): return .some(bytes)
        case .null: return .some(nil)
        case .array(let elements):
            var bytes: [UInt8] = []
            for element in elements {
                switch element.untagged {
                case .unsigned(let number) where number <= 0xff: bytes.append(UInt8(number))
                case .null: bytes.append(0)
                default: return nil
                }
            }
            return .some(bytes)
        default: return nil
        }
    }

    /// Whether a Go `string` can be read from it.
    var isString: Bool {
        switch untagged {
        case .text(let bytes): String(validating: bytes, as: UTF8.self) != nil
        case .null: true
        default: false
        }
    }

    /// A Go `uint64`.
    var uint64: UInt64? {
        switch untagged {
        case .unsigned(let number): number
        case .null: 0
        default: nil
        }
    }

    /// A Go `int`.
    var int64: Int64? {
        switch untagged {
        case .unsigned(let number): Int64(exactly: number)
        case .negative(let number): Int64(exactly: number).map { -1 - $0 }
        case .null: 0
        default: nil
        }
    }

    /// Whether Go can read it without being told a type.
    var isReadableAsAny: Bool {
        switch self {
        case .text(let bytes): String(validating: bytes, as: UTF8.self) != nil
        case .array(let elements): elements.allSatisfy(\.isReadableAsAny)
        case .map(let entries):
            entries.allSatisfy { $0.key.isMapKey && $0.value.isReadableAsAny }
        case .tag(let number, let inner): inner.isContent(ofTag: number) && inner.isReadableAsAny
        default: true
        }
    }

    /// Whether Go can use it as the key of a map of anything: arrays and maps have no hash.
    private var isMapKey: Bool {
        switch untagged {
        case .array, .map: false
        default: isReadableAsAny
        }
    }

    /// Times and big numbers have contents of certain types (RFC 8949, section 3.4).
    private func isContent(ofTag number: UInt64) -> Bool {
        switch (number, self) {
        case (0, .text), (1, .unsigned), (1, .negative), (1, .other), (2, .bytes), (3, .bytes):
            true
        case (0...3, _): false
        default: true
        }
    }
}

/// Reads items. Recursion is bounded by `LooseCBOR.depthMax`.
private struct LooseCBORReader {
    private let bytes: [UInt8]
    private var position = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    var isAtEnd: Bool { position == bytes.count }

    private struct Head {
        let major: UInt8
        /// Nil for an item in pieces, and for a stop code.
        let argument: UInt64?
        let info: UInt8
    }

    private mutating func readByte() -> UInt8? {
        guard position < bytes.count else { return nil }
        position += 1
        return bytes[position - 1]
    }

    private mutating func readHead() -> Head? {
        guard let first = readByte() else { return nil }
        let (major, info) = (first >> 5, first & 0x1f)
        switch info {
        case ..<24: return Head(major: major, argument: UInt64(info), info: info)
        case 24...27:
            var argument: UInt64 = 0
            for _ in 0..<1 << (info - 24) {
                guard let byte = readByte() else { return nil }
                argument = argument << 8 | UInt64(byte)
            }
            return Head(major: major, argument: argument, info: info)
        case 31 where (2...5).contains(major) || major == 7:
            return Head(major: major, argument: nil, info: info)
        default: return nil
        }
    }

    private mutating func readRun(_ count: UInt64) -> [UInt8]? {
        guard count <= UInt64(bytes.count - position) else { return nil }
        defer { position += Int(count) }
        return Array(bytes[position..<position + Int(count)])
    }

    /// Whether a stop code is next; reads it.
    private mutating func readStop() -> Bool {
        guard position < bytes.count, bytes[position] == 0xff else { return false }
        position += 1
        return true
    }

    mutating func readItem(depth: Int) -> LooseCBOR? {
        guard let head = readHead() else { return nil }
        switch head.major {
        case 0: return head.argument.map { .unsigned($0) }
        case 1: return head.argument.map { .negative($0) }
        case 2: return readString(head).map { .bytes($0) }
        case 3: return readString(head).map { .text($0) }
        case 4, 5, 6:
            guard depth < LooseCBOR.depthMax else { return nil }
            if head.major == 4 { return readArray(head, depth: depth + 1) }
            if head.major == 5 { return readMap(head, depth: depth + 1) }
            guard let number = head.argument, let inner = readItem(depth: depth + 1) else {
                return nil
            }
            return .tag(number, inner)
        default: return simple(head)
        }
    }

    private func simple(_ head: Head) -> LooseCBOR? {
        guard let argument = head.argument else { return nil }
        switch (head.info, argument) {
        case (20, _): return .bool(false)
        case (21, _): return .bool(true)
        case (22, _), (23, _): return .null
        // A value below 32 has its place in the head (RFC 8949, section 3.3).
        case (24, ..<32): return nil
        default: return .other
        }
    }

    private mutating func readString(_ head: Head) -> [UInt8]? {
        if let count = head.argument { return readRun(count) }
        var whole: [UInt8] = []
        while !readStop() {
            guard let piece = readHead(), piece.major == head.major, let count = piece.argument,
                let run = readRun(count)
            else { return nil }
            whole += run
        }
        return whole
    }

    private mutating func readArray(_ head: Head, depth: Int) -> LooseCBOR? {
        var elements: [LooseCBOR] = []
        // Every element has a byte at least.
        if let count = head.argument, count > UInt64(bytes.count - position) { return nil }
        while head.argument.map({ UInt64(elements.count) < $0 }) ?? !readStop() {
            guard let element = readItem(depth: depth) else { return nil }
            elements.append(element)
        }
        return .array(elements)
    }

    private mutating func readMap(_ head: Head, depth: Int) -> LooseCBOR? {
        var entries: [(key: LooseCBOR, value: LooseCBOR)] = []
        if let count = head.argument, count > UInt64(bytes.count - position) { return nil }
        while head.argument.map({ UInt64(entries.count) < $0 }) ?? !readStop() {
            guard let key = readItem(depth: depth), let value = readItem(depth: depth) else {
                return nil
            }
            entries.append((key, value))
        }
        return .map(entries)
    }
}
