// Exact evaluation on 64-bit integers, for constants: shapes, axes, positions.
extension FloatOperation {
    /// The elements of the result, or nil where the operation has no meaning on integers or
    /// divides by zero. Sums and products wrap; the caller wraps to the element type.
    func evaluateIntegers(_ inputs: [IntegerTensor], to shape: [Int]) -> [Int64]? {
        let first = inputs[0]
        switch self {
        case .affine(let multipliers, let offsets, let inner):
            return FloatOperation.integerAffine(first.elements, multipliers, offsets, inner)
        case .sum(let isDifference):
            return FloatOperation.pairs(inputs) { isDifference ? $0 &- $1 : $0 &+ $1 }
        case .product: return FloatOperation.pairs(inputs, &*)
        case .division:
            guard inputs[1].elements.allSatisfy({ $0 != 0 }) else { return nil }
            return FloatOperation.pairs(inputs) { $0.dividedReportingOverflow(by: $1).partialValue }
        case .extremum(let isMinimum):
            return FloatOperation.pairs(inputs) { isMinimum ? min($0, $1) : max($0, $1) }
        case .compare(let comparison):
            return FloatOperation.pairs(inputs) { comparison.holds($0, $1) ? 1 : 0 }
        case .select:
            return first.elements.indices.map { index in
                inputs[first.elements[index] != 0 ? 1 : 2].elements[index]
            }
        case .clamp(let low, let high):
            let least = low.map { FloatOperation.integer(Double($0)) } ?? .min
            let most = high.map { FloatOperation.integer(Double($0)) } ?? .max
            return first.elements.map { min(max($0, least), most) }
        case .unary(let function):
            return first.elements.map { function.evaluateInteger($0) }
        case .reduce(let reduction, _):
            return FloatOperation.reduceIntegers(first, reduction, to: shape)
        case .pad(let before, _, let interior, let value):
            return FloatOperation.pad(
                first, before: before, interior: interior,
                value: FloatOperation.integer(Double(value)), to: shape)
        case .take(let axis):
            let last = Int64(first.shape[axis] - 1)
            let indices = inputs[1].elements.map { Int(min(max($0, 0), last)) }
            return FloatOperation.gather(first, axis: axis, indices)
        case .transpose, .reshape, .concat, .slice, .expand, .gather:
            return move(inputs, to: shape)
        default: return nil
        }
    }

    /// The nearest integer toward zero; what is no number becomes zero.
    static func integer(_ number: Double) -> Int64 {
        if number.isNaN { return 0 }
        if number >= 0x1p63 { return .max }
        return number < -0x1p63 ? .min : Int64(number)
    }

    private static func integerAffine(
        _ input: [Int64], _ multipliers: [Float], _ offsets: [Float], _ inner: Int
    ) -> [Int64] {
        let factors = multipliers.map { integer(Double($0)) }
        let addends = offsets.map { integer(Double($0)) }
        return input.enumerated().map { index, value in
            let channel = index / inner % factors.count
            return value &* factors[channel] &+ addends[channel]
        }
    }

    private static func pairs(
        _ inputs: [IntegerTensor], _ body: (Int64, Int64) -> Int64
    ) -> [Int64] {
        zip(inputs[0].elements, inputs[1].elements).map(body)
    }

    private static func reduceIntegers(
        _ input: IntegerTensor, _ reduction: Reduction, to shape: [Int]
    ) -> [Int64] {
        let start: Int64
        switch reduction {
        case .sum: start = 0
        case .maximum: start = .min
        case .minimum: start = .max
        }
        var totals = [Int64](repeating: start, count: Shape.elementCount(shape))
        let strides = Shape.strides(shape)
        let steps = shape.indices.map { shape[$0] == input.shape[$0] ? strides[$0] : 0 }
        Shape.forEach(input.shape, steps: steps) { source, target in
            let value = input.elements[source]
            switch reduction {
            case .sum: totals[target] &+= value
            case .maximum: totals[target] = max(totals[target], value)
            case .minimum: totals[target] = min(totals[target], value)
            }
        }
        return totals
    }
}

extension UnaryFunction {
    /// Exact where the function maps integers to integers.
    func evaluateInteger(_ x: Int64) -> Int64 {
        switch self {
        case .absolute: x == .min ? .max : abs(x)
        case .sign: x.signum()
        case .floor, .ceil, .truncate, .round: x
        case .isZero: x == 0 ? 1 : 0
        case .quotient(let divisor): x.dividedReportingOverflow(by: Int64(divisor)).partialValue
        case .remainder(let divisor, let takesDividendSign):
            UnaryFunction.remainder(x, Int64(divisor), takesDividendSign)
        case .position(let count): min(max(x < 0 ? x + Int64(count) : x, 0), Int64(count - 1))
        default: FloatOperation.integer(evaluate(Double(x)))
        }
    }

    private static func remainder(
        _ x: Int64, _ divisor: Int64, _ takesDividendSign: Bool
    ) -> Int64 {
        let rest = x.remainderReportingOverflow(dividingBy: divisor).partialValue
        if takesDividendSign || rest == 0 { return rest }
        return (rest < 0) == (divisor < 0) ? rest : rest + divisor
    }
}
