internal import Primitives

/// RLP of nodes, each made in one array of its own size.
enum TrieEncoding {
    static func leaf(_ path: TriePath, _ value: [UInt8]) -> [UInt8] {
        let isSingle = value.count == 1 && value[0] < 0x80
        let valueCount = isSingle ? 1 : headCount(value.count) + value.count
        var bytes = start(pathCount(path) + valueCount)
        append(path, isLeaf: true, to: &bytes)
        if !isSingle { appendHead(0x80, value.count, to: &bytes) }
        bytes.append(contentsOf: value)
        return bytes
    }

    static func `extension`(_ path: TriePath, _ child: TrieReference) -> [UInt8] {
        var bytes = start(pathCount(path) + count(child))
        append(path, isLeaf: false, to: &bytes)
        append(child, to: &bytes)
        return bytes
    }

    /// A branch without a value.
    static func branch(_ children: [TrieReference?]) -> [UInt8] {
        var bytes = start(children.reduce(1) { $0 + ($1.map(count) ?? 1) })
        for child in children {
            if let child {
                append(child, to: &bytes)
            } else {
                bytes.append(0x80)
            }
        }
        bytes.append(0x80)
        return bytes
    }

    /// A list's head, with room for its payload.
    private static func start(_ payload: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(headCount(payload) + payload)
        appendHead(0xc0, payload, to: &bytes)
        return bytes
    }

    private static func headCount(_ length: Int) -> Int {
        length < 56 ? 1 : 1 + (Int.bitWidth - length.leadingZeroBitCount + 7) / 8
    }

    private static func appendHead(_ base: UInt8, _ length: Int, to bytes: inout [UInt8]) {
        if length < 56 {
            bytes.append(base + UInt8(length))
            return
        }
        let width = headCount(length) - 1
        bytes.append(base + 55 + UInt8(width))
        for index in stride(from: width - 1, through: 0, by: -1) {
            bytes.append(UInt8(truncatingIfNeeded: length >> (index * 8)))
        }
    }

    /// Bytes of a path as an item: alone, its byte is below 0x40.
    private static func pathCount(_ path: TriePath) -> Int {
        path.packedCount == 1 ? 1 : 1 + path.packedCount
    }

    private static func append(_ path: TriePath, isLeaf: Bool, to bytes: inout [UInt8]) {
        if path.packedCount > 1 { bytes.append(0x80 + UInt8(path.packedCount)) }
        path.appendPacked(isLeaf: isLeaf, to: &bytes)
    }

    private static func count(_ reference: TrieReference) -> Int {
        switch reference {
        case .hash: 33
        case .embedded(let rlp): rlp.count
        }
    }

    private static func append(_ reference: TrieReference, to bytes: inout [UInt8]) {
        switch reference {
        case .embedded(let rlp): bytes.append(contentsOf: rlp)
        case .hash(let hash):
            bytes.append(0xa0)
            let word = hash.word
            let digest = (
                word.limb3.bigEndian, word.limb2.bigEndian, word.limb1.bigEndian,
                word.limb0.bigEndian
            )
            unsafe withUnsafeBytes(of: digest) { unsafe bytes.append(contentsOf: $0) }
        }
    }
}
