package import Inference

/// Where the weights of a graph lie in their stack.
///
/// Layers with more than one weight an output stand one after another in the graph's order. Each
/// output is a row of its weights and, behind them, its bias, filled up with zeros to a whole
/// number of blocks of `2^logColumns`. So the low bits of every position are the low bits of the
/// inner index, and all claims on weights share one factor.
package struct WeightLayout: Sendable, Equatable {
    package let logColumns: Int
    /// The blocks of one output, zero for a layer that is not in the stack.
    let rowBlocks: [Int]
    /// The block where each layer begins.
    let firstBlock: [Int]
    package let blockCount: Int

    package init(_ linears: [LinearOutline], logColumns: Int) {
        self.logColumns = logColumns
        var rowBlocks: [Int] = []
        var firstBlock: [Int] = []
        var count = 0
        for linear in linears {
            let isCommitted = linear.innerCount > 1
            let blocks = isCommitted ? linear.innerCount >> logColumns + 1 : 0
            rowBlocks.append(blocks)
            firstBlock.append(count)
            count += blocks * linear.outputCount
        }
        self.rowBlocks = rowBlocks
        self.firstBlock = firstBlock
        blockCount = count
    }

    /// The stack, `2^logRows` blocks.
    package func stack(_ linears: [IntegerLinear], logRows: Int) -> FieldBuffer {
        precondition(blockCount <= 1 << logRows, "the weights fit")
        let stack = FieldBuffer(count: 1 << (logRows + logColumns))
        for (index, linear) in linears.enumerated() where rowBlocks[index] > 0 {
            let inner = linear.innerCount
            for output in linear.bias.indices {
                let start = (firstBlock[index] + output * rowBlocks[index]) << logColumns
                stack.write(
                    signed: Array(linear.weights[output * inner..<(output + 1) * inner]), at: start)
                stack[start + inner] = BabyBear(signed: Int64(linear.bias[output]))
            }
        }
        return stack
    }

    /// Adds to the functional on folded rows what a claim of a site adds, times a factor.
    ///
    /// - Parameter high: `eq` of the inner point without its low `logColumns` coordinates.
    func add(
        _ factor: Extension, _ site: LinearSite, linear: Int, _ axes: LinearAxes,
        high: ExtensionBuffer, to functional: ExtensionBuffer
    ) {
        let blocks = rowBlocks[linear]
        for output in 0..<site.channels {
            let group = output / site.groupOutputs
            functional.add(
                factor * axes.channel.entries[output], times: high,
                from: group << (site.termBits - logColumns), count: blocks,
                at: firstBlock[linear] + output * blocks)
        }
    }

    /// `U` of a site: its weights combined along the channels.
    package func weightVector(
        _ stack: FieldBuffer, _ site: LinearSite, linear: Int, channels: ExtensionBuffer
    ) -> ExtensionBuffer {
        let vector = ExtensionBuffer(count: site.groups << site.termBits)
        let length = rowBlocks[linear] << logColumns
        for group in 0..<site.groups {
            let first = group * site.groupOutputs
            stack.weightedRows(
                start: firstBlock[linear] << logColumns + first * length, stride: length,
                rows: site.groupOutputs, columns: 0..<site.termCount, by: channels, from: first,
                into: vector, at: group << site.termBits)
        }
        return vector
    }
}
