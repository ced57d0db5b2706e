import Codec
import Primitives

/// A DER element that can be written in ways that DER does not allow.
struct DERNode {
    enum Length {
        case shortest
        /// With so many zero bytes in front of what the shortest form has.
        case padded(Int)
        case indefinite
    }

    var tag: UInt8
    var length = Length.shortest
    /// What stands before the children: the first byte of a BIT STRING that holds an element.
    var head: [UInt8] = []
    var contents: [UInt8] = []
    var children: [DERNode] = []

    /// The element with all that can be read in it, what BIT and OCTET STRINGs hold too.
    init(_ element: DERElement) {
        tag = element.tag
        let bytes = Array(element.contents)
        let start = tag == DERTag.bitString ? 1 : 0
        let mayHold =
            tag & 0x20 != 0 || tag == DERTag.octetString || tag == DERTag.bitString
        if mayHold, bytes.count > start, let found = DERNode.list(bytes[start...]) {
            head = Array(bytes[..<start])
            children = found
        } else {
            contents = bytes
        }
    }

    private static func list(_ bytes: ArraySlice<UInt8>) -> [DERNode]? {
        var reader = DERReader(bytes)
        var nodes: [DERNode] = []
        while !reader.isAtEnd {
            guard let element = try? reader.readElement() else { return nil }
            nodes.append(DERNode(element))
        }
        return nodes
    }

    var bytes: [UInt8] {
        let inner = head + (children.isEmpty ? contents : children.flatMap(\.bytes))
        var digits: [UInt8] = []
        var rest = inner.count
        repeat {
            digits.insert(UInt8(rest & 0xff), at: 0)
            rest >>= 8
        } while rest > 0
        switch length {
        case .shortest:
            return inner.count < 0x80
                ? [tag, digits[0]] + inner : [tag, 0x80 | UInt8(digits.count)] + digits + inner
        case .padded(let count):
            let padded = [UInt8](repeating: 0, count: count) + digits
            return [tag, 0x80 | UInt8(padded.count)] + padded + inner
        case .indefinite: return [tag, 0x80] + inner + [0, 0]
        }
    }

    var count: Int { children.reduce(1) { $0 + $1.count } }

    /// Changes the element with this number, counted from the outermost inwards.
    mutating func change(_ number: Int, _ body: (inout DERNode) -> Void) {
        if number == 0 {
            body(&self)
            return
        }
        var left = number - 1
        for place in children.indices {
            let count = children[place].count
            if left < count {
                children[place].change(left, body)
                return
            }
            left -= count
        }
    }
}

/// Changes of a certificate's bytes, some blind and some that keep all lengths around them right.
struct DERMutator {
    private var random: SeededRandom

    init(seed: UInt64) { random = SeededRandom(seed: seed) }

    private mutating func below(_ count: Int) -> Int { Int.random(in: 0..<count, using: &random) }

    mutating func mutate(_ bytes: [UInt8]) -> [UInt8] {
        below(4) == 0 ? blind(bytes) : structured(bytes)
    }

    private mutating func blind(_ bytes: [UInt8]) -> [UInt8] {
        var changed = bytes
        let place = below(bytes.count)
        switch below(6) {
        case 0: changed[place] ^= 1 << UInt8(below(8))
        case 1: changed[place] = UInt8(below(256))
        case 2: changed.insert(UInt8(below(256)), at: place)
        case 3: changed.remove(at: place)
        case 4: changed.removeLast(1 + below(8))
        default: changed.append(UInt8(below(256)))
        }
        return changed
    }

    private mutating func structured(_ bytes: [UInt8]) -> [UInt8] {
        var reader = DERReader(bytes)
        guard let element = try? reader.readElement() else { return bytes }
        var node = DERNode(element)
        // Between key and extensions, where unique identifiers stand: chance hardly goes there.
        if below(64) == 0, var body = node.children.first, body.children.count > 6 {
            body.children.insert(contentsOf: Self.uniqueIDs, at: 7)
            node.children[0] = body
            return node.bytes
        }
        for _ in 0..<1 + below(2) {
            let number = below(node.count)
            node.change(number) { change(&$0) }
        }
        return node.bytes
    }

    private static let tags: [UInt8] = [
        0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x0a, 0x0c, 0x12, 0x13, 0x14, 0x16, 0x17, 0x18, 0x1a,
        0x1c, 0x1e, 0x1f, 0x23, 0x24, 0x2c, 0x30, 0x31, 0x80, 0x81, 0x82, 0xa0, 0xa1, 0xa3,
    ]

    private static let inserted: [[UInt8]] = [
        [0x01, 0x01, 0x00], [0x01, 0x01, 0x01], [0x01, 0x01, 0xff], [0x02, 0x01, 0x00],
        [0x02, 0x02, 0x00, 0x01], [0x05, 0x00], [0x30, 0x00], [0x81, 0x02, 0x00, 0x01],
        [0x82, 0x02, 0x00, 0x01], [0xa3, 0x02, 0x30, 0x00],
    ]

    private static let uniqueIDs: [DERNode] = {
        var reader = DERReader([0x81, 0x02, 0x00, 0x01, 0x82, 0x02, 0x00, 0x02])
        return (0..<2).compactMap { _ in (try? reader.readElement()).map { DERNode($0) } }
    }()

    /// One change of an element; lists lose, double, swap and gain members.
    private mutating func change(_ node: inout DERNode) {
        switch below(node.children.isEmpty ? 8 : 12) {
        case 0: node.length = .padded(below(3))
        case 1: node.length = .indefinite
        case 2: node.tag = Self.tags[below(Self.tags.count)]
        case 3: node.tag ^= 1 << UInt8(below(8))
        case 4: node.contents.append(UInt8(below(2)) * 0xff)
        case 5: node.contents.insert(UInt8(below(2)) * 0xff, at: 0)
        case 6: node.contents = []
        case 7:
            if node.contents.isEmpty { break }
            node.contents[below(node.contents.count)] ^= 1 << UInt8(below(8))
        case 8: node.children.remove(at: below(node.children.count))
        case 9: node.children.append(node.children[below(node.children.count)])
        case 10: node.children.swapAt(0, below(node.children.count))
        default:
            var reader = DERReader(Self.inserted[below(Self.inserted.count)])
            guard let element = try? reader.readElement() else { break }
            node.children.insert(DERNode(element), at: below(node.children.count + 1))
        }
    }
}
