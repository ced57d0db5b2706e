extension GraphAnalysis.Work {
    /// The accumulators of a node for all inputs, checked against the limits.
    func site(_ node: IntegerNode, at index: Int) throws(GraphError) -> AccumulatorSite {
        let channels = accumulatorIntervals(node)
        let low = channels.reduce(Int64.max) { min($0, $1.lowerBound) }
        let high = channels.reduce(Int64.min) { max($0, $1.upperBound) }
        let bound = max(high, -low)
        guard bound < GraphAnalysis.accumulatorLimit else {
            throw .accumulatorMayOverflow(op: node.operation.name, node: index, bound: bound)
        }
        guard let requantisation = node.requantisation, let output = node.output else {
            return AccumulatorSite(interval: low...high, headBase: 0, headBits: 0)
        }
        var headLow = Int64.max
        var headHigh = Int64.min
        for (channel, interval) in channels.enumerated() {
            let shifts = requantisation.shifts
            let shift = Int64(shifts[shifts.count == 1 ? 0 : channel])
            let half = Int64(1) << (shift - 1)
            headLow = min(headLow, (interval.lowerBound + half) >> shift)
            headHigh = max(headHigh, (interval.upperBound + half) >> shift)
        }
        // The smallest base that lifts every head to zero or above and aligns the block of the
        // element type: its lowest integer lands on a multiple of the block.
        let block = Int64(1) << Int64(output.element.bitCount)
        let lowest = -output.element.bounds.lowerBound
        let lift = max(0, -headLow - lowest)
        let base = (lift + block - 1) / block * block + lowest
        let top = max(base + headHigh, base + output.element.bounds.upperBound)
        let bits = Int64.bitWidth - top.leadingZeroBitCount
        let shiftMax = Int(requantisation.shifts.max() ?? 0)
        guard shiftMax + bits <= GraphAnalysis.decompositionBitsMax else {
            throw .decompositionNotUnique(
                op: node.operation.name, node: index, bits: shiftMax + bits)
        }
        return AccumulatorSite(interval: low...high, headBase: base, headBits: bits)
    }

    /// One interval for each output channel, or a single one for all.
    private func accumulatorIntervals(_ node: IntegerNode) -> [ClosedRange<Int64>] {
        var first = types[node.inputs[0]].range
        switch node.operation {
        case .convolution(let linear, let window, _):
            if window.isPadded { first = min(first.lowerBound, 0)...max(first.upperBound, 0) }
            return linears[linear].accumulatorIntervals(over: first)
        case .dense(let linear), .affine(let linear, _):
            return linears[linear].accumulatorIntervals(over: first)
        case .sum(let left, let right):
            let scaledLeft = first.scaled(by: Int64(left))
            let scaledRight = types[node.inputs[1]].range.scaled(by: Int64(right))
            return [
                scaledLeft.lowerBound + scaledRight.lowerBound...scaledLeft.upperBound
                    + scaledRight.upperBound
            ]
        case .product: return [first.product(types[node.inputs[1]].range)]
        case .matrixProduct:
            let one = first.product(types[node.inputs[1]].range)
            return [one.scaled(by: Int64(types[node.inputs[0]].shape[2]))]
        case .reduceSum(let axes, let weight):
            // At most 2²⁶ · 2¹⁵ · 2³¹ would not fit: the bare sum has the same limit.
            let count = Shape.elementCount(axes.map { types[node.inputs[0]].shape[$0] })
            let sum = first.scaled(by: Int64(count))
            let limit = GraphAnalysis.accumulatorLimit
            guard sum.lowerBound > -limit, sum.upperBound < limit else { return [sum] }
            return [sum.scaled(by: Int64(weight))]
        default: return [0...0]
        }
    }
}

extension ClosedRange<Int64> {
    /// Operands are at most 2³² and 2³¹ in magnitude.
    fileprivate func scaled(by factor: Int64) -> ClosedRange<Int64> {
        let ends = (lowerBound * factor, upperBound * factor)
        return Swift.min(ends.0, ends.1)...Swift.max(ends.0, ends.1)
    }

    fileprivate func product(_ other: ClosedRange<Int64>) -> ClosedRange<Int64> {
        let left = scaled(by: other.lowerBound)
        let right = scaled(by: other.upperBound)
        return Swift.min(
            left.lowerBound, right.lowerBound)...Swift.max(
                left.upperBound, right.upperBound)
    }
}
