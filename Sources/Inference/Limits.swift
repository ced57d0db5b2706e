/// Every bound on bytes and sizes that come from outside.
///
/// They hold for ONNX files and for integer graphs alike: what imports also registers.
public struct InferenceLimits: Sendable, Equatable {
    public var bytesMax: Int
    public var nodeCountMax: Int
    public var tensorCountMax: Int
    public var rankMax: Int
    public var nameBytesMax: Int
    public var attributeCountMax: Int
    public var nodeInputCountMax: Int
    /// Tensors that one node of an integer graph reads.
    public var operandCountMax: Int
    public var windowSizeMax: Int
    /// Over all tensors together, constants and activations.
    public var elementCountMax: Int
    /// Over the whole graph; also the bound on work done while constants are folded.
    public var multiplyCountMax: Int
    public var calibrationRowCountMax: Int

    public static let standard = InferenceLimits(
        bytesMax: 1 << 28, nodeCountMax: 1 << 14, tensorCountMax: 1 << 15, rankMax: 8,
        nameBytesMax: 512, attributeCountMax: 32, nodeInputCountMax: 256, operandCountMax: 1 << 12,
        windowSizeMax: 1 << 12, elementCountMax: 1 << 26, multiplyCountMax: 1 << 34,
        calibrationRowCountMax: 4096)

    /// Packed bytes of one list of integers, which are shapes and axes and never weights.
    static let listBytesMax = 1 << 20

    /// Graphs within graphs, as branches are.
    static let graphDepthMax = 8

    /// Integers of a tensor that a file writes one by one: a byte may become eight.
    var tensorListBytesMax: Int { min(elementCountMax, 1 << 24) }

    /// Work allowed while folding constants: a small file must not buy minutes of it.
    static let foldedMultiplyCountMax = 1 << 28
}

/// Arithmetic on shapes that input decides.
enum Shape {
    /// The number of elements, or nil where it exceeds `max` or a dimension is below one (or
    /// zero, if the caller can do with no elements).
    static func elementCount(
        _ shape: some Collection<Int>, max: Int, allowsZero: Bool = false
    ) -> Int? {
        var count = 1
        for dimension in shape {
            guard dimension >= (allowsZero ? 0 : 1), dimension <= max else { return nil }
            let (product, overflow) = count.multipliedReportingOverflow(by: dimension)
            guard !overflow, product <= max else { return nil }
            count = product
        }
        return count
    }

    /// The number of elements of a shape that was checked before.
    static func elementCount(_ shape: some Collection<Int>) -> Int { shape.reduce(1, *) }

    /// The row-major distance between neighbours along each axis.
    static func strides(_ shape: [Int]) -> [Int] {
        var strides = [Int](repeating: 1, count: shape.count)
        for axis in stride(from: shape.count - 2, through: 0, by: -1) {
            strides[axis] = strides[axis + 1] * shape[axis + 1]
        }
        return strides
    }

    /// Calls `body` with the source index of each element of the transposed tensor, in order.
    static func forEachTransposed(
        _ shape: [Int], by permutation: [Int], _ body: (_ target: Int, _ source: Int) -> Void
    ) {
        let strides = Shape.strides(shape)
        forEach(
            permutation.map { shape[$0] }, steps: permutation.map { strides[$0] }, body)
    }

    /// Calls `body` for each position of a tensor in order, with the sum of the steps that lead
    /// to it in another one.
    static func forEach(
        _ counts: [Int], steps: [Int], _ body: (_ position: Int, _ offset: Int) -> Void
    ) {
        var position = [Int](repeating: 0, count: counts.count)
        var offset = 0
        for index in 0..<elementCount(counts) {
            body(index, offset)
            for axis in stride(from: counts.count - 1, through: 0, by: -1) {
                position[axis] += 1
                offset += steps[axis]
                if position[axis] < counts[axis] { break }
                offset -= steps[axis] * counts[axis]
                position[axis] = 0
            }
        }
    }
}

/// A height and a width.
public struct PlaneSize: Sendable, Equatable {
    public var height: Int
    public var width: Int

    public init(height: Int, width: Int) {
        self.height = height
        self.width = width
    }

    var count: Int { height * width }
}

/// How a kernel slides over a plane: convolutions and pools share it.
public struct Window: Sendable, Equatable {
    public var kernel: PlaneSize
    public var strides: PlaneSize
    public var dilations: PlaneSize
    public var padsBefore: PlaneSize
    public var padsAfter: PlaneSize

    public init(
        kernel: PlaneSize, strides: PlaneSize = PlaneSize(height: 1, width: 1),
        dilations: PlaneSize = PlaneSize(height: 1, width: 1),
        padsBefore: PlaneSize = PlaneSize(height: 0, width: 0),
        padsAfter: PlaneSize = PlaneSize(height: 0, width: 0)
    ) {
        self.kernel = kernel
        self.strides = strides
        self.dilations = dilations
        self.padsBefore = padsBefore
        self.padsAfter = padsAfter
    }

    /// The size after sliding over `plane`, or nil where the kernel does not fit.
    func output(over plane: PlaneSize) -> PlaneSize? {
        let height = Window.positions(
            plane.height + padsBefore.height + padsAfter.height, kernel: kernel.height,
            stride: strides.height, dilation: dilations.height)
        let width = Window.positions(
            plane.width + padsBefore.width + padsAfter.width, kernel: kernel.width,
            stride: strides.width, dilation: dilations.width)
        guard let height, let width else { return nil }
        return PlaneSize(height: height, width: width)
    }

    /// Whether all numbers are in range, so that arithmetic on them cannot overflow.
    func isValid(max: Int) -> Bool {
        [kernel, strides, dilations].allSatisfy {
            (1...max).contains($0.height) && (1...max).contains($0.width)
        }
            && [padsBefore, padsAfter].allSatisfy {
                (0...max).contains($0.height) && (0...max).contains($0.width)
            }
    }

    /// Whether every position has at least one tap inside the plane, as a maximum needs.
    func touchesEverywhere(_ plane: PlaneSize) -> Bool {
        guard let size = output(over: plane) else { return false }
        return Window.touches(
            size.height, kernel.height, strides.height, dilations.height, padsBefore.height,
            plane.height)
            && Window.touches(
                size.width, kernel.width, strides.width, dilations.width, padsBefore.width,
                plane.width)
    }

    /// How many taps of each position lie inside the plane; `size` is the output over it.
    func tapCounts(over plane: PlaneSize, _ size: PlaneSize) -> [Int] {
        let rows = (0..<size.height).map { row in
            (0..<kernel.height).count {
                (0..<plane.height).contains(
                    row * strides.height + $0 * dilations.height - padsBefore.height)
            }
        }
        let columns = (0..<size.width).map { column in
            (0..<kernel.width).count {
                (0..<plane.width).contains(
                    column * strides.width + $0 * dilations.width - padsBefore.width)
            }
        }
        return rows.flatMap { row in columns.map { row * $0 } }
    }

    /// Whether a tensor of `N × C × H × W` with its padding stays within `max` elements: a run may
    /// write it out, and strides could hide how large it is.
    func isPaddable(_ shape: [Int], max: Int) -> Bool {
        let size = padded(PlaneSize(height: shape[2], width: shape[3]))
        return Shape.elementCount([shape[0], shape[1], size.height, size.width], max: max) != nil
    }

    /// A plane with its padding.
    func padded(_ plane: PlaneSize) -> PlaneSize {
        PlaneSize(
            height: plane.height + padsBefore.height + padsAfter.height,
            width: plane.width + padsBefore.width + padsAfter.width)
    }

    var isPadded: Bool {
        padsBefore.height | padsBefore.width | padsAfter.height | padsAfter.width != 0
    }

    private static func positions(
        _ padded: Int, kernel: Int, stride: Int, dilation: Int
    ) -> Int? {
        let reach = (kernel - 1) * dilation + 1
        return padded < reach ? nil : (padded - reach) / stride + 1
    }

    private static func touches(
        _ positions: Int, _ kernel: Int, _ stride: Int, _ dilation: Int, _ pad: Int, _ size: Int
    ) -> Bool {
        (0..<positions).allSatisfy { position in
            (0..<kernel).contains { tap in
                (0..<size).contains(position * stride + tap * dilation - pad)
            }
        }
    }
}
