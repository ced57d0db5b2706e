internal import Crypto
public import Primitives

/// A model in integers: what the registry stores, the engine runs and the prover proves.
///
/// Tensors are numbered: the inputs, then the constants, then one for each node. Every real number
/// `x` stands as the integer `q` with `x ≈ q · 2^-scaleExponent`. A value of this type has passed
/// every check of `GraphAnalysis`: shapes fit, no accumulator can overflow, and a run cannot fail.
/// The bytes are specified in `Inference.docc/IntegerGraph.md`; one graph has one encoding.
public struct IntegerGraph: Sendable, Equatable {
    public let inputs: [TensorType]
    public let constants: [IntegerConstant]
    public let nodes: [IntegerNode]
    /// Which tensors are the results, with the names they had in the model.
    public let results: [IntegerResult]
    /// The canonical bytes.
    public let encoded: [UInt8]
    /// SHA-256 of the canonical bytes.
    public let hash: Hash
    /// What follows from the parts above: types, intervals, costs.
    public let analysis: GraphAnalysis

    /// Checks the parts and seals them.
    public init(
        inputs: [TensorType], constants: [IntegerConstant], nodes: [IntegerNode],
        results: [IntegerResult], limits: InferenceLimits = .standard
    ) throws(GraphError) {
        analysis = try GraphAnalysis(
            inputs: inputs, constants: constants, nodes: nodes, results: results, limits: limits)
        self.inputs = inputs
        self.constants = constants
        self.nodes = nodes
        self.results = results
        var writer = GraphWriter()
        writer.write(inputs: inputs, constants: constants, nodes: nodes, results: results)
        guard writer.bytes.count <= limits.bytesMax else {
            throw .tooLarge(bytes: writer.bytes.count, max: limits.bytesMax)
        }
        encoded = writer.bytes
        hash = SHA256.hash(encoded)
    }

    /// Reads canonical bytes; every other encoding of the same graph is refused.
    public init(
        decoding bytes: [UInt8], limits: InferenceLimits = .standard
    ) throws(GraphError) {
        guard bytes.count <= limits.bytesMax else {
            throw .tooLarge(bytes: bytes.count, max: limits.bytesMax)
        }
        var reader = GraphReader(bytes, limits: limits)
        let parts = try reader.read()
        try self.init(
            inputs: parts.inputs, constants: parts.constants, nodes: parts.nodes,
            results: parts.results, limits: limits)
    }

    public static func == (left: IntegerGraph, right: IntegerGraph) -> Bool {
        left.encoded == right.encoded
    }

    /// The types of the results, in order.
    public var outputs: [TensorType] {
        results.map { result in
            let type = analysis.types[result.tensor]
            return TensorType(
                name: result.name, shape: type.shape, element: type.element,
                scaleExponent: type.scaleExponent, range: type.range)
        }
    }

    /// Elements of all inputs together: the length of what a run takes.
    public var inputCount: Int { inputs.reduce(0) { $0 + $1.elementCount } }
    /// Elements of all outputs together: the length of what a run gives.
    public var outputCount: Int { outputs.reduce(0) { $0 + $1.elementCount } }

    /// Multiplications of one run. Static, so that gas can be fixed at registration.
    public var macs: UInt64 { analysis.multiplyCount }
    /// Weights, biases, constants and table entries.
    public var weightCount: UInt64 { analysis.weightCount }
    /// Elements of the inputs and of all node outputs, moved ones counted again.
    public var activationCount: UInt64 { analysis.activationCount }
}

/// The integers that a tensor may hold.
public enum ElementType: UInt8, Sendable, Equatable, CaseIterable {
    case unsigned8 = 0
    case signed8 = 1
    case signed16 = 2
    /// Bare accumulators; only results are left so wide.
    case signed32 = 3

    public var bounds: ClosedRange<Int64> {
        switch self {
        case .unsigned8: 0...255
        case .signed8: -128...127
        case .signed16: -32_768...32_767
        case .signed32: -2_147_483_648...2_147_483_647
        }
    }

    public var byteCount: Int {
        switch self {
        case .unsigned8, .signed8: 1
        case .signed16: 2
        case .signed32: 4
        }
    }

    var bitCount: Int { byteCount * 8 }
}

/// Name, shape and meaning of a tensor's integers.
public struct TensorType: Sendable, Equatable {
    public let name: String
    /// Row-major; no dimension is zero.
    public let shape: [Int]
    public let element: ElementType
    /// An integer `q` stands for `q · 2^-scaleExponent`.
    public let scaleExponent: Int
    /// The integers that occur; an input takes no others.
    public let range: ClosedRange<Int64>

    /// Without a range, all integers of the element type occur.
    public init(
        name: String, shape: [Int], element: ElementType, scaleExponent: Int,
        range: ClosedRange<Int64>? = nil
    ) {
        self.name = name
        self.shape = shape
        self.element = element
        self.scaleExponent = scaleExponent
        self.range = range ?? element.bounds
    }

    public var elementCount: Int { Shape.elementCount(shape) }
}

/// A tensor whose integers are part of the graph.
public struct IntegerConstant: Sendable, Equatable {
    public let shape: [Int]
    /// At most sixteen bits wide.
    public let element: ElementType
    public let scaleExponent: Int
    public let values: [Int16]

    public init(shape: [Int], element: ElementType, scaleExponent: Int, values: [Int16]) {
        self.shape = shape
        self.element = element
        self.scaleExponent = scaleExponent
        self.values = values
    }
}

public struct IntegerResult: Sendable, Equatable {
    public let name: String
    public let tensor: Int

    public init(name: String, tensor: Int) {
        self.name = name
        self.tensor = tensor
    }
}

/// How an accumulator becomes an activation:
/// `h = floor((acc + 2^(s-1)) / 2^s)`, then `q = min(max(h, low), high)`.
///
/// Ties go upward. A ReLU is `low = 0`. One shift serves all channels, or each output channel has
/// its own; a list of equal shifts is refused, since one of them says the same.
public struct Requantisation: Sendable, Equatable {
    public static let shiftRange = 1...22

    public let shifts: [UInt8]
    public let low: Int32
    public let high: Int32

    public init(shifts: [UInt8], low: Int32, high: Int32) {
        self.shifts = shifts
        self.low = low
        self.high = high
    }

    /// The activation of one accumulator.
    @inlinable
    public static func apply(_ accumulator: Int32, shift: UInt8, low: Int32, high: Int32) -> Int32 {
        // The analysis keeps accumulators below 2²⁹, so the sum cannot wrap.
        min(max((accumulator &+ (1 &<< Int32(shift &- 1))) &>> Int32(shift), low), high)
    }
}

/// One step of the graph; its output is the tensor after all earlier ones.
public struct IntegerNode: Sendable, Equatable {
    public let operation: IntegerOperation
    public let inputs: [Int]
    /// What the output holds; nil for operations that only move integers.
    public let output: ElementFormat?
    /// Nil for moves, for tables and where bare accumulators are the result.
    public let requantisation: Requantisation?

    public init(
        _ operation: IntegerOperation, inputs: [Int], output: ElementFormat?,
        requantisation: Requantisation?
    ) {
        self.operation = operation
        self.inputs = inputs
        self.output = output
        self.requantisation = requantisation
    }
}

public struct ElementFormat: Sendable, Equatable {
    public let element: ElementType
    public let scaleExponent: Int

    public init(element: ElementType, scaleExponent: Int) {
        self.element = element
        self.scaleExponent = scaleExponent
    }
}

/// What a node computes on integers, exactly.
public enum IntegerOperation: Sendable, Equatable {
    /// `acc[r, o] = Σ x[r, i] · w[o, i] + b[o]` over the last axis.
    case dense(IntegerLinear)
    /// The same over windows of `N × C × H × W`; padding is the integer zero.
    case convolution(IntegerLinear, Window, groups: Int)
    /// `acc[i] = x[i] · w[c] + b[c]`, `c = (i / inner) mod count`: a linear layer of inner size
    /// one.
    case affine(IntegerLinear, inner: Int)
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
    case lookup([Int16])

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
        }
    }

    var inputCount: Int {
        switch self {
        case .sum, .product, .matrixProduct: 2
        default: 1
        }
    }

    /// Whether the result comes from accumulators that are rescaled.
    var accumulates: Bool {
        switch self {
        case .dense, .convolution, .affine, .sum, .product, .matrixProduct: true
        default: false
        }
    }

    var linear: IntegerLinear? {
        switch self {
        case .dense(let linear), .convolution(let linear, _, _), .affine(let linear, _): linear
        default: nil
        }
    }
}

/// Weights `outputs × inner`, row-major, and biases at the scale of the accumulator.
public struct IntegerLinear: Sendable, Equatable {
    public let weights: [Int8]
    public let bias: [Int32]

    public init(weights: [Int8], bias: [Int32]) {
        self.weights = weights
        self.bias = bias
    }

    public var outputCount: Int { bias.count }
    public var innerCount: Int { bias.isEmpty ? 0 : weights.count / bias.count }
}
