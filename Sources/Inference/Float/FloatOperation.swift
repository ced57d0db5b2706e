/// What a node computes. Tensors are row-major; every axis is counted from zero and every shape
/// was checked when the graph was built.
///
/// All that ONNX can say is lowered to these few. Operations on two or more tensors take equal
/// shapes: broadcasting is an `expand` before them.
enum FloatOperation: Sendable, Equatable {
    /// `y[r, o] = Σ x[r, i] · weights[o, i] + bias[o]` over the last axis.
    case dense(FloatLinear)
    /// Two-dimensional, `N × C × H × W`; weights are `O × C/groups × kernel`.
    case convolution(FloatLinear, Window, groups: Int)
    /// `y[i] = x[i] · multipliers[c] + offsets[c]` with `c = (i / inner) mod count`.
    case affine(multipliers: [Float], offsets: [Float], inner: Int)
    /// `y = x₀ + sign · x₁`, equal shapes.
    case sum(isDifference: Bool)
    /// `y = x₀ · x₁`, equal shapes.
    case product
    /// `batch × rows × inner` by `batch × inner × columns`; a batch of one repeats.
    case matrixProduct
    case clamp(low: Float?, high: Float?)
    /// A function of one number, element by element.
    case unary(UnaryFunction)
    /// `y = x₀ / x₁`, equal shapes.
    case division
    /// The smaller or the larger of two, equal shapes.
    case extremum(isMinimum: Bool)
    /// One where the comparison holds and zero elsewhere, equal shapes; gives booleans.
    case compare(Comparison)
    /// `y = x₀ ≠ 0 ? x₁ : x₂`, equal shapes.
    case select
    /// Over `N × C × H × W`; padding never wins.
    case maxPool(Window)
    /// Keeps the reduced axes with size one. Axes ascend.
    case reduce(Reduction, axes: [Int])
    /// The position of the extreme element along an axis, which stays with size one; gives
    /// integers. Of equals the first wins, or the last.
    case argExtremum(axis: Int, isMinimum: Bool, takesLast: Bool)
    case transpose([Int])
    /// The same elements under another shape; also between kinds, where nothing changes.
    case reshape
    /// One or more tensors, alike but along the axis.
    case concat(axis: Int)
    /// Element `start + step · i` along each axis, `i` below the result's size. Steps are positive.
    case slice(starts: [Int], steps: [Int])
    /// `before + size + (size - 1) · interior + after` along each axis, new elements are `value`.
    case pad(before: [Int], after: [Int], interior: [Int], value: Float)
    /// Repeats axes of size one to the result's size; the ranks are equal.
    case expand
    /// The elements at constant positions along the axis, whose new size is the indices' count.
    case gather(axis: Int, indices: [Int])
    /// The elements of `x₀` along the axis at positions `x₁`, integers in `0..<size`. The
    /// positions' shape stands where the axis stood.
    case take(axis: Int)
}

enum Comparison: Sendable, Hashable {
    case less
    case lessOrEqual
    case equal
}

enum Reduction: Sendable, Equatable {
    case sum
    case maximum
    case minimum
}

/// The weights of a linear layer: `outputs × inputs` and one bias for each output.
struct FloatLinear: Sendable, Equatable {
    var weights: [Float]
    var bias: [Float]

    var outputCount: Int { bias.count }
    var innerCount: Int { weights.count / bias.count }
}

extension FloatGraph {
    /// The names of the nodes' operations, for reports.
    public var operations: [String] { nodes.map(\.operation.name) }
}

extension FloatOperation {
    /// One word for reports.
    var name: String {
        switch self {
        case .dense: "dense"
        case .convolution: "convolution"
        case .affine: "affine"
        case .sum(let isDifference): isDifference ? "difference" : "sum"
        case .product: "product"
        case .matrixProduct: "matrixProduct"
        case .clamp: "clamp"
        case .unary(.composed): "table"
        case .unary(let function): "\(function)"
        case .division: "division"
        case .extremum(let isMinimum): isMinimum ? "minimum" : "maximum"
        case .compare(let comparison): "\(comparison)"
        case .select: "select"
        case .maxPool: "maxPool"
        case .reduce(let reduction, _): "reduce \(reduction)"
        case .argExtremum(_, let isMinimum, _): isMinimum ? "argMin" : "argMax"
        case .transpose: "transpose"
        case .reshape: "reshape"
        case .concat: "concat"
        case .slice: "slice"
        case .pad: "pad"
        case .expand: "expand"
        case .gather: "gather"
        case .take: "take"
        }
    }
}

/// What a graph does to real numbers, from nothing to sums with weights: how exact a quantised run
/// can be.
public enum FloatArithmetic: Int, Sendable, Comparable {
    /// Moves, choices and comparisons: elements stay as they are.
    case moves
    /// Sums, products and functions of single elements, and sums of them.
    case elements
    /// Layers with weights and products of matrices.
    case layers

    public static func < (left: FloatArithmetic, right: FloatArithmetic) -> Bool {
        left.rawValue < right.rawValue
    }
}

extension FloatGraph {
    public var arithmetic: FloatArithmetic {
        nodes.map(\.operation.arithmetic).max() ?? .moves
    }

    /// Whether a real number is rounded to an integer somewhere.
    public var rounds: Bool {
        nodes.contains { node in
            values[node.output].kind == .integer
                && node.inputs.contains { values[$0].kind == .real }
        }
    }
}

extension FloatOperation {
    fileprivate var arithmetic: FloatArithmetic {
        switch self {
        case .dense, .convolution, .matrixProduct: .layers
        case .affine(let multipliers, _, _): multipliers.count > 1 ? .layers : .elements
        case .sum, .product, .division, .unary, .reduce(.sum, _), .clamp: .elements
        default: .moves
        }
    }
}
