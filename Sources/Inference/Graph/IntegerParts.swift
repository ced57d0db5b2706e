// The parts that an integer graph is made of.

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
    /// What the output holds; nil for moves, which keep what their operands hold, and for
    /// `argExtremum`, whose indices have a format of their own.
    public let output: ElementFormat?
    /// Nil where nothing accumulates and where bare accumulators are the result.
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

public struct ElementFormat: Sendable, Hashable {
    public let element: ElementType
    public let scaleExponent: Int

    public init(element: ElementType, scaleExponent: Int) {
        self.element = element
        self.scaleExponent = scaleExponent
    }
}

/// A function of one number, written out for every integer of an element type.
public struct IntegerTable: Sendable, Hashable {
    /// What is looked up: eight bits make 256 entries, sixteen 65,536.
    public let input: ElementType
    /// What the entries are.
    public let output: ElementType
    /// The entry of the integer `x` is at `x - input.bounds.lowerBound`.
    public let values: [Int16]

    public init(input: ElementType, output: ElementType, values: [Int16]) {
        self.input = input
        self.output = output
        self.values = values
    }
}

/// Weights `outputs × inner`, row-major, and biases at the scale of the accumulator.
public struct IntegerLinear: Sendable, Hashable {
    public let weights: [Int8]
    public let bias: [Int32]

    public init(weights: [Int8], bias: [Int32]) {
        self.weights = weights
        self.bias = bias
    }

    public var outputCount: Int { bias.count }
    public var innerCount: Int { bias.isEmpty ? 0 : weights.count / bias.count }
}
