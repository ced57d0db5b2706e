internal import CKernels

/// Where a part of `count` things starts and ends, in whole grains.
private func share(_ count: Int, part: Int, of parts: Int, grain: Int = 1) -> Range<Int> {
    let grains = (count + grain - 1) / grain
    let start = grains * part / parts * grain
    let end = grains * (part + 1) / parts * grain
    return min(start, count)..<min(end, count)
}

/// A dense layer: activations by packed weights, outputs along the lanes.
struct PlanRows: Sendable {
    let source: PlanOperand
    let target: Place
    let form: ProductForm
    let rows: Int
    let inner: Int
    let outputs: Int
    let weights: Int
    let rescale: PlanRescale

    private var groups: Int { form.groups(inner) }
    /// Bytes of one staged row.
    private var rowBytes: Int { groups * 4 }
    /// Rows that are staged at a time.
    private var chunk: Int { max(1, min(rows, (128 << 10) / rowBytes)) }

    /// Whether activations already lie as the kernels take them.
    private var isStaged: Bool {
        inner.isMultiple(of: form.groupSize)
            && source.element == (form == .quads ? 0 : 2)
    }

    var scratchBytes: Int { isStaged ? 0 : chunk * rowBytes + 64 }

    var multiplyCount: Int { rows * inner * outputs }

    var partCount: Int { max(rows, (outputs + 15) / 16) }

    @unsafe func run(_ run: PlanRun, part: Int, of parts: Int, worker: Int) {
        let lanes = unsafe Int(assay_product_lanes(run.level))
        let blocks = (outputs + lanes - 1) / lanes
        // Many rows are shared by row, a few by output.
        let byRow = rows >= 2 * parts
        let rowRange = byRow ? share(rows, part: part, of: parts) : 0..<rows
        let blockRange = byRow ? 0..<blocks : share(blocks, part: part, of: parts, grain: 4)
        var rescale = unsafe run.rescale(rescale)
        let input = unsafe run.source(source.place)
        let output = unsafe run.target(target)
        var row = rowRange.lowerBound
        while row < rowRange.upperBound {
            let count = min(chunk, rowRange.upperBound - row)
            let from = unsafe input + row * inner * source.byteCount
            var staged = unsafe from
            if !isStaged {
                let scratch = unsafe run.scratch(of: worker)
                unsafe assay_stage_rows(
                    form.rawValue, source.element, from, count, inner, inner, scratch)
                unsafe staged = UnsafeRawPointer(scratch)
            }
            unsafe assay_product_rows(
                run.level, form.rawValue, 0, staged, count, groups, run.data + weights,
                blockRange.lowerBound, blockRange.upperBound, outputs, &rescale,
                output + row * outputs * self.rescale.byteCount, outputs)
            row += count
        }
    }
}

/// A convolution: weights by panels of activations, positions along the lanes.
struct PlanPlanes: Sendable {
    let source: PlanOperand
    let target: Place
    let form: ProductForm
    let window: Window
    let batch: Int
    let groups: Int
    /// Of one group.
    let channels: Int
    /// Of one group.
    let outputs: Int
    let plane: PlaneSize
    let output: PlaneSize
    let weights: Int
    /// Where each tap lies relative to a position's corner, for one group.
    let offsets: Int
    let rescale: PlanRescale

    static let panelBytesMax = 192 << 10

    private var inner: Int { channels * window.kernel.count }
    private var steps: Int { form.groups(inner) }
    private var positions: Int { output.count }
    var padded: PlaneSize { window.padded(plane) }
    private var panelWidth: Int { PlanPlanes.panelWidth(steps: steps, positions: positions) }

    private static func panelWidth(steps: Int, positions: Int) -> Int {
        let most = panelBytesMax / (steps * 4) / 64 * 64
        return min(max(most, 64), (positions + 63) / 64 * 64)
    }

    /// Bytes of one group's padded planes, with room for vectors that read past the end.
    private var stagedBytes: Int {
        isStaged ? 0 : ((channels * padded.count + 64) * form.numberSize + 63) / 64 * 64
    }

    /// Whether planes already lie as the kernels take them.
    private var isStaged: Bool {
        !window.isPadded && source.element == (form == .quads ? 0 : 2)
    }

    var scratchBytes: Int { stagedBytes + steps * panelWidth * 4 + 128 }

    var multiplyCount: Int { batch * groups * outputs * inner * positions }

    var partCount: Int { batch * groups * ((positions + 15) / 16) }

    @unsafe func run(_ run: PlanRun, part: Int, of parts: Int, worker: Int) {
        let blocks = batch * groups
        if blocks >= 2 * parts {
            for block in share(blocks, part: part, of: parts) {
                unsafe self.run(run, block: block, 0..<positions, worker: worker)
            }
        } else {
            let range = share(positions, part: part, of: parts, grain: 16)
            for block in 0..<blocks {
                unsafe self.run(run, block: block, range, worker: worker)
            }
        }
    }

    /// Some positions of one group of one item of the batch.
    @unsafe private func run(
        _ run: PlanRun, block: Int, _ range: Range<Int>, worker: Int
    ) {
        let group = block % groups
        let scratch = unsafe run.scratch(of: worker)
        let planes = unsafe staged(run, block: block, in: scratch)
        let panel = unsafe scratch + stagedBytes
        var rescale = unsafe run.rescale(rescale)
        unsafe rescale.bias += group * outputs
        if let shifts = unsafe rescale.shifts {
            unsafe rescale.shifts = shifts + group * outputs
        }
        let result =
            unsafe run.target(target)
            + block * outputs * positions * self.rescale.byteCount
        // Positions that follow one another without a gap are one row.
        let isLine =
            window.strides == PlaneSize(height: 1, width: 1) && output.width == padded.width
        var first = range.lowerBound
        while first < range.upperBound {
            let count = min(panelWidth, range.upperBound - first)
            unsafe assay_fill_panel(
                run.level, form.rawValue, planes, run.numbers(offsets), inner, first, count,
                isLine ? positions : output.width, window.strides.height * padded.width,
                window.strides.width, panelWidth, panel)
            unsafe assay_product_planes(
                run.level, form.rawValue,
                run.data + weights + group * outputs * steps * 4, outputs, steps, panel,
                panelWidth, count, &rescale, result + first * self.rescale.byteCount, positions)
            first += count
        }
    }

    @unsafe private func staged(
        _ run: PlanRun, block: Int, in scratch: UnsafeMutableRawPointer
    ) -> UnsafeRawPointer {
        let from =
            unsafe run.source(source.place)
            + block * channels * plane.count * source.byteCount
        if isStaged { return unsafe from }
        unsafe assay_stage_planes(
            form.rawValue, source.element, from, channels, plane.height, plane.width,
            window.padsBefore.height, window.padsBefore.width, padded.height, padded.width, 64,
            scratch)
        return UnsafeRawPointer(scratch)
    }
}

/// Products of two tensors of activations, both in 16 bits.
struct PlanMatrices: Sendable {
    let left: PlanOperand
    let right: PlanOperand
    let target: Place
    let batch: Int
    let leftRepeats: Bool
    let rightRepeats: Bool
    let rows: Int
    let inner: Int
    let columns: Int
    let rescale: PlanRescale
    let lanes: Int

    private var steps: Int { ProductForm.pairs.groups(inner) }
    private var packedBytes: Int { (columns + lanes - 1) / lanes * lanes * steps * 4 }

    var scratchBytes: Int { packedBytes + rows * steps * 4 + 128 }

    var multiplyCount: Int { batch * rows * inner * columns }

    var partCount: Int { batch }

    @unsafe func run(_ run: PlanRun, part: Int, of parts: Int, worker: Int) {
        let packed = unsafe run.scratch(of: worker)
        let staged = unsafe packed + packedBytes
        var rescale = unsafe run.rescale(rescale)
        for item in share(batch, part: part, of: parts) {
            let first =
                unsafe run.source(left.place)
                + (leftRepeats ? 0 : item) * rows * inner * left.byteCount
            let second =
                unsafe run.source(right.place)
                + (rightRepeats ? 0 : item) * inner * columns * right.byteCount
            unsafe assay_pack_columns(
                run.level, right.element, second, inner, columns, packed)
            unsafe assay_stage_rows(
                ProductForm.pairs.rawValue, left.element, first, rows, inner, inner, staged)
            unsafe assay_product_rows(
                run.level, ProductForm.pairs.rawValue, 1, staged, rows, steps, packed, 0,
                (columns + lanes - 1) / lanes, columns, &rescale,
                run.target(target) + item * rows * columns * self.rescale.byteCount, columns)
        }
    }
}
