extension GraphBuilder {
    /// Source: ONNX operators `Scatter` (9) and `ScatterElements` (11 to 18), with positions from
    /// the file.
    mutating func importScatterElements(_ node: NodeContext) throws(ONNXError) -> Int {
        try node.expectInputs(3...3)
        let input = try node.operand(0)
        let given = shape(input)
        let target = shape(try node.operand(1))
        guard given.count == target.count, !given.isEmpty,
            shape(try node.operand(2)) == target
        else { throw node.shapeMismatch }
        let axis = try node.axis(default: 0, rank: given.count)
        guard given.indices.allSatisfy({ $0 == axis || target[$0] <= given[$0] }) else {
            throw node.shapeMismatch
        }
        let indices = try constantIntegers(node, 1, "a position")
        let strides = Shape.strides(given)
        var steps = strides
        steps[axis] = 0
        var places: [Int] = []
        var isInside = true
        Shape.forEach(target, steps: steps) { index, offset in
            if let place = NodeContext.axis(indices[index], rank: given[axis]) {
                places.append(offset + place * strides[axis])
            } else {
                isInside = false
            }
        }
        guard isInside else { throw node.unsupported("a position outside") }
        let count = places.count
        return try scattered(
            try reshaped(input, [Shape.elementCount(given), 1]),
            try reshaped(try node.operand(2), [count, 1]), places, given, node)
    }

    /// Source: ONNX operator `ScatterND`, versions 11 to 18, with positions from the file.
    mutating func importScatterND(_ node: NodeContext) throws(ONNXError) -> Int {
        try node.expectInputs(3...3)
        let input = try node.operand(0)
        let given = shape(input)
        let target = shape(try node.operand(1))
        guard let depth = target.last, depth >= 1, depth <= given.count,
            shape(try node.operand(2)) == Array(target.dropLast()) + given[depth...]
        else { throw node.shapeMismatch }
        let indices = try constantIntegers(node, 1, "a position")
        let strides = Shape.strides(Array(given[..<depth]))
        var places: [Int] = []
        for row in 0..<indices.count / depth {
            var place = 0
            for part in 0..<depth {
                guard
                    let index = NodeContext.axis(indices[row * depth + part], rank: given[part])
                else { throw node.unsupported("a position outside") }
                place += index * strides[part]
            }
            places.append(place)
        }
        let slab = Shape.elementCount(given[depth...])
        return try scattered(
            try reshaped(input, [Shape.elementCount(given[..<depth]), slab]),
            try reshaped(try node.operand(2), [places.count, slab]), places, given, node)
    }

    /// Rows of `updates` written to places of `base`, or combined with what stands there.
    ///
    /// Places that occur more than once take their updates in order, in rounds.
    private mutating func scattered(
        _ base: Int, _ updates: Int, _ places: [Int], _ target: [Int], _ node: NodeContext
    ) throws(ONNXError) -> Int {
        let rows = shape(base)[0]
        let reduction = try node.text("reduction", default: "none")
        var rounds: [[(place: Int, update: Int)]] = []
        var seen = [Int](repeating: 0, count: rows)
        for (update, place) in places.enumerated() {
            let round = reduction == "none" ? 0 : seen[place]
            seen[place] += 1
            if round == rounds.count { rounds.append([]) }
            rounds[round].append((place, update))
        }
        guard rounds.count <= 64 else { throw node.unsupported("a position more than 64 times") }
        var result = base
        for round in rounds {
            // All places in order, from the base or from the updates behind it.
            var sources = Array(0..<rows)
            for (place, update) in round { sources[place] = rows + update }
            let both = try concatenated([result, updates], axis: 0)
            let written = try gathered(both, axis: 0, sources)
            guard reduction != "none" else {
                result = written
                continue
            }
            let mask = try addIntegers(
                sources.map { $0 < rows ? 0 : 1 }, [rows, 1], .boolean)
            let combined: Int
            switch reduction {
            case "add": combined = try sum(result, written)
            case "mul": combined = try product(result, written)
            case "max": combined = try extremum(result, written, isMinimum: false)
            case "min": combined = try extremum(result, written, isMinimum: true)
            default: throw node.invalid("reduction")
            }
            result = try selected(mask, combined, result)
        }
        return try reshaped(result, target)
    }
}
