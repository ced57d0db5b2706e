// Layers with many products. Operands are packed to the width of the input's element type, so
// that the kernels read as few bytes as there are.
extension Step {
    func dense(_ linear: IntegerLinear, _ arena: inout [Int32], _ scratch: inout Scratch) {
        if input.element == .unsigned8 {
            dense(linear, &arena, &scratch.bytes, &scratch.sums)
        } else {
            dense(linear, &arena, &scratch.words, &scratch.sums)
        }
    }

    func convolution(
        _ linear: IntegerLinear, _ window: Window, groups: Int, _ arena: inout [Int32],
        _ scratch: inout Scratch
    ) {
        if input.element == .unsigned8 {
            convolution(
                linear, window, groups: groups, &arena, &scratch.bytes, &scratch.sums)
        } else {
            convolution(
                linear, window, groups: groups, &arena, &scratch.words, &scratch.sums)
        }
    }

    private func dense<Element: PackedElement>(
        _ linear: IntegerLinear, _ arena: inout [Int32], _ lane: inout Lane<Element>,
        _ sums: inout [Int32]
    ) {
        let inner = linear.innerCount
        let outputs = linear.outputCount
        for row in 0..<output.elementCount / outputs {
            let start = source + row * inner
            for index in 0..<inner {
                lane.patch[index] = Element(truncatingIfNeeded: arena[start + index])
            }
            Element.multiply(
                level, lane.patch, linear.weights, outputs: 0..<outputs, inner: inner,
                into: &sums)
            let first = target + row * outputs
            for index in 0..<outputs {
                arena[first + index] = rescale(sums[index] &+ linear.bias[index], channel: index)
            }
        }
    }

    private func convolution<Element: PackedElement>(
        _ linear: IntegerLinear, _ window: Window, groups: Int, _ arena: inout [Int32],
        _ lane: inout Lane<Element>, _ sums: inout [Int32]
    ) {
        let padded = window.paddedPlane(input.shape)
        let channels = input.shape[1] / groups
        let outputs = linear.outputCount / groups
        let positions = output.shape[2] * output.shape[3]
        for item in 0..<output.shape[0] {
            pad(window, item: item, padded, arena, &lane.plane)
            for group in 0..<groups {
                let rows = group * outputs..<(group + 1) * outputs
                var index = target + (item * linear.outputCount + rows.lowerBound) * positions
                for row in 0..<output.shape[2] {
                    for column in 0..<output.shape[3] {
                        let corner =
                            group * channels * padded.count
                            + row * window.strides.height * padded.width
                            + column * window.strides.width
                        lane.gather(window, channels, padded, from: corner)
                        Element.multiply(
                            level, lane.patch, linear.weights, outputs: rows,
                            inner: linear.innerCount, into: &sums)
                        for channel in 0..<outputs {
                            let output = rows.lowerBound + channel
                            arena[index + channel * positions] = rescale(
                                sums[channel] &+ linear.bias[output], channel: output)
                        }
                        index += 1
                    }
                }
            }
        }
    }

    /// Packs one item of the batch with zeros around every channel's plane.
    private func pad<Element: PackedElement>(
        _ window: Window, item: Int, _ padded: PlaneSize, _ arena: [Int32],
        _ plane: inout [Element]
    ) {
        let (height, width) = (input.shape[2], input.shape[3])
        let start = source + item * input.shape[1] * height * width
        if window.isPadded {
            for index in 0..<input.shape[1] * padded.count { plane[index] = 0 }
        }
        for row in 0..<input.shape[1] * height {
            let (channel, y) = row.quotientAndRemainder(dividingBy: height)
            let from = start + row * width
            let to =
                channel * padded.count + (y + window.padsBefore.height) * padded.width
                + window.padsBefore.width
            for x in 0..<width {
                plane[to + x] = Element(truncatingIfNeeded: arena[from + x])
            }
        }
    }
}

extension Lane {
    /// Copies the taps of one position next to each other, in the order of the weights.
    mutating func gather(
        _ window: Window, _ channels: Int, _ padded: PlaneSize, from corner: Int
    ) {
        var index = 0
        for channel in 0..<channels {
            var row = corner + channel * padded.count
            for _ in 0..<window.kernel.height {
                for tap in 0..<window.kernel.width {
                    patch[index] = plane[row + tap * window.dilations.width]
                    index += 1
                }
                row += window.dilations.height * padded.width
            }
        }
    }
}
