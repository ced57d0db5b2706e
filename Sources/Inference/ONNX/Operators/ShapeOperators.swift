extension GraphBuilder {
    /// Source: ONNX operator `Identity`, versions 1 to 24.
    mutating func importIdentity(_ node: NodeContext) throws(ONNXError) -> Int {
        try node.expectInputs(1...1)
        return try node.operand(0)
    }

    /// Source: ONNX operator `Flatten`, versions 1 to 24.
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
        return try reshaped(input, target)
    }

    /// Zero copies a dimension, minus one takes what is left.
    /// Source: ONNX operator `Reshape`, versions 1 to 24; before 5 the shape is an attribute.
    mutating func importReshape(_ node: NodeContext) throws(ONNXError) -> Int {
        try node.expectInputs(opset < 5 ? 1...1 : 2...2)
        let input = try node.operand(0)
        let wanted =
            opset < 5
            ? try node.integers("shape") ?? [] : try constantIntegers(node, 1, "a shape")
        let given = shape(input)
        let keepsZero = try node.flag("allowzero")
        guard wanted.count <= limits.rankMax else {
            throw .tooMany("dimensions", max: limits.rankMax)
        }
        var target: [Int] = []
        var free: Int?
        for (axis, size) in wanted.enumerated() {
            switch size {
            case -1 where free == nil:
                free = axis
                target.append(1)
            case 0 where !keepsZero && axis < given.count: target.append(given[axis])
            case 0 where keepsZero: target.append(0)
            case 1...Int64(limits.elementCountMax): target.append(Int(size))
            default: throw node.shapeMismatch
            }
        }
        let total = Shape.elementCount(given)
        guard let known = Shape.elementCount(target, max: limits.elementCountMax, allowsZero: true)
        else { throw node.shapeMismatch }
        if let free {
            guard known > 0, total.isMultiple(of: known) else { throw node.shapeMismatch }
            target[free] = total / known
        }
        guard Shape.elementCount(target) == total else { throw node.shapeMismatch }
        return try reshaped(input, target)
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
        return try reshaped(input, target)
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
        return try reshaped(input, target)
    }

    /// The axes of the node, from an input or its attribute; nil where it has neither.
    func statedAxes(
        _ node: NodeContext, rank: Int, operand: Int = 1
    ) throws(ONNXError) -> [Int]? {
        var given = try node.integers("axes")
        if let operand = node.optionalOperand(operand) {
            guard given == nil else { throw node.invalid("axes") }
            given = integers(operand)
            guard given != nil else { throw node.unsupported("axes that are no constants") }
        }
        guard let given else { return nil }
        var axes: [Int] = []
        for axis in given {
            guard let index = NodeContext.axis(axis, rank: rank), !axes.contains(index) else {
                throw node.invalid("axes")
            }
            axes.append(index)
        }
        return axes
    }

    /// Source: ONNX operator `Transpose`, versions 1 to 24.
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
        return try permuted(input, permutation)
    }

    /// Source: ONNX operator `DepthToSpace`, versions 1 to 13.
    mutating func importDepthToSpace(_ node: NodeContext) throws(ONNXError) -> Int {
        try node.expectInputs(1...1)
        let input = try node.operand(0)
        let given = shape(input)
        let block = try blockSize(node)
        guard given.count == 4, given[1].isMultiple(of: block * block) else {
            throw node.shapeMismatch
        }
        let depth = given[1] / (block * block)
        let plane = [given[2], given[3]]
        let split: Int
        switch try node.text("mode", default: "DCR") {
        case "DCR":
            split = try permuted(
                try reshaped(input, [given[0], block, block, depth] + plane),
                [0, 3, 4, 1, 5, 2])
        case "CRD":
            split = try permuted(
                try reshaped(input, [given[0], depth, block, block] + plane),
                [0, 1, 4, 2, 5, 3])
        default: throw node.invalid("mode")
        }
        return try reshaped(split, [given[0], depth, plane[0] * block, plane[1] * block])
    }

    /// Source: ONNX operator `SpaceToDepth`, versions 1 and 13.
    mutating func importSpaceToDepth(_ node: NodeContext) throws(ONNXError) -> Int {
        try node.expectInputs(1...1)
        let input = try node.operand(0)
        let given = shape(input)
        let block = try blockSize(node)
        guard given.count == 4, given[2].isMultiple(of: block), given[3].isMultiple(of: block)
        else { throw node.shapeMismatch }
        let (height, width) = (given[2] / block, given[3] / block)
        let split = try permuted(
            try reshaped(input, [given[0], given[1], height, block, width, block]),
            [0, 3, 5, 1, 2, 4])
        return try reshaped(split, [given[0], given[1] * block * block, height, width])
    }

    private func blockSize(_ node: NodeContext) throws(ONNXError) -> Int {
        let block = try node.integer("blocksize", default: 0)
        guard (1...Int64(limits.windowSizeMax)).contains(block) else {
            throw node.invalid("blocksize")
        }
        return Int(block)
    }
}
