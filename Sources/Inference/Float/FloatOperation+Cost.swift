extension FloatOperation {
    /// Numbers that the operation itself carries.
    var parameterCount: Int {
        switch self {
        case .dense(let linear), .convolution(let linear, _, _):
            linear.weights.count + linear.bias.count
        case .affine(let multipliers, let offsets, _): multipliers.count + offsets.count
        case .gather(_, let indices): indices.count
        default: 0
        }
    }

    /// Multiplications, or steps where there are none; saturates at the largest number.
    func multiplyCount(_ inputs: [[Int]], to shape: [Int]) -> Int {
        let outputs = Shape.elementCount(shape)
        let each: Int
        switch self {
        case .dense(let linear), .convolution(let linear, _, _): each = linear.innerCount
        case .matrixProduct: each = inputs[0][2]
        case .maxPool(let window): each = window.kernel.count
        case .reduce, .argExtremum:
            return max(outputs, Shape.elementCount(inputs[0]))
        default: each = 1
        }
        let (product, overflow) = outputs.multipliedReportingOverflow(by: each)
        return overflow ? Int(Int32.max) << 24 : product
    }
}
