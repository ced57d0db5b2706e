/// A function of one number put together from simpler ones.
///
/// What a graph computes element by element from a single value is one function of it, however
/// many nodes the file has for it. Step zero is the number; each further step reads earlier ones.
struct UnaryProgram: Sendable, Hashable {
    enum Step: Sendable, Hashable {
        case constant(Float)
        case function(UnaryFunction, Int)
        case affine(multiplier: Float, offset: Float, Int)
        case clamp(low: Float?, high: Float?, Int)
        case sum(Int, Int, isDifference: Bool)
        case product(Int, Int)
        case division(Int, Int)
        case extremum(Int, Int, isMinimum: Bool)
        case compare(Comparison, Int, Int)
        case select(Int, Int, Int)
    }

    static let stepCountMax = 64

    private(set) var steps: [Step] = []
    /// Which step is the result.
    private(set) var result = 0

    /// The functions among the steps.
    var functions: [UnaryFunction] {
        steps.compactMap { if case .function(let function, _) = $0 { function } else { nil } }
    }

    /// Whether the program compares, so that its result jumps.
    var compares: Bool {
        steps.contains { if case .compare = $0 { true } else { false } }
    }

    /// Whether the program divides.
    var divides: Bool {
        steps.contains { if case .division = $0 { true } else { false } }
    }

    /// The number itself.
    static let identity = UnaryProgram()

    static func constant(_ number: Float) -> UnaryProgram {
        var program = UnaryProgram()
        program.result = program.append(.constant(number))
        return program
    }

    /// Adds a step unless it is there, and gives its place.
    private mutating func append(_ step: Step) -> Int {
        if let place = steps.firstIndex(of: step) { return place + 1 }
        steps.append(step)
        return steps.count
    }

    /// The operands' programs in one, and the step that `make` gives for their results.
    static func joined(
        _ operands: [UnaryProgram], _ make: ([Int]) -> Step
    ) -> UnaryProgram {
        var program = UnaryProgram()
        var results: [Int] = []
        for operand in operands {
            var places = [0]
            for step in operand.steps { places.append(program.append(step.moved(places))) }
            results.append(places[operand.result])
        }
        program.result = program.append(make(results))
        return program
    }

    func evaluate(_ x: Double) -> Double {
        var values = [x]
        values.reserveCapacity(steps.count + 1)
        for step in steps { values.append(step.evaluate(values)) }
        return values[result]
    }
}

extension UnaryProgram.Step {
    /// The step after its operands have moved.
    fileprivate func moved(_ places: [Int]) -> UnaryProgram.Step {
        switch self {
        case .constant: self
        case .function(let function, let x): .function(function, places[x])
        case .affine(let multiplier, let offset, let x):
            .affine(multiplier: multiplier, offset: offset, places[x])
        case .clamp(let low, let high, let x): .clamp(low: low, high: high, places[x])
        case .sum(let x, let y, let isDifference):
            .sum(places[x], places[y], isDifference: isDifference)
        case .product(let x, let y): .product(places[x], places[y])
        case .division(let x, let y): .division(places[x], places[y])
        case .extremum(let x, let y, let isMinimum):
            .extremum(places[x], places[y], isMinimum: isMinimum)
        case .compare(let comparison, let x, let y): .compare(comparison, places[x], places[y])
        case .select(let condition, let x, let y):
            .select(places[condition], places[x], places[y])
        }
    }

    fileprivate func evaluate(_ values: [Double]) -> Double {
        switch self {
        case .constant(let number): Double(number)
        case .function(let function, let x): function.evaluate(values[x])
        case .affine(let multiplier, let offset, let x):
            values[x] * Double(multiplier) + Double(offset)
        case .clamp(let low, let high, let x):
            min(
                max(values[x], low.map { Double($0) } ?? -.infinity),
                high.map { Double($0) } ?? .infinity)
        case .sum(let x, let y, let isDifference):
            isDifference ? values[x] - values[y] : values[x] + values[y]
        case .product(let x, let y): values[x] * values[y]
        case .division(let x, let y): values[x] / values[y]
        case .extremum(let x, let y, let isMinimum):
            isMinimum ? min(values[x], values[y]) : max(values[x], values[y])
        case .compare(let comparison, let x, let y):
            comparison.holds(values[x], values[y]) ? 1 : 0
        case .select(let condition, let x, let y):
            values[condition] != 0 ? values[x] : values[y]
        }
    }
}
