// Arithmetic with broadcasting, as the cheapest operation that gives it.
extension GraphBuilder {
    /// `x · factor + offset` with one factor and one offset for all elements.
    mutating func affine(
        _ input: Int, by factor: Float = 1, plus offset: Float = 0
    ) throws(ONNXError) -> Int {
        if factor == 1, offset == 0 { return input }
        return try affine(input, [factor], [offset], inner: 1)
    }

    mutating func affine(
        _ input: Int, _ multipliers: [Float], _ offsets: [Float], inner: Int
    ) throws(ONNXError) -> Int {
        guard (multipliers + offsets).allSatisfy(\.isFinite) else {
            throw .notFinite(tensor: node.output)
        }
        return try mapped(
            .affine(multipliers: multipliers, offsets: offsets, inner: inner), input)
    }

    mutating func sum(
        _ left: Int, _ right: Int, isDifference: Bool = false
    ) throws(ONNXError) -> Int {
        let target = try broadcastShape([left, right])
        let areConstant = isConstant(left) && isConstant(right)
        // An infinite addend, as masks have it, is no number of a layer.
        if let addend = numbers(right), !areConstant, addend.allSatisfy(\.isFinite) {
            let spread = Broadcast(addend, shape: shape(right), into: target)
            let ones = [Float](repeating: 1, count: spread.elements.count)
            let offsets = isDifference ? spread.elements.map { -$0 } : spread.elements
            return try affine(
                try expanded(left, to: target), ones, offsets, inner: spread.inner)
        }
        if let addend = numbers(left), !areConstant, addend.allSatisfy(\.isFinite) {
            let spread = Broadcast(addend, shape: shape(left), into: target)
            let signs = [Float](repeating: isDifference ? -1 : 1, count: spread.elements.count)
            return try affine(
                try expanded(right, to: target), signs, spread.elements, inner: spread.inner)
        }
        return try paired(.sum(isDifference: isDifference), try broadcast([left, right]))
    }

    mutating func difference(_ left: Int, _ right: Int) throws(ONNXError) -> Int {
        try sum(left, right, isDifference: true)
    }

    mutating func product(_ left: Int, _ right: Int) throws(ONNXError) -> Int {
        let target = try broadcastShape([left, right])
        if !(isConstant(left) && isConstant(right)) {
            for (input, factor) in [(left, right), (right, left)] {
                guard let factors = numbers(factor) else { continue }
                let spread = Broadcast(factors, shape: shape(factor), into: target)
                return try affine(
                    try expanded(input, to: target), spread.elements,
                    [Float](repeating: 0, count: spread.elements.count), inner: spread.inner)
            }
        }
        return try paired(.product, try broadcast([left, right]))
    }

    /// The quotient of real numbers.
    mutating func quotient(_ left: Int, _ right: Int) throws(ONNXError) -> Int {
        let target = try broadcastShape([left, right])
        if isConstant(left) && isConstant(right) {
            return try emit(.division, try broadcast([left, right]), target)
        }
        if let divisors = floats(right) {
            let inverses = divisors.map { Float(1 / Double($0)) }
            return try product(
                left, try addFloats(inverses, shape(right), element(right)))
        }
        // A constant over a value, or a small divisor under a large dividend: invert, multiply.
        if isConstant(left) || Shape.elementCount(shape(right)) < Shape.elementCount(target) {
            return try product(left, try unary(.reciprocal, right))
        }
        return try emit(.division, try broadcast([left, right]), target)
    }

    mutating func extremum(
        _ left: Int, _ right: Int, isMinimum: Bool
    ) throws(ONNXError) -> Int {
        for (input, bound) in [(left, right), (right, left)] where !isConstant(input) {
            guard let bounds = numbers(bound), let number = bounds.first,
                bounds.allSatisfy({ $0 == number }),
                Broadcast.fits(shape(bound), into: shape(input))
            else { continue }
            // What nothing passes binds nothing.
            if number == (isMinimum ? .infinity : -.infinity) { return input }
            guard number.isFinite else { continue }
            return try clamped(
                input, low: isMinimum ? nil : number, high: isMinimum ? number : nil)
        }
        let pair = try broadcast([left, right])
        return try emit(.extremum(isMinimum: isMinimum), pair, shape(pair[0]))
    }

    mutating func clamped(_ input: Int, low: Float?, high: Float?) throws(ONNXError) -> Int {
        if low == nil, high == nil { return input }
        return try mapped(.clamp(low: low, high: high), input)
    }

    mutating func unary(
        _ function: UnaryFunction, _ input: Int, as element: ONNXElement? = nil
    ) throws(ONNXError) -> Int {
        try mapped(.unary(function), input, as: element)
    }

    mutating func compared(
        _ comparison: Comparison, _ left: Int, _ right: Int
    ) throws(ONNXError) -> Int {
        let pair = try broadcast([left, right])
        return try emit(.compare(comparison), pair, shape(pair[0]), as: .boolean)
    }

    mutating func selected(
        _ condition: Int, _ yes: Int, _ no: Int
    ) throws(ONNXError) -> Int {
        let all = try broadcast([condition, yes, no])
        // A condition that never changes is no choice.
        if let conditions = integers(condition), let first = conditions.first,
            conditions.allSatisfy({ ($0 == 0) == (first == 0) })
        {
            return all[first == 0 ? 2 : 1]
        }
        return try emit(.select, all, shape(all[0]), as: element(yes))
    }

    mutating func negated(_ condition: Int) throws(ONNXError) -> Int {
        try unary(.isZero, condition, as: .boolean)
    }

    /// The same numbers under another element type; the caller knows that none changes.
    mutating func relabelled(_ input: Int, as element: ONNXElement) throws(ONNXError) -> Int {
        if self.element(input) == element { return input }
        guard let producer = producer(of: input), case .reshape = producer.operation else {
            return try emit(.reshape, [input], shape(input), as: element)
        }
        let source = producer.inputs[0]
        if shape(source) == shape(input), self.element(source) == element { return source }
        return try emit(.reshape, [source], shape(input), as: element)
    }
}
