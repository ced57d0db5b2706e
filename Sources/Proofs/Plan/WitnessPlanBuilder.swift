internal import Inference

/// Makes a witness plan, node after node.
struct WitnessPlanBuilder {
    let outline: GraphOutline
    let batch: Int
    let rangeBits: Int
    let logColumns: Int
    let isHidden: Bool
    var inputCells: [Int32] = []
    var cells: [[Int32]] = []
    var sites: [WitnessSite] = []
    var accumulators: [Int: AccumulatorForm] = [:]
    var equations: [LinearEquation] = []
    var linearSites: [LinearSite] = []
    var arguments: [WitnessPlan.ArgumentPlan] = []
    var known: [WitnessPlan.KnownPart] = []
    var reveals: [WitnessPlan.Reveal] = []
    var knownCount = 0
    var cellCount = 0
    /// The tables of the model that are read, by number, with the range of their inputs.
    var tableReads: [(table: Int, range: ClosedRange<Int64>)] = []

    static let tableTag: UInt32 = 16
    static let supplyTag: UInt32 = 1 << 20

    var types: [TensorType] { outline.analysis.types }

    // MARK: Cells

    /// Room for a column of cells, which begins where a block of such columns does.
    mutating func allocate(_ count: Int) -> Int {
        let start = WitnessPlan.aligned(cellCount, for: count)
        cellCount = start + count
        return start
    }

    /// Known numbers, the next `count`.
    mutating func addKnown(_ part: WitnessPlan.KnownPart, _ count: Int) -> [Int32] {
        defer { knownCount += count }
        known.append(part)
        return (knownCount..<knownCount + count).map { Int32(-1 - $0) }
    }

    func range(_ first: Int, _ count: Int) -> [Int32] {
        (first..<first + count).map { Int32($0) }
    }

    func isKnown(_ tensor: Int) -> Bool { cells[tensor].allSatisfy { $0 < 0 } }

    /// For each inference, the cells that a list of elements of the operands names.
    func gather(_ node: Int, _ elements: some Collection<Int32>) -> [Int32] {
        let inputs = outline.nodes[node].inputs
        // Element e of all operands: which operand, and where it starts.
        var starts: [Int] = []
        var count = 0
        for input in inputs {
            starts.append(count)
            count += types[input].elementCount
        }
        var result: [Int32] = []
        result.reserveCapacity(elements.count * batch)
        for inference in 0..<batch {
            for element in elements {
                let operand = inputs.count == 1 ? 0 : starts.lastIndex { $0 <= element } ?? 0
                let size = types[inputs[operand]].elementCount
                result.append(
                    cells[inputs[operand]][inference * size + Int(element) - starts[operand]])
            }
        }
        return result
    }

    // MARK: Nodes

    mutating func add(node index: Int) throws(PlanError) {
        let node = outline.nodes[index]
        let count = types[outline.firstNodeTensor + index].elementCount
        if let sources = outline.sources(of: index) {
            return try addMove(index, sources)
        }
        if !outline.usesCommittedWeights(index), node.inputs.allSatisfy({ isKnown($0) }) {
            cells.append(addKnown(.node(index), batch * count))
            return
        }
        if let site = LinearSite(outline, node: index, termBitsMin: logColumns) {
            linearSites.append(site)
            return try addAccumulators(index)
        }
        switch node.operation {
        case .dense, .convolution, .affine, .sum, .reduceSum:
            try addAccumulators(index)
            try addEquation(index)
        case .product: try addProduct(index)
        case .lookup(let table):
            if isWorthRevealing(index) {
                addReveal(node.inputs[0])
                cells.append(addKnown(.node(index), batch * count))
            } else {
                try addLookup(index, table)
            }
        case .maxPool, .reduceExtremum, .extremum: try addExtremum(index)
        case .select: try addSelection(index)
        case .take(let axis): try addElements(index, axis: axis)
        case .argExtremum(let axis, let isMinimum, let takesLast):
            try addArgument(index, axis: axis, isMinimum: isMinimum, takesLast: takesLast)
        default: throw .unprovable(node: index)
        }
    }

    private mutating func addMove(_ index: Int, _ sources: [Int32]) throws(PlanError) {
        guard case .pad(_, _, _, let value) = outline.nodes[index].operation,
            sources.contains(-1)
        else {
            cells.append(gather(index, sources))
            return
        }
        let padding = addKnown(.number(value), 1)[0]
        let inner = gather(index, sources.lazy.map { max($0, 0) })
        cells.append(
            inner.indices.map { sources[$0 % sources.count] < 0 ? padding : inner[$0] })
    }

    // MARK: Reveals

    /// Whether a table is so much larger than what is looked up in it that its multiplicities would
    /// cost more than the numbers themselves.
    private func isWorthRevealing(_ index: Int) -> Bool {
        guard !isHidden else { return false }
        let input = outline.nodes[index].inputs[0]
        let range = types[input].range
        return range.upperBound - range.lowerBound >= Int64(8 * cells[input].count)
            && range.upperBound - range.lowerBound >= 1 << 10
    }

    /// Puts a tensor's elements into the proof; nodes after this one find them known.
    private mutating func addReveal(_ tensor: Int) {
        let own = cells[tensor]
        let numbers = addKnown(.revealed(tensor), own.count)
        reveals.append(.init(tensor: tensor, cells: own, numbers: numbers))
        cells[tensor] = numbers
    }

    // MARK: Ranges

    /// Reads that hold a form between zero and `2^bits`, the bits of each channel or of all.
    mutating func addRange(
        _ form: IntegerForm, bits: [Int], channelInner: Int, to site: inout WitnessSite
    ) {
        let most = bits.max() ?? 0
        var low = form
        let limbs = max(1, (most + rangeBits - 1) / rangeBits)
        var reads: [(form: IntegerForm, limb: Int)] = []
        for limb in 1..<max(limbs, 1) {
            let shift = limb * rangeBits
            let column = site.columns.count
            site.columns.append(
                .limb(
                    first: allocate(site.rowCount), form, shift: shift,
                    bits: limb == limbs - 1 ? 62 - shift : rangeBits))
            low = low - IntegerForm.column(column).scaled(by: 1 << Int64(shift))
            reads.append((.column(column), limb))
        }
        for (form, limb) in [(low, 0)] + reads {
            let widths = bits.map { min(max($0 - limb * rangeBits, 0), rangeBits) }
            site.reads.append(
                .range(form, bits: width(widths, channelInner: channelInner, &site)))
        }
    }

    /// One width, or a known column of widths.
    private func width(
        _ widths: [Int], channelInner: Int, _ site: inout WitnessSite
    ) -> WitnessSite.Width {
        if widths.allSatisfy({ $0 == widths[0] }) { return .constant(widths[0]) }
        site.columns.append(
            .known(
                (0..<site.rowCount).map { Int32(widths[$0 / channelInner % widths.count]) }))
        return .column(site.columns.count - 1)
    }
}
