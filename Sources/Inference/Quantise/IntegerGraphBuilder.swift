/// Builds the integer graph of a float graph, one function for each primitive.
///
/// A node whose accumulator may overflow is tried again with fewer bits in its operands, and only
/// there: `attempt` takes the assembly back to where it stood.
struct IntegerGraphBuilder {
    let graph: FloatGraph
    let calibration: Calibration
    let options: QuantiseOptions
    let plan: PrecisionPlan
    var assembly: GraphAssembly
    /// By float value: the tensor that stands for it.
    var tensors: [Int: Int] = [:]
    /// Tensors made from others, to be made once.
    var conversions: [Conversion: Int] = [:]
    var conversionLog: [Conversion] = []
    /// Tables made so far: writing one out takes a millisecond.
    var tables: [TableKey: IntegerTable] = [:]
    /// By float value: the nodes that read it.
    let readers: [[Int]]

    /// A tensor or a constant value in another format.
    struct Conversion: Hashable {
        let source: Int
        let isConstant: Bool
        let format: ElementFormat
        let bounds: ClosedRange<Int64>
    }

    /// What one float node becomes.
    struct Site {
        let name: String
        let inputs: [Int]
        /// The float value that the result stands for.
        let value: Int
        /// The clamp that was merged into the node.
        let clamp: FloatOperation?
    }

    init(
        _ graph: FloatGraph, _ calibration: Calibration, _ options: QuantiseOptions,
        limits: InferenceLimits
    ) {
        self.graph = graph
        self.calibration = calibration
        self.options = options
        plan = PrecisionPlan(graph, calibration, options)
        assembly = GraphAssembly(limits: limits)
        var readers = [[Int]](repeating: [], count: graph.values.count)
        for (index, node) in graph.nodes.enumerated() {
            for input in node.inputs { readers[input].append(index) }
        }
        self.readers = readers
    }

    mutating func build() throws(QuantiseError) -> IntegerGraph {
        for value in graph.inputs { try addInput(value) }
        var fused: Set<Int> = []
        for (index, node) in graph.nodes.enumerated() where !fused.contains(index) {
            let clamp = clampToFuse(node)
            if let clamp { fused.insert(clamp) }
            let site = Site(
                name: node.name, inputs: node.inputs,
                value: clamp.map { graph.nodes[$0].output } ?? node.output,
                clamp: clamp.map { graph.nodes[$0].operation })
            tensors[site.value] = try add(node.operation, site)
        }
        var results: [IntegerResult] = []
        for value in graph.outputs {
            results.append(
                IntegerResult(name: graph.values[value].name, tensor: try tensor(of: value)))
        }
        do { return try assembly.graph(results: results) } catch { throw .graph(error) }
    }

    private mutating func addInput(_ value: Int) throws(QuantiseError) {
        var format = try format(of: value)
        if graph.values[value].kind == .integer, let bounds = graph.values[value].bounds {
            format = ElementFormat(
                element: bounds.lowerBound < 0 ? .signed8 : .unsigned8, scaleExponent: 0)
        }
        let type = TensorType(
            name: graph.values[value].name, shape: graph.values[value].shape,
            element: format.element, scaleExponent: format.scaleExponent,
            range: graph.values[value].kind == .boolean ? 0...1 : format.element.bounds)
        do { tensors[value] = try assembly.add(input: type) } catch { throw .graph(error) }
    }

    /// The clamp that is the only reader of an accumulating node's value.
    private func clampToFuse(_ node: FloatGraph.Node) -> Int? {
        switch node.operation {
        case .dense, .convolution, .affine, .sum, .product, .matrixProduct, .division,
            .reduce(.sum, _):
            break
        default: return nil
        }
        guard readers[node.output].count == 1, !graph.outputs.contains(node.output),
            graph.values[node.output].kind == .real,
            case .clamp = graph.nodes[readers[node.output][0]].operation
        else { return nil }
        return readers[node.output][0]
    }

    /// Adds the nodes for one primitive; gives the tensor that stands for its result.
    private mutating func add(
        _ operation: FloatOperation, _ site: Site
    ) throws(QuantiseError) -> Int {
        switch operation {
        case .dense(let linear): return try addLinear(linear, site) { .dense(linear: $0) }
        case .convolution(let linear, let window, let groups):
            return try addLinear(linear, site) {
                .convolution(linear: $0, window, groups: groups)
            }
        case .affine(let multipliers, let offsets, let inner):
            return try addAffine(multipliers, offsets, inner: inner, site)
        case .sum(let isDifference): return try addSum(site, isDifference: isDifference)
        case .product: return try addProduct(site, .product)
        case .matrixProduct: return try addProduct(site, .matrixProduct)
        case .division: return try addDivision(site)
        case .reduce(.sum, let axes): return try addReduceSum(site, axes: axes)
        case .clamp: return try addClamp(site, operation)
        case .unary(let function): return try addLookup(site, function)
        case .compare(let comparison): return try addComparison(site, comparison)
        case .argExtremum(let axis, let isMinimum, let takesLast):
            return try append(
                .argExtremum(axis: axis, isMinimum: isMinimum, takesLast: takesLast),
                [try tensor(of: site.inputs[0])], label: label(site))
        default: return try addMove(operation, site)
        }
    }
}

// Adding nodes, and taking them back.
extension IntegerGraphBuilder {
    func label(_ site: Site) -> GraphAssembly.Label { .init(name: site.name, value: site.value) }

    /// A node that stands for no value of the float graph.
    func part(of site: Site) -> GraphAssembly.Label { .init(name: site.name, value: nil) }

    mutating func append(
        _ operation: IntegerOperation, _ inputs: [Int], _ output: ElementFormat? = nil,
        _ requantisation: Requantisation? = nil, label: GraphAssembly.Label
    ) throws(QuantiseError) -> Int {
        do {
            return try assembly.add(
                IntegerNode(
                    operation, inputs: inputs, output: output, requantisation: requantisation),
                label)
        } catch {
            throw .graph(error)
        }
    }

    /// The first of the steps that succeeds; those fail whose accumulators are too wide.
    mutating func attempt<Step>(
        _ steps: [Step], _ body: (inout Self, Step) throws(QuantiseError) -> Int
    ) throws(QuantiseError) -> Int {
        for step in steps.dropLast() {
            if let tensor = try attempted(step, body) { return tensor }
        }
        return try body(&self, steps[steps.count - 1])
    }

    /// Nil, and as if nothing had been tried, where an accumulator is too wide.
    private mutating func attempted<Step>(
        _ step: Step, _ body: (inout Self, Step) throws(QuantiseError) -> Int
    ) throws(QuantiseError) -> Int? {
        let mark = assembly.mark
        let logged = conversionLog.count
        do { return try body(&self, step) } catch {
            guard error.isTooWide else { throw error }
        }
        assembly.rollback(to: mark)
        while conversionLog.count > logged { conversions[conversionLog.removeLast()] = nil }
        return nil
    }
}

extension QuantiseError {
    /// Whether fewer bits in the operands would help.
    fileprivate var isTooWide: Bool {
        switch self {
        case .graph(.accumulatorMayOverflow), .graph(.decompositionNotUnique), .unrepresentable:
            true
        default: false
        }
    }
}
