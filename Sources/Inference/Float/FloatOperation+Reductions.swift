// How reductions are evaluated: in index order, sums in double precision.
extension FloatOperation {
    static func reduce(
        _ input: FloatTensor, _ reduction: Reduction, to shape: [Int]
    ) -> [Float] {
        let start: Double
        switch reduction {
        case .sum: start = 0
        case .maximum: start = -.infinity
        case .minimum: start = .infinity
        }
        var totals = [Double](repeating: start, count: Shape.elementCount(shape))
        let strides = Shape.strides(shape)
        let steps = shape.indices.map { shape[$0] == input.shape[$0] ? strides[$0] : 0 }
        Shape.forEach(input.shape, steps: steps) { source, target in
            let value = Double(input.elements[source])
            switch reduction {
            case .sum: totals[target] += value
            case .maximum: totals[target] = max(totals[target], value)
            case .minimum: totals[target] = min(totals[target], value)
            }
        }
        return totals.map { Float($0) }
    }

    static func argExtremum(
        _ input: FloatTensor, axis: Int, isMinimum: Bool, takesLast: Bool
    ) -> [Float] {
        let count = input.shape[axis]
        let inner = Shape.elementCount(input.shape[(axis + 1)...])
        var result: [Float] = []
        for outer in 0..<Shape.elementCount(input.shape[..<axis]) {
            for offset in 0..<inner {
                let base = outer * count * inner + offset
                var best = 0
                for index in 1..<max(count, 1) {
                    let (new, old) = (
                        input.elements[base + index * inner], input.elements[base + best * inner]
                    )
                    if (isMinimum ? new < old : new > old) || (takesLast && new == old) {
                        best = index
                    }
                }
                result.append(Float(best))
            }
        }
        return result
    }
}
