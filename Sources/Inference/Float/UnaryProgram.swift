/// A function of one number made of elementwise steps: one table instead of a node for each.
///
/// Register zero holds the argument, instruction `i` writes register `i + 1`, and the last one
/// written is the value.
struct UnaryProgram: Sendable, Hashable {
    enum Instruction: Sendable, Hashable {
        case constant(Float)
        case function(UnaryFunction, Int)
        case affine(Int, multiplier: Float, offset: Float)
        case clamp(Int, low: Float?, high: Float?)
        case sum(Int, Int, isDifference: Bool)
        case product(Int, Int)
        case division(Int, Int)
        case extremum(Int, Int, isMinimum: Bool)
        case compare(Comparison, Int, Int)
        case select(Int, Int, Int)
    }

    /// Longer chains are cut: whoever tabulates them runs every instruction 65,536 times.
    static let instructionCountMax = 64

    private(set) var instructions: [Instruction] = []

    /// Where the value stands.
    var result: Int { instructions.count }

    /// Whether a table pays: all else rescales accumulators and is as cheap without one.
    var needsTable: Bool {
        instructions.contains { instruction in
            switch instruction {
            case .function, .division, .extremum, .compare, .select: true
            case .constant, .affine, .clamp, .sum, .product: false
            }
        }
    }

    /// How many instructions compute something.
    var stepCount: Int {
        instructions.count { instruction in
            if case .constant = instruction { false } else { true }
        }
    }

    /// The register of an instruction, which is not written twice.
    mutating func register(of instruction: Instruction) -> Int {
        if let known = instructions.firstIndex(of: instruction) { return known + 1 }
        instructions.append(instruction)
        return instructions.count
    }

    /// Takes over another program on the same argument; gives the register of its value.
    mutating func append(_ other: UnaryProgram) -> Int {
        var registers = [0]
        for instruction in other.instructions {
            registers.append(register(of: instruction.moved(to: registers)))
        }
        return registers[registers.count - 1]
    }

    /// In double precision.
    func evaluate(_ x: Double) -> Double {
        var values = [x]
        values.reserveCapacity(instructions.count + 1)
        for instruction in instructions { values.append(instruction.evaluate(values)) }
        return values[values.count - 1]
    }
}

extension UnaryProgram.Instruction {
    fileprivate func moved(to registers: [Int]) -> UnaryProgram.Instruction {
        switch self {
        case .constant: self
        case .function(let function, let x): .function(function, registers[x])
        case .affine(let x, let multiplier, let offset):
            .affine(registers[x], multiplier: multiplier, offset: offset)
        case .clamp(let x, let low, let high): .clamp(registers[x], low: low, high: high)
        case .sum(let left, let right, let isDifference):
            .sum(registers[left], registers[right], isDifference: isDifference)
        case .product(let left, let right): .product(registers[left], registers[right])
        case .division(let left, let right): .division(registers[left], registers[right])
        case .extremum(let left, let right, let isMinimum):
            .extremum(registers[left], registers[right], isMinimum: isMinimum)
        case .compare(let comparison, let left, let right):
            .compare(comparison, registers[left], registers[right])
        case .select(let condition, let first, let second):
            .select(registers[condition], registers[first], registers[second])
        }
    }

    fileprivate func evaluate(_ values: [Double]) -> Double {
        switch self {
        case .constant(let value): Double(value)
        case .function(let function, let x): function.evaluate(values[x])
        case .affine(let x, let multiplier, let offset):
            values[x] * Double(multiplier) + Double(offset)
        case .clamp(let x, let low, let high):
            min(
                max(values[x], low.map { Double($0) } ?? -.infinity),
                high.map { Double($0) } ?? .infinity)
        case .sum(let left, let right, let isDifference):
            isDifference ? values[left] - values[right] : values[left] + values[right]
        case .product(let left, let right): values[left] * values[right]
        case .division(let left, let right): values[left] / values[right]
        case .extremum(let left, let right, let isMinimum):
            isMinimum ? min(values[left], values[right]) : max(values[left], values[right])
        case .compare(let comparison, let left, let right):
            comparison.holds(values[left], values[right]) ? 1 : 0
        case .select(let condition, let first, let second):
            values[values[condition] != 0 ? first : second]
        }
    }
}
