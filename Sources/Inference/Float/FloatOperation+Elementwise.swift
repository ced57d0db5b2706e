// How the operations on one element at a time are evaluated.
extension FloatOperation {
    static func affine(
        _ input: [Float], _ multipliers: [Float], _ offsets: [Float], inner: Int
    ) -> [Float] {
        input.enumerated().map { index, value in
            let channel = index / inner % multipliers.count
            return Float(Double(value) * Double(multipliers[channel]) + Double(offsets[channel]))
        }
    }

    static func clamp(_ input: [Float], _ low: Float?, _ high: Float?) -> [Float] {
        input.map { min(max($0, low ?? -.infinity), high ?? .infinity) }
    }

    static func pairwise(
        _ inputs: [FloatTensor], _ body: (Float, Float) -> Float
    ) -> [Float] {
        zip(inputs[0].elements, inputs[1].elements).map(body)
    }

    static func select(_ inputs: [FloatTensor]) -> [Float] {
        inputs[0].elements.indices.map { index in
            inputs[inputs[0].elements[index] != 0 ? 1 : 2].elements[index]
        }
    }
}

extension Comparison {
    func holds<Number: Comparable>(_ left: Number, _ right: Number) -> Bool {
        switch self {
        case .less: left < right
        case .lessOrEqual: left <= right
        case .equal: left == right
        }
    }
}
