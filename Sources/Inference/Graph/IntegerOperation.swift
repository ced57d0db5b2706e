/// What a node computes on integers, exactly.
///
/// Tables and linear layers are named by their numbers in the graph, so that unrolled recurrences
/// share them. *Moves* (`isMove`) pass integers on unchanged: their operands have one element type
/// and one scale exponent, which the result keeps; bare accumulators may be moved too.
public enum IntegerOperation: Sendable, Equatable {
    /// `acc[r, o] = Σ x[r, i] · w[o, i] + b[o]` over the last axis.
    case dense(linear: Int)
    /// The same over windows of `N × C × H × W`; padding is the integer zero.
    case convolution(linear: Int, Window, groups: Int)
    /// `acc[i] = x[i] · w[c] + b[c]`, `c = (i / inner) mod count`: a linear layer of inner size
    /// one.
    case affine(linear: Int, inner: Int)
    /// `acc = x₀ · left + x₁ · right`.
    case sum(left: Int32, right: Int32)
    /// `acc = x₀ · x₁`, element by element.
    case product
    /// `batch × rows × inner` by `batch × inner × columns`; a batch of one repeats.
    case matrixProduct
    /// The largest integer of each window; padding never wins.
    case maxPool(Window)
    case transpose([Int])
    case reshape([Int])
    /// `q = table[x - lowest]`, `lowest` being the smallest integer of the input's element type.
    case lookup(table: Int)
    /// Two or more tensors after one another along an axis.
    case concat(axis: Int)
    /// Along each axis the integers at `start + i · step`, `i < count`; steps may be negative.
    case slice(starts: [Int], steps: [Int], counts: [Int])
    /// Along each axis `before` and `after` copies of `value` at the ends and `interior` of them
    /// between neighbours.
    case pad(before: [Int], after: [Int], interior: [Int], value: Int32)
    /// Repeats axes of size one until the shape is reached.
    case expand([Int])
    /// The integers at fixed indices of an axis, in their order.
    case gather(axis: Int, indices: [Int])
    /// The same with indices that the second operand holds; they take the place of the axis.
    case take(axis: Int)
    /// `acc = weight · Σ x` over the axes, ascending, which stay at size one.
    case reduceSum(axes: [Int], weight: Int32)
    /// The largest or smallest integer over the axes, ascending, which stay at size one.
    case reduceExtremum(axes: [Int], isMinimum: Bool)
    /// The larger or smaller of two, element by element.
    case extremum(isMinimum: Bool)
    /// `x₀ = 1 ? x₁ : x₂`, element by element; `x₀` is zero or one.
    case select
    /// The index of the largest or smallest integer along an axis, which stays at size one; of
    /// equals the first or the last.
    case argExtremum(axis: Int, isMinimum: Bool, takesLast: Bool)

    public var name: String {
        switch self {
        case .dense: "dense"
        case .convolution: "convolution"
        case .affine: "affine"
        case .sum: "sum"
        case .product: "product"
        case .matrixProduct: "matrixProduct"
        case .maxPool: "maxPool"
        case .transpose: "transpose"
        case .reshape: "reshape"
        case .lookup: "lookup"
        case .concat: "concat"
        case .slice: "slice"
        case .pad: "pad"
        case .expand: "expand"
        case .gather: "gather"
        case .take: "take"
        case .reduceSum: "reduceSum"
        case .reduceExtremum: "reduceExtremum"
        case .extremum: "extremum"
        case .select: "select"
        case .argExtremum: "argExtremum"
        }
    }

    /// Whether the result comes from accumulators that are rescaled.
    public var accumulates: Bool { code.accumulates }

    /// Whether the result's integers are integers of the operands.
    public var isMove: Bool { code.isMove }

    /// The number of the linear layer that the operation uses.
    public var linear: Int? {
        switch self {
        case .dense(let linear), .convolution(let linear, _, _), .affine(let linear, _): linear
        default: nil
        }
    }

    /// The number of the table that the operation uses.
    public var table: Int? {
        if case .lookup(let table) = self { table } else { nil }
    }
}

/// The byte that names an operation.
enum OperationCode: UInt8 {
    case dense = 1
    case convolution = 2
    case affine = 3
    case sum = 4
    case product = 5
    case matrixProduct = 6
    case maxPool = 7
    case transpose = 8
    case reshape = 9
    case lookup = 10
    case concat = 11
    case slice = 12
    case pad = 13
    case expand = 14
    case gather = 15
    case take = 16
    case reduceSum = 17
    case reduceExtremum = 18
    case extremum = 19
    case select = 20
    case argExtremum = 21

    /// How many tensors the operation reads; nil where the node says it.
    var inputCount: Int? {
        switch self {
        case .sum, .product, .matrixProduct, .take, .extremum: 2
        case .select: 3
        case .concat: nil
        default: 1
        }
    }

    var accumulates: Bool {
        switch self {
        case .dense, .convolution, .affine, .sum, .product, .matrixProduct, .reduceSum: true
        default: false
        }
    }

    var isMove: Bool { !accumulates && self != .lookup && self != .argExtremum }
}

extension IntegerOperation {
    var code: OperationCode {
        switch self {
        case .dense: .dense
        case .convolution: .convolution
        case .affine: .affine
        case .sum: .sum
        case .product: .product
        case .matrixProduct: .matrixProduct
        case .maxPool: .maxPool
        case .transpose: .transpose
        case .reshape: .reshape
        case .lookup: .lookup
        case .concat: .concat
        case .slice: .slice
        case .pad: .pad
        case .expand: .expand
        case .gather: .gather
        case .take: .take
        case .reduceSum: .reduceSum
        case .reduceExtremum: .reduceExtremum
        case .extremum: .extremum
        case .select: .select
        case .argExtremum: .argExtremum
        }
    }
}
