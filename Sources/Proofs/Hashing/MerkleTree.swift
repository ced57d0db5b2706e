public import Inference
public import Primitives

/// A binary tree of SHA-256 over leaves of one length, a power of two in number.
///
/// Leaves and nodes are hashed as `LeafHash` and `NodeHash` say. The tree of one leaf has the
/// leaf's digest for its root.
public final class MerkleTree: Sendable {
    /// Digests from the leaves up to the root.
    private let levels: [DigestBuffer]

    /// The tree over digests of leaves.
    ///
    /// - Precondition: the leaves are a power of two in number.
    public init(
        leaves: DigestBuffer, workers: some Workers, level: KernelLevel = .best
    ) {
        precondition(
            leaves.count > 0 && leaves.count & (leaves.count - 1) == 0, "a tree is full")
        var levels = [leaves]
        var children = leaves
        while children.count > 1 {
            let nodes = DigestBuffer(count: children.count / 2)
            let below = children
            workers.split(nodes.count, grain: MerkleTree.nodesPerPiece) { range in
                NodeHash.hash(nodes: range, of: below, into: nodes, level: level)
            }
            levels.append(nodes)
            children = nodes
        }
        self.levels = levels
    }

    public var root: Hash { levels[depth][0] }
    /// Nodes between the root and a leaf, the leaf included.
    public var depth: Int { levels.count - 1 }

    /// Nodes that one worker hashes at a time: some 20 µs.
    private static let nodesPerPiece = 1024

    /// Appends the digests that `MerkleOpening.root` reads for these leaves.
    ///
    /// - Precondition: positions ascend strictly and are leaves.
    public func appendSiblings(of positions: [Int], to writer: inout ProofWriter) {
        var nodes = positions
        for level in 0..<depth {
            for step in MerkleOpening.steps(nodes) where !step.hasBoth {
                writer.append(levels[level], step.first ^ 1)
            }
            nodes = MerkleOpening.parents(nodes)
        }
    }
}

/// Opened leaves of a `MerkleTree`, checked together.
///
/// Siblings come level by level from the leaves up, left to right, and only those that do not
/// follow from what is below. So positions and depth fix how many there are, and a set of leaves
/// has one opening.
public enum MerkleOpening {
    /// A node that is known on a level, or two of one parent.
    struct Step {
        let first: Int
        let hasBoth: Bool
    }

    static func steps(_ nodes: [Int]) -> [Step] {
        var steps: [Step] = []
        steps.reserveCapacity(nodes.count)
        var at = 0
        while at < nodes.count {
            let node = nodes[at]
            let hasBoth = node & 1 == 0 && at + 1 < nodes.count && nodes[at + 1] == node + 1
            steps.append(Step(first: node, hasBoth: hasBoth))
            at += hasBoth ? 2 : 1
        }
        return steps
    }

    static func parents(_ nodes: [Int]) -> [Int] {
        var parents: [Int] = []
        parents.reserveCapacity(nodes.count)
        for node in nodes where parents.last != node >> 1 { parents.append(node >> 1) }
        return parents
    }

    private static func parentCount(_ nodes: [Int]) -> Int {
        var count = 0
        var last = -1
        for node in nodes where node >> 1 != last {
            last = node >> 1
            count += 1
        }
        return count
    }

    /// Writes the children of all parents side by side: known ones and, where one is missing, the
    /// next sibling.
    private static func place(
        _ known: DigestBuffer, _ nodes: [Int], _ siblings: ArraySlice<UInt8>,
        into children: DigestBuffer
    ) {
        var sibling = siblings.startIndex
        var child = 0
        var at = 0
        while at < nodes.count {
            let hasBoth =
                nodes[at] & 1 == 0 && at + 1 < nodes.count && nodes[at + 1] == nodes[at] + 1
            let own = child + nodes[at] & 1
            children.copy(known, at, at: own)
            at += 1
            if hasBoth {
                children.copy(known, at, at: own + 1)
                at += 1
            } else {
                children.write(siblings[sibling...], at: own ^ 1)
                sibling += Hash.byteCount
            }
            child += 2
        }
    }

    /// The root over opened leaves and the siblings that the reader holds.
    ///
    /// - Parameters:
    ///   - leaves: digest i belongs to position i of `positions`.
    ///   - positions: ascending strictly, below 2^depth, at least one.
    /// - Throws: `truncated`.
    public static func root(
        of leaves: DigestBuffer, at positions: [Int], depth: Int, reader: inout ProofReader,
        level: KernelLevel = .best
    ) throws(ProofError) -> Hash {
        precondition(!positions.isEmpty, "some leaf is opened")
        precondition(leaves.count == positions.count, "each leaf has a position")
        var known = leaves
        var nodes = positions
        for _ in 0..<depth {
            let parents = parentCount(nodes)
            let siblings = try reader.readBytes((2 * parents - nodes.count) * Hash.byteCount)
            let children = DigestBuffer(count: 2 * parents)
            place(known, nodes, siblings, into: children)
            known = DigestBuffer(count: parents)
            NodeHash.hash(nodes: 0..<parents, of: children, into: known, level: level)
            nodes = MerkleOpening.parents(nodes)
        }
        return known[0]
    }
}

extension DigestBuffer {
    /// Copies one digest of another buffer.
    func copy(_ source: DigestBuffer, _ index: Int, at target: Int) {
        precondition(0 <= index && index < source.count, "the index is in the source")
        precondition(0 <= target && target < count, "the index is in the buffer")
        unsafe (bytes + target * Hash.byteCount).update(
            from: source.bytes + index * Hash.byteCount, count: Hash.byteCount)
    }

    /// Writes the first 32 bytes of a slice.
    func write(_ slice: ArraySlice<UInt8>, at target: Int) {
        precondition(slice.count >= Hash.byteCount, "a digest has 32 bytes")
        precondition(0 <= target && target < count, "the index is in the buffer")
        unsafe slice.withUnsafeBufferPointer { source in
            guard let base = source.baseAddress else { return }
            unsafe (bytes + target * Hash.byteCount).update(from: base, count: Hash.byteCount)
        }
    }
}
