internal import CKernels
internal import Inference
internal import Proofs

/// The C kernels of a site.
struct RowKernel: Sendable {
    private let level: KernelLevel
    private let first: RowProgram
    private let folded: RowProgram

    /// - Parameters:
    ///   - first: the sum of the constraints while columns are of the base field.
    ///   - folded: the same when they are not.
    init(_ level: KernelLevel, first: RowProgram, folded: RowProgram) {
        precondition(level != .swift, "plain Swift needs no kernel")
        self.level = level
        self.first = first
        self.folded = folded
    }

    /// Folds the rows that blocks of 16 pairs of the target hold.
    func fold(
        _ source: RowTable, by challenge: Extension, into target: RowTable, _ blocks: Range<Int>
    ) {
        let start = 2 * blocks.lowerBound
        let end = min(2 * blocks.upperBound, (target.rows + 15) / 16)
        let factor = limbs(challenge)
        unsafe source.paddingWords.withUnsafeBufferPointer { padding in
            guard let padding = padding.baseAddress else { return }
            for index in 0..<target.sourceCount {
                unsafe assay_row_fold(
                    level.rawValue, source.words(index), source.isBase(index) ? 1 : 0, source.rows,
                    padding + Extension.degree * index, factor, start, end - start,
                    target.words(index))
            }
        }
    }

    /// Σ weight · result over the pairs of blocks, at every point that is asked for.
    func sums(
        _ table: RowTable, _ blocks: Range<Int>, _ weights: RowWeights, points: UInt32
    ) -> [Extension] {
        let pointCount = RowLimits.degreeMax + 1
        guard points != 0 else { return [Extension](repeating: .zero, count: pointCount) }
        let program = table.isFolded ? folded : first
        var sources: [UnsafePointer<UInt32>?] = unsafe []
        unsafe sources.reserveCapacity(table.sourceCount)
        for source in 0..<table.sourceCount { unsafe sources.append(table.words(source)) }
        var sums = [UInt32](repeating: 0, count: pointCount * Extension.degree)
        unsafe withScratch(program) { scratch in
            unsafe assay_row_sums(
                level.rawValue, program.words, program.constants, sources, table.paddingWords,
                table.rows, blocks.lowerBound, blocks.count, weights.high.words,
                weights.low.words, points, scratch, &sums)
        }
        // The buffers outlive the call: the table holds them.
        withExtendedLifetime((table, weights)) {}
        return (0..<pointCount).map { point in
            var sum = Extension.zero
            for limb in 0..<Extension.degree {
                sum[limb] = BabyBear(montgomery: sums[Extension.degree * point + limb])
            }
            return sum
        }
    }

    /// A group's fractions in some rows, the first of them a multiple of 16.
    ///
    /// - Returns: the first row whose denominator is zero.
    static func fractions(
        _ level: KernelLevel, _ program: RowProgram, _ columns: [RowColumn], _ site: RowSite,
        _ rows: Range<Int>, into helper: ExtensionBuffer
    ) -> Int? {
        let numerators = ExtensionBuffer(unwritten: rows.count)
        let denominators = ExtensionBuffer(unwritten: rows.count)
        var sources: [UnsafePointer<UInt32>?] = unsafe []
        for column in columns {
            unsafe sources.append(UnsafePointer(column.buffer.words + column.offset))
        }
        let padding = site.padding.flatMap { limbs(Extension($0)) }
        let first = rows.lowerBound / 16
        let count = (rows.count + 15) / 16
        unsafe withScratch(program) { scratch in
            unsafe assay_row_values(
                level.rawValue, program.words, program.constants, sources, padding,
                rows.upperBound, first, count, scratch, numerators.words, denominators.words)
        }
        withExtendedLifetime(columns) {}
        if let zero = denominators.invert(level: level) { return rows.lowerBound + zero }
        unsafe assay_row_products(
            level.rawValue, numerators.words, denominators.words, count,
            helper.words + first * ExtensionBuffer.blockWords)
        return nil
    }
}

/// An element's words, limb 0 first.
private func limbs(_ element: Extension) -> [UInt32] {
    (0..<Extension.degree).map { element[$0].montgomery }
}

/// Memory for a program's registers.
private func withScratch(
    _ program: RowProgram, _ body: (UnsafeMutablePointer<UInt32>) -> Void
) {
    let words = unsafe assay_row_scratch(program.words)
    unsafe withUnsafeTemporaryAllocation(byteCount: 4 * words, alignment: 64) { memory in
        guard let start = memory.baseAddress else { return }
        unsafe body(start.assumingMemoryBound(to: UInt32.self))
    }
}
