/// Reads the parts of a graph; what they mean together is checked by `GraphAnalysis`.
///
/// Counts are compared with the bytes left before memory is taken. Numbers have fixed widths, and
/// nothing that follows from other parts is written, so that no graph has two encodings.
struct GraphReader {
    private let bytes: [UInt8]
    private let limits: InferenceLimits
    private var position = 0

    init(_ bytes: [UInt8], limits: InferenceLimits) {
        self.bytes = bytes
        self.limits = limits
    }

    /// - Parameter isOutline: linear layers stand there without their weights.
    mutating func read(isOutline: Bool = false) throws(GraphError) -> GraphParts {
        let magic = isOutline ? GraphWriter.outlineMagic : GraphWriter.magic
        guard try take(4).elementsEqual(magic) else { throw .wrongMagic }
        let version = UInt16(truncatingIfNeeded: try number(2))
        guard version == GraphWriter.version else { throw .unsupportedVersion(version) }
        var parts = GraphParts()
        for _ in 0..<(try count("inputs", max: limits.tensorCountMax)) {
            parts.inputs.append(try input())
        }
        for _ in 0..<(try count("constants", max: limits.tensorCountMax)) {
            parts.constants.append(try constant())
        }
        for _ in 0..<(try count("tables", max: limits.nodeCountMax)) {
            parts.tables.append(try table())
        }
        for _ in 0..<(try count("linears", max: limits.nodeCountMax)) {
            if isOutline {
                parts.outlines.append(try outline())
            } else {
                parts.linears.append(try linear())
            }
        }
        for index in 0..<(try count("nodes", max: limits.nodeCountMax)) {
            parts.nodes.append(try node(at: index, tables: parts.tables))
        }
        for _ in 0..<(try count("results", max: limits.tensorCountMax)) {
            let name = try text()
            parts.results.append(IntegerResult(name: name, tensor: try natural()))
        }
        guard position == bytes.count else { throw .trailingBytes(bytes.count - position) }
        return parts
    }

    private mutating func input() throws(GraphError) -> TensorType {
        let name = try text()
        let shape = try shape()
        let format = try format()
        let low = Int64(try signed())
        let high = Int64(try signed())
        guard low <= high else { throw .valueOutOfRange(high) }
        return TensorType(
            name: name, shape: shape, element: format.element,
            scaleExponent: format.scaleExponent, range: low...high)
    }

    private mutating func constant() throws(GraphError) -> IntegerConstant {
        let shape = try shape()
        let format = try format()
        guard format.element != .signed32 else { throw .unknownElementType(3) }
        guard let count = Shape.elementCount(shape, max: limits.elementCountMax) else {
            throw .invalidShape
        }
        let values = try values(count, format.element)
        return IntegerConstant(
            shape: shape, element: format.element, scaleExponent: format.scaleExponent,
            values: values)
    }

    private mutating func table() throws(GraphError) -> IntegerTable {
        let input = try element()
        let output = try element()
        guard input != .signed32, output != .signed32 else { throw .unknownElementType(3) }
        return IntegerTable(
            input: input, output: output, values: try values(1 << input.bitCount, output))
    }

    /// Integers of at most sixteen bits, as wide as the element type.
    private mutating func values(
        _ count: Int, _ element: ElementType
    ) throws(GraphError) -> [Int16] {
        let width = element.byteCount
        let raw = try take(count * width)
        let isUnsigned = element == .unsigned8
        return stride(from: raw.startIndex, to: raw.endIndex, by: width).map { index in
            if width == 2 {
                return Int16(bitPattern: UInt16(raw[index]) | UInt16(raw[index + 1]) << 8)
            }
            return isUnsigned ? Int16(raw[index]) : Int16(Int8(bitPattern: raw[index]))
        }
    }

    private mutating func node(
        at index: Int, tables: [IntegerTable]
    ) throws(GraphError) -> IntegerNode {
        let byte = try take(1).first ?? 0
        guard let code = OperationCode(rawValue: byte) else { throw .unknownOperation(byte) }
        let count: Int
        if let fixed = code.inputCount {
            count = fixed
        } else {
            count = try self.count("operands", max: limits.operandCountMax)
        }
        var inputs: [Int] = []
        for _ in 0..<count { inputs.append(try natural()) }
        let operation = try operation(code)
        if case .lookup(let table) = operation {
            guard tables.indices.contains(table) else { throw .undefinedTable(table, node: index) }
            let exponent = try exponent()
            return IntegerNode(
                operation, inputs: inputs,
                output: ElementFormat(element: tables[table].output, scaleExponent: exponent),
                requantisation: nil)
        }
        guard code.accumulates else {
            return IntegerNode(operation, inputs: inputs, output: nil, requantisation: nil)
        }
        let output = try format()
        var requantisation: Requantisation?
        if output.element != .signed32 {
            let shifts = try take(try natural())
            let low = try signed()
            requantisation = Requantisation(
                shifts: Array(shifts), low: low, high: try signed())
        }
        return IntegerNode(
            operation, inputs: inputs, output: output, requantisation: requantisation)
    }

    private mutating func operation(_ code: OperationCode) throws(GraphError) -> IntegerOperation {
        switch code {
        case .dense: return .dense(linear: try natural())
        case .convolution:
            let linear = try natural()
            let window = try window()
            return .convolution(linear: linear, window, groups: try natural())
        case .affine:
            let linear = try natural()
            return .affine(linear: linear, inner: try natural())
        case .sum:
            let left = try signed()
            return .sum(left: left, right: try signed())
        case .product: return .product
        case .matrixProduct: return .matrixProduct
        case .maxPool: return .maxPool(try window())
        case .transpose: return .transpose(try axes())
        case .reshape: return .reshape(try shape())
        case .lookup: return .lookup(table: try natural())
        case .concat: return .concat(axis: try axis())
        case .slice: return try slice()
        case .pad: return try pad()
        case .expand: return .expand(try shape())
        case .gather:
            let axis = try axis()
            return .gather(axis: axis, indices: try naturals(try natural()))
        case .take: return .take(axis: try axis())
        case .reduceSum:
            let axes = try axes()
            return .reduceSum(axes: axes, weight: try signed())
        case .reduceExtremum:
            let axes = try axes()
            return .reduceExtremum(axes: axes, isMinimum: try flags(1) == 1)
        case .extremum: return .extremum(isMinimum: try flags(1) == 1)
        case .select: return .select
        case .argExtremum:
            let axis = try axis()
            let flags = try flags(3)
            return .argExtremum(
                axis: axis, isMinimum: flags & 1 != 0, takesLast: flags & 2 != 0)
        }
    }

    private mutating func slice() throws(GraphError) -> IntegerOperation {
        var starts: [Int] = []
        var steps: [Int] = []
        var counts: [Int] = []
        for _ in 0..<(try axis()) {
            starts.append(try natural())
            steps.append(Int(try signed()))
            counts.append(try natural())
        }
        return .slice(starts: starts, steps: steps, counts: counts)
    }

    private mutating func pad() throws(GraphError) -> IntegerOperation {
        var before: [Int] = []
        var after: [Int] = []
        var interior: [Int] = []
        for _ in 0..<(try axis()) {
            before.append(try natural())
            after.append(try natural())
            interior.append(try natural())
        }
        return .pad(before: before, after: after, interior: interior, value: try signed())
    }

    /// An axis, or a number of axes.
    private mutating func axis() throws(GraphError) -> Int { Int(try number(1)) }

    private mutating func axes() throws(GraphError) -> [Int] {
        try take(try axis()).map { Int($0) }
    }

    /// A byte with no bits but those of `mask`.
    private mutating func flags(_ mask: UInt8) throws(GraphError) -> UInt8 {
        let byte = UInt8(truncatingIfNeeded: try number(1))
        guard byte & ~mask == 0 else { throw .unknownFlag(byte) }
        return byte
    }

    private mutating func naturals(_ count: Int) throws(GraphError) -> [Int] {
        let raw = try take(count * 4)
        return stride(from: raw.startIndex, to: raw.endIndex, by: 4).map { index in
            (0..<4).reduce(0) { $0 | Int(raw[index + $1]) << ($1 * 8) }
        }
    }

    private mutating func linear() throws(GraphError) -> IntegerLinear {
        let outputs = try natural()
        let inner = try natural()
        // Below 2⁶⁴: both factors come from 32 bits.
        let (count, overflow) = outputs.multipliedReportingOverflow(by: inner)
        guard !overflow else { throw .truncated(wanted: .max, left: bytes.count - position) }
        let weights = try take(count).map { Int8(bitPattern: $0) }
        let raw = try take(outputs * 4)
        let bias = stride(from: raw.startIndex, to: raw.endIndex, by: 4).map { index in
            Int32(
                bitPattern: (0..<4).reduce(0) { $0 | UInt32(raw[index + $1]) << UInt32($1 * 8) })
        }
        // Without outputs the inner size would say nothing, in many ways.
        guard outputs >= 1, inner >= 1 else { throw .invalidShape }
        return IntegerLinear(weights: weights, bias: bias)
    }

    private mutating func outline() throws(GraphError) -> LinearOutline {
        let outputs = try natural()
        let inner = try natural()
        let left = bytes.count - position
        guard outputs <= left / LinearOutline.bytesPerOutput else {
            throw .truncated(wanted: outputs * LinearOutline.bytesPerOutput, left: left)
        }
        var bias: [Int32] = []
        var negativeSums: [Int64] = []
        var positiveSums: [Int64] = []
        for _ in 0..<outputs {
            bias.append(try signed())
            negativeSums.append(Int64(bitPattern: try number(8)))
            positiveSums.append(Int64(bitPattern: try number(8)))
        }
        return LinearOutline(
            innerCount: inner, bias: bias, negativeSums: negativeSums, positiveSums: positiveSums)
    }

    private mutating func window() throws(GraphError) -> Window {
        var sizes: [PlaneSize] = []
        for _ in 0..<5 {
            let height = Int(try number(2))
            sizes.append(PlaneSize(height: height, width: Int(try number(2))))
        }
        return Window(
            kernel: sizes[0], strides: sizes[1], dilations: sizes[2], padsBefore: sizes[3],
            padsAfter: sizes[4])
    }

    private mutating func format() throws(GraphError) -> ElementFormat {
        let element = try element()
        return ElementFormat(element: element, scaleExponent: try exponent())
    }

    private mutating func element() throws(GraphError) -> ElementType {
        let byte = UInt8(truncatingIfNeeded: try number(1))
        guard let element = ElementType(rawValue: byte) else { throw .unknownElementType(byte) }
        return element
    }

    private mutating func exponent() throws(GraphError) -> Int {
        Int(Int16(truncatingIfNeeded: try number(2)))
    }

    private mutating func shape() throws(GraphError) -> [Int] {
        let rank = Int(try number(1))
        guard rank <= limits.rankMax else { throw .invalidShape }
        var shape: [Int] = []
        for _ in 0..<rank { shape.append(try natural()) }
        return shape
    }

    private mutating func text() throws(GraphError) -> String {
        let count = Int(try number(2))
        guard count <= limits.nameBytesMax else {
            throw .tooMany("name bytes", max: limits.nameBytesMax)
        }
        guard let text = String(validating: try take(count), as: UTF8.self) else {
            throw .invalidText
        }
        return text
    }

    private mutating func count(_ what: String, max: Int) throws(GraphError) -> Int {
        let count = try natural()
        guard count <= max else { throw .tooMany(what, max: max) }
        return count
    }

    private mutating func natural() throws(GraphError) -> Int { Int(try number(4)) }

    private mutating func signed() throws(GraphError) -> Int32 {
        Int32(truncatingIfNeeded: try number(4))
    }

    private mutating func number(_ byteCount: Int) throws(GraphError) -> UInt64 {
        var number: UInt64 = 0
        for (index, byte) in try take(byteCount).enumerated() {
            number |= UInt64(byte) << UInt64(index * 8)
        }
        return number
    }

    private mutating func take(_ count: Int) throws(GraphError) -> ArraySlice<UInt8> {
        let left = bytes.count - position
        guard count <= left else { throw .truncated(wanted: count, left: left) }
        position += count
        return bytes[position - count..<position]
    }
}
