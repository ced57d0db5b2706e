extension GraphBuilder {
    /// Functions of one number. Nil where the operator is none.
    mutating func importUnary(_ node: NodeContext) throws(ONNXError) -> Int? {
        if let function = UnaryFunction.named(node.operation) {
            return try importFunction(node, function)
        }
        switch node.operation {
        case "Relu": return try importRelu(node)
        case "Neg":
            try node.expectInputs(1...1)
            return try affine(try node.operand(0), by: -1)
        case "PRelu": return try importPRelu(node)
        case "Shrink": return try importShrink(node)
        case "Swish": return try importSwish(node)
        default: break
        }
        guard let function = try activation(node.operation, NodeFloats(node: node)) else {
            return nil
        }
        return try importFunction(node, function)
    }

    private mutating func importFunction(
        _ node: NodeContext, _ function: UnaryFunction
    ) throws(ONNXError) -> Int {
        try node.expectInputs(1...1)
        let input = try node.operand(0)
        // Integers are what these would make of them.
        let isRounding = [.floor, .ceil, .round].contains(function)
        if isRounding, kind(input) != .real { return input }
        return try unary(function, input)
    }

    /// Where an activation's parameters come from: attributes, or a recurrent layer's lists.
    struct NodeFloats {
        var node: NodeContext
        var alpha: Float?
        var beta: Float?

        func first(_ value: Float) throws(ONNXError) -> Float {
            if let alpha { return alpha }
            return try node.float("alpha", default: value)
        }

        func second(_ name: String, _ value: Float) throws(ONNXError) -> Float {
            if let beta { return beta }
            return try node.float(name, default: value)
        }
    }

    /// An activation by its name with its parameters; nil where it is none.
    func activation(
        _ name: String, _ floats: NodeFloats
    ) throws(ONNXError) -> UnaryFunction? {
        switch name {
        case "LeakyRelu": return .leakyRelu(slope: try floats.first(0.01))
        case "ThresholdedRelu": return .thresholdedRelu(alpha: try floats.first(1))
        case "Elu": return .elu(alpha: try floats.first(1))
        case "Selu":
            let isOld = opset < 6
            return .selu(
                alpha: try floats.first(isOld ? 1.6732 : 1.67326319217681884765625),
                gamma: try floats.second("gamma", isOld ? 1.0507 : 1.05070102214813232421875))
        case "Celu":
            let alpha = try floats.first(1)
            guard alpha != 0 else { throw node.invalid("alpha") }
            return .celu(alpha: alpha)
        case "HardSigmoid":
            return .hardSigmoid(
                alpha: try floats.first(0.2), beta: try floats.second("beta", 0.5))
        case "Gelu":
            let form = try floats.node.text("approximate", default: "none")
            guard form == "none" || form == "tanh" else { throw node.invalid("approximate") }
            return .gelu(isTanh: form == "tanh")
        default: return UnaryFunction.named(name)
        }
    }

    /// Source: ONNX operator `Relu`, versions 1 to 14.
    private mutating func importRelu(_ node: NodeContext) throws(ONNXError) -> Int {
        try node.expectInputs(1...1)
        return try clamped(try node.operand(0), low: 0, high: nil)
    }

    /// `max(x, 0) + slope · min(x, 0)`, or a table where the slope is one number.
    /// Source: ONNX operator `PRelu`, versions 1 to 16.
    private mutating func importPRelu(_ node: NodeContext) throws(ONNXError) -> Int {
        try node.expectInputs(2...2)
        let input = try node.operand(0)
        var slope = try node.operand(1)
        if opset < 7, shape(slope).count == 1, shape(input).count > 1 {
            // Slopes of the channels, before broadcasting was the same everywhere.
            slope = try reshaped(
                slope,
                shape(slope) + [Int](repeating: 1, count: shape(input).count - 2))
        }
        guard Broadcast.fits(shape(slope), into: shape(input)) else { throw node.shapeMismatch }
        if kind(input) == .real, let slopes = floats(slope), let first = slopes.first,
            slopes.allSatisfy({ $0 == first })
        {
            return try unary(.leakyRelu(slope: first), input)
        }
        let negative = try product(try clamped(input, low: nil, high: 0), slope)
        return try sum(try clamped(input, low: 0, high: nil), negative)
    }

    /// Source: ONNX operator `Shrink`, version 9: by its two halves, each a clamp away from zero.
    private mutating func importShrink(_ node: NodeContext) throws(ONNXError) -> Int {
        try node.expectInputs(1...1)
        let input = try node.operand(0)
        let lambda = try node.float("lambd", default: 0.5)
        let bias = try node.float("bias", default: 0)
        let limit = try addNumbers([lambda], [], element(input))
        let opposite = try addNumbers([-lambda], [], element(input))
        let zero = try addNumbers([0], [], element(input))
        let low = try selected(
            try compared(.less, input, opposite), try affine(input, plus: bias), zero)
        return try selected(
            try compared(.less, limit, input), try affine(input, plus: -bias), low)
    }

    /// `x · sigmoid(alpha · x)`. Source: ONNX operator `Swish`, version 24.
    private mutating func importSwish(_ node: NodeContext) throws(ONNXError) -> Int {
        try node.expectInputs(1...1)
        let input = try node.operand(0)
        let alpha = try node.float("alpha", default: 1)
        return try product(input, try unary(.sigmoid, try affine(input, by: alpha)))
    }
}

extension UnaryFunction {
    /// Operators without attributes that are one function.
    static func named(_ operation: String) -> UnaryFunction? {
        switch operation {
        case "Abs": .absolute
        case "Sign": .sign
        case "Floor": .floor
        case "Ceil": .ceil
        case "Round": .round
        case "Exp": .exp
        case "Log": .log
        case "Sqrt": .sqrt
        case "Reciprocal": .reciprocal
        case "Erf": .erf
        case "Sin": .sin
        case "Cos": .cos
        case "Tan": .tan
        case "Asin": .asin
        case "Acos": .acos
        case "Atan": .atan
        case "Sinh": .sinh
        case "Cosh": .cosh
        case "Tanh": .tanh
        case "Asinh": .asinh
        case "Acosh": .acosh
        case "Atanh": .atanh
        case "Sigmoid": .sigmoid
        case "Softplus": .softplus
        case "Softsign": .softsign
        case "HardSwish": .hardSwish
        case "Mish": .mish
        default: nil
        }
    }
}
