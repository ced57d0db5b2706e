extension GraphBuilder {
    /// The integers of an operand that the file must decide.
    func constantIntegers(
        _ node: NodeContext, _ index: Int, _ what: String
    ) throws(ONNXError) -> [Int64] {
        guard let integers = integers(try node.operand(index)) else {
            throw node.unsupported("\(what) that is no constant")
        }
        return integers
    }

    /// The same where the operand may be left out.
    func optionalIntegers(
        _ node: NodeContext, _ index: Int, _ what: String
    ) throws(ONNXError) -> [Int64]? {
        node.optionalOperand(index) == nil ? nil : try constantIntegers(node, index, what)
    }

    /// The one number of an operand that the file must decide.
    func constantNumber(
        _ node: NodeContext, _ index: Int, _ what: String
    ) throws(ONNXError) -> Float {
        guard let numbers = numbers(try node.operand(index)) else {
            throw node.unsupported("\(what) that is no constant")
        }
        guard numbers.count == 1 else { throw node.shapeMismatch }
        return numbers[0]
    }

    /// A shape that stands in the file as numbers.
    func checkedShape(_ sizes: [Int64], _ node: NodeContext) throws(ONNXError) -> [Int] {
        guard sizes.count <= limits.rankMax else {
            throw .tooMany("dimensions", max: limits.rankMax)
        }
        guard sizes.allSatisfy({ (0...Int64(limits.elementCountMax)).contains($0) }) else {
            throw node.shapeMismatch
        }
        let shape = sizes.map { Int($0) }
        guard Shape.elementCount(shape, max: limits.elementCountMax, allowsZero: true) != nil
        else { throw .shapeTooLarge(tensor: node.output) }
        return shape
    }

    /// Source: ONNX operator `Constant`, versions 1 to 24.
    mutating func importConstant(_ node: NodeContext) throws(ONNXError) -> Int {
        try node.expectInputs(0...0)
        if let tensor = try node.tensor("value") { return try addTensor(tensor) }
        if let value = try node.optionalFloat("value_float") {
            return try addFloats([value], [])
        }
        if let values = try node.floats("value_floats") {
            return try addFloats(values, [values.count])
        }
        if let values = try node.integers("value_ints") {
            return try addIntegers(values, [values.count])
        }
        if node.has("value_int") {
            return try addIntegers([try node.integer("value_int", default: 0)], [])
        }
        throw node.unsupported("a value that is no numeric tensor")
    }

    /// Source: ONNX operator `ConstantOfShape`, versions 9 to 24.
    mutating func importConstantOfShape(_ node: NodeContext) throws(ONNXError) -> Int {
        try node.expectInputs(1...1)
        let target = try checkedShape(try constantIntegers(node, 0, "a shape"), node)
        let count = Shape.elementCount(target)
        let value = try node.tensor("value")
        switch value?.data ?? .reals([0]) {
        case .reals(let elements):
            guard elements.count == 1 else { throw node.invalid("value") }
            return try addFloats(
                [Float](repeating: elements[0], count: count), target, value?.element ?? .float)
        case .integers(let elements):
            guard elements.count == 1 else { throw node.invalid("value") }
            return try addIntegers(
                [Int64](repeating: elements[0], count: count), target, value?.element ?? .int64)
        }
    }

    /// Source: ONNX operator `Shape`: a part of it since version 15.
    mutating func importShape(_ node: NodeContext) throws(ONNXError) -> Int {
        try node.expectInputs(1...1)
        let sizes = shape(try node.operand(0)).map { Int64($0) }
        let rank = Int64(sizes.count)
        func bound(_ given: Int64) -> Int {
            Int(min(max(given < 0 ? max(given, -rank) + rank : given, 0), rank))
        }
        let start = bound(try node.integer("start", default: 0))
        let end = bound(try node.integer("end", default: rank))
        let part = start < end ? Array(sizes[start..<end]) : []
        return try addIntegers(part, [part.count])
    }

    /// Source: ONNX operator `Size`, versions 1 to 24.
    mutating func importSize(_ node: NodeContext) throws(ONNXError) -> Int {
        try node.expectInputs(1...1)
        return try addIntegers(
            [Int64(Shape.elementCount(shape(try node.operand(0))))], [])
    }

    /// Source: ONNX operator `Range`, version 11.
    mutating func importRange(_ node: NodeContext) throws(ONNXError) -> Int {
        try node.expectInputs(3...3)
        let start = try constantNumber(node, 0, "a start")
        let limit = try constantNumber(node, 1, "a limit")
        let step = try constantNumber(node, 2, "a step")
        let element = element(try node.operand(0))
        let ratio = ((Double(limit) - Double(start)) / Double(step)).rounded(.up)
        guard ratio.isFinite, ratio <= Double(limits.elementCountMax) else {
            throw .shapeTooLarge(tensor: node.output)
        }
        let count = Int(max(ratio, 0))
        let first = integers(try node.operand(0))?.first
        let stride = integers(try node.operand(2))?.first
        if let first, let stride {
            return try addIntegers(
                (0..<count).map { first &+ Int64($0) &* stride }, [count], element)
        }
        let numbers = (0..<count).map { Float(Double(start) + Double($0) * Double(step)) }
        return try addFloats(numbers, [count], element)
    }

    /// Source: ONNX operator `EyeLike`, version 9.
    mutating func importEyeLike(_ node: NodeContext) throws(ONNXError) -> Int {
        try node.expectInputs(1...1)
        let input = try node.operand(0)
        let given = shape(input)
        guard given.count == 2 else { throw node.shapeMismatch }
        let type = try node.integer("dtype", default: element(input).rawValue)
        guard let element = ONNXElement(rawValue: type) else { throw node.invalid("dtype") }
        let offset = try node.integer("k", default: 0)
        let ones = (0..<given[0]).flatMap { row in
            (0..<given[1]).map { Int64($0) - Int64(row) == offset ? Float(1) : 0 }
        }
        return try addNumbers(ones, given, element)
    }

    /// Only of what the file decides. Source: ONNX operator `NonZero`, versions 9 and 13.
    mutating func importNonZero(_ node: NodeContext) throws(ONNXError) -> Int {
        try node.expectInputs(1...1)
        let input = try node.operand(0)
        guard let elements = numbers(input) else {
            throw node.unsupported("a result whose size the run decides")
        }
        let strides = Shape.strides(shape(input))
        let places = elements.indices.filter { elements[$0] != 0 }
        let positions = shape(input).indices.flatMap { axis in
            places.map { Int64($0 / strides[axis] % shape(input)[axis]) }
        }
        return try addIntegers(positions, [shape(input).count, places.count])
    }

    /// A sum of cosines. Source: ONNX operators `HannWindow`, `HammingWindow` and
    /// `BlackmanWindow`, version 17.
    mutating func importWindow(
        _ node: NodeContext, _ weights: [Double]
    ) throws(ONNXError) -> Int {
        try node.expectInputs(1...1)
        let size = try constantNumber(node, 0, "a size")
        guard size >= 0, size <= Float(limits.windowSizeMax) else { throw node.shapeMismatch }
        let type = try node.integer("output_datatype", default: 1)
        guard let element = ONNXElement(rawValue: type) else {
            throw node.invalid("output_datatype")
        }
        let count = Int(size)
        let period = try node.flag("periodic", default: true) ? count : count - 1
        let numbers = (0..<count).map { index in
            let angle = 2 * Double.pi * Double(index) / Double(max(period, 1))
            return Float(
                weights[0] + weights[1] * UnaryFunction.cos.evaluate(angle)
                    + weights[2] * UnaryFunction.cos.evaluate(2 * angle))
        }
        return try addNumbers(numbers, [count], element)
    }
}
