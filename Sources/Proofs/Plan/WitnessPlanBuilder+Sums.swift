internal import Inference

// Nodes that accumulate.
extension WitnessPlanBuilder {
    /// The intervals of the accumulators and the shifts that rescale them: one of each for all
    /// channels, or one for each channel where shifts differ.
    private struct Channels {
        var intervals: [ClosedRange<Int64>]
        var shifts: [Int]
        var inner: Int
    }

    private func channels(_ index: Int, _ requantisation: Requantisation) -> Channels {
        let interval = outline.analysis.sites[index]?.interval ?? 0...0
        let shifts = requantisation.shifts.map { Int($0) }
        guard shifts.count > 1, let linear = outline.nodes[index].operation.linear else {
            return Channels(intervals: [interval], shifts: shifts, inner: 1)
        }
        var operand = types[outline.nodes[index].inputs[0]].range
        if case .convolution = outline.nodes[index].operation {
            operand = min(operand.lowerBound, 0)...max(operand.upperBound, 0)
        }
        return Channels(
            intervals: outline.linears[linear].accumulatorIntervals(over: operand), shifts: shifts,
            inner: outline.channels(of: index).inner)
    }

    /// The columns of a node that accumulates, and its accumulators as forms of them.
    mutating func addAccumulators(_ index: Int) throws(PlanError) {
        var site = WitnessSite(
            node: index, rowCount: batch * types[outline.firstNodeTensor + index].elementCount)
        _ = try addSums(index, to: &site)
        sites.append(site)
    }

    /// Adds the columns to a site, which may have others; gives the accumulator as a form of them
    /// where all rows have one scale.
    mutating func addSums(
        _ index: Int, to site: inout WitnessSite
    ) throws(PlanError) -> IntegerForm {
        let count = site.rowCount
        guard let requantisation = outline.nodes[index].requantisation else {
            let column = site.columns.count
            let first = allocate(count)
            site.columns.append(.committed(first: first))
            site.filling = .bare(value: column)
            accumulators[index] = AccumulatorForm(
                count: count, terms: [.init(first: first, sign: 1, isScaled: false)], scales: [],
                channelInner: 1)
            cells.append(range(first, count))
            return .column(column)
        }
        let channels = channels(index, requantisation)
        let limits = RescaleLimits(
            channels.intervals, shifts: channels.shifts, requantisation)
        guard limits.isUnique else { throw .unprovable(node: index) }
        let start = site.columns.count
        let first = allocate(count)
        let second = allocate(count)
        site.columns.append(.committed(first: first))
        site.columns.append(.committed(first: second))
        var terms: [AccumulatorForm.Term] = [
            .init(first: first, sign: 1, isScaled: false),
            .init(first: second, sign: 1, isScaled: true),
        ]
        let (remainder, value) = (IntegerForm.column(start), IntegerForm.column(start + 1))
        var head = value
        var cut = IntegerForm()
        var above: Int?
        var below: Int?
        if limits.cutsAbove {
            above = site.columns.count
            let cell = allocate(count)
            site.columns.append(.committed(first: cell))
            terms.append(.init(first: cell, sign: 1, isScaled: true))
            let form = IntegerForm.column(site.columns.count - 1)
            site.constraints.append(
                .init(factors: [form, value.scaled(by: -1) + limits.high], rest: IntegerForm()))
            (head, cut) = (head + form, cut + form)
        }
        if limits.cutsBelow {
            below = site.columns.count
            let cell = allocate(count)
            site.columns.append(.committed(first: cell))
            terms.append(.init(first: cell, sign: -1, isScaled: true))
            let form = IntegerForm.column(site.columns.count - 1)
            site.constraints.append(
                .init(factors: [form, value - limits.low], rest: IntegerForm()))
            (head, cut) = (head - form, cut + form)
        }
        addRange(remainder, bits: channels.shifts, channelInner: channels.inner, to: &site)
        for check in limits.valueChecks {
            addRange(
                value.scaled(by: check.sign) + check.offset, bits: [check.bits], channelInner: 1,
                to: &site)
        }
        if limits.cutsAbove || limits.cutsBelow {
            addRange(cut, bits: limits.cutBits, channelInner: channels.inner, to: &site)
        }
        site.filling = .rescaled(remainder: start, value: start + 1, above: above, below: below)
        let scales = channels.shifts.map { Int64(1) << Int64($0) }
        accumulators[index] = AccumulatorForm(
            count: count, terms: terms, scales: scales, channelInner: channels.inner)
        cells.append(range(second, count))
        return remainder + head.scaled(by: scales[0]) - scales[0] / 2
    }

    /// `acc = x₀ · x₁` in each row.
    mutating func addProduct(_ index: Int) throws(PlanError) {
        let inputs = outline.nodes[index].inputs
        var site = WitnessSite(node: index, rowCount: cells[inputs[0]].count)
        site.columns.append(.view(cells[inputs[0]]))
        site.columns.append(.view(cells[inputs[1]]))
        let sum = try addSums(index, to: &site)
        // Zero times zero is what the columns of virtual rows add up to.
        if let shift = outline.nodes[index].requantisation?.shifts.first {
            site.padding[2] = Int64(1) << Int64(shift - 1)
        }
        site.constraints.append(.init(factors: [.column(0), .column(1)], rest: sum))
        sites.append(site)
    }

    /// The accumulators of a node with public factors.
    mutating func addEquation(_ index: Int) throws(PlanError) {
        guard let output = accumulators[index] else { throw .unprovable(node: index) }
        let node = outline.nodes[index]
        var entries: [LinearEquation.Entry] = []
        var constants: [BabyBear] = []
        func add(_ row: Int, _ cell: Int32, _ factor: Int64) {
            entries.append(
                .init(row: Int32(row), cell: cell, factor: BabyBear(signed: factor)))
        }
        switch node.operation {
        case .dense(let linear), .convolution(let linear, _, _), .affine(let linear, _):
            guard let whole = outline.linears[linear].whole else {
                throw .unprovable(node: index)
            }
            let (channels, inner) = outline.channels(of: index)
            let operands = try operandsOfWhole(index)
            for row in 0..<output.count {
                let channel = row / inner % channels
                constants.append(BabyBear(signed: Int64(whole.bias[channel])))
                if let cell = operands[row] { add(row, cell, Int64(whole.weights[channel])) }
            }
        case .sum(let left, let right):
            for row in 0..<output.count {
                add(row, cells[node.inputs[0]][row], Int64(left))
                add(row, cells[node.inputs[1]][row], Int64(right))
            }
        case .reduceSum(_, let weight):
            let lists = outline.choices(of: index) ?? []
            let size = types[node.inputs[0]].elementCount
            for row in 0..<output.count {
                let start = row / lists.count * size
                for element in lists[row % lists.count] {
                    add(row, cells[node.inputs[0]][start + Int(element)], Int64(weight))
                }
            }
        default: throw .unprovable(node: index)
        }
        equations.append(LinearEquation(output: output, entries: entries, constants: constants))
    }

    /// The one operand of each output of a layer with one weight an output; nil for padding.
    private func operandsOfWhole(_ index: Int) throws(PlanError) -> [Int32?] {
        let node = outline.nodes[index]
        let operand = cells[node.inputs[0]]
        let output = types[outline.firstNodeTensor + index].shape
        switch node.operation {
        case .affine: return operand
        case .dense(let linear):
            let channels = outline.linears[linear].outputCount
            return (0..<operand.count * channels).map { operand[$0 / channels] }
        case .convolution(_, let window, let groups):
            let input = types[node.inputs[0]].shape
            let groupOutputs = output[1] / groups
            let rows = window.rowSpan(tap: 0, output[2], input[2])
            let columns = window.columnSpan(tap: 0, output[3], input[3])
            var result: [Int32?] = []
            for item in 0..<batch * output[0] {
                for channel in 0..<output[1] {
                    let plane = (item * input[1] + channel / groupOutputs) * input[2]
                    for row in 0..<output[2] {
                        for column in 0..<output[3] {
                            guard rows.outputs.contains(row), columns.outputs.contains(column)
                            else {
                                result.append(nil)
                                continue
                            }
                            let y =
                                rows.first
                                + (row - rows.outputs.lowerBound) * window.strides.height
                            let x =
                                columns.first
                                + (column - columns.outputs.lowerBound) * window.strides.width
                            result.append(operand[(plane + y) * input[3] + x])
                        }
                    }
                }
            }
            return result
        default: throw .unprovable(node: index)
        }
    }
}

/// What a rescaling can do, from the intervals of its accumulators.
struct RescaleLimits {
    let low: Int64
    let high: Int64
    let cutsAbove: Bool
    let cutsBelow: Bool
    /// Bits of what is cut off: of each channel, or of all.
    let cutBits: [Int]
    /// `0 ≤ sign · value + offset < 2^bits`.
    let valueChecks: [(sign: Int64, offset: Int64, bits: Int)]
    /// Whether the columns' integers determine the accumulator: no two within their ranges are
    /// congruent modulo the field.
    let isUnique: Bool

    init(
        _ intervals: [ClosedRange<Int64>], shifts: [Int], _ requantisation: Requantisation
    ) {
        let heads = zip(intervals, shifts).map { interval, shift in
            let half = Int64(1) << Int64(shift - 1)
            return (interval.lowerBound + half) >> Int64(shift)...(interval.upperBound + half)
                >> Int64(shift)
        }
        let (low, high) = (Int64(requantisation.low), Int64(requantisation.high))
        let most = heads.map(\.upperBound).max() ?? 0
        let least = heads.map(\.lowerBound).min() ?? 0
        cutsAbove = most > high
        cutsBelow = least < low
        self.low = low
        self.high = high
        cutBits = heads.map {
            RescaleLimits.bits(max($0.upperBound - high, low - $0.lowerBound, 0))
        }
        let isWhole = high - low + 1 == Int64(1) << Int64(RescaleLimits.bits(high - low))
        let checks: [(sign: Int64, offset: Int64, bits: Int)]
        switch (cutsAbove, cutsBelow) {
        case (false, false): checks = [(1, -least, RescaleLimits.bits(most - least))]
        case (true, false):
            checks = [(-1, high, RescaleLimits.bits(high - min(least, high)))]
        case (false, true): checks = [(1, -low, RescaleLimits.bits(max(most, low) - low))]
        case (true, true):
            let bits = RescaleLimits.bits(high - low)
            checks = [(Int64(1), -low, bits)] + (isWhole ? [] : [(Int64(-1), high, bits)])
        }
        valueChecks = checks
        // The integers that values can be by their checks.
        var values = Int64.min...Int64.max
        for check in checks {
            let top = Int64(1) << Int64(check.bits) - 1
            let range =
                check.sign == 1
                ? -check.offset...top - check.offset : check.offset - top...check.offset
            values = values.clamped(to: range)
        }
        let (cutsAbove, cutsBelow) = (cutsAbove, cutsBelow)
        isUnique = zip(intervals, zip(shifts, cutBits)).allSatisfy { interval, column in
            let (shift, bits) = column
            let cut = Int64(1) << Int64(bits) - 1
            let top = values.upperBound + (cutsAbove ? cut : 0) + 1
            let bottom = values.lowerBound - (cutsBelow ? cut : 0)
            let reach =
                max(top, interval.upperBound >> Int64(shift) + 1)
                - min(
                    bottom, interval.lowerBound >> Int64(shift) - 1)
            // Sums from the columns and true ones differ by less than the modulus.
            return reach < Int64(BabyBear.modulus) >> Int64(shift)
        }
    }

    /// Bits that hold `0...number`.
    static func bits(_ number: Int64) -> Int { Int64.bitWidth - number.leadingZeroBitCount }
}
