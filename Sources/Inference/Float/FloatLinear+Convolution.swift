// Convolutions of floats, laid out for long loops: calibration runs them row after row.
extension FloatLinear {
    /// Each output is summed over its taps in the order of the weights, in 64-bit floats.
    func convolution(
        _ input: FloatTensor, _ window: Window, groups: Int, to shape: [Int]
    ) -> [Float] {
        let padded = PaddedPlanes(input, window)
        let channels = input.shape[1] / groups
        let outputsPerGroup = outputCount / groups
        var result: [Float] = []
        result.reserveCapacity(Shape.elementCount(shape))
        var sums = [Double](repeating: 0, count: shape[2] * shape[3])
        for item in 0..<shape[0] {
            for output in 0..<outputCount {
                for index in sums.indices { sums[index] = Double(bias[output]) }
                let first = item * input.shape[1] + output / outputsPerGroup * channels
                var weight = output * innerCount
                for channel in first..<first + channels {
                    for row in 0..<window.kernel.height {
                        for column in 0..<window.kernel.width {
                            let corner =
                                row * window.dilations.height * padded.size.width
                                + column * window.dilations.width
                            padded.add(
                                Double(weights[weight]), channel, from: corner, window,
                                rows: shape[2], columns: shape[3], to: &sums)
                            weight += 1
                        }
                    }
                }
                result += sums.map { Float($0) }
            }
        }
        return result
    }
}

/// Planes of a tensor with their padding.
private struct PaddedPlanes {
    let size: PlaneSize
    private var elements: [Double]

    init(_ input: FloatTensor, _ window: Window) {
        let (height, width) = (input.shape[2], input.shape[3])
        size = window.padded(PlaneSize(height: height, width: width))
        let planes = input.shape[0] * input.shape[1]
        elements = [Double](repeating: 0, count: planes * size.count)
        for line in 0..<planes * height {
            let (plane, y) = line.quotientAndRemainder(dividingBy: height)
            let target =
                plane * size.count + (y + window.padsBefore.height) * size.width
                + window.padsBefore.width
            for x in 0..<width {
                elements[target + x] = Double(input.elements[line * width + x])
            }
        }
    }

    /// Adds one tap of every position to its sum.
    func add(
        _ weight: Double, _ plane: Int, from corner: Int, _ window: Window, rows: Int,
        columns: Int, to sums: inout [Double]
    ) {
        let start = plane * size.count + corner
        // Positions without a gap between rows are one row.
        let isLine =
            window.strides == PlaneSize(height: 1, width: 1) && columns == size.width
        let (lines, count) = isLine ? (1, rows * columns) : (rows, columns)
        let step = window.strides.width
        unsafe elements.withUnsafeBufferPointer { elements in
            unsafe sums.withUnsafeMutableBufferPointer { sums in
                for line in 0..<lines {
                    let from = start + line * window.strides.height * size.width
                    let to = line * count
                    if step == 1 {
                        for x in 0..<count {
                            unsafe sums[to &+ x] += weight * elements[from &+ x]
                        }
                    } else {
                        for x in 0..<count {
                            unsafe sums[to &+ x] += weight * elements[from &+ x &* step]
                        }
                    }
                }
            }
        }
    }
}
