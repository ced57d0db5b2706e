/// Why bytes or parts are no integer graph, in the order checked. Nodes are named by position.
public enum GraphError: Error, Equatable, Sendable {
    case tooLarge(bytes: Int, max: Int)
    case wrongMagic
    case unsupportedVersion(UInt16)
    case truncated(wanted: Int, left: Int)
    case trailingBytes(Int)
    case tooMany(String, max: Int)
    case invalidText
    case unknownElementType(UInt8)
    case unknownOperation(UInt8)
    case unknownFlag(UInt8)
    case noInputs
    case noResults
    case invalidShape
    case scaleOutOfRange(Int)
    case valueOutOfRange(Int64)
    case undefinedTensor(Int, node: Int)
    case undefinedTable(Int, node: Int)
    case undefinedLinear(Int, node: Int)
    /// Tables and linear layers are numbered in the order of their first use.
    case partOutOfOrder(String, Int, node: Int)
    case unusedPart(String, Int)
    case repeatedPart(String, Int)
    case wrongInputCount(op: String, node: Int, got: Int)
    case shapeMismatch(op: String, node: Int)
    /// The output's element type or the rescaling does not suit the operation.
    case formatMismatch(op: String, node: Int)
    case invalidWindow(node: Int)
    /// The operand of a `take` may hold an index outside the axis.
    case indexOutOfRange(Int64, count: Int, node: Int)
    /// The condition of a `select` may be neither zero nor one.
    case conditionOutOfRange(Int64, node: Int)
    case shiftOutOfRange(Int, node: Int)
    /// As many equal shifts as channels, where one says the same.
    case redundantShifts(node: Int)
    case invalidClamp(node: Int)
    /// A worst-case input drives a sum to 2²⁹ or beyond.
    case accumulatorMayOverflow(op: String, node: Int, bound: Int64)
    /// `shift + headBits > 30`: the decomposition of an accumulator would not be unique.
    case decompositionNotUnique(op: String, node: Int, bits: Int)
}
