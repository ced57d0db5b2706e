internal import CKernels
internal import Inference

/// The accumulators of layers with committed weights, which engines do not keep.
enum LinearAccumulators {
    /// The accumulators of a node from its operand's integers, in the order of its output.
    static func compute(
        _ graph: IntegerGraph, node: Int, _ operand: ArraySlice<Int32>, level: KernelLevel
    ) -> [Int32] {
        let types = graph.analysis.types
        let step = graph.nodes[node]
        let input = types[step.inputs[0]].shape
        let output = types[graph.inputs.count + graph.constants.count + node].shape
        guard let linear = graph.linear(of: step) else { return [] }
        let (inner, outputs) = (linear.innerCount, linear.outputCount)
        var sums = [Int32](repeating: 0, count: output.reduce(1, *))
        guard case .convolution(_, let window, let groups) = step.operation else {
            let rows = operand.map { Int16(truncatingIfNeeded: $0) }
            multiply(
                rows, rows.count / inner, linear.weights[...], linear.bias[...], inner, &sums,
                at: 0, rowStride: outputs, channelStride: 1, level)
            return sums
        }
        let positions = output[2] * output[3]
        let (groupChannels, groupOutputs) = (input[1] / groups, outputs / groups)
        for item in 0..<output[0] {
            for group in 0..<groups {
                let first = (item * input[1] + group * groupChannels) * input[2] * input[3]
                let rows = patches(
                    operand.dropFirst(first), groupChannels, input[2], input[3], window,
                    output[2], output[3])
                let channels = group * groupOutputs..<(group + 1) * groupOutputs
                multiply(
                    rows, positions,
                    linear.weights[channels.lowerBound * inner..<channels.upperBound * inner],
                    linear.bias[channels], inner, &sums,
                    at: (item * outputs + channels.lowerBound) * positions, rowStride: 1,
                    channelStride: positions, level)
            }
        }
        return sums
    }

    /// What each position of a convolution reads: `positions × (channels · kernel)`.
    private static func patches(
        _ operand: ArraySlice<Int32>, _ channels: Int, _ height: Int, _ width: Int,
        _ window: Window, _ rows: Int, _ columns: Int
    ) -> [Int16] {
        let kernel = window.kernel
        let inner = channels * kernel.height * kernel.width
        var patches = [Int16](repeating: 0, count: rows * columns * inner)
        for channel in 0..<channels {
            for ky in 0..<kernel.height {
                for kx in 0..<kernel.width {
                    let term = (channel * kernel.height + ky) * kernel.width + kx
                    for row in 0..<rows {
                        let y =
                            row * window.strides.height + ky * window.dilations.height
                            - window.padsBefore.height
                        guard y >= 0, y < height else { continue }
                        let line = operand.startIndex + (channel * height + y) * width
                        for column in 0..<columns {
                            let x =
                                column * window.strides.width + kx * window.dilations.width
                                - window.padsBefore.width
                            guard x >= 0, x < width else { continue }
                            patches[(row * columns + column) * inner + term] = Int16(
                                truncatingIfNeeded: operand[line + x])
                        }
                    }
                }
            }
        }
        return patches
    }

    private static func multiply(
        _ rows: [Int16], _ rowCount: Int, _ weights: ArraySlice<Int8>, _ bias: ArraySlice<Int32>,
        _ inner: Int, _ sums: inout [Int32], at start: Int, rowStride: Int, channelStride: Int,
        _ level: KernelLevel
    ) {
        let outputs = bias.count
        precondition(rows.count == rowCount * inner && weights.count == outputs * inner)
        precondition(
            start + (rowCount - 1) * rowStride + (outputs - 1) * channelStride < sums.count)
        unsafe rows.withUnsafeBufferPointer { rows in
            unsafe weights.withUnsafeBufferPointer { weights in
                unsafe bias.withUnsafeBufferPointer { bias in
                    unsafe sums.withUnsafeMutableBufferPointer { sums in
                        guard let out = sums.baseAddress else { return }
                        unsafe assay_accumulate(
                            level.rawValue, rows.baseAddress, rowCount, weights.baseAddress,
                            outputs, inner, bias.baseAddress, out + start, rowStride,
                            channelStride)
                    }
                }
            }
        }
    }
}
