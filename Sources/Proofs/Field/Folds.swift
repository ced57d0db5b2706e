internal import CKernels
public import Inference

extension ExtensionBuffer {
    /// Binds the lowest variable: out[i] = self[2i] + r · (self[2i + 1] − self[2i]).
    ///
    /// An odd count takes `pad` for the partner of the last. Only the outputs of `range` are
    /// written (all when nil), so that workers can share; `out` may not be this buffer.
    public func foldLow(
        by r: Extension, pad: Extension = .zero, into out: ExtensionBuffer,
        range: Range<Int>? = nil, level: KernelLevel = .best
    ) {
        let range = range ?? 0..<(count + 1) / 2
        precondition(0 <= range.lowerBound && range.upperBound <= (count + 1) / 2, "pairs exist")
        precondition(range.upperBound <= out.count, "the outputs fit")
        guard level != .swift else {
            for index in range { out[index] = folded(index, r, pad) }
            return
        }
        // A last element without a partner is the one place where padding matters.
        let whole = range.clamped(to: 0..<count / 2)
        unsafe r.withWords { r in
            unsafe assay_extension_fold(
                level.rawValue, r, words, whole.lowerBound, whole.upperBound, out.words)
        }
        if range.upperBound > count / 2 { out[count / 2] = folded(count / 2, r, pad) }
    }

    private func folded(_ index: Int, _ r: Extension, _ pad: Extension) -> Extension {
        let low = self[2 * index]
        let high = 2 * index + 1 < count ? self[2 * index + 1] : pad
        return low + r * (high - low)
    }

    /// `foldLow` into a new buffer of half the size, rounded up.
    public func foldedLow(
        by r: Extension, pad: Extension = .zero, level: KernelLevel = .best
    ) -> ExtensionBuffer {
        let out = ExtensionBuffer(unwritten: (count + 1) / 2)
        foldLow(by: r, pad: pad, into: out, level: level)
        return out
    }
}

extension FieldBuffer {
    /// Binds the lowest variable: out[i] = self[2i] + r · (self[2i + 1] − self[2i]).
    ///
    /// An odd count takes `pad` for the partner of the last. Only the outputs of `range` are
    /// written (all when nil), so that workers can share.
    public func foldLow(
        by r: Extension, pad: BabyBear = .zero, into out: ExtensionBuffer,
        range: Range<Int>? = nil, level: KernelLevel = .best
    ) {
        let range = range ?? 0..<(count + 1) / 2
        precondition(0 <= range.lowerBound && range.upperBound <= (count + 1) / 2, "pairs exist")
        precondition(range.upperBound <= out.count, "the outputs fit")
        guard level != .swift else {
            for index in range { out[index] = folded(index, r, pad) }
            return
        }
        let whole = range.clamped(to: 0..<count / 2)
        unsafe r.withWords { r in
            unsafe assay_field_fold(
                level.rawValue, r, words, whole.lowerBound, whole.upperBound, out.words)
        }
        if range.upperBound > count / 2 { out[count / 2] = folded(count / 2, r, pad) }
    }

    private func folded(_ index: Int, _ r: Extension, _ pad: BabyBear) -> Extension {
        let low = self[2 * index]
        let high = 2 * index + 1 < count ? self[2 * index + 1] : pad
        return Extension(low) + r.scaled(by: high - low)
    }

    /// `foldLow` into a new buffer of half the size, rounded up.
    public func foldedLow(
        by r: Extension, pad: BabyBear = .zero, level: KernelLevel = .best
    ) -> ExtensionBuffer {
        let out = ExtensionBuffer(unwritten: (count + 1) / 2)
        foldLow(by: r, pad: pad, into: out, level: level)
        return out
    }

    /// Combines the columns of rows: out[v] = Σ_u weights[u] · self[v · width + u], u below
    /// `width`.
    ///
    /// The buffer is row-major, `width` the count of `weights`; only the rows of `range` are
    /// computed (all that are whole when nil).
    public func foldColumns(
        by weights: ExtensionBuffer, into out: ExtensionBuffer, rows range: Range<Int>? = nil,
        level: KernelLevel = .best
    ) {
        let width = weights.count
        precondition(width > 0, "a row has a column")
        let range = range ?? 0..<count / width
        precondition(0 <= range.lowerBound && range.upperBound <= count / width, "the rows exist")
        precondition(range.upperBound <= out.count, "the outputs fit")
        guard level == .swift else {
            unsafe assay_field_fold_columns(
                level.rawValue, weights.words, width, words, range.lowerBound, range.upperBound,
                out.words)
            return
        }
        for row in range { out[row] = dot(from: row * width, weights, count: width, level: level) }
    }

    /// Combines rows: out[at + k] = Σ_o weights[weightsFrom + o] · self[start + o · stride + k].
    ///
    /// o runs below `rows`, k over `columns`, a range below the inner size, so that workers can
    /// share.
    public func weightedRows(
        start: Int = 0, stride: Int, rows: Int, columns: Range<Int>, by weights: ExtensionBuffer,
        from weightsFrom: Int = 0, into out: ExtensionBuffer, at outStart: Int = 0,
        level: KernelLevel = .best
    ) {
        precondition(0 <= stride && 0 <= rows && 0 <= columns.lowerBound, "sizes are sizes")
        precondition(weights.holds(weightsFrom, rows), "each row has a weight")
        precondition(
            rows == 0 || holds(start + (rows - 1) * stride, columns.upperBound), "the rows exist")
        precondition(rows == 0 || holds(start, columns.upperBound), "the rows exist")
        precondition(out.holds(outStart, columns.upperBound), "the outputs fit")
        guard level == .swift else {
            unsafe assay_field_weighted_rows(
                level.rawValue, weights.words, weightsFrom, rows, words + start, stride,
                columns.lowerBound, columns.upperBound, out.words, outStart)
            return
        }
        for column in columns {
            var sum = Extension.zero
            for row in 0..<rows {
                sum += weights[weightsFrom + row].scaled(by: self[start + row * stride + column])
            }
            out[outStart + column] = sum
        }
    }
}
