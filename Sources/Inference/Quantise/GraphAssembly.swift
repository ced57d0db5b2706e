/// An integer graph while the quantiser puts it together.
///
/// Every part is checked as it is added, by the analysis that the whole graph has to pass, so that
/// the quantiser can take a step back where an accumulator may overflow. Tensors are numbered as
/// they are added; `graph` renumbers them as the format wants.
struct GraphAssembly {
    /// Why a node is there, for the report.
    struct Label {
        let name: String
        /// The float value that the node stands for.
        let value: Int?
        var activationBits = 0
        var weightBits = 0
    }

    private enum Place {
        case input(Int)
        case constant(Int)
        case node(Int)
    }

    private(set) var labels: [Label] = []
    private var inputs: [TensorType] = []
    private var constants: [IntegerConstant] = []
    private var nodes: [IntegerNode] = []
    private var tables = Interned<IntegerTable>()
    private var linears = Interned<IntegerLinear>()
    private var places: [Place] = []
    private var work: GraphAnalysis.Work
    private let limits: InferenceLimits

    init(limits: InferenceLimits) {
        self.limits = limits
        work = GraphAnalysis.Work(limits: limits)
    }

    /// What is known of a tensor.
    func type(of tensor: Int) -> TensorType { work.types[tensor] }

    mutating func add(input: TensorType) throws(GraphError) -> Int {
        try work.add(input: input)
        places.append(.input(inputs.count))
        inputs.append(input)
        return places.count - 1
    }

    mutating func add(constant: IntegerConstant) throws(GraphError) -> Int {
        try work.add(constant: constant)
        places.append(.constant(constants.count))
        constants.append(constant)
        return places.count - 1
    }

    /// Adds a node; a refused one leaves the assembly in need of a rollback.
    mutating func add(_ node: IntegerNode, _ label: Label) throws(GraphError) -> Int {
        try work.add(node, at: nodes.count)
        places.append(.node(nodes.count))
        nodes.append(node)
        labels.append(label)
        return places.count - 1
    }

    /// The number of a table, which is added if it is new.
    mutating func number(of table: IntegerTable) -> Int {
        let number = tables.number(of: table)
        if number == work.tables.count { work.tables.append(TableFacts(table)) }
        return number
    }

    /// The number of a linear layer, which is added if it is new.
    mutating func number(of linear: IntegerLinear) -> Int {
        let number = linears.number(of: linear)
        if number == work.linears.count { work.linears.append(LinearOutline(linear)) }
        return number
    }

    struct Mark {
        fileprivate let work: GraphAnalysis.Work.Mark
        fileprivate let counts: [Int]
        /// How many tensors there were.
        var tensorCount: Int { counts[0] }
    }

    var mark: Mark {
        Mark(
            work: work.mark,
            counts: [
                places.count, nodes.count, constants.count, tables.parts.count,
                linears.parts.count,
            ])
    }

    /// Forgets all that was added since.
    mutating func rollback(to mark: Mark) {
        work.rollback(to: mark.work)
        places.removeSubrange(mark.counts[0]...)
        nodes.removeSubrange(mark.counts[1]...)
        labels.removeSubrange(mark.counts[1]...)
        constants.removeSubrange(mark.counts[2]...)
        tables.truncate(to: mark.counts[3])
        linears.truncate(to: mark.counts[4])
    }

    /// The finished graph.
    func graph(results: [IntegerResult]) throws(GraphError) -> IntegerGraph {
        try IntegerGraph(
            inputs: inputs, constants: constants, tables: tables.parts, linears: linears.parts,
            nodes: nodes.map { node in
                IntegerNode(
                    node.operation, inputs: node.inputs.map(position), output: node.output,
                    requantisation: node.requantisation)
            },
            results: results.map { IntegerResult(name: $0.name, tensor: position($0.tensor)) },
            limits: limits)
    }

    private func position(_ tensor: Int) -> Int {
        switch places[tensor] {
        case .input(let index): index
        case .constant(let index): inputs.count + index
        case .node(let index): inputs.count + constants.count + index
        }
    }
}
