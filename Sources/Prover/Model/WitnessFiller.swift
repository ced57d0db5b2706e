internal import Inference
internal import Proofs

/// Fills the cells of a witness plan from runs of the graph.
struct WitnessFiller {
    private let plan: WitnessPlan
    private let runs: [ModelRun]
    /// The cells as integers.
    private var values: [Int32]
    let known: [Int32]
    /// The elements of the revealed tensors.
    let revealed: [Int32]
    /// The same in the field, as long as the stack.
    let stack: FieldBuffer
    /// The columns of all sites for the row argument.
    private(set) var columns: [[RowColumn]] = []
    /// How often each entry of each table was read.
    private var counts: [UInt32: [Int32]] = [:]
    /// Positions read from the elements of a tensor, by tag.
    private var positions: [UInt32: [Int64]] = [:]

    init(_ plan: WitnessPlan, _ runs: [ModelRun], stackSize: Int) throws(ProverError) {
        self.plan = plan
        self.runs = runs
        values = [Int32](repeating: 0, count: plan.cellCount)
        revealed = plan.reveals.flatMap { reveal in
            runs.flatMap { $0.trace.values(of: reveal.tensor) }
        }
        known = plan.knownValues(runs.flatMap(\.input), revealed: revealed)
        stack = FieldBuffer(count: stackSize)
        for table in plan.tables {
            counts[table.tag] = [Int32](repeating: 0, count: table.count)
        }
        for argument in plan.arguments { fill(argument) }
        for site in plan.sites { try fill(site) }
        for table in plan.tables { write(counts[table.tag] ?? [], at: table.firstCell) }
    }

    private mutating func write(_ numbers: [Int32], at first: Int) {
        values.replaceSubrange(first..<first + numbers.count, with: numbers)
        stack.write(signed: numbers, at: first)
    }

    private func number(_ cell: Int32) -> Int32 {
        cell >= 0 ? values[Int(cell)] : known[Int(-1 - cell)]
    }

    // MARK: Sites

    private mutating func fill(_ site: WitnessSite) throws(ProverError) {
        var numbers = site.columns.map { column in
            switch column {
            case .view(let cells): cells.map { number($0) }
            case .known(let numbers): numbers
            case .committed, .limb: [Int32]()
            }
        }
        try fill(site, &numbers)
        for (index, column) in site.columns.enumerated() {
            if case .limb(_, let form, let shift, let bits) = column {
                let mask = Int64(1) << Int64(bits) - 1
                numbers[index] = evaluate(form, numbers, site.rowCount).map {
                    Int32(truncatingIfNeeded: $0 >> Int64(shift) & mask)
                }
            }
        }
        var columns: [RowColumn] = []
        for (index, column) in site.columns.enumerated() {
            if let first = column.firstCell {
                write(numbers[index], at: first)
                columns.append(RowColumn(stack, offset: first))
            } else {
                columns.append(RowColumn(FieldBuffer(signed: numbers[index])))
            }
        }
        self.columns.append(columns)
        for read in site.reads { try count(read, site, numbers) }
    }

    private func evaluate(
        _ form: IntegerForm, _ numbers: [[Int32]], _ rowCount: Int
    ) -> [Int64] {
        var result = [Int64](repeating: form.constant, count: rowCount)
        for term in form.terms {
            let column = numbers[term.column]
            for row in 0..<rowCount { result[row] &+= term.factor &* Int64(column[row]) }
        }
        return result
    }

    /// Fills the committed columns of a site that are no limbs.
    private mutating func fill(
        _ site: WitnessSite, _ numbers: inout [[Int32]]
    ) throws(ProverError) {
        switch site.filling {
        case .none: break
        case .input(let tensor):
            numbers[0] = runs.flatMap { $0.trace.values(of: tensor) }
        case .bare(let value): numbers[value] = accumulators(site.node)
        case .rescaled(let remainder, let value, let above, let below):
            rescale(site, &numbers, remainder, value, above, below)
        case .lookup(let table, let input, let output):
            let own = plan.outline.tables[table]
            let lowest = Int32(own.input.bounds.lowerBound)
            numbers[output] = numbers[input].map { Int32(own.values[Int($0 - lowest)]) }
        case .extremum(let isMinimum, let choices, let result):
            var best = numbers[choices[0]]
            for choice in choices.dropFirst() {
                let other = numbers[choice]
                for row in best.indices {
                    best[row] = isMinimum ? min(best[row], other[row]) : max(best[row], other[row])
                }
            }
            numbers[result] = best
        case .selection(let condition, let first, let second, let result):
            numbers[result] = (0..<site.rowCount).map {
                numbers[condition][$0] == 1 ? numbers[first][$0] : numbers[second][$0]
            }
        case .element(let position, let value):
            let cells = plan.cells[plan.outline.nodes[site.node].inputs[0]]
            numbers[value] = evaluate(position, numbers, site.rowCount).map {
                number(cells[Int($0)])
            }
        case .supply(let count):
            var counts = [Int32](repeating: 0, count: site.rowCount)
            for read in site.reads {
                guard case .supply(let tag, _, _, _) = read else { continue }
                for position in positions[tag] ?? [] { counts[Int(position)] += 1 }
            }
            numbers[count] = counts
        }
    }

    /// The accumulators of a node in all inferences.
    private func accumulators(_ node: Int) -> [Int32] {
        runs.flatMap { run in
            if let sums = run.sums[node] { return sums }
            let operands = plan.outline.nodes[node].inputs.flatMap { run.trace.values(of: $0) }
            return plan.outline.accumulators(node, operands)
        }
    }

    private func rescale(
        _ site: WitnessSite, _ numbers: inout [[Int32]], _ remainder: Int, _ value: Int,
        _ above: Int?, _ below: Int?
    ) {
        guard let rule = plan.outline.nodes[site.node].requantisation else { return }
        let sums = accumulators(site.node)
        let (channels, inner) = plan.outline.channels(of: site.node)
        var remainders = sums
        var heads = sums
        for row in sums.indices {
            let channel = rule.shifts.count == 1 ? 0 : row / inner % channels
            let shift = Int32(rule.shifts[channel])
            let lifted = sums[row] &+ 1 &<< (shift - 1)
            remainders[row] = lifted & (1 &<< shift &- 1)
            heads[row] = lifted &>> shift
        }
        numbers[remainder] = remainders
        numbers[value] = heads.map { min(max($0, rule.low), rule.high) }
        if let above { numbers[above] = heads.map { max($0 - rule.high, 0) } }
        if let below { numbers[below] = heads.map { max(rule.low - $0, 0) } }
    }

    // MARK: Look-ups

    private mutating func count(
        _ read: WitnessSite.Read, _ site: WitnessSite, _ numbers: [[Int32]]
    ) throws(ProverError) {
        switch read {
        case .range(let form, let bits):
            let forms = evaluate(form, numbers, site.rowCount)
            var counts = self.counts[WitnessPlan.rangeTag].take() ?? []
            defer { self.counts[WitnessPlan.rangeTag] = counts }
            for row in 0..<site.rowCount {
                let width: Int
                switch bits {
                case .constant(let bits): width = bits
                case .column(let column): width = Int(numbers[column][row])
                }
                guard forms[row] >= 0, forms[row] < 1 << Int64(width) else {
                    throw .outOfRange(node: site.node, row: row, value: forms[row])
                }
                counts[WitnessPlan.rangeEntry(bits: width, forms[row])] += 1
            }
        case .table(let tag, let input, _):
            guard let table = plan.tables.first(where: { $0.tag == tag }) else { return }
            for (row, number) in evaluate(input, numbers, site.rowCount).enumerated() {
                let index = number - table.lowest
                guard index >= 0, index < table.count else {
                    throw .outOfRange(node: site.node, row: row, value: number)
                }
                counts[tag]?[Int(index)] += 1
            }
        case .element(let tag, let position, _):
            positions[tag, default: []] += evaluate(position, numbers, site.rowCount)
        case .supply: break
        }
    }

    // MARK: Arguments

    private mutating func fill(_ argument: WitnessPlan.ArgumentPlan) {
        // The operand's cells are filled when the node's turn comes: its numbers are in the runs.
        let node = plan.outline.nodes[argument.node]
        let lists = plan.outline.choices(of: argument.node) ?? []
        var (extremes, flags, indices) = ([Int32](), [Int32](), [Int32]())
        for run in runs {
            let operand = Array(run.trace.values(of: node.inputs[0]))
            for list in lists {
                let ordered = argument.isReversed ? list.reversed() : list
                let group = ordered.map { operand[Int($0)] }
                let best = (argument.isMinimum ? group.min() : group.max()) ?? 0
                let place = group.firstIndex(of: best) ?? 0
                extremes.append(best)
                flags += (0..<argument.length - 1).map { $0 < place ? 1 : 0 }
                indices.append(
                    Int32(argument.isReversed ? argument.length - 1 - place : place))
            }
        }
        write(extremes, at: argument.extremeCell)
        write(flags, at: argument.flagCell)
        write(indices, at: argument.indexCell)
    }
}

/// A run of a graph that keeps what a proof needs.
struct ModelRun {
    let input: [Int32]
    let output: [Int32]
    let trace: GraphTrace
    /// The accumulators of layers with committed weights, by node.
    let sums: [Int: [Int32]]
}
