internal import Inference

// How the values of the linear argument's vectors at a point depend on the operands: coefficients
// for each element, inference after inference. `point` holds `eq(point, j)` for every index `j`.
extension LinearSite {
    /// `Σ_j point[j] · V[j]` as a functional on the operand, or on the right one of a product.
    func rightFunctional(
        _ point: ExtensionBuffer, _ axes: LinearAxes, batch: Int
    ) -> ExtensionBuffer {
        switch operands {
        case .product:
            productFunctional(
                repeats: repeatsRight, size: termCount * channels, batch: batch
            ) { item, buffer, start in
                for term in 0..<termCount {
                    buffer.add(
                        point[item << termBits + term], times: axes.channel.table, from: 0,
                        count: channels, at: start + term * channels)
                }
            }
        case .weights:
            if let geometry {
                convolutionFunctional(point, axes, geometry, batch: batch)
            } else {
                denseFunctional(point, axes, batch: batch)
            }
        }
    }

    /// `Σ_j point[j] · U[j]` as a functional on the left operand of a product.
    func leftFunctional(
        _ point: ExtensionBuffer, _ axes: LinearAxes, batch: Int
    ) -> ExtensionBuffer {
        productFunctional(
            repeats: repeatsLeft, size: rows * termCount, batch: batch
        ) { item, buffer, start in
            for row in 0..<rows {
                buffer.add(
                    axes.item.entries[item] * axes.row.entries[row], times: point,
                    from: item << termBits, count: termCount, at: start + row * termCount)
            }
        }
    }

    /// What `Σ_j point[j] · V[j]` owes to the biases and not to the operand.
    func rightConstant(
        _ point: ExtensionBuffer, _ axes: LinearAxes, batch: Int
    ) -> Extension {
        guard case .weights = operands else { return .zero }
        let columnSum = geometry == nil ? Extension.one : axes.column.sum(columns)
        let sum = axes.item.sum(batch * items) * axes.row.sum(rows) * columnSum
        return (0..<groups).reduce(Extension.zero) {
            $0 + point[$1 << termBits + termCount - 1]
        } * sum
    }

    private func productFunctional(
        repeats: Bool, size: Int, batch: Int,
        _ add: (_ item: Int, _ buffer: ExtensionBuffer, _ start: Int) -> Void
    ) -> ExtensionBuffer {
        let buffer = ExtensionBuffer(count: batch * (repeats ? 1 : items) * size)
        for item in 0..<batch * items {
            add(item, buffer, (repeats ? item / items : item) * size)
        }
        return buffer
    }

    private func denseFunctional(
        _ point: ExtensionBuffer, _ axes: LinearAxes, batch: Int
    ) -> ExtensionBuffer {
        let inner = termCount - 1
        let buffer = ExtensionBuffer(count: batch * rows * inner)
        for item in 0..<batch {
            for row in 0..<rows {
                buffer.add(
                    axes.item.entries[item] * axes.row.entries[row], times: point, from: 0,
                    count: inner, at: (item * rows + row) * inner)
            }
        }
        return buffer
    }

    /// Each plane is a sum over the kernel's rows of lines that are sums over its columns.
    private func convolutionFunctional(
        _ point: ExtensionBuffer, _ axes: LinearAxes, _ geometry: Geometry, batch: Int
    ) -> ExtensionBuffer {
        let window = geometry.window
        let (height, width) = (geometry.height, geometry.width)
        let planeCount = groups * geometry.groupChannels
        let buffer = ExtensionBuffer(count: batch * items * planeCount * height * width)
        let rowSpans = (0..<window.kernel.height).map { window.rowSpan(tap: $0, rows, height) }
        let columnSpans = (0..<window.kernel.width).map {
            window.columnSpan(tap: $0, columns, width)
        }
        var line = [Extension](repeating: .zero, count: width)
        for channel in 0..<planeCount {
            let group = channel / geometry.groupChannels
            let first =
                group << termBits + channel % geometry.groupChannels * window.kernel.height
                * window.kernel.width
            let plane = ExtensionBuffer(count: height * width)
            for (ky, rowSpan) in rowSpans.enumerated() where !rowSpan.outputs.isEmpty {
                for x in 0..<width { line[x] = .zero }
                for (kx, span) in columnSpans.enumerated() {
                    let coefficient = point[first + ky * window.kernel.width + kx]
                    var x = span.first
                    for column in span.outputs {
                        line[x] += coefficient * axes.column.entries[column]
                        x += window.strides.width
                    }
                }
                let row = ExtensionBuffer(line)
                var y = rowSpan.first
                for output in rowSpan.outputs {
                    plane.add(
                        axes.row.entries[output], times: row, from: 0, count: width, at: y * width)
                    y += window.strides.height
                }
            }
            for item in 0..<batch * items {
                buffer.add(
                    axes.item.entries[item], times: plane, from: 0, count: height * width,
                    at: (item * planeCount + channel) * height * width)
            }
        }
        return buffer
    }
}
