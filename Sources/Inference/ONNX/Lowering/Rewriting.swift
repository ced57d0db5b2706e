// Rewritings that a node asks for when it is added: the work of a function moves to where there
// are fewer elements.
extension GraphBuilder {
    /// A function of single elements, with parameters along the last axes at most.
    ///
    /// Before an expansion there are fewer elements, and in a constant table there may be.
    mutating func mapped(
        _ operation: FloatOperation, _ input: Int, as element: ONNXElement? = nil
    ) throws(ONNXError) -> Int {
        guard let producer = producer(of: input) else {
            return try emit(operation, [input], shape(input), as: element)
        }
        switch producer.operation {
        case .expand where operation.isUniform:
            let inner = try mapped(operation, producer.inputs[0], as: element)
            return try emit(.expand, [inner], shape(input))
        case .take(axis: 0)
        where isSmallTable(producer.inputs[0], for: input)
            && operation.fitsRows(of: shape(producer.inputs[0])):
            let table = try emit(
                operation, [producer.inputs[0]], shape(producer.inputs[0]), as: element)
            return try emit(.take(axis: 0), [table, producer.inputs[1]], shape(input))
        default: return try emit(operation, [input], shape(input), as: element)
        }
    }

    /// An operation on pairs of elements of equal shapes.
    mutating func paired(
        _ operation: FloatOperation, _ pair: [Int], as element: ONNXElement? = nil
    ) throws(ONNXError) -> Int {
        let target = shape(pair[0])
        guard let left = producer(of: pair[0]), let right = producer(of: pair[1]),
            case .take(axis: 0) = left.operation, case .take(axis: 0) = right.operation,
            left.inputs[1] == right.inputs[1], isSmallTable(left.inputs[0], for: pair[0]),
            isConstant(right.inputs[0]), shape(left.inputs[0]) == shape(right.inputs[0])
        else { return try emit(operation, pair, target, as: element) }
        let table = try emit(
            operation, [left.inputs[0], right.inputs[0]], shape(left.inputs[0]), as: element)
        return try emit(.take(axis: 0), [table, left.inputs[1]], target)
    }

    private func isSmallTable(_ table: Int, for result: Int) -> Bool {
        isConstant(table)
            && Shape.elementCount(shape(table)) <= Shape.elementCount(shape(result))
    }

    /// The product of a one-hot matrix with a constant one takes rows from it. Nil where the left
    /// side is none.
    ///
    /// Positions outside have no one in their row: the table has a row of zeros at either end.
    mutating func rowsTaken(_ left: Int, _ right: Int) throws(ONNXError) -> Int? {
        guard let rows = floats(right), let relabelling = producer(of: left),
            case .reshape = relabelling.operation, shape(relabelling.inputs[0]) == shape(left),
            let comparison = producer(of: relabelling.inputs[0]),
            case .compare(.equal) = comparison.operation
        else { return nil }
        let (count, width) = (shape(right)[0], shape(right)[1])
        guard count < 1 << 15 else { return nil }
        for (spread, range) in [(0, 1), (1, 0)] {
            guard let expansion = producer(of: comparison.inputs[spread]),
                case .expand = expansion.operation,
                isRange(comparison.inputs[range], count: count)
            else { continue }
            let indices = expansion.inputs[0]
            let outer = Array(shape(left).dropLast())
            guard shape(indices) == outer + [1], kind(indices) == .integer else { continue }
            let zeros = [Float](repeating: 0, count: width)
            let table = try addFloats(
                zeros + rows + zeros, [count + 2, width], element(right))
            let inside = try clamped(
                try reshaped(indices, outer), low: -1, high: Float(count))
            let places = try affine(inside, plus: 1)
            return try emit(.take(axis: 0), [table, places], outer + [width])
        }
        return nil
    }

    /// Whether each row of a constant counts from zero.
    private func isRange(_ value: Int, count: Int) -> Bool {
        guard let elements = integers(value), shape(value).last == count else { return false }
        return elements.enumerated().allSatisfy { $1 == Int64($0 % count) }
    }
}

extension FloatOperation {
    /// Whether every element is treated alike.
    fileprivate var isUniform: Bool {
        switch self {
        case .unary, .clamp: true
        case .affine(let multipliers, _, _): multipliers.count == 1
        default: false
        }
    }

    /// Whether every row of such a table is treated alike.
    fileprivate func fitsRows(of shape: [Int]) -> Bool {
        if isUniform { return true }
        guard case .affine(let multipliers, _, let inner) = self else { return false }
        let width = Shape.elementCount(shape.dropFirst())
        return width.isMultiple(of: multipliers.count * inner)
    }
}
