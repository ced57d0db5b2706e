// Operations that copy, choose and reduce along axes. Tensors are row-major; each function says
// for every element of the output where it comes from.
extension Step {
    func concat(axis: Int, _ arena: inout [Int32]) {
        let inner = Shape.elementCount(output.shape[(axis + 1)...])
        let outer = Shape.elementCount(output.shape[..<axis])
        var index = target
        for block in 0..<outer {
            for (input, source) in zip(inputs, sources) {
                let count = input.shape[axis] * inner
                for position in 0..<count {
                    arena[index] = arena[source + block * count + position]
                    index += 1
                }
            }
        }
    }

    func slice(starts: [Int], steps: [Int], _ arena: inout [Int32]) {
        let strides = Shape.strides(input.shape)
        let start = zip(starts, strides).reduce(source) { $0 + $1.0 * $1.1 }
        let moved = zip(steps, strides).map { $0 * $1 }
        Shape.forEach(output.shape, steps: moved) { index, offset in
            arena[target + index] = arena[start + offset]
        }
    }

    func pad(before: [Int], interior: [Int], value: Int32, _ arena: inout [Int32]) {
        for index in 0..<outputCount { arena[target + index] = value }
        let strides = Shape.strides(output.shape)
        let start = zip(before, strides).reduce(target) { $0 + $1.0 * $1.1 }
        let moved = zip(interior, strides).map { ($0 + 1) * $1 }
        Shape.forEach(input.shape, steps: moved) { index, offset in
            arena[start + offset] = arena[source + index]
        }
    }

    func expand(_ arena: inout [Int32]) {
        let strides = Shape.strides(input.shape)
        let moved = strides.indices.map { input.shape[$0] == 1 ? 0 : strides[$0] }
        Shape.forEach(output.shape, steps: moved) { index, offset in
            arena[target + index] = arena[source + offset]
        }
    }

    func gather(axis: Int, _ indices: [Int], _ arena: inout [Int32]) {
        gather(axis: axis, count: indices.count, &arena) { position, _ in indices[position] }
    }

    func take(axis: Int, _ arena: inout [Int32]) {
        let second = sources[1]
        gather(axis: axis, count: inputs[1].elementCount, &arena) { position, arena in
            Int(arena[second + position])
        }
    }

    private func gather(
        axis: Int, count: Int, _ arena: inout [Int32], _ index: (Int, [Int32]) -> Int
    ) {
        let size = input.shape[axis]
        let inner = Shape.elementCount(input.shape[(axis + 1)...])
        for block in 0..<Shape.elementCount(input.shape[..<axis]) {
            for position in 0..<count {
                let from = source + (block * size + index(position, arena)) * inner
                let to = target + (block * count + position) * inner
                for offset in 0..<inner { arena[to + offset] = arena[from + offset] }
            }
        }
    }

    func reduceSum(axes: [Int], weight: Int32, _ arena: inout [Int32]) {
        forEachReduced(axes) { index, first, rest in
            var sum: Int32 = 0
            for offset in rest { sum &+= arena[first + offset] }
            arena[index] = rescale(sum &* weight, channel: 0)
        }
    }

    func reduceExtremum(axes: [Int], isMinimum: Bool, _ arena: inout [Int32]) {
        forEachReduced(axes) { index, first, rest in
            var best = arena[first]
            for offset in rest {
                let next = arena[first + offset]
                best = isMinimum ? min(best, next) : max(best, next)
            }
            arena[index] = best
        }
    }

    func argExtremum(axis: Int, isMinimum: Bool, takesLast: Bool, _ arena: inout [Int32]) {
        forEachReduced([axis]) { index, first, rest in
            var best = 0
            for (position, offset) in rest.enumerated() {
                let (next, current) = (arena[first + offset], arena[first + rest[best]])
                let isBetter = isMinimum ? next < current : next > current
                if isBetter || (takesLast && next == current) { best = position }
            }
            arena[index] = Int32(best)
        }
    }

    /// Calls `body` for each output element with its place, that of the first element it is made
    /// from, and the offsets of all of those from the first.
    private func forEachReduced(
        _ axes: [Int], _ body: (_ index: Int, _ first: Int, _ rest: [Int]) -> Void
    ) {
        let strides = Shape.strides(input.shape)
        var rest: [Int] = []
        Shape.forEach(axes.map { input.shape[$0] }, steps: axes.map { strides[$0] }) {
            rest.append($1)
        }
        Shape.forEach(output.shape, steps: strides) { index, offset in
            body(target + index, source + offset, rest)
        }
    }

    func extremum(isMinimum: Bool, _ arena: inout [Int32]) {
        for index in 0..<outputCount {
            let (left, right) = (arena[sources[0] + index], arena[sources[1] + index])
            arena[target + index] = isMinimum ? min(left, right) : max(left, right)
        }
    }

    func select(_ arena: inout [Int32]) {
        for index in 0..<outputCount {
            let chosen = arena[sources[0] + index] == 1 ? sources[1] : sources[2]
            arena[target + index] = arena[chosen + index]
        }
    }
}
