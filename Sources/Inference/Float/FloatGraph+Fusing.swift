// What is computed element by element from one value is one function of it: an activation that a
// file spells out in ten nodes becomes one table.
extension FloatGraph {
    /// A value as a function of another one.
    private struct Pointwise {
        let root: Int
        let program: UnaryProgram
        /// Whether the function gains from a table: scales, sums and products alone are exact in
        /// accumulators, and a bound at the end is free there.
        let isCurved: Bool
        var isBounded = false
    }

    /// One operand of a node that may be pointwise.
    private enum Operand {
        case constant(Float)
        case function(Pointwise)
    }

    mutating func fusePointwise() {
        var functions: [Int: Pointwise] = [:]
        var producers: [Int: Int] = [:]
        let uses = useCounts()
        for (index, node) in nodes.enumerated() {
            producers[node.output] = index
            guard !isBound(node, uses, producers, functions),
                let function = pointwise(node, functions)
            else { continue }
            functions[node.output] = function
            if function.isCurved, function.program.steps.count > 1 {
                nodes[index] = Node(
                    name: node.name, operation: .unary(.composed(function.program)),
                    inputs: [function.root], output: node.output)
            }
        }
    }

    /// Whether the node is a clamp that the linear node before it takes in.
    private func isBound(
        _ node: Node, _ uses: [Int], _ producers: [Int: Int], _ functions: [Int: Pointwise]
    ) -> Bool {
        guard case .clamp = node.operation, uses[node.inputs[0]] == 1,
            functions[node.inputs[0]] == nil, let before = producers[node.inputs[0]]
        else { return false }
        switch nodes[before].operation {
        case .dense, .convolution, .affine, .sum, .product, .matrixProduct: return true
        default: return false
        }
    }

    private func pointwise(_ node: Node, _ functions: [Int: Pointwise]) -> Pointwise? {
        guard let step = FloatGraph.step(node.operation, isMove: isInPlace(node)) else {
            return nil
        }
        let operands = node.inputs.map { input -> Operand in
            if let elements = values[input].constant, let first = elements.first,
                elements.allSatisfy({ $0 == first })
            {
                return .constant(first)
            }
            return .function(
                functions[input]
                    ?? Pointwise(root: input, program: .identity, isCurved: false))
        }
        var root: Int?
        var isCurved = step.isCurved
        var isBounded = false
        var programs: [UnaryProgram] = []
        for operand in operands {
            switch operand {
            case .constant(let number): programs.append(.constant(number))
            case .function(let function):
                guard root == nil || root == function.root,
                    values[function.root].constant == nil
                else { return nil }
                root = function.root
                isCurved = isCurved || function.isCurved
                isBounded = isBounded || function.isBounded
                programs.append(function.program)
            }
        }
        guard let root else { return nil }
        let program =
            step.make.map { UnaryProgram.joined(programs, $0) } ?? programs[0]
        guard program.steps.count <= UnaryProgram.stepCountMax else { return nil }
        // What goes on behind a bound is no longer one accumulator.
        if isBounded, step.make != nil { isCurved = true }
        if case .clamp = node.operation { isBounded = true }
        return Pointwise(
            root: root, program: program, isCurved: isCurved, isBounded: isBounded)
    }

    /// Whether a reshape changes the kind alone.
    private func isInPlace(_ node: Node) -> Bool {
        guard case .reshape = node.operation else { return false }
        return values[node.inputs[0]].shape == values[node.output].shape
    }

    /// How the operation continues a program; nil where it is not pointwise. A change of kind
    /// alone makes no step.
    private static func step(
        _ operation: FloatOperation, isMove: Bool
    ) -> (make: (([Int]) -> UnaryProgram.Step)?, isCurved: Bool)? {
        switch operation {
        case .unary(let function): return ({ .function(function, $0[0]) }, true)
        case .affine(let multipliers, let offsets, _) where multipliers.count == 1:
            return (
                { .affine(multiplier: multipliers[0], offset: offsets[0], $0[0]) }, false
            )
        case .clamp(let low, let high): return ({ .clamp(low: low, high: high, $0[0]) }, false)
        case .sum(let isDifference):
            return ({ .sum($0[0], $0[1], isDifference: isDifference) }, false)
        case .product: return ({ .product($0[0], $0[1]) }, false)
        case .division: return ({ .division($0[0], $0[1]) }, true)
        case .extremum(let isMinimum):
            return ({ .extremum($0[0], $0[1], isMinimum: isMinimum) }, false)
        case .compare(let comparison): return ({ .compare(comparison, $0[0], $0[1]) }, true)
        case .select: return ({ .select($0[0], $0[1], $0[2]) }, true)
        case .reshape where isMove: return (nil, false)
        default: return nil
        }
    }
}
