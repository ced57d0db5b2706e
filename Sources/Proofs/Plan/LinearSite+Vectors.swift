internal import CKernels
internal import Inference

// The vectors of the linear argument: linear in the accumulators, in the weights' side and in the
// operand's side. `batch` inferences lie one after another in every tensor.
extension LinearSite {
    /// The coefficients of the accumulators: one for each element of the output, in its order.
    package func outputFunctional(_ axes: LinearAxes, batch: Int) -> ExtensionBuffer {
        let buffer = ExtensionBuffer(count: batch * outputCount)
        if geometry == nil {
            var start = 0
            for item in 0..<batch * items {
                for row in 0..<rows {
                    buffer.add(
                        axes.item.entries[item] * axes.row.entries[row], times: axes.channel.table,
                        from: 0, count: channels, at: start)
                    start += channels
                }
            }
            return buffer
        }
        let plane = ExtensionBuffer(count: rows * columns)
        for row in 0..<rows {
            plane.add(
                axes.row.entries[row], times: axes.column.table, from: 0, count: columns,
                at: row * columns)
        }
        var start = 0
        for item in 0..<batch * items {
            for channel in 0..<channels {
                buffer.add(
                    axes.item.entries[item] * axes.channel.entries[channel], times: plane, from: 0,
                    count: rows * columns, at: start)
                start += rows * columns
            }
        }
        return buffer
    }

    /// `V` of a layer with weights from its operand's integers, or of a product from its right
    /// operand's.
    package func rightVector(_ values: [Int32], _ axes: LinearAxes, batch: Int) -> ExtensionBuffer {
        switch operands {
        case .product:
            let table = WideTable(axes.channel.entries[..<channels])
            return productVector(
                values, repeats: repeatsRight, size: termCount * channels, batch: batch
            ) { _ in (table, step: channels, stride: 1) }
        case .weights:
            return geometry.map { convolved(values, axes, $0, batch: batch) }
                ?? denseVector(values, axes, batch: batch)
        }
    }

    /// `U` of a product from its left operand's integers.
    package func leftVector(_ values: [Int32], _ axes: LinearAxes, batch: Int) -> ExtensionBuffer {
        productVector(values, repeats: repeatsLeft, size: rows * termCount, batch: batch) { item in
            let table = axes.row.entries[..<rows].map { $0 * axes.item.entries[item] }
            return (WideTable(table), step: 1, stride: termCount)
        }
    }

    private func productVector(
        _ values: [Int32], repeats: Bool, size: Int, batch: Int,
        _ layout: (_ item: Int) -> (table: WideTable, step: Int, stride: Int)
    ) -> ExtensionBuffer {
        let buffer = ExtensionBuffer(count: (batch * items) << termBits)
        for item in 0..<batch * items {
            let start = (repeats ? item / items : item) * size
            let (table, step, stride) = layout(item)
            WideSums.forEach(
                values, from: start, step: step, dots: termCount, stride: stride, table
            ) { buffer[item << termBits + $0] = $1 }
        }
        return buffer
    }

    private func denseVector(
        _ values: [Int32], _ axes: LinearAxes, batch: Int
    ) -> ExtensionBuffer {
        let buffer = ExtensionBuffer(count: indexCount(batch: batch))
        let inner = termCount - 1
        var weights: [Extension] = []
        weights.reserveCapacity(batch * rows)
        for item in 0..<batch {
            for row in 0..<rows {
                weights.append(axes.item.entries[item] * axes.row.entries[row])
            }
        }
        WideSums.forEach(
            values, from: 0, step: 1, dots: inner, stride: inner, WideTable(weights)
        ) { buffer[$0] = $1 }
        buffer[inner] = weights.reduce(.zero) { $0 + $1 }
        return buffer
    }

    /// First along the columns of the output, then along its rows.
    private func convolved(
        _ values: [Int32], _ axes: LinearAxes, _ geometry: Geometry, batch: Int
    ) -> ExtensionBuffer {
        let buffer = ExtensionBuffer(count: indexCount(batch: batch))
        let window = geometry.window
        let (height, width) = (geometry.height, geometry.width)
        let kernel = window.kernel
        let columnTable = WideTable(axes.column.entries[..<columns])
        let rowSpans = (0..<kernel.height).map { window.rowSpan(tap: $0, rows, height) }
        let columnSpans = (0..<kernel.width).map { window.columnSpan(tap: $0, columns, width) }
        let sum =
            axes.item.sum(batch * items) * axes.row.sum(rows) * axes.column.sum(columns)
        var lines = [Extension](repeating: .zero, count: height)
        for group in 0..<groups {
            buffer[group << termBits + termCount - 1] = sum
            for channel in 0..<geometry.groupChannels {
                for (kx, span) in columnSpans.enumerated() where !span.outputs.isEmpty {
                    for item in 0..<batch * items {
                        let plane =
                            ((item * groups + group) * geometry.groupChannels + channel) * height
                        WideSums.forEach(
                            values, from: plane * width + span.first, step: width, dots: height,
                            stride: window.strides.width, columnTable, span.outputs
                        ) { lines[$0] = $1 }
                        for (ky, rowSpan) in rowSpans.enumerated() {
                            var total = Extension.zero
                            var line = rowSpan.first
                            for row in rowSpan.outputs {
                                total += axes.row.entries[row] * lines[line]
                                line += window.strides.height
                            }
                            let term = (channel * kernel.height + ky) * kernel.width + kx
                            buffer[group << termBits + term] +=
                                total * axes.item.entries[item]
                        }
                    }
                }
            }
        }
        return buffer
    }
}

/// The outputs that a tap of a window reads from inside the plane, and where the first one reads.
struct TapSpan {
    let outputs: Range<Int>
    let first: Int
}

extension Window {
    func rowSpan(tap: Int, _ outputs: Int, _ size: Int) -> TapSpan {
        Window.span(
            offset: tap * dilations.height - padsBefore.height, stride: strides.height, outputs,
            size)
    }

    func columnSpan(tap: Int, _ outputs: Int, _ size: Int) -> TapSpan {
        Window.span(
            offset: tap * dilations.width - padsBefore.width, stride: strides.width, outputs, size)
    }

    /// Outputs `i` with `0 ≤ i · stride + offset < size`.
    private static func span(offset: Int, stride: Int, _ outputs: Int, _ size: Int) -> TapSpan {
        let low = offset >= 0 ? 0 : (-offset + stride - 1) / stride
        let high = offset >= size ? 0 : min(outputs, (size - 1 - offset) / stride + 1)
        guard low < high else { return TapSpan(outputs: 0..<0, first: 0) }
        return TapSpan(outputs: low..<high, first: low * stride + offset)
    }
}

/// Sums of integers times field elements.
enum WideSums {
    /// Calls `body` with `Σ_j values[start + d·step + j·stride] · table[range][j]` for each `d`.
    static func forEach(
        _ values: [Int32], from start: Int, step: Int, dots: Int, stride: Int, _ table: WideTable,
        _ range: Range<Int>? = nil, _ body: (Int, Extension) -> Void
    ) {
        let range = range ?? 0..<table.count
        guard dots > 0, !range.isEmpty else { return }
        let last = start + (dots - 1) * step + (range.count - 1) * stride
        precondition(start >= 0 && last < values.count, "the sums stay inside the tensor")
        var sums = [Int64](repeating: 0, count: dots * 8)
        var totals: [Extension] = []
        // Sums of more terms might leave 64 bits.
        for chunk in Swift.stride(from: range.lowerBound, to: range.upperBound, by: 1 << 16) {
            let end = min(range.upperBound, chunk + 1 << 16)
            unsafe values.withUnsafeBufferPointer { values in
                unsafe table.words.withUnsafeBufferPointer { words in
                    unsafe sums.withUnsafeMutableBufferPointer { sums in
                        guard let x = values.baseAddress, let table = words.baseAddress else {
                            return
                        }
                        unsafe assay_wide_dots(
                            KernelLevel.best.rawValue,
                            x + start + (chunk - range.lowerBound) * stride, step, dots, stride,
                            table + chunk * 8, end - chunk, sums.baseAddress)
                    }
                }
            }
            for dot in 0..<dots {
                let at = dot * 8
                let value = Extension(
                    reduce(sums[at]), reduce(sums[at + 1]), reduce(sums[at + 2]),
                    reduce(sums[at + 3]), reduce(sums[at + 4]), reduce(sums[at + 5]))
                if chunk == range.lowerBound { totals.append(value) } else { totals[dot] += value }
            }
        }
        for (dot, total) in totals.enumerated() { body(dot, total) }
    }

    /// Sums of limbs in Montgomery form stay in it.
    private static func reduce(_ sum: Int64) -> BabyBear {
        let modulus = Int64(BabyBear.modulus)
        let rest = sum % modulus
        return BabyBear(montgomery: UInt32(rest < 0 ? rest + modulus : rest))
    }
}
