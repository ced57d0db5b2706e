// Layers with many products, from their formulas.
extension Step {
    func dense(_ linear: IntegerLinear, _ arena: inout [Int32]) {
        let (inner, outputs) = (linear.innerCount, linear.outputCount)
        for row in 0..<output.elementCount / outputs {
            for channel in 0..<outputs {
                var sum = linear.bias[channel]
                for index in 0..<inner {
                    sum &+=
                        arena[source + row * inner + index]
                        &* Int32(linear.weights[channel * inner + index])
                }
                arena[target + row * outputs + channel] = rescale(sum, channel: channel)
            }
        }
    }

    func convolution(
        _ linear: IntegerLinear, _ window: Window, groups: Int, _ arena: inout [Int32]
    ) {
        let plane = PlaneSize(height: input.shape[2], width: input.shape[3])
        let channels = input.shape[1] / groups
        let outputsPerGroup = linear.outputCount / groups
        let width = output.shape[3]
        var index = target
        for item in 0..<output.shape[0] {
            for channel in 0..<linear.outputCount {
                let first = item * input.shape[1] + channel / outputsPerGroup * channels
                for position in 0..<output.shape[2] * width {
                    var sum = linear.bias[channel]
                    for source in 0..<channels {
                        let start = self.source + (first + source) * plane.count
                        let weight = (channel * channels + source) * window.kernel.count
                        window.forEachTap(
                            row: position / width, column: position % width, plane: plane
                        ) { tap, offset in
                            sum &+= arena[start + offset] &* Int32(linear.weights[weight + tap])
                        }
                    }
                    arena[index] = rescale(sum, channel: channel)
                    index += 1
                }
            }
        }
    }
}
