/// Runs a float graph plainly: for calibration, for error reports and as the tests' second opinion.
///
/// Sums are kept in 64-bit floats in index order, so every machine gets the same bits.
/// Nothing that a chain agrees on comes from here.
public struct ReferenceRunner: Sendable {
    public let graph: FloatGraph

    public init(_ graph: FloatGraph) { self.graph = graph }

    /// The outputs, one after another, for the inputs, one after another.
    public func run(_ input: [Float]) throws(RunError) -> [Float] {
        let values = try trace(input)
        return graph.outputs.flatMap { values[$0] }
    }

    /// Every value of the graph after a run; empty where no node computes it.
    func trace(_ input: [Float]) throws(RunError) -> [[Float]] {
        guard input.count == graph.inputCount else {
            throw .wrongInputCount(wanted: graph.inputCount, got: input.count)
        }
        var values = graph.values.map { $0.constant ?? [] }
        var start = 0
        for index in graph.inputs {
            let count = graph.elementCount(index)
            values[index] = Array(input[start..<start + count])
            start += count
        }
        for node in graph.nodes {
            values[node.output] = node.operation.evaluate(
                node.inputs.map { FloatTensor(graph.values[$0].shape, values[$0]) },
                to: graph.values[node.output].shape)
        }
        return values
    }
}

/// A shape and its elements.
struct DenseTensor<Element: Sendable> {
    let shape: [Int]
    let elements: [Element]

    init(_ shape: [Int], _ elements: [Element]) {
        self.shape = shape
        self.elements = elements
    }
}

typealias FloatTensor = DenseTensor<Float>
typealias IntegerTensor = DenseTensor<Int64>

extension FloatOperation {
    /// The elements of the result; shapes were checked when the graph was built.
    func evaluate(_ inputs: [FloatTensor], to shape: [Int]) -> [Float] {
        let first = inputs[0]
        switch self {
        case .dense(let linear): return linear.dense(first.elements)
        case .convolution(let linear, let window, let groups):
            return linear.convolution(first, window, groups: groups, to: shape)
        case .affine(let multipliers, let offsets, let inner):
            return FloatOperation.affine(first.elements, multipliers, offsets, inner: inner)
        case .sum(let isDifference):
            return FloatOperation.pairwise(inputs) { isDifference ? $0 - $1 : $0 + $1 }
        case .product: return FloatOperation.pairwise(inputs, *)
        case .division: return FloatOperation.pairwise(inputs, /)
        case .extremum(let isMinimum):
            return FloatOperation.pairwise(inputs) { isMinimum ? min($0, $1) : max($0, $1) }
        case .compare(let comparison):
            return FloatOperation.pairwise(inputs) { comparison.holds($0, $1) ? 1 : 0 }
        case .select: return FloatOperation.select(inputs)
        case .matrixProduct: return FloatOperation.matrixProduct(first, inputs[1], to: shape)
        case .clamp(let low, let high): return FloatOperation.clamp(first.elements, low, high)
        case .unary(let function):
            return first.elements.map { Float(function.evaluate(Double($0))) }
        case .maxPool(let window): return FloatOperation.maxPool(first, window, to: shape)
        case .reduce(let reduction, _): return FloatOperation.reduce(first, reduction, to: shape)
        case .argExtremum(let axis, let isMinimum, let takesLast):
            return FloatOperation.argExtremum(
                first, axis: axis, isMinimum: isMinimum, takesLast: takesLast)
        case .pad(let before, _, let interior, let value):
            return FloatOperation.pad(
                first, before: before, interior: interior, value: value, to: shape)
        case .take(let axis):
            let indices = inputs[1].elements.map { index in
                // A run on real rows keeps them inside; rows that do not must not trap.
                index > 0 ? Int(min(index, Float(first.shape[axis] - 1))) : 0
            }
            return FloatOperation.gather(first, axis: axis, indices)
        default: return move(inputs, to: shape)
        }
    }

    private static func matrixProduct(
        _ left: FloatTensor, _ right: FloatTensor, to shape: [Int]
    ) -> [Float] {
        let rows = shape[1]
        let columns = shape[2]
        let inner = left.shape[2]
        var result: [Float] = []
        result.reserveCapacity(Shape.elementCount(shape))
        for batch in 0..<shape[0] {
            let leftStart = (left.shape[0] == 1 ? 0 : batch) * rows * inner
            let rightStart = (right.shape[0] == 1 ? 0 : batch) * inner * columns
            for row in 0..<rows {
                for column in 0..<columns {
                    var sum = 0.0
                    for index in 0..<inner {
                        sum +=
                            Double(left.elements[leftStart + row * inner + index])
                            * Double(right.elements[rightStart + index * columns + column])
                    }
                    result.append(Float(sum))
                }
            }
        }
        return result
    }

    private static func maxPool(
        _ input: FloatTensor, _ window: Window, to shape: [Int]
    ) -> [Float] {
        let plane = PlaneSize(height: input.shape[2], width: input.shape[3])
        var result: [Float] = []
        result.reserveCapacity(Shape.elementCount(shape))
        for channel in 0..<shape[0] * shape[1] {
            for row in 0..<shape[2] {
                for column in 0..<shape[3] {
                    var largest = -Float.infinity
                    window.forEachTap(row: row, column: column, plane: plane) { _, offset in
                        largest = max(largest, input.elements[channel * plane.count + offset])
                    }
                    result.append(largest)
                }
            }
        }
        return result
    }
}

extension FloatLinear {
    fileprivate func dense(_ input: [Float]) -> [Float] {
        let inner = innerCount
        var result: [Float] = []
        result.reserveCapacity(input.count / inner * outputCount)
        for row in stride(from: 0, to: input.count, by: inner) {
            for output in 0..<outputCount {
                var sum = Double(bias[output])
                let start = output * inner
                for index in 0..<inner {
                    sum += Double(weights[start + index]) * Double(input[row + index])
                }
                result.append(Float(sum))
            }
        }
        return result
    }

    fileprivate func convolution(
        _ input: FloatTensor, _ window: Window, groups: Int, to shape: [Int]
    ) -> [Float] {
        let plane = PlaneSize(height: input.shape[2], width: input.shape[3])
        let channels = input.shape[1] / groups
        let outputsPerGroup = outputCount / groups
        var result: [Float] = []
        result.reserveCapacity(Shape.elementCount(shape))
        for item in 0..<shape[0] {
            for output in 0..<outputCount {
                let firstChannel = item * input.shape[1] + output / outputsPerGroup * channels
                for position in 0..<shape[2] * shape[3] {
                    var sum = Double(bias[output])
                    for channel in 0..<channels {
                        let start = (firstChannel + channel) * plane.count
                        let weight = (output * channels + channel) * window.kernel.count
                        window.forEachTap(
                            row: position / shape[3], column: position % shape[3], plane: plane
                        ) { tap, offset in
                            sum +=
                                Double(weights[weight + tap])
                                * Double(input.elements[start + offset])
                        }
                    }
                    result.append(Float(sum))
                }
            }
        }
        return result
    }
}

extension Window {
    /// Calls `body` with each tap of one position that lies inside the plane, and its offset there.
    @inline(__always)
    func forEachTap(
        row: Int, column: Int, plane: PlaneSize, _ body: (_ tap: Int, _ offset: Int) -> Void
    ) {
        for tapRow in 0..<kernel.height {
            let y = row * strides.height + tapRow * dilations.height - padsBefore.height
            guard y >= 0, y < plane.height else { continue }
            for tapColumn in 0..<kernel.width {
                let x = column * strides.width + tapColumn * dilations.width - padsBefore.width
                guard x >= 0, x < plane.width else { continue }
                body(tapRow * kernel.width + tapColumn, y * plane.width + x)
            }
        }
    }
}
