extension GraphBuilder {
    /// Source: ONNX operators `Equal`, `Less`, `LessOrEqual` and their mirror images, versions 7
    /// to 19.
    mutating func importComparison(
        _ node: NodeContext, _ comparison: Comparison, isSwapped: Bool = false
    ) throws(ONNXError) -> Int {
        try node.expectInputs(2...2)
        guard opset >= 7 else { throw node.unsupported("an operator set before version 7") }
        let left = try node.operand(isSwapped ? 1 : 0)
        return try compared(comparison, left, try node.operand(isSwapped ? 0 : 1))
    }

    /// Source: ONNX operators `And` and `Or`, version 7.
    mutating func importConjunction(
        _ node: NodeContext, isDisjunction: Bool
    ) throws(ONNXError) -> Int {
        try node.expectInputs(2...2)
        let pair = try broadcast([try node.operand(0), try node.operand(1)])
        return try emit(
            .extremum(isMinimum: !isDisjunction), pair, shape(pair[0]), as: .boolean)
    }

    /// Source: ONNX operator `Xor`, version 7.
    mutating func importExclusion(_ node: NodeContext) throws(ONNXError) -> Int {
        try node.expectInputs(2...2)
        return try negated(
            try compared(.equal, try node.operand(0), try node.operand(1)))
    }

    /// Source: ONNX operator `Not`, version 1.
    mutating func importNot(_ node: NodeContext) throws(ONNXError) -> Int {
        try node.expectInputs(1...1)
        return try negated(try node.operand(0))
    }

    /// Source: ONNX operator `Where`, versions 9 and 16.
    mutating func importWhere(_ node: NodeContext) throws(ONNXError) -> Int {
        try node.expectInputs(3...3)
        return try selected(
            try node.operand(0), try node.operand(1), try node.operand(2))
    }

    /// Source: ONNX operator `IsNaN`, versions 9 to 20.
    mutating func importIsNaN(_ node: NodeContext) throws(ONNXError) -> Int {
        try node.expectInputs(1...1)
        return try unary(.isNaN, try node.operand(0), as: .boolean)
    }

    /// Source: ONNX operator `IsInf`, versions 10 to 20.
    mutating func importIsInfinite(_ node: NodeContext) throws(ONNXError) -> Int {
        try node.expectInputs(1...1)
        let function = UnaryFunction.isInfinite(
            takesPositive: try node.flag("detect_positive", default: true),
            takesNegative: try node.flag("detect_negative", default: true))
        return try unary(function, try node.operand(0), as: .boolean)
    }
}
