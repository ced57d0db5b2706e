public import Inference
public import Primitives

/// A stack that is committed: its rows encoded column by column, and a tree over the codeword's
/// rows.
///
/// Element (row, column) has index row · columns + column. Row j of the codeword is leaf j.
/// Everything but the salts follows from the values, so that whoever has a model's weights can
/// recompute their root.
public final class StackCommitment: Sendable {
    public let values: FieldBuffer
    public let shape: StackShape
    public let code: RowCode
    /// 16 bytes a leaf; empty when leaves have no salt.
    public let salts: [UInt8]
    public let codeword: FieldBuffer
    public let tree: MerkleTree

    public var root: Hash { tree.root }

    /// Encodes and hashes.
    ///
    /// Memory: 4 bytes for each element of the codeword, and 64 for each of its rows.
    /// - Precondition: `values` has `code.rows` · `shape.columns` elements; `salts` has 16 bytes
    ///   for each codeword row if the shape is salted, none otherwise.
    public init(
        values: FieldBuffer, shape: StackShape, code: RowCode, salts: [UInt8] = [],
        workers: some Workers, level: KernelLevel = .best
    ) {
        precondition(values.count == code.rows * shape.columns, "the stack is full")
        precondition(salts.count == code.codewordRows * shape.saltBytes, "each leaf has its salt")
        self.values = values
        self.shape = shape
        self.code = code
        self.salts = salts
        let codeword = FieldBuffer(unwritten: code.codewordRows * shape.columns)
        workers.run(code.pieces) { piece, _ in
            code.encode(values, width: shape.columns, into: codeword, piece: piece, level: level)
        }
        let hash = LeafHash(wordCount: shape.columns, saltBytes: shape.saltBytes)
        let leaves = DigestBuffer(count: code.codewordRows)
        let grain = max(1, StackCommitment.bytesPerPiece / hash.byteCount)
        workers.split(code.codewordRows, grain: grain) { range in
            hash.hash(rows: range, of: codeword, salts: salts, into: leaves, level: level)
        }
        self.codeword = codeword
        tree = MerkleTree(leaves: leaves, workers: workers, level: level)
    }

    /// Bytes that one worker hashes at a time: some 30 µs.
    private static let bytesPerPiece = 1 << 16

    /// Appends salts, rows and siblings of leaves, as `OpeningVerifier` reads them.
    ///
    /// - Precondition: positions ascend strictly and are leaves.
    public func append(rows positions: [Int], to writer: inout ProofWriter) {
        if shape.isSalted {
            for position in positions { writer.append(salts[position * 16..<position * 16 + 16]) }
        }
        for position in positions {
            writer.append(codeword, position * shape.columns..<(position + 1) * shape.columns)
        }
        tree.appendSiblings(of: positions, to: &writer)
    }
}
