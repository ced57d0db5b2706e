/// Why sites, tables or a witness are refused.
public enum RowError: Error, Equatable, Sendable {
    // MARK: A site's shape

    case rowCount(Int, max: Int)
    case columnCount(Int, max: Int)
    /// A site wants one padding value a column.
    case paddingCount(Int, columns: Int)
    case noSuchColumn(Int, columns: Int)
    case factorCount(Int, max: Int)
    case tupleCount(Int, max: Int)
    /// A tag is not below the modulus, where two tags could be one element.
    case tagTooLarge(UInt32)
    /// Virtual rows must satisfy every constraint.
    case paddingViolates(constraint: Int)

    // MARK: A system's shape

    /// Two public tables have one tag.
    case tagTwice(UInt32)
    /// All uses of a tag have tuples of one length.
    case tupleMismatch(tag: UInt32, expected: Int, got: Int)
    /// Nothing supplies the entries that a look-up reads.
    case noTable(tag: UInt32)
    /// A table's columns are empty, of different lengths or more than three.
    case tableShape(tag: UInt32)
    /// So many reads could wrap around the modulus and cancel.
    case tooManyReads(tag: UInt32, count: UInt64)

    // MARK: A proof

    /// All rounds together have a fixed number of elements.
    case messageCount(Int, expected: Int)
    /// The evaluations are not one a column and helper of the site, or not one set a site.
    case evaluationShape(site: Int)
    /// The constraints at the point do not have the value that the rounds end in.
    case refused

    // MARK: A witness

    /// A read that no table answers: how a wrong witness shows.
    case notInTable(site: Int, row: Int, lookup: Int, tuple: [BabyBear])
    case violated(site: Int, row: Int, constraint: Int)
    /// A helper is not the sum of its look-ups' fractions.
    case helperWrong(site: Int, row: Int, group: Int)
    /// A challenge hit a fingerprint; `row` is nil for a site's padding.
    case zeroDenominator(site: Int, row: Int?)
    case zeroTableDenominator(tag: UInt32, entry: Int)
    /// Columns or helpers do not have the shape of their site.
    case witnessShape(site: Int)
}
