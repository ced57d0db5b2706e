/// Why blobs, cells, commitments or proofs cannot be checked against each other.
public enum KZGError: Error, Equatable, Sendable {
    public enum Input: Equatable, Sendable {
        case blob, cell, cellIndex, commitment, proof
    }

    /// A list is not as long as the others ask for.
    case wrongCount(Input, expected: Int, got: Int)
    case wrongSize(Input, index: Int, expected: Int, got: Int)
    /// A cell's index is 128 or more.
    case noSuchCell(UInt64, index: Int)
    /// A number of a blob or a cell is the modulus of the scalar field or more.
    case numberTooLarge(Input, index: Int, number: Int)
    /// Bytes that are no canonical compressed point of G1.
    case malformedPoint(Input, index: Int)
}
