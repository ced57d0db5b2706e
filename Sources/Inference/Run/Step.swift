/// One node at work: where its tensors lie in the arena and how it rescales.
///
/// The graph was analysed, so sums cannot leave 32 bits and every index is in range; arithmetic
/// wraps all the same, since partial sums may pass through what the whole never reaches.
struct Step {
    let level: KernelLevel
    let inputs: [TensorType]
    let output: TensorType
    let rescale: Rescale
    let sources: [Int]
    let target: Int

    var input: TensorType { inputs[0] }
    var source: Int { sources[0] }
    var outputCount: Int { output.elementCount }

    func affine(_ linear: IntegerLinear, inner: Int, _ arena: inout [Int32]) {
        let channels = linear.outputCount
        for index in 0..<outputCount {
            let channel = index / inner % channels
            let sum =
                arena[source + index] &* Int32(linear.weights[channel]) &+ linear.bias[channel]
            arena[target + index] = rescale(sum, channel: channel)
        }
    }

    func sum(left: Int32, right: Int32, _ arena: inout [Int32]) {
        let second = sources[1]
        for index in 0..<outputCount {
            let sum = arena[source + index] &* left &+ arena[second + index] &* right
            arena[target + index] = rescale(sum, channel: 0)
        }
    }

    func product(_ arena: inout [Int32]) {
        let second = sources[1]
        for index in 0..<outputCount {
            let product = arena[source + index] &* arena[second + index]
            arena[target + index] = rescale(product, channel: 0)
        }
    }

    func matrixProduct(_ arena: inout [Int32]) {
        let (second, type) = (sources[1], inputs[1])
        let (rows, inner, columns) = (output.shape[1], input.shape[2], output.shape[2])
        for batch in 0..<output.shape[0] {
            let left = source + (input.shape[0] == 1 ? 0 : batch) * rows * inner
            let right = second + (type.shape[0] == 1 ? 0 : batch) * inner * columns
            for row in 0..<rows {
                for column in 0..<columns {
                    var sum: Int32 = 0
                    for index in 0..<inner {
                        sum &+=
                            arena[left + row * inner + index]
                            &* arena[right + index * columns + column]
                    }
                    let index = (batch * rows + row) * columns + column
                    arena[target + index] = rescale(sum, channel: 0)
                }
            }
        }
    }

    func maxPool(_ window: Window, _ arena: inout [Int32]) {
        let plane = PlaneSize(height: input.shape[2], width: input.shape[3])
        var index = target
        for channel in 0..<output.shape[0] * output.shape[1] {
            let start = source + channel * plane.count
            for row in 0..<output.shape[2] {
                for column in 0..<output.shape[3] {
                    var largest = Int32.min
                    window.forEachTap(row: row, column: column, plane: plane) { _, offset in
                        largest = max(largest, arena[start + offset])
                    }
                    arena[index] = largest
                    index += 1
                }
            }
        }
    }

    func transpose(_ permutation: [Int], _ arena: inout [Int32]) {
        Shape.forEachTransposed(input.shape, by: permutation) { index, from in
            arena[target + index] = arena[source + from]
        }
    }

    func copy(_ arena: inout [Int32]) {
        for index in 0..<outputCount { arena[target + index] = arena[source + index] }
    }

    func lookup(_ table: [Int16], _ arena: inout [Int32]) {
        let lowest = Int32(input.element.bounds.lowerBound)
        for index in 0..<outputCount {
            arena[target + index] = Int32(table[Int(arena[source + index] &- lowest)])
        }
    }
}
