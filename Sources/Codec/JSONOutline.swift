/// A JSON text that was checked whole and is read where it stands: nothing is copied until asked.
///
/// It takes what `JSON` takes and refuses what `JSON` refuses, with the same errors. A walk over
/// a document of which few members are wanted costs a fraction of a tree's allocations.
public final class JSONOutline: Sendable {
    /// A value or a member's name, followed by the nodes of what is in it.
    struct Node {
        enum Kind: UInt8 {
            case word, number, string, array, object
        }

        let kind: Kind
        /// A string with a backslash in it.
        var isEscaped = false
        /// Elements of an array, members of an object.
        var count: UInt32 = 0
        /// Where it begins, for a string behind the quote; where it ends, for a string before it.
        let start: UInt32
        var end: UInt32 = 0
        /// The node behind it and all that is in it.
        var next: UInt32 = 0
    }

    fileprivate let bytes: [UInt8]
    fileprivate let nodes: [Node]

    /// Checks and indexes one value that fills all of `bytes`. Cost: linear in the bytes.
    public init(parsing bytes: [UInt8], limits: JSONLimits) throws(JSONError) {
        self.bytes = bytes
        nodes = try JSONIndexer.parse(bytes, limits: limits)
    }

    /// The outermost value.
    public var root: Item { Item(outline: self, index: 0) }
}

extension JSONOutline {
    /// One value of the text.
    public struct Item: Sendable {
        fileprivate let outline: JSONOutline
        fileprivate let index: Int

        private var node: Node { outline.nodes[index] }

        public var isObject: Bool { node.kind == .object }
        public var isArray: Bool { node.kind == .array }

        /// Elements of an array or members of an object.
        public var count: Int { Int(node.count) }

        /// The member of that name; nil when there is none or this is no object.
        public subscript(name: StaticString) -> Item? {
            outline.member(name, of: index).map { Item(outline: outline, index: $0) }
        }

        /// The member of that name as `uint64`.
        public func uint64(_ name: StaticString) -> UInt64? {
            outline.member(name, of: index).flatMap(outline.uint64)
        }

        /// The elements of an array; none of all else.
        public var elements: [Item] {
            guard isArray else { return [] }
            var elements: [Item] = []
            elements.reserveCapacity(count)
            var place = index + 1
            while place < Int(node.next) {
                elements.append(Item(outline: outline, index: place))
                place = Int(outline.nodes[place].next)
            }
            return elements
        }

        /// The UTF-8 of a string, without escapes.
        public var utf8: ArraySlice<UInt8>? {
            node.kind == .string ? JSONIndexer.utf8(of: node, in: outline.bytes) : nil
        }

        public var string: String? { utf8.map { String(decoding: $0, as: UTF8.self) } }

        /// The value of an integer in range, written without fraction or exponent.
        public var uint64: UInt64? { outline.uint64(index) }
    }

    /// Where the value of that member is.
    fileprivate func member(_ name: StaticString, of object: Int) -> Int? {
        guard nodes[object].kind == .object else { return nil }
        let end = Int(nodes[object].next)
        var place = object + 1
        while place < end {
            if string(place, is: name) { return place + 1 }
            place = Int(nodes[place + 1].next)
        }
        return nil
    }

    fileprivate func uint64(_ number: Int) -> UInt64? {
        guard nodes[number].kind == .number else { return nil }
        let (start, end) = (Int(nodes[number].start), Int(nodes[number].end))
        var value: UInt64 = 0
        for place in start..<end {
            let digit = bytes[place] &- UInt8(ascii: "0")
            // Up to 19 digits are below 2⁶⁴; whatever is longer or no digit is rare.
            guard digit < 10, end - start <= 19 else {
                return UInt64(String(decoding: bytes[start..<end], as: UTF8.self))
            }
            value = value &* 10 &+ UInt64(digit)
        }
        return value
    }

    private func string(_ place: Int, is name: StaticString) -> Bool {
        let node = nodes[place]
        let count = name.utf8CodeUnitCount
        guard !node.isEscaped else {
            let text = JSONIndexer.utf8(of: node, in: bytes)
            return name.withUTF8Buffer { unsafe text.elementsEqual($0) }
        }
        let start = Int(node.start)
        guard Int(node.end) - start == count else { return false }
        return name.withUTF8Buffer { wanted in
            for index in 0..<count where unsafe wanted[index] != bytes[start + index] {
                return false
            }
            return true
        }
    }
}

/// The reader behind `JSONOutline`: the grammar and the order of checks are `JSONParser`'s.
struct JSONIndexer {
    private typealias Node = JSONOutline.Node

    private let bytes: [UInt8]
    private let limits: JSONLimits
    private var nodes: [Node] = []
    private var position = 0
    private var depth = 0
    private var itemCount = 0

    private static let unindexedCountMax = 16

    static func parse(
        _ bytes: [UInt8], limits: JSONLimits
    ) throws(JSONError) -> [JSONOutline.Node] {
        precondition(limits.bytesMax <= Int32.max, "positions have 32 bits")
        guard bytes.count <= limits.bytesMax else {
            throw .tooManyBytes(bytes.count, max: limits.bytesMax)
        }
        var indexer = JSONIndexer(bytes: bytes, limits: limits)
        indexer.nodes.reserveCapacity(bytes.count / 8)
        try indexer.parseValue(startingWith: try indexer.nextToken())
        indexer.skipSpace()
        guard indexer.position == bytes.count else { throw .trailingBytes(at: indexer.position) }
        return indexer.nodes
    }

    private init(bytes: [UInt8], limits: JSONLimits) {
        self.bytes = bytes
        self.limits = limits
    }

    private mutating func skipSpace() {
        while position < bytes.count {
            switch bytes[position] {
            case 0x20, 0x09, 0x0a, 0x0d: position += 1
            default: return
            }
        }
    }

    /// The next byte that is no white space; it stays unread.
    private mutating func nextToken() throws(JSONError) -> UInt8 {
        skipSpace()
        guard position < bytes.count else { throw .unexpectedEnd(at: position) }
        return bytes[position]
    }

    /// Opens a node that begins at `position`.
    private mutating func open(_ kind: Node.Kind) -> Int {
        nodes.append(Node(kind: kind, start: UInt32(truncatingIfNeeded: position)))
        return nodes.count - 1
    }

    /// Closes a node that ends at `position`.
    private mutating func close(_ node: Int, count: Int = 0) {
        nodes[node].end = UInt32(truncatingIfNeeded: position)
        nodes[node].next = UInt32(truncatingIfNeeded: nodes.count)
        nodes[node].count = UInt32(truncatingIfNeeded: count)
    }

    private mutating func parseValue(startingWith first: UInt8) throws(JSONError) {
        guard itemCount < limits.itemsMax else {
            throw .tooManyItems(max: limits.itemsMax, at: position)
        }
        itemCount += 1
        switch first {
        case UInt8(ascii: "\""): try parseString()
        case UInt8(ascii: "{"), UInt8(ascii: "["):
            guard depth < limits.depthMax else {
                throw .tooDeep(max: limits.depthMax, at: position)
            }
            depth += 1
            let node = open(first == UInt8(ascii: "{") ? .object : .array)
            position += 1
            let isObject = first == UInt8(ascii: "{")
            let count = isObject ? try parseMembers(of: node) : try parseElements()
            close(node, count: count)
            depth -= 1
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"):
            let node = open(.number)
            guard let end = JSONNumber.end(of: bytes, from: position) else {
                throw .invalidNumber(at: position)
            }
            position = end
            close(node)
        case UInt8(ascii: "t"): try parseWord("true")
        case UInt8(ascii: "f"): try parseWord("false")
        case UInt8(ascii: "n"): try parseWord("null")
        default: throw .unexpectedByte(first, at: position)
        }
    }

    private mutating func parseWord(_ word: StaticString) throws(JSONError) {
        let node = open(.word)
        for byte in word.description.utf8 {
            guard position < bytes.count else { throw .unexpectedEnd(at: position) }
            guard bytes[position] == byte else {
                throw .unexpectedByte(bytes[position], at: position)
            }
            position += 1
        }
        close(node)
    }

    private mutating func parseElements() throws(JSONError) -> Int {
        var count = 0
        var token = try nextToken()
        if token == UInt8(ascii: "]") {
            position += 1
            return 0
        }
        while true {
            try parseValue(startingWith: token)
            count += 1
            token = try nextToken()
            switch token {
            case UInt8(ascii: ","): position += 1
            case UInt8(ascii: "]"):
                position += 1
                return count
            default: throw .unexpectedByte(token, at: position)
            }
            token = try nextToken()
        }
    }

    private mutating func parseMembers(of object: Int) throws(JSONError) -> Int {
        var count = 0
        var seen: Set<ArraySlice<UInt8>> = []
        var token = try nextToken()
        if token == UInt8(ascii: "}") {
            position += 1
            return 0
        }
        while true {
            guard token == UInt8(ascii: "\"") else { throw .unexpectedByte(token, at: position) }
            let (name, start) = (nodes.count, position)
            try parseString()
            let colon = try nextToken()
            guard colon == UInt8(ascii: ":") else { throw .unexpectedByte(colon, at: position) }
            position += 1
            try parseValue(startingWith: try nextToken())
            count += 1
            guard isNew(name, in: object, count: count, &seen) else {
                let text = JSONIndexer.utf8(of: nodes[name], in: bytes)
                throw .duplicateKey(String(decoding: text, as: UTF8.self), at: start)
            }
            token = try nextToken()
            switch token {
            case UInt8(ascii: ","): position += 1
            case UInt8(ascii: "}"):
                position += 1
                return count
            default: throw .unexpectedByte(token, at: position)
            }
            token = try nextToken()
        }
    }

    /// Reads the string whose opening quote is at `position`.
    private mutating func parseString() throws(JSONError) {
        position += 1
        let node = open(.string)
        position = try JSONParser.endOfPlain(in: bytes, from: position)
        if bytes[position] == UInt8(ascii: "\\") {
            nodes[node].isEscaped = true
            position = try JSONParser.string(in: bytes, from: Int(nodes[node].start)).end - 1
        }
        close(node)
        position += 1
    }
}

// MARK: - Names

extension JSONIndexer {
    /// The text of a string that was read before.
    static func utf8(of node: JSONOutline.Node, in bytes: [UInt8]) -> ArraySlice<UInt8> {
        let start = Int(node.start)
        guard node.isEscaped, let text = try? JSONParser.string(in: bytes, from: start).text else {
            return bytes[start..<Int(node.end)]
        }
        return Array(text.utf8)[...]
    }

    /// Whether the object has no member of this name before. Few members are compared in line; more
    /// get a set, so that a wide object does not cost quadratic time.
    private func isNew(
        _ name: Int, in object: Int, count: Int, _ seen: inout Set<ArraySlice<UInt8>>
    ) -> Bool {
        let isWide = count > JSONIndexer.unindexedCountMax
        if isWide, !seen.isEmpty {
            return seen.insert(JSONIndexer.utf8(of: nodes[name], in: bytes)).inserted
        }
        var other = object + 1
        while other < name {
            if areEqual(nodes[other], nodes[name]) { return false }
            if isWide { seen.insert(JSONIndexer.utf8(of: nodes[other], in: bytes)) }
            other = Int(nodes[other + 1].next)
        }
        if isWide { seen.insert(JSONIndexer.utf8(of: nodes[name], in: bytes)) }
        return true
    }

    private func areEqual(_ one: JSONOutline.Node, _ other: JSONOutline.Node) -> Bool {
        guard !one.isEscaped, !other.isEscaped else {
            return JSONIndexer.utf8(of: one, in: bytes) == JSONIndexer.utf8(of: other, in: bytes)
        }
        let count = Int(one.end - one.start)
        guard count == Int(other.end - other.start) else { return false }
        let input = bytes.span
        for index in 0..<count
        where input[Int(one.start) + index] != input[Int(other.start) + index] {
            return false
        }
        return true
    }
}
