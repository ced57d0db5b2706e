extension GraphBuilder {
    /// Source: ONNX operator `Flatten`, versions 1 to 21.
    mutating func importFlatten(_ node: NodeContext) throws(ONNXError) -> Int {
        try node.expectInputs(1...1)
        let input = try node.operand(0)
        let given = shape(input)
        let axis = try node.integer("axis", default: 1)
        guard axis >= -Int64(given.count), axis <= Int64(given.count) else {
            throw node.invalid("axis")
        }
        let split = Int(axis < 0 ? axis + Int64(given.count) : axis)
        let target = [
            Shape.elementCount(given[..<split]), Shape.elementCount(given[split...]),
        ]
        return try reshaped(input, target, node)
    }

    /// Zero copies a dimension, minus one takes what is left.
    /// Source: ONNX operator `Reshape`, versions 5 to 21.
    mutating func importReshape(_ node: NodeContext) throws(ONNXError) -> Int {
        try node.expectInputs(2...2)
        let input = try node.operand(0)
        guard let wanted = integers(try node.operand(1)) else {
            throw node.unsupported("a shape that is no constant")
        }
        let given = shape(input)
        let keepsZero = try node.integer("allowzero", default: 0) != 0
        var target: [Int] = []
        var free: Int?
        for (axis, size) in wanted.enumerated() {
            switch size {
            case -1 where free == nil:
                free = axis
                target.append(1)
            case 0 where !keepsZero && axis < given.count: target.append(given[axis])
            case 1...Int64(limits.elementCountMax): target.append(Int(size))
            default: throw node.shapeMismatch
            }
        }
        let total = Shape.elementCount(given)
        guard let known = Shape.elementCount(target, max: total), total.isMultiple(of: known)
        else { throw node.shapeMismatch }
        if let free { target[free] = total / known }
        guard Shape.elementCount(target) == total else { throw node.shapeMismatch }
        return try reshaped(input, target, node)
    }

    /// Source: ONNX operator `Squeeze`: axes are an attribute before version 13.
    mutating func importSqueeze(_ node: NodeContext) throws(ONNXError) -> Int {
        try node.expectInputs(1...2)
        let input = try node.operand(0)
        let given = shape(input)
        let axes: [Int]
        if let chosen = try statedAxes(node, rank: given.count) {
            guard chosen.allSatisfy({ given[$0] == 1 }) else { throw node.shapeMismatch }
            axes = chosen
        } else {
            axes = given.indices.filter { given[$0] == 1 }
        }
        let target = given.indices.filter { !axes.contains($0) }.map { given[$0] }
        return try reshaped(input, target, node)
    }

    /// Source: ONNX operator `Unsqueeze`: axes are an attribute before version 13.
    mutating func importUnsqueeze(_ node: NodeContext) throws(ONNXError) -> Int {
        try node.expectInputs(1...2)
        let input = try node.operand(0)
        let count = node.optionalOperand(1).flatMap { integers($0)?.count }
        let added = try node.integers("axes")?.count ?? count ?? 0
        let rank = shape(input).count + added
        guard rank <= limits.rankMax else {
            throw .tooMany("dimensions", max: limits.rankMax)
        }
        guard let axes = try statedAxes(node, rank: rank) else { throw node.invalid("axes") }
        var left = shape(input)[...]
        let target = (0..<rank).map { axes.contains($0) ? 1 : left.popFirst() ?? 1 }
        return try reshaped(input, target, node)
    }

    /// The axes of the node, from its second input or its attribute; nil where it has neither.
    private func statedAxes(_ node: NodeContext, rank: Int) throws(ONNXError) -> [Int]? {
        var given = try node.integers("axes")
        if let operand = node.optionalOperand(1) {
            guard given == nil else { throw node.invalid("axes") }
            given = integers(operand)
            guard given != nil else { throw node.unsupported("axes that are no constants") }
        }
        guard let given else { return nil }
        var axes: [Int] = []
        for axis in given {
            guard axis >= -Int64(rank), axis < Int64(rank) else { throw node.invalid("axes") }
            let index = Int(axis < 0 ? axis + Int64(rank) : axis)
            guard !axes.contains(index) else { throw node.invalid("axes") }
            axes.append(index)
        }
        return axes
    }

    /// Source: ONNX operator `Transpose`, versions 1 to 21.
    mutating func importTranspose(_ node: NodeContext) throws(ONNXError) -> Int {
        try node.expectInputs(1...1)
        let input = try node.operand(0)
        let rank = shape(input).count
        var permutation = Array((0..<rank).reversed())
        if let given = try node.integers("perm") {
            guard given.count == rank, (0..<Int64(rank)).allSatisfy(given.contains) else {
                throw node.invalid("perm")
            }
            permutation = given.map { Int($0) }
        }
        return try permuted(input, permutation, node)
    }
}
