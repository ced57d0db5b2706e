extension GraphBuilder {
    /// Two operands; before version 7 the second was lined up at an axis.
    private mutating func pair(_ node: NodeContext) throws(ONNXError) -> (Int, Int) {
        try node.expectInputs(2...2)
        let left = try node.operand(0)
        let right = try node.operand(1)
        guard opset < 7, try node.flag("broadcast"), node.has("axis") else {
            return (left, right)
        }
        let rank = shape(left).count
        let axis = try node.axis(default: 0, rank: max(rank, 1))
        let after = rank - axis - shape(right).count
        guard after >= 0 else { throw node.shapeMismatch }
        return (
            left, try reshaped(right, shape(right) + [Int](repeating: 1, count: after))
        )
    }

    /// Source: ONNX operators `Add` and `Sub`, versions 1 to 14.
    mutating func importSum(
        _ node: NodeContext, isDifference: Bool
    ) throws(ONNXError) -> Int {
        let (left, right) = try pair(node)
        return try sum(left, right, isDifference: isDifference)
    }

    /// Source: ONNX operator `Mul`, versions 1 to 14.
    mutating func importProduct(_ node: NodeContext) throws(ONNXError) -> Int {
        let (left, right) = try pair(node)
        return try product(left, right)
    }

    /// Integers divide toward zero. Source: ONNX operator `Div`, versions 1 to 14.
    mutating func importQuotient(_ node: NodeContext) throws(ONNXError) -> Int {
        let (left, right) = try pair(node)
        if kind(left) == .real { return try quotient(left, right) }
        if isConstant(left), isConstant(right) {
            let all = try broadcast([left, right])
            return try emit(.division, all, shape(all[0]))
        }
        if let divisors = integers(right), let divisor = divisors.first,
            divisors.allSatisfy({ $0 == divisor }), divisor != 0,
            Broadcast.fits(shape(right), into: shape(left))
        {
            if divisor == 1 { return left }
            return try unary(.quotient(divisor: Int(divisor)), left)
        }
        guard element(left).isUnsigned else {
            throw node.unsupported("integers by a divisor of the run")
        }
        // The quotient of real numbers may be one off; what it leaves says so.
        let all = try broadcast([left, right])
        let ratio = try emit(
            .division,
            [try relabelled(all[0], as: .float), try relabelled(all[1], as: .float)],
            shape(all[0]))
        let guess = try unary(.truncate, ratio, as: element(left))
        let rest = try difference(all[0], try product(guess, all[1]))
        let isOver = try relabelled(try compared(.lessOrEqual, all[1], rest), as: element(left))
        let zero = try addIntegers([0], [], element(left))
        let isUnder = try relabelled(try compared(.less, rest, zero), as: element(left))
        return try difference(try sum(guess, isOver), isUnder)
    }

    /// Source: ONNX operator `Mod`, versions 10 to 13: the divisor's sign for integers, the
    /// dividend's with `fmod`.
    mutating func importRemainder(_ node: NodeContext) throws(ONNXError) -> Int {
        try node.expectInputs(2...2)
        let left = try node.operand(0)
        let right = try node.operand(1)
        let takesDividendSign = try node.flag("fmod")
        if kind(left) == .integer, let divisors = integers(right), let divisor = divisors.first,
            divisor != 0, divisors.allSatisfy({ $0 == divisor }),
            Broadcast.fits(shape(right), into: shape(left))
        {
            let function = UnaryFunction.remainder(
                divisor: Int(divisor), takesDividendSign: takesDividendSign)
            return try unary(function, left)
        }
        let all = try broadcast([left, right])
        let ratio = try emit(.division, all, shape(all[0]))
        let isConstant = isConstant(left) && isConstant(right)
        let isReal = kind(left) == .real
        guard isReal || isConstant else {
            throw node.unsupported("integers by divisors of the run")
        }
        let whole = try unary(takesDividendSign || !isReal ? .truncate : .floor, ratio)
        let rest = try difference(all[0], try product(whole, all[1]))
        if isReal || takesDividendSign { return rest }
        // Truncation leaves the dividend's sign; where the signs differ one divisor is missing.
        let zero = try addIntegers([0], [], element(left))
        let opposite = try product(rest, all[1])
        let corrected = try sum(rest, all[1])
        return try selected(try compared(.less, opposite, zero), corrected, rest)
    }

    /// Source: ONNX operator `Pow`, versions 1 to 15. The result has the base's type.
    mutating func importPower(_ node: NodeContext) throws(ONNXError) -> Int {
        let (base, exponent) = try pair(node)
        guard let exponents = numbers(exponent) else {
            guard let bases = numbers(base), let number = bases.first, number > 0,
                bases.allSatisfy({ $0 == number }), kind(exponent) == .real
            else { throw node.unsupported("an exponent that is no constant") }
            let target = try broadcastShape([base, exponent])
            let scaled = try affine(exponent, by: Float(Double(number).logarithm))
            return try expanded(try unary(.exp, scaled), to: target)
        }
        let target = try broadcastShape([base, exponent])
        var distinct: [Float] = []
        for number in exponents where !distinct.contains(number) {
            distinct.append(number)
            guard distinct.count <= 8 else { throw node.unsupported("more than 8 exponents") }
        }
        guard let first = distinct.first else { return base }
        let wide = try expanded(base, to: target)
        var result = try power(wide, first)
        for number in distinct.dropFirst() {
            let mask = try addIntegers(
                exponents.map { $0 == number ? 1 : 0 }, shape(exponent), .boolean)
            result = try selected(mask, try power(wide, number), result)
        }
        return result
    }

    private mutating func power(_ base: Int, _ exponent: Float) throws(ONNXError) -> Int {
        switch exponent {
        case 1: return base
        case 2: return try product(base, base)
        case 0.5 where kind(base) == .real: return try unary(.sqrt, base)
        case -1 where kind(base) == .real: return try unary(.reciprocal, base)
        case -0.5 where kind(base) == .real: return try unary(.reciprocalSqrt, base)
        default: return try unary(.power(exponent: exponent), base)
        }
    }

    /// Source: ONNX operators `Max` and `Min`, versions 1 to 13.
    mutating func importExtremum(
        _ node: NodeContext, isMinimum: Bool
    ) throws(ONNXError) -> Int {
        try node.expectInputs(1...limits.nodeInputCountMax)
        var result = try node.operand(0)
        for index in 1..<node.operandCount {
            result = try extremum(result, try node.operand(index), isMinimum: isMinimum)
        }
        return result
    }

    /// Source: ONNX operator `Sum`, versions 1 to 13.
    mutating func importTotal(_ node: NodeContext) throws(ONNXError) -> Int {
        try node.expectInputs(1...limits.nodeInputCountMax)
        var result = try node.operand(0)
        for index in 1..<node.operandCount {
            result = try sum(result, try node.operand(index))
        }
        return result
    }

    /// Source: ONNX operator `Mean`, versions 1 to 13.
    mutating func importMeanOfInputs(_ node: NodeContext) throws(ONNXError) -> Int {
        try affine(try importTotal(node), by: 1 / Float(node.operandCount))
    }

    /// Source: ONNX operator `Clip`: attributes before version 11, inputs since.
    mutating func importClip(_ node: NodeContext) throws(ONNXError) -> Int {
        try node.expectInputs(1...3)
        let input = try node.operand(0)
        if opset < 11 {
            return try clamped(
                input, low: try node.optionalFloat("min"), high: try node.optionalFloat("max"))
        }
        var result = input
        // The upper bound wins where they cross.
        for index in 1...2 {
            guard let bound = node.optionalOperand(index) else { continue }
            guard Shape.elementCount(shape(bound)) == 1 else { throw node.shapeMismatch }
            let number = numbers(bound)?.first
            // A bound that the type cannot pass binds nothing.
            if let number, index == 1 ? number <= -3e38 : number >= 3e38 { continue }
            if let number, kind(input) == .integer, number.magnitude >= 0x1p15,
                index == 1 ? number < 0 : number > 0
            {
                continue
            }
            result = try extremum(
                result, try reshaped(bound, []), isMinimum: index == 2)
        }
        return result
    }

    /// Integers by a constant number of bits. Source: ONNX operator `BitShift`, version 11.
    mutating func importBitShift(_ node: NodeContext) throws(ONNXError) -> Int {
        try node.expectInputs(2...2)
        let input = try node.operand(0)
        guard let bits = integers(try node.operand(1)), kind(input) == .integer else {
            throw node.unsupported("a shift that is no constant")
        }
        guard bits.allSatisfy({ (0...14).contains($0) }) else {
            throw node.unsupported("a shift beyond 14 bits")
        }
        let powers = try addIntegers(
            bits.map { 1 << $0 }, shape(try node.operand(1)), element(input))
        let target = try broadcastShape([input, powers])
        switch try node.text("direction", default: "") {
        case "LEFT":
            let result = try product(input, powers)
            guard let modulus = element(input).narrowModulus else { return result }
            return try unary(.remainder(divisor: modulus, takesDividendSign: false), result)
        case "RIGHT":
            let wide = try expanded(input, to: target)
            var result = wide
            for bit in Set(bits).sorted() where bit > 0 {
                let mask = try addIntegers(bits.map { $0 == bit ? 1 : 0 }, shape(powers), .boolean)
                result = try selected(mask, try unary(.quotient(divisor: 1 << bit), wide), result)
            }
            return result
        default: throw node.invalid("direction")
        }
    }
}

extension Double {
    /// The natural logarithm of a positive number.
    fileprivate var logarithm: Double { UnaryFunction.log.evaluate(self) }
}

extension ONNXElement {
    /// What an unsigned type wraps at, where a 16-bit run can hold it.
    var narrowModulus: Int? { self == .uint8 ? 256 : nil }
}
