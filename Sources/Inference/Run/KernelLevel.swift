internal import CKernels

/// Which instructions the integer products use. Every level gives equal bytes.
public enum KernelLevel: Int32, Sendable, CaseIterable {
    /// Plain Swift: the definition that the C kernels are held to.
    case swift = -1
    case scalar = 0
    case avx2 = 1
    case avx512 = 2

    /// The fastest level that this machine has.
    public static let best = KernelLevel(rawValue: assay_integer_level()) ?? .scalar

    public var isAvailable: Bool { rawValue <= KernelLevel.best.rawValue }
}

/// An element that the kernels take: the packed form of an activation.
///
/// Each gives the products of one vector with rows of weights, modulo 2³². Shapes: the vector is
/// the first `inner` elements of `x`, the weights are `outputs` rows of a `… × inner` matrix, and
/// `sums` takes one number for each of them, from its start.
protocol PackedElement: FixedWidthInteger, Sendable {
    static func multiply(
        _ level: KernelLevel, _ x: [Self], _ weights: [Int8], outputs: Range<Int>, inner: Int,
        into sums: inout [Int32])
}

extension PackedElement {
    static func check(
        _ x: [Self], _ weights: [Int8], outputs: Range<Int>, inner: Int, _ sums: [Int32]
    ) {
        precondition(x.count >= inner, "the vector has inner elements")
        precondition(outputs.lowerBound >= 0, "rows count from zero")
        precondition(outputs.upperBound * inner <= weights.count, "the weights have every row")
        precondition(outputs.count <= sums.count, "there is room for every sum")
    }

    /// What the C kernels must equal.
    static func multiplySwift(
        _ x: [Self], _ weights: [Int8], outputs: Range<Int>, inner: Int,
        into sums: inout [Int32]
    ) {
        let x = x.span.extracting(0..<inner)
        for output in outputs {
            let weights = weights.span.extracting(output * inner..<(output + 1) * inner)
            var sum: Int32 = 0
            for index in x.indices {
                sum &+= Int32(truncatingIfNeeded: x[index]) &* Int32(weights[index])
            }
            sums[output - outputs.lowerBound] = sum
        }
    }
}

extension UInt8: PackedElement {
    static func multiply(
        _ level: KernelLevel, _ x: [UInt8], _ weights: [Int8], outputs: Range<Int>, inner: Int,
        into sums: inout [Int32]
    ) {
        check(x, weights, outputs: outputs, inner: inner, sums)
        if level == .swift {
            return multiplySwift(x, weights, outputs: outputs, inner: inner, into: &sums)
        }
        unsafe x.withUnsafeBufferPointer { x in
            unsafe weights.withUnsafeBufferPointer { weights in
                unsafe sums.withUnsafeMutableBufferPointer { sums in
                    unsafe assay_multiply_u8(
                        level.rawValue, x.baseAddress,
                        weights.baseAddress?.advanced(by: outputs.lowerBound * inner), inner,
                        outputs.count, sums.baseAddress)
                }
            }
        }
    }
}

extension Int16: PackedElement {
    static func multiply(
        _ level: KernelLevel, _ x: [Int16], _ weights: [Int8], outputs: Range<Int>, inner: Int,
        into sums: inout [Int32]
    ) {
        check(x, weights, outputs: outputs, inner: inner, sums)
        if level == .swift {
            return multiplySwift(x, weights, outputs: outputs, inner: inner, into: &sums)
        }
        unsafe x.withUnsafeBufferPointer { x in
            unsafe weights.withUnsafeBufferPointer { weights in
                unsafe sums.withUnsafeMutableBufferPointer { sums in
                    unsafe assay_multiply_i16(
                        level.rawValue, x.baseAddress,
                        weights.baseAddress?.advanced(by: outputs.lowerBound * inner), inner,
                        outputs.count, sums.baseAddress)
                }
            }
        }
    }
}
