extension GraphBuilder {
    /// Source: ONNX operator `Cast`, versions 1 to 24.
    mutating func importCast(_ node: NodeContext) throws(ONNXError) -> Int {
        try node.expectInputs(1...1)
        let number: Int64
        if opset < 6 {
            number = ONNXElement.named(try node.text("to", default: ""))?.rawValue ?? 0
        } else {
            number = try node.integer("to", default: 0)
        }
        guard let target = ONNXElement(rawValue: number) else {
            throw node.unsupported("element type \(number)")
        }
        return try cast(try node.operand(0), to: target)
    }

    /// Source: ONNX operator `CastLike`, versions 15 to 24.
    mutating func importCastLike(_ node: NodeContext) throws(ONNXError) -> Int {
        try node.expectInputs(2...2)
        return try cast(try node.operand(0), to: element(try node.operand(1)))
    }

    /// Real numbers lose their fraction, and all but zero is true. Integers wrap where the target
    /// has eight bits; wider ones hold whatever a run holds.
    mutating func cast(_ input: Int, to target: ONNXElement) throws(ONNXError) -> Int {
        if let elements = values[input].constant {
            return try castConstant(input, elements, target)
        }
        switch (kind(input), target.kind) {
        case (.boolean, _), (.integer, .real): return try relabelled(input, as: target)
        case (.real, .real):
            // Rounding to fewer bits is left out: the quantiser rounds to fewer still.
            return try relabelled(input, as: target)
        case (.real, .integer): return try unary(.truncate, input, as: target)
        case (_, .boolean):
            let isZero = try unary(.isZero, input, as: .boolean)
            return try unary(.isZero, isZero, as: .boolean)
        case (.integer, .integer): return try wrapped(input, to: target)
        }
    }

    private mutating func castConstant(
        _ input: Int, _ elements: ONNXTensor.Data, _ target: ONNXElement
    ) throws(ONNXError) -> Int {
        switch (elements, target.kind) {
        case (_, .real):
            return try addFloats(
                elements.floats.map(target.rounded), shape(input), target)
        case (.integers(let numbers), _):
            return try addIntegers(numbers.map(target.wrapped), shape(input), target)
        case (.reals(let numbers), .boolean):
            return try addIntegers(numbers.map { $0 == 0 ? 0 : 1 }, shape(input), target)
        case (.reals(let numbers), _):
            return try addIntegers(
                numbers.map { target.wrapped(FloatOperation.integer(Double($0))) },
                shape(input), target)
        }
    }

    private mutating func wrapped(
        _ input: Int, to target: ONNXElement
    ) throws(ONNXError) -> Int {
        guard target.byteCount == 1, element(input) != target else {
            return try relabelled(input, as: target)
        }
        let shift: Float = target == .int8 ? 128 : 0
        let positive = try unary(
            .remainder(divisor: 256, takesDividendSign: false), try affine(input, plus: shift),
            as: target)
        return try affine(positive, plus: -shift)
    }
}

extension ONNXElement {
    /// The type's name before version 6 of `Cast`.
    fileprivate static func named(_ name: String) -> ONNXElement? {
        switch name {
        case "FLOAT": .float
        case "UINT8": .uint8
        case "INT8": .int8
        case "UINT16": .uint16
        case "INT16": .int16
        case "INT32": .int32
        case "INT64": .int64
        case "BOOL": .boolean
        case "FLOAT16": .float16
        case "DOUBLE": .double
        case "UINT32": .uint32
        case "UINT64": .uint64
        default: nil
        }
    }
}
