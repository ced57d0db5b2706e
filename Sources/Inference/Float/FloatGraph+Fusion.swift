// Rewrites that need fewer and more exact integer nodes. Each keeps what the graph computes.
extension FloatGraph {
    /// Folds scales into weights, one-hot products into look-ups and elementwise chains into
    /// functions of one number.
    mutating func optimise() {
        fold()
        replaceOneHotProducts()
        fuseChains()
        foldIntoTables()
        dropUnused()
    }

    /// The node that computes each value.
    private func producers() -> [Int: Int] {
        var producers: [Int: Int] = [:]
        for (index, node) in nodes.enumerated() { producers[node.output] = index }
        return producers
    }

    private mutating func add(constant elements: [Float], shape: [Int], name: String) -> Int {
        values.append(Value(name: name, shape: shape, kind: .real, constant: elements))
        return values.count - 1
    }
}

// MARK: Elementwise chains

extension FloatGraph {
    /// A value as a function of another one.
    private struct Chain {
        let root: Int
        let program: UnaryProgram
    }

    /// Replaces elementwise nodes that depend on one value by one function of it, where that saves
    /// nodes and takes a table in any case.
    private mutating func fuseChains() {
        var chains: [Int: Chain] = [:]
        for node in nodes {
            if let chain = chain(node, chains) { chains[node.output] = chain }
        }
        var isNeeded = [Bool](repeating: false, count: values.count)
        for output in outputs { isNeeded[output] = true }
        var kept: [Node] = []
        for node in nodes.reversed() where isNeeded[node.output] {
            guard let chain = chains[node.output], chain.program.needsTable,
                chain.program.stepCount > 1
            else {
                for input in node.inputs { isNeeded[input] = true }
                kept.append(node)
                continue
            }
            isNeeded[chain.root] = true
            kept.append(
                Node(
                    name: node.name, operation: .unary(.composed(chain.program)),
                    inputs: [chain.root], output: node.output))
        }
        nodes = kept.reversed()
    }

    /// The chain that ends with a node, or nil where it depends on more than one value.
    private func chain(_ node: Node, _ chains: [Int: Chain]) -> Chain? {
        var root: Int?
        for input in node.inputs where uniform(input) == nil {
            let own = chains[input]?.root ?? input
            guard values[input].constant == nil, root == nil || root == own else { return nil }
            root = own
        }
        guard let root, values[root].shape == values[node.output].shape else { return nil }
        var program = UnaryProgram()
        var operands: [Int] = []
        for input in node.inputs {
            if let constant = uniform(input) {
                operands.append(program.register(of: .constant(constant)))
            } else if let chain = chains[input] {
                operands.append(program.append(chain.program))
            } else {
                operands.append(0)
            }
        }
        guard let instruction = node.operation.instruction(operands) else { return nil }
        let result = program.register(of: instruction)
        // A step that is there already would not be the last one, which is the value.
        guard result == program.result,
            program.instructions.count <= UnaryProgram.instructionCountMax
        else { return nil }
        return Chain(root: root, program: program)
    }

    /// The one number that all elements of a constant are.
    private func uniform(_ value: Int) -> Float? {
        guard let elements = values[value].constant, let first = elements.first,
            elements.allSatisfy({ $0 == first })
        else { return nil }
        return first
    }
}

extension FloatOperation {
    /// The operation as a step on registers; nil where it is not elementwise.
    fileprivate func instruction(_ operands: [Int]) -> UnaryProgram.Instruction? {
        switch self {
        case .unary(let function): .function(function, operands[0])
        case .affine(let multipliers, let offsets, _) where multipliers.count == 1:
            .affine(operands[0], multiplier: multipliers[0], offset: offsets[0])
        case .clamp(let low, let high): .clamp(operands[0], low: low, high: high)
        case .sum(let isDifference):
            .sum(operands[0], operands[1], isDifference: isDifference)
        case .product: .product(operands[0], operands[1])
        case .division: .division(operands[0], operands[1])
        case .extremum(let isMinimum):
            .extremum(operands[0], operands[1], isMinimum: isMinimum)
        case .compare(let comparison): .compare(comparison, operands[0], operands[1])
        case .select: .select(operands[0], operands[1], operands[2])
        default: nil
        }
    }
}

// MARK: Tables of rows

extension FloatGraph {
    /// `dense(equal(x, 0 ..< n))` takes one row of the weights for each `x`: an embedding.
    private mutating func replaceOneHotProducts() {
        let producers = producers()
        var result: [Node] = []
        for node in nodes {
            guard case .dense(let linear) = node.operation,
                let position = oneHotPosition(node.inputs[0], producers),
                linear.innerCount == values[node.inputs[0]].shape.last
            else {
                result.append(node)
                continue
            }
            result += rows(of: linear, at: position, node)
        }
        nodes = result
    }

    /// The integers that a value tells one-hot along its last axis.
    private func oneHotPosition(_ value: Int, _ producers: [Int: Int]) -> Int? {
        var value = value
        // Between kinds the elements stay as they are.
        while let index = producers[value], case .reshape = nodes[index].operation,
            values[nodes[index].inputs[0]].shape == values[value].shape
        {
            value = nodes[index].inputs[0]
        }
        guard let index = producers[value], case .compare(.equal) = nodes[index].operation,
            let count = values[value].shape.last
        else { return nil }
        let (left, right) = (nodes[index].inputs[0], nodes[index].inputs[1])
        let (spread, constant) = values[left].constant == nil ? (left, right) : (right, left)
        guard let elements = values[constant].constant,
            elements.indices.allSatisfy({ elements[$0] == Float($0 % count) }),
            let expansion = producers[spread], case .expand = nodes[expansion].operation
        else { return nil }
        let source = nodes[expansion].inputs[0]
        let wanted = Array(values[value].shape.dropLast()) + [1]
        guard values[source].kind == .integer, values[source].shape == wanted else { return nil }
        return source
    }

    /// Takes rows of the weights; one more row answers for integers outside their range.
    private mutating func rows(of linear: FloatLinear, at position: Int, _ node: Node) -> [Node] {
        let (inner, outputs) = (linear.innerCount, linear.outputCount)
        var elements: [Float] = []
        elements.reserveCapacity((inner + 1) * outputs)
        for row in 0..<inner {
            for output in 0..<outputs {
                elements.append(linear.weights[output * inner + row] + linear.bias[output])
            }
        }
        elements += linear.bias
        let table = add(
            constant: elements, shape: [inner + 1, outputs], name: values[node.output].name)
        var program = UnaryProgram()
        let zero = program.register(of: .constant(0))
        let end = program.register(of: .constant(Float(inner)))
        let isBelow = program.register(of: .compare(.less, 0, end))
        let bounded = program.register(of: .select(isBelow, 0, end))
        let isPositive = program.register(of: .compare(.lessOrEqual, zero, 0))
        _ = program.register(of: .select(isPositive, bounded, end))
        let shape = values[position].shape
        let name = values[position].name
        values.append(Value(name: name, shape: shape, kind: .integer, constant: nil))
        values.append(
            Value(name: name, shape: Array(shape.dropLast()), kind: .integer, constant: nil))
        let (bound, flat) = (values.count - 2, values.count - 1)
        return [
            Node(
                name: node.name, operation: .unary(.composed(program)), inputs: [position],
                output: bound),
            Node(name: node.name, operation: .reshape, inputs: [bound], output: flat),
            Node(
                name: node.name, operation: .take(axis: 0), inputs: [table, flat],
                output: node.output),
        ]
    }

    /// A function of rows taken from a constant is taken from the function of the constant.
    private mutating func foldIntoTables() {
        let uses = useCounts()
        var producers: [Int: Int] = [:]
        var result: [Node] = []
        for node in nodes {
            producers[node.output] = result.count
            guard let index = producers[node.inputs[0]], node.inputs.count == 1,
                uses[node.inputs[0]] == 1, case .take = result[index].operation,
                case let table = result[index].inputs[0],
                let elements = values[table].constant,
                node.operation.isFunctionOfElements
            else {
                result.append(node)
                continue
            }
            let shape = values[table].shape
            let mapped = node.operation.evaluate([FloatTensor(shape, elements)], to: shape)
            guard mapped.allSatisfy(\.isFinite) else {
                result.append(node)
                continue
            }
            let constant = add(constant: mapped, shape: shape, name: values[node.output].name)
            result[index] = Node(
                name: node.name, operation: result[index].operation,
                inputs: [constant, result[index].inputs[1]], output: node.output)
            producers[node.output] = index
        }
        nodes = result
    }
}

extension FloatOperation {
    /// Whether each element depends on one element alone and on no position.
    fileprivate var isFunctionOfElements: Bool {
        switch self {
        case .unary, .clamp: true
        case .affine(let multipliers, _, _): multipliers.count == 1
        default: false
        }
    }
}
