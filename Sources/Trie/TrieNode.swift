internal import Codec
internal import Crypto
public import Primitives

/// Gives trie nodes by their hash.
///
/// Many threads may ask at once, as long as nobody adds nodes meanwhile.
public protocol TrieNodeSource: AnyObject, Sendable {
    /// The RLP of the node whose Keccak-256 this is, or nil when the source does not hold it.
    func node(_ hash: Hash) -> [UInt8]?

    /// The same, its hash checked: now, or when the source took it.
    func verifiedNode(_ hash: Hash) throws(TrieError) -> [UInt8]
}

extension TrieNodeSource {
    public func verifiedNode(_ hash: Hash) throws(TrieError) -> [UInt8] {
        guard let rlp = node(hash) else { throw .missingNode(hash) }
        guard Keccak.hash(rlp) == hash else { throw .malformedNode }
        return rlp
    }
}

/// Why a trie cannot be read.
public enum TrieError: Error, Equatable, Sendable {
    case missingNode(Hash)
    /// The bytes are no node, or do not hash to their name.
    case malformedNode
}

/// A node of a Merkle-Patricia trie with its children as far as they were loaded.
///
/// Source: Yellow Paper, appendix D.
indirect enum TrieNode: Sendable {
    case empty
    /// A node that was not loaded: only its hash is known.
    case stored(Hash)
    /// `path` is what is left of the key, one nibble a byte. `cached` holds the encoding while
    /// nothing below has changed since it was loaded or committed.
    case leaf(path: [UInt8], value: [UInt8], cached: Cached?)
    case `extension`(path: [UInt8], child: TrieNode, cached: Cached?)
    case branch(children: [TrieNode], value: [UInt8], cached: Cached?)

    /// How a parent refers to an unchanged node: a hash, or the RLP itself when that is short.
    enum Cached: Sendable {
        case hash(Hash)
        case embedded([UInt8])
    }

    static let noChildren = [TrieNode](repeating: .empty, count: 16)
}

// MARK: Decoding

extension TrieNode {
    /// Reads a node's RLP; children that are hashes stay unloaded.
    ///
    /// - Parameter cached: how the node's parent refers to it.
    init(rlp: [UInt8], cached: Cached, depth: Int = 0) throws(TrieError) {
        // A key has at most 64 nibbles: deeper embedding is hostile.
        guard depth <= 64 else { throw .malformedNode }
        do {
            var outer = RLPReader(rlp)
            var list = try outer.readList()
            try outer.finish()
            var items: [[UInt8]] = []
            while !list.isAtEnd, items.count <= 17 { items.append(Array(try list.readRaw())) }
            try list.finish()
            self = try TrieNode.build(items, cached: cached, depth: depth)
        } catch {
            throw .malformedNode
        }
    }

    private static func build(
        _ items: [[UInt8]], cached: Cached, depth: Int
    ) throws -> TrieNode {
        if items.count == 17 {
            var children: [TrieNode] = []
            children.reserveCapacity(16)
            for item in items[0..<16] { children.append(try child(item, depth: depth)) }
            return .branch(
                children: children, value: try payload(items[16]), cached: cached)
        }
        guard items.count == 2 else { throw TrieError.malformedNode }
        let (path, isLeaf) = try HexPrefix.decode(try payload(items[0]))
        if isLeaf {
            return .leaf(path: path, value: try payload(items[1]), cached: cached)
        }
        let next = try child(items[1], depth: depth)
        if case .empty = next { throw TrieError.malformedNode }
        guard !path.isEmpty else { throw TrieError.malformedNode }
        return .extension(path: path, child: next, cached: cached)
    }

    private static func payload(_ item: [UInt8]) throws -> [UInt8] {
        var reader = RLPReader(item)
        return Array(try reader.readBytes())
    }

    private static func child(_ item: [UInt8], depth: Int) throws -> TrieNode {
        guard let first = item.first else { throw TrieError.malformedNode }
        if first >= 0xc0 {
            guard item.count < 32 else { throw TrieError.malformedNode }
            return try TrieNode(rlp: item, cached: .embedded(item), depth: depth + 1)
        }
        let bytes = try payload(item)
        if bytes.isEmpty { return .empty }
        guard bytes.count == Hash.byteCount else { throw TrieError.malformedNode }
        return .stored(Hash(bytes))
    }
}

/// Paths with their parity and end mark packed in bytes (Yellow Paper, appendix C).
enum HexPrefix {
    static func encode(_ path: ArraySlice<UInt8>, isLeaf: Bool) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(path.count / 2 + 1)
        let flag: UInt8 = isLeaf ? 0x20 : 0
        var index = path.startIndex
        if path.count.isMultiple(of: 2) {
            bytes.append(flag)
        } else {
            bytes.append(flag | 0x10 | path[index])
            index += 1
        }
        while index < path.endIndex {
            bytes.append(path[index] << 4 | path[index + 1])
            index += 2
        }
        return bytes
    }

    static func decode(_ bytes: [UInt8]) throws(TrieError) -> (path: [UInt8], isLeaf: Bool) {
        guard let first = bytes.first, first < 0x40 else { throw .malformedNode }
        var path: [UInt8] = []
        path.reserveCapacity(bytes.count * 2)
        if first & 0x10 != 0 {
            path.append(first & 15)
        } else if first & 15 != 0 {
            throw .malformedNode
        }
        for byte in bytes.dropFirst() {
            path.append(byte >> 4)
            path.append(byte & 15)
        }
        return (path, first & 0x20 != 0)
    }

    static func nibbles(_ key: [UInt8]) -> [UInt8] {
        var path: [UInt8] = []
        path.reserveCapacity(key.count * 2)
        for byte in key {
            path.append(byte >> 4)
            path.append(byte & 15)
        }
        return path
    }
}
