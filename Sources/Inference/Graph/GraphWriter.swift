/// Writes the canonical bytes of a graph; `Inference.docc/IntegerGraph.md` specifies them.
struct GraphWriter {
    static let magic: [UInt8] = [0x41, 0x53, 0x59, 0x47]
    static let version: UInt16 = 2
    /// The magic of an outline, which has the same version.
    static let outlineMagic: [UInt8] = [0x41, 0x53, 0x59, 0x4f]

    private(set) var bytes: [UInt8] = []

    static func bytes(of table: IntegerTable) -> [UInt8] {
        var writer = GraphWriter()
        writer.write(table)
        return writer.bytes
    }

    static func bytes(of linear: IntegerLinear) -> [UInt8] {
        var writer = GraphWriter()
        writer.write(linear)
        return writer.bytes
    }

    mutating func write(_ parts: GraphParts, isOutline: Bool = false) {
        bytes += isOutline ? GraphWriter.outlineMagic : GraphWriter.magic
        append(GraphWriter.version)
        append(UInt32(parts.inputs.count))
        for input in parts.inputs {
            write(text: input.name)
            write(shape: input.shape)
            write(ElementFormat(element: input.element, scaleExponent: input.scaleExponent))
            append(Int32(input.range.lowerBound))
            append(Int32(input.range.upperBound))
        }
        append(UInt32(parts.constants.count))
        for constant in parts.constants {
            write(shape: constant.shape)
            write(
                ElementFormat(element: constant.element, scaleExponent: constant.scaleExponent))
            write(constant.values, constant.element)
        }
        append(UInt32(parts.tables.count))
        for table in parts.tables { write(table) }
        if isOutline {
            append(UInt32(parts.outlines.count))
            for outline in parts.outlines { write(outline) }
        } else {
            append(UInt32(parts.linears.count))
            for linear in parts.linears { write(linear) }
        }
        append(UInt32(parts.nodes.count))
        for node in parts.nodes { write(node) }
        append(UInt32(parts.results.count))
        for result in parts.results {
            write(text: result.name)
            append(UInt32(result.tensor))
        }
    }

    private mutating func write(_ node: IntegerNode) {
        let code = node.operation.code
        bytes.append(code.rawValue)
        if code.inputCount == nil { append(UInt32(node.inputs.count)) }
        for input in node.inputs { append(UInt32(input)) }
        write(node.operation)
        if let output = node.output {
            // A table says itself what its entries are.
            if code == .lookup {
                append(Int16(output.scaleExponent))
            } else {
                write(output)
            }
        }
        if let requantisation = node.requantisation {
            append(UInt32(requantisation.shifts.count))
            bytes += requantisation.shifts
            append(requantisation.low)
            append(requantisation.high)
        }
    }

    private mutating func write(_ operation: IntegerOperation) {
        switch operation {
        case .dense(let linear): append(UInt32(linear))
        case .convolution(let linear, let window, let groups):
            append(UInt32(linear))
            write(window)
            append(UInt32(groups))
        case .affine(let linear, let inner):
            append(UInt32(linear))
            append(UInt32(inner))
        case .sum(let left, let right):
            append(left)
            append(right)
        case .product, .matrixProduct, .select: break
        case .maxPool(let window): write(window)
        case .transpose(let axes): write(axes: axes)
        case .reshape(let shape), .expand(let shape): write(shape: shape)
        case .lookup(let table): append(UInt32(table))
        case .concat(let axis), .take(let axis): bytes.append(UInt8(axis))
        case .slice(let starts, let steps, let counts):
            bytes.append(UInt8(starts.count))
            for axis in starts.indices {
                append(UInt32(starts[axis]))
                append(Int32(steps[axis]))
                append(UInt32(counts[axis]))
            }
        case .pad(let before, let after, let interior, let value):
            bytes.append(UInt8(before.count))
            for axis in before.indices {
                append(UInt32(before[axis]))
                append(UInt32(after[axis]))
                append(UInt32(interior[axis]))
            }
            append(value)
        case .gather(let axis, let indices):
            bytes.append(UInt8(axis))
            append(UInt32(indices.count))
            for index in indices { append(UInt32(index)) }
        case .reduceSum(let axes, let weight):
            write(axes: axes)
            append(weight)
        case .reduceExtremum(let axes, let isMinimum):
            write(axes: axes)
            bytes.append(isMinimum ? 1 : 0)
        case .extremum(let isMinimum): bytes.append(isMinimum ? 1 : 0)
        case .argExtremum(let axis, let isMinimum, let takesLast):
            bytes.append(UInt8(axis))
            bytes.append((isMinimum ? 1 : 0) | (takesLast ? 2 : 0))
        }
    }

    private mutating func write(_ table: IntegerTable) {
        bytes.append(table.input.rawValue)
        bytes.append(table.output.rawValue)
        write(table.values, table.output)
    }

    private mutating func write(_ values: [Int16], _ element: ElementType) {
        bytes.reserveCapacity(bytes.count + values.count * element.byteCount)
        for value in values {
            bytes.append(UInt8(truncatingIfNeeded: value))
            if element.byteCount == 2 { bytes.append(UInt8(truncatingIfNeeded: value >> 8)) }
        }
    }

    private mutating func write(axes: [Int]) {
        bytes.append(UInt8(axes.count))
        bytes += axes.map { UInt8($0) }
    }

    private mutating func write(_ linear: IntegerLinear) {
        append(UInt32(linear.outputCount))
        append(UInt32(linear.innerCount))
        bytes.reserveCapacity(bytes.count + linear.weights.count + linear.bias.count * 4)
        for weight in linear.weights { bytes.append(UInt8(bitPattern: weight)) }
        for bias in linear.bias { append(bias) }
    }

    private mutating func write(_ outline: LinearOutline) {
        append(UInt32(outline.outputCount))
        append(UInt32(outline.innerCount))
        for output in outline.bias.indices {
            append(outline.bias[output])
            append(outline.negativeSums[output])
            append(outline.positiveSums[output])
        }
    }

    private mutating func write(_ window: Window) {
        for size in [
            window.kernel, window.strides, window.dilations, window.padsBefore, window.padsAfter,
        ] {
            append(UInt16(size.height))
            append(UInt16(size.width))
        }
    }

    private mutating func write(text: String) {
        append(UInt16(text.utf8.count))
        bytes += text.utf8
    }

    private mutating func write(shape: [Int]) {
        bytes.append(UInt8(shape.count))
        for dimension in shape { append(UInt32(dimension)) }
    }

    private mutating func write(_ format: ElementFormat) {
        bytes.append(format.element.rawValue)
        append(Int16(format.scaleExponent))
    }

    private mutating func append(_ number: some FixedWidthInteger) {
        append(Int64(number), byteCount: number.bitWidth / 8)
    }

    private mutating func append(_ number: Int64, byteCount: Int) {
        for index in 0..<byteCount {
            bytes.append(UInt8(truncatingIfNeeded: number >> Int64(index * 8)))
        }
    }
}
