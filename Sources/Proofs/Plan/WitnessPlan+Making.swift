package import Inference

extension WitnessPlan {
    /// The plan for a number of inferences.
    ///
    /// - Parameter logColumns: the low bits of the inner index that all claims on weights share.
    /// - Parameter isHidden: whether the inputs are cells too, nothing is in clear but the results,
    ///   and there is room for masks.
    /// - Throws: `unprovable` for a node whose decomposition could wrap around the modulus;
    ///   `tooLarge`; `rows` for what the row argument refuses.
    package init(
        _ outline: GraphOutline, batch: Int, logColumns: Int, isHidden: Bool = false
    ) throws(PlanError) {
        var builder = WitnessPlanBuilder(
            outline: outline, batch: batch, rangeBits: WitnessPlan.rangeBits(outline, batch),
            logColumns: logColumns, isHidden: isHidden)
        if isHidden { builder.addHiddenInputs() } else { builder.addInputs() }
        for (index, constant) in outline.constants.enumerated() {
            let cells = builder.addKnown(.constant(index), constant.values.count)
            builder.cells.append((0..<batch).flatMap { _ in cells })
        }
        for index in outline.nodes.indices {
            try builder.add(node: index)
            guard builder.cellCount <= WitnessPlan.cellCountMax else {
                throw .tooLarge(cells: builder.cellCount, max: WitnessPlan.cellCountMax)
            }
        }
        let tables = builder.makeTables()
        self.outline = outline
        self.batch = batch
        rangeBits = builder.rangeBits
        cells = builder.cells
        sites = builder.sites
        accumulators = builder.accumulators
        equations = builder.equations
        linearSites = builder.linearSites
        arguments = builder.arguments
        known = builder.known
        reveals = builder.reveals
        self.tables = tables
        do {
            let rowSites = try builder.sites.map { (site) throws(RowError) in
                try site.rowSite(variablesMin: isHidden ? 1 : 0)
            }
            let publicTables = try tables.map { (table) throws(RowError) in
                try table.publicTable(outline, rangeBits: builder.rangeBits)
            }
            system = try RowSystem(sites: rowSites, tables: publicTables, isMasked: isHidden)
        } catch { throw .rows(error) }
        inputCells = builder.inputCells
        mask = isHidden ? builder.makeMask(system, batch: batch) : nil
        cellCount = builder.cellCount
        var starts: [[Int]] = []
        var count = 0
        for site in system.sites {
            starts.append(
                site.groups.map { _ in
                    let step = WitnessPlan.aligned(site.rowCount)
                    count = WitnessPlan.aligned(count, for: site.rowCount)
                    defer { count += Extension.degree * step }
                    return count
                })
        }
        helperStarts = starts
        helperCount = count
    }

    /// A number of cells filled up to whole blocks of a column of so many.
    package static func aligned(_ start: Int, for count: Int) -> Int {
        let block = 1 << Functional.blockLog(count)
        return (start + block - 1) / block * block
    }

    /// Cells from the start of one column to that of the next.
    package static func aligned(_ count: Int) -> Int { aligned(count, for: count) }

    package static let cellCountMax = 1 << 26

    /// A larger range table costs cells of its own and saves limbs in every row.
    private static func rangeBits(_ outline: GraphOutline, _ batch: Int) -> Int {
        var rows = 0
        for (index, node) in outline.nodes.enumerated() where node.requantisation != nil {
            rows += batch * outline.analysis.types[outline.firstNodeTensor + index].elementCount
        }
        return rows >= 1 << 12 ? 12 : rows >= 1 << 9 ? 10 : 8
    }

    /// The numbers that follow from the inputs alone, those of all inferences one after another.
    ///
    /// - Parameter revealed: the elements of the revealed tensors, one after another, each within
    ///   the range of its tensor.
    package func knownValues(_ inputs: [Int32], revealed: [Int32]) -> [Int32] {
        var values: [Int32] = []
        var next = 0
        for part in known {
            switch part {
            case .inputs: values += inputs
            case .constant(let index):
                values += outline.constants[index].values.map { Int32($0) }
            case .number(let number): values.append(number)
            case .revealed(let tensor):
                let count = batch * outline.analysis.types[tensor].elementCount
                values += revealed[next..<next + count]
                next += count
            case .node(let index):
                for inference in 0..<batch {
                    let operands = outline.nodes[index].inputs.flatMap { input in
                        let size = outline.analysis.types[input].elementCount
                        return cells[input][inference * size..<(inference + 1) * size].map {
                            values[Int(-1 - $0)]
                        }
                    }
                    values += outline.evaluate(index, operands)
                }
            }
        }
        return values
    }
}

extension WitnessPlanBuilder {
    mutating func addInputs() {
        let count = outline.inputCount
        let all = addKnown(.inputs, batch * count)
        var start = 0
        for input in outline.inputs {
            let size = input.elementCount
            cells.append(
                (0..<batch).flatMap { all[$0 * count + start..<$0 * count + start + size] })
            start += size
        }
    }

    /// Cells for the inputs of one inference after another, each held to its type's range.
    mutating func addHiddenInputs() {
        for input in outline.inputs {
            let count = batch * input.elementCount
            let first = allocate(count)
            var site = WitnessSite(node: -1, rowCount: count)
            site.columns.append(.committed(first: first))
            site.filling = .input(tensor: cells.count)
            let (low, high) = (input.range.lowerBound, input.range.upperBound)
            let bits = RescaleLimits.bits(high - low)
            let value = IntegerForm.column(0)
            addRange(value - low, bits: [bits], channelInner: 1, to: &site)
            if high - low + 1 != Int64(1) << Int64(bits) {
                addRange(value.scaled(by: -1) + high, bits: [bits], channelInner: 1, to: &site)
            }
            sites.append(site)
            cells.append(range(first, count))
            inputCells += cells[cells.count - 1]
        }
    }

    /// Room for the multiplicities of all tables that are read.
    mutating func makeTables() -> [WitnessPlan.WitnessTable] {
        var tables: [WitnessPlan.WitnessTable] = []
        let readsRanges = sites.contains { site in
            site.reads.contains { if case .range = $0 { true } else { false } }
        }
        if readsRanges {
            let count = (2 << rangeBits) - 1
            tables.append(
                .init(
                    tag: WitnessPlan.rangeTag, table: nil, lowest: 0,
                    firstCell: allocate(count), count: count))
        }
        for read in tableReads.sorted(by: { $0.table < $1.table }) {
            let count = Int(read.range.upperBound - read.range.lowerBound) + 1
            tables.append(
                .init(
                    tag: WitnessPlanBuilder.tableTag + UInt32(read.table), table: read.table,
                    lowest: read.range.lowerBound, firstCell: allocate(count), count: count))
        }
        return tables
    }
}

extension WitnessPlan.WitnessTable {
    func publicTable(
        _ outline: GraphOutline, rangeBits: Int
    ) throws(RowError) -> PublicTable {
        guard let table else {
            var columns: [[BabyBear]] = [[], []]
            for bits in 0...rangeBits {
                for number in 0..<1 << bits {
                    columns[0].append(BabyBear(UInt32(bits)))
                    columns[1].append(BabyBear(UInt32(number)))
                }
            }
            return try PublicTable(tag: tag, columns: columns)
        }
        let own = outline.tables[table]
        let start = Int(lowest - own.input.bounds.lowerBound)
        return try PublicTable(
            tag: tag,
            columns: [
                (0..<count).map { BabyBear(signed: lowest + Int64($0)) },
                own.values[start..<start + count].map { BabyBear(signed: Int64($0)) },
            ])
    }
}
