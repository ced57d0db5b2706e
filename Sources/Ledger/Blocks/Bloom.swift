internal import Crypto
public import EVM
internal import Primitives

/// The 2048-bit filter over the addresses and topics of logs.
///
/// Source: Yellow Paper 4.3.1, function M3:2048.
public struct Bloom: Sendable, Equatable {
    /// 256 bytes, most significant first.
    public private(set) var bytes: [UInt8]

    public static let byteCount = 256

    public init() { bytes = [UInt8](repeating: 0, count: Bloom.byteCount) }

    /// The filter made of exactly 256 bytes.
    public init(_ bytes: [UInt8]) {
        precondition(bytes.count == Bloom.byteCount, "a bloom filter has 256 bytes")
        self.bytes = bytes
    }

    /// The filter of the logs.
    public init(of logs: [Log]) {
        self.init()
        let items = logs.flatMap { [$0.address.bytes] + $0.topics.map(\.bytes) }
        for digest in Keccak.hashes(of: items) { insert(digest: digest) }
    }

    public mutating func insert(_ item: [UInt8]) {
        insert(digest: Keccak.hash(item))
    }

    private mutating func insert(digest: Hash) {
        for bit in Bloom.bits(of: digest) { bytes[255 - bit / 8] |= 1 << UInt8(bit % 8) }
    }

    public mutating func formUnion(_ other: Bloom) {
        for index in bytes.indices { bytes[index] |= other.bytes[index] }
    }

    /// The bits of an item, hashed once for many filters.
    public struct Key: Sendable {
        fileprivate let bits: [Int]

        public init(_ item: [UInt8]) { bits = Bloom.bits(of: Keccak.hash(item)) }
    }

    /// False means surely absent; true means perhaps present.
    public func mayContain(_ item: [UInt8]) -> Bool { mayContain(Key(item)) }

    public func mayContain(_ key: Key) -> Bool {
        key.bits.allSatisfy { bytes[255 - $0 / 8] >> UInt8($0 % 8) & 1 == 1 }
    }

    private static func bits(of digest: Hash) -> [Int] {
        [0, 2, 4].map { (Int(digest.word.byte($0)) << 8 | Int(digest.word.byte($0 + 1))) & 2047 }
    }
}
