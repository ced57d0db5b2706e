internal import CKernels
public import Inference
public import Primitives

/// SHA-256 digests in one run of memory, 32 bytes each.
@safe
public final class DigestBuffer: @unchecked Sendable {
    public let count: Int
    @unsafe public let bytes: UnsafeMutablePointer<UInt8>

    /// Zero digests.
    public init(count: Int) {
        self.count = count
        let memory = UnsafeMutableRawPointer.allocate(
            byteCount: max(1, count) * Hash.byteCount, alignment: 64)
        unsafe bytes = unsafe memory.initializeMemory(
            as: UInt8.self, repeating: 0, count: max(1, count) * Hash.byteCount)
    }

    deinit { unsafe bytes.deallocate() }

    public subscript(index: Int) -> Hash {
        get {
            precondition(0 <= index && index < count, "the index is in the buffer")
            let limbs = unsafe limbs(index)
            return unsafe Hash(
                UInt256(
                    limbs: UInt64(bigEndian: limbs[3]), UInt64(bigEndian: limbs[2]),
                    UInt64(bigEndian: limbs[1]), UInt64(bigEndian: limbs[0])))
        }
        set {
            precondition(0 <= index && index < count, "the index is in the buffer")
            let limbs = unsafe limbs(index)
            unsafe limbs[0] = newValue.word.limb3.bigEndian
            unsafe limbs[1] = newValue.word.limb2.bigEndian
            unsafe limbs[2] = newValue.word.limb1.bigEndian
            unsafe limbs[3] = newValue.word.limb0.bigEndian
        }
    }

    /// A digest as four limbs, the greatest first, big-endian.
    private func limbs(_ index: Int) -> UnsafeMutablePointer<UInt64> {
        unsafe UnsafeMutableRawPointer(bytes + index * Hash.byteCount)
            .assumingMemoryBound(to: UInt64.self)
    }
}

/// The hash of a leaf of one tree, all of whose leaves have one length.
///
/// The digest is the SHA-256 chain value, without the final padding, of a first block of 64 bytes
/// that names the purpose and the length, and then the leaf, zeros up to whole blocks behind it.
/// Nodes do the same with a first block of their own (`NodeHash`), so that a node costs one
/// compression.
///
/// Two inputs with one digest give a collision of the compression function or a preimage of
/// SHA-256's initial value: go back from the end; as long as blocks and chain values agree the
/// inputs agree, and inputs of different first blocks differ in a block at the latest where the
/// shorter one starts. Within one first block all inputs have one length, so that no padding is
/// needed to tell them apart. Leaves and nodes have different first blocks and cannot stand for
/// each other.
public struct LeafHash: Sendable, Equatable {
    /// Field elements of the base field in a leaf.
    public let wordCount: Int
    /// Bytes of salt in front of them: 0 or 16.
    public let saltBytes: Int
    /// The chain value behind the first block.
    let start: SHA256State

    public init(wordCount: Int, saltBytes: Int = 0) {
        precondition(wordCount > 0, "a leaf holds something")
        precondition(saltBytes == 0 || saltBytes == 16, "salts have 16 bytes")
        self.wordCount = wordCount
        self.saltBytes = saltBytes
        start = SHA256State(
            purpose: saltBytes > 0 ? "assay salted leaf 1" : "assay leaf 1",
            length: saltBytes + 4 * wordCount)
    }

    /// Bytes of a leaf: its salt and four for each element.
    public var byteCount: Int { saltBytes + 4 * wordCount }

    /// The digest of a leaf's bytes.
    public func hash(_ bytes: [UInt8], level: KernelLevel = .best) -> Hash {
        precondition(bytes.count == byteCount, "the leaf has its length")
        var state = start
        let whole = bytes.count / 64 * 64
        unsafe bytes.withUnsafeBytes { leaf in
            unsafe state.compress(UnsafeRawBufferPointer(rebasing: leaf[..<whole]), level: level)
        }
        if whole < bytes.count {
            let missing = 64 - (bytes.count - whole)
            let last = bytes[whole...] + [UInt8](repeating: 0, count: missing)
            state.compress(Array(last), level: level)
        }
        return state.hash
    }

    /// Digests of rows of a matrix with `wordCount` columns; row i has digest i.
    ///
    /// - Parameter salts: 16 bytes for each row of the matrix; empty when leaves have no salt.
    public func hash(
        rows range: Range<Int>, of matrix: FieldBuffer, salts: [UInt8] = [],
        into digests: DigestBuffer, level: KernelLevel = .best
    ) {
        precondition(0 <= range.lowerBound, "the rows exist")
        precondition(range.upperBound * wordCount <= matrix.count, "the rows exist")
        precondition(range.upperBound <= digests.count, "the digests fit")
        precondition(salts.count >= range.upperBound * saltBytes, "each row has its salt")
        guard level == .swift else {
            unsafe withScratch { start, scratch in
                unsafe assay_sha256_rows(
                    level.rawValue, start, matrix.words + range.lowerBound * wordCount,
                    wordCount, Array(salts.dropFirst(range.lowerBound * saltBytes)), saltBytes,
                    range.count, scratch, digests.bytes + range.lowerBound * Hash.byteCount)
            }
            return
        }
        for row in range {
            var bytes = Array(salts[row * saltBytes..<(row + 1) * saltBytes])
            matrix.appendCanonicalBytes(
                row * wordCount..<(row + 1) * wordCount, to: &bytes, level: level)
            digests[row] = hash(bytes, level: level)
        }
    }

    /// Digests of groups of extension elements, `wordCount` / 6 each; group i has digest i.
    ///
    /// - Parameter salts: 16 bytes for each group; empty when leaves have no salt.
    public func hash(
        groups range: Range<Int>, of vector: ExtensionBuffer, salts: [UInt8] = [],
        into digests: DigestBuffer, level: KernelLevel = .best
    ) {
        let size = wordCount / Extension.degree
        precondition(size * Extension.degree == wordCount, "groups hold whole elements")
        precondition(0 <= range.lowerBound, "the groups exist")
        precondition(range.upperBound * size <= vector.count, "the groups exist")
        precondition(range.upperBound <= digests.count, "the digests fit")
        precondition(salts.count >= range.upperBound * saltBytes, "each group has its salt")
        guard level == .swift else {
            unsafe withScratch { start, scratch in
                unsafe assay_sha256_groups(
                    level.rawValue, start, vector.words, size, range.lowerBound,
                    Array(salts.dropFirst(range.lowerBound * saltBytes)), saltBytes, range.count,
                    scratch, digests.bytes + range.lowerBound * Hash.byteCount)
            }
            return
        }
        for group in range {
            var bytes = Array(salts[group * saltBytes..<(group + 1) * saltBytes])
            vector.appendCanonicalBytes(
                group * size..<(group + 1) * size, to: &bytes, level: level)
            digests[group] = hash(bytes, level: level)
        }
    }

    /// Calls `body` with the eight words to start from and with scratch.
    private func withScratch(
        _ body: (UnsafePointer<UInt32>?, UnsafeMutablePointer<UInt8>) -> Void
    ) {
        let count = assay_sha256_scratch(wordCount, saltBytes)
        unsafe withUnsafeTemporaryAllocation(byteCount: count, alignment: 64) { scratch in
            unsafe scratch.withMemoryRebound(to: UInt8.self) { bytes in
                if let scratch = bytes.baseAddress {
                    unsafe start.withWords { unsafe body($0, scratch) }
                }
            }
        }
    }
}

/// The hash of a tree's inner node; see `LeafHash`.
public enum NodeHash {
    static let start = SHA256State(purpose: "assay node 1", length: 64)

    /// The digest of a node of two children: one compression.
    public static func hash(_ left: Hash, _ right: Hash, level: KernelLevel = .best) -> Hash {
        var state = start
        // The children's bytes are their words' limbs, the greatest first, big-endian.
        let (a, b) = (left.word, right.word)
        let block: InlineArray<8, UInt64> = [
            a.limb3.bigEndian, a.limb2.bigEndian, a.limb1.bigEndian, a.limb0.bigEndian,
            b.limb3.bigEndian, b.limb2.bigEndian, b.limb1.bigEndian, b.limb0.bigEndian,
        ]
        unsafe withUnsafeBytes(of: block) { unsafe state.compress($0, level: level) }
        return state.hash
    }

    /// Digests of the nodes of `range`: node i has the children 2i and 2i + 1.
    public static func hash(
        nodes range: Range<Int>, of children: DigestBuffer, into nodes: DigestBuffer,
        level: KernelLevel = .best
    ) {
        precondition(0 <= range.lowerBound, "the nodes exist")
        precondition(2 * range.upperBound <= children.count, "the children exist")
        precondition(range.upperBound <= nodes.count, "the nodes fit")
        guard level == .swift else {
            let from = unsafe children.bytes + 2 * range.lowerBound * Hash.byteCount
            let to = unsafe nodes.bytes + range.lowerBound * Hash.byteCount
            unsafe start.withWords {
                unsafe assay_sha256_each(level.rawValue, $0, from, 1, range.count, to)
            }
            return
        }
        for node in range {
            nodes[node] = hash(children[2 * node], children[2 * node + 1], level: level)
        }
    }
}
