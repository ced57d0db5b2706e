internal import Inference

// Nodes that look up and choose.
extension WitnessPlanBuilder {
    /// `(x, y)` is an entry of the table.
    mutating func addLookup(_ index: Int, _ table: Int) throws(PlanError) {
        let input = outline.nodes[index].inputs[0]
        var site = WitnessSite(node: index, rowCount: cells[input].count)
        site.columns.append(.view(cells[input]))
        let first = allocate(site.rowCount)
        site.columns.append(.committed(first: first))
        site.reads.append(
            .table(
                tag: WitnessPlanBuilder.tableTag + UInt32(table), input: .column(0),
                output: .column(1)))
        site.filling = .lookup(table: table, input: 0, output: 1)
        noteRead(table, types[input].range)
        cells.append(range(first, site.rowCount))
        sites.append(site)
    }

    private mutating func noteRead(_ table: Int, _ range: ClosedRange<Int64>) {
        guard let index = tableReads.firstIndex(where: { $0.table == table }) else {
            tableReads.append((table, range))
            return
        }
        let old = tableReads[index].range
        tableReads[index].range =
            min(old.lowerBound, range.lowerBound)...max(old.upperBound, range.upperBound)
    }

    /// The extreme of up to four numbers at a time: no less than any and one of them.
    mutating func addExtremum(_ index: Int) throws(PlanError) {
        let node = outline.nodes[index]
        let isMinimum: Bool
        switch node.operation {
        case .reduceExtremum(_, let flag), .extremum(let flag): isMinimum = flag
        default: isMinimum = false
        }
        let ranges = node.inputs.map { types[$0].range }
        let low = ranges.map(\.lowerBound).min() ?? 0
        let high = ranges.map(\.upperBound).max() ?? 0
        let lists = outline.choices(of: index) ?? []
        // Column by column: the j-th choice of every output.
        var width = lists.map(\.count).max() ?? 0
        var columns = (0..<width).map { choice in
            gather(index, lists.map { choice < $0.count ? $0[choice] : $0[0] })
        }
        let count = batch * lists.count
        while width > 1 {
            let chunks = (width + 3) / 4
            // A last choice that is alone needs no row.
            let alone = width % 4 == 1 ? columns.removeLast() : nil
            let rows = alone == nil ? chunks : chunks - 1
            var site = WitnessSite(node: index, rowCount: rows * count)
            let choices = min(4, columns.count)
            for choice in 0..<choices {
                site.columns.append(
                    .view(
                        (0..<rows).flatMap {
                            columns[min($0 * 4 + choice, columns.count - 1)]
                        }))
            }
            let first = allocate(site.rowCount)
            site.columns.append(.committed(first: first))
            let result = IntegerForm.column(choices)
            let gaps = (0..<choices).map { choice in
                isMinimum
                    ? IntegerForm.column(choice) - result : result - IntegerForm.column(choice)
            }
            site.constraints.append(.init(factors: gaps, rest: IntegerForm()))
            for gap in gaps { try addGap(gap, high - low, to: &site) }
            site.filling = .extremum(
                isMinimum: isMinimum, choices: Array(0..<choices), result: choices)
            sites.append(site)
            columns = (0..<rows).map { range(first + $0 * count, count) }
            if let alone { columns.append(alone) }
            width = columns.count
        }
        cells.append(columns.first ?? [])
    }

    /// `0 ≤ gap`, where its magnitude is at most `most`.
    ///
    /// A negative gap is congruent to a number of at least `p - most`, which must not pass.
    private mutating func addGap(
        _ gap: IntegerForm, _ most: Int64, to site: inout WitnessSite
    ) throws(PlanError) {
        let bits = RescaleLimits.bits(most)
        guard (Int64(1) << Int64(bits)) + most < Int64(BabyBear.modulus) else {
            throw .unprovable(node: site.node)
        }
        addRange(gap, bits: [bits], channelInner: 1, to: &site)
    }

    /// `y = c · (a - b) + b`, where `c` is zero or one by its interval.
    mutating func addSelection(_ index: Int) throws(PlanError) {
        let inputs = outline.nodes[index].inputs
        var site = WitnessSite(node: index, rowCount: cells[inputs[0]].count)
        for input in inputs { site.columns.append(.view(cells[input])) }
        let first = allocate(site.rowCount)
        site.columns.append(.committed(first: first))
        site.constraints.append(
            .init(
                factors: [.column(0), IntegerForm.column(1) - .column(2)],
                rest: IntegerForm.column(3) - .column(2)))
        site.filling = .selection(condition: 0, first: 1, second: 2, result: 3)
        cells.append(range(first, site.rowCount))
        sites.append(site)
    }

    /// `(position, y)` is one of the elements, which a second site supplies.
    mutating func addElements(_ index: Int, axis: Int) throws(PlanError) {
        let inputs = outline.nodes[index].inputs
        let shape = types[inputs[0]].shape
        let inner = shape[(axis + 1)...].reduce(1, *)
        let outer = shape[..<axis].reduce(1, *)
        let indices = types[inputs[1]].elementCount
        let size = types[inputs[0]].elementCount
        let tag = WitnessPlanBuilder.supplyTag + UInt32(index)
        var bases: [Int32] = []
        var chosen: [Int32] = []
        for inference in 0..<batch {
            for block in 0..<outer {
                for position in 0..<indices {
                    for offset in 0..<inner {
                        bases.append(
                            Int32(inference * size + block * shape[axis] * inner + offset))
                        chosen.append(cells[inputs[1]][inference * indices + position])
                    }
                }
            }
        }
        var site = WitnessSite(node: index, rowCount: bases.count)
        let first = allocate(site.rowCount)
        site.columns = [.known(bases), .view(chosen), .committed(first: first)]
        let position = IntegerForm(terms: [(0, 1), (1, Int64(inner))])
        site.reads = [.element(tag: tag, position: position, value: .column(2))]
        site.filling = .element(position: position, value: 2)
        sites.append(site)
        var supply = WitnessSite(node: index, rowCount: batch * size)
        let count = allocate(supply.rowCount)
        supply.columns = [
            .known(range(0, supply.rowCount)), .view(cells[inputs[0]]), .committed(first: count),
        ]
        supply.reads = [
            .supply(tag: tag, position: .column(0), value: .column(1), count: 2)
        ]
        supply.filling = .supply(count: 2)
        sites.append(supply)
        cells.append(range(first, bases.count))
    }

    /// Flags `c[u] = (u before the index)` that fall once from one to zero; where they fall, the
    /// element is the extreme; before that it is beaten, after that it is not better.
    mutating func addArgument(
        _ index: Int, axis: Int, isMinimum: Bool, takesLast: Bool
    ) throws(PlanError) {
        let input = outline.nodes[index].inputs[0]
        let length = types[input].shape[axis]
        let lists = (outline.choices(of: index) ?? []).map { takesLast ? $0.reversed() : $0 }
        let elements = gather(index, lists.joined())
        let groups = elements.count / length
        let extreme = allocate(groups)
        let flags = allocate(groups * (length - 1))
        let result = allocate(groups)
        let zero = addKnown(.number(0), 1)[0]
        let one = addKnown(.number(1), 1)[0]
        var site = WitnessSite(node: index, rowCount: elements.count)
        var before: [Int32] = []
        var after: [Int32] = []
        for group in 0..<groups {
            let own = range(flags + group * (length - 1), length - 1)
            before += [one] + own
            after += own + [zero]
        }
        site.columns = [
            .view(elements), .view((0..<elements.count).map { Int32(extreme + $0 / length) }),
            .view(before), .view(after),
        ]
        let flag = IntegerForm.column(3)
        let falls = IntegerForm.column(2) - flag
        let gap =
            isMinimum
            ? IntegerForm.column(0) - .column(1) : IntegerForm.column(1) - .column(0)
        site.constraints = [
            .init(factors: [flag, flag.scaled(by: -1) + 1], rest: IntegerForm()),
            .init(factors: [falls, falls.scaled(by: -1) + 1], rest: IntegerForm()),
            .init(factors: [falls, gap], rest: IntegerForm()),
        ]
        let range = types[input].range
        try addGap(gap - flag, range.upperBound - range.lowerBound + 1, to: &site)
        sites.append(site)
        arguments.append(
            .init(
                node: index, isMinimum: isMinimum, length: length, isReversed: takesLast,
                elements: elements, extremeCell: extreme, flagCell: flags, indexCell: result))
        // The index is the number of flags, or what is left of the axis after them.
        var entries: [LinearEquation.Entry] = []
        for flag in 0..<groups * (length - 1) {
            entries.append(
                .init(
                    row: Int32(flag / (length - 1)), cell: Int32(flags + flag),
                    factor: BabyBear(signed: takesLast ? -1 : 1)))
        }
        equations.append(
            LinearEquation(
                output: AccumulatorForm(
                    count: groups, terms: [.init(first: result, sign: 1, isScaled: false)],
                    scales: [], channelInner: 1),
                entries: entries,
                constants: takesLast
                    ? [BabyBear](repeating: BabyBear(signed: Int64(length - 1)), count: groups)
                    : []))
        cells.append(self.range(result, groups))
    }
}
