internal import Primitives

/// The roots of unity that blobs and cells stand on, and the transforms between values and
/// coefficients.
///
/// Source: consensus-specs, fulu/polynomial-commitments-sampling.md; Cooley, Tukey, "An Algorithm
/// for the Machine Calculation of Complex Fourier Series" (1965), Gentleman, Sande (1966).
package enum RootsOfUnity {
    package typealias Fr = BLS12381.Fr

    /// The most points that a transform has: those of an extended blob.
    package static let countMax = 2 * KZG.numbersPerBlob

    /// w⁰, w¹, … for a w of order `countMax`. 7 generates the multiplicative group.
    private static let powers: [Fr] = {
        let seven = (0..<6).reduce(Fr.one) { value, _ in value + .one }
        let root = seven.power((BLS12381.order - .one) / UInt256(countMax))
        var powers = [Fr.one]
        powers.reserveCapacity(countMax)
        while powers.count < countMax { powers.append(powers[powers.count - 1] * root) }
        return powers
    }()

    /// w to any power.
    static func power(_ exponent: Int) -> Fr { powers[exponent & (countMax - 1)] }

    /// All roots of the order, a power of two up to `countMax`, in bit-reversed order.
    static func bitReversed(_ count: Int) -> [Fr] {
        if count == KZG.numbersPerBlob { return ofBlob }
        return madeBitReversed(count)
    }

    private static let ofBlob = madeBitReversed(KZG.numbersPerBlob)

    private static func madeBitReversed(_ count: Int) -> [Fr] {
        let step = countMax / count
        return (0..<count).map { powers[reversed($0, below: count) * step] }
    }

    /// The index with its bits in reverse, as a number below a power of two.
    static func reversed(_ index: Int, below count: Int) -> Int {
        guard count > 1 else { return 0 }
        let reversed = UInt64(index).bitReversed >> UInt64(64 - count.trailingZeroBitCount)
        return Int(reversed)
    }

    /// 1 / count, for a power of two up to `countMax`.
    static func inverse(of count: Int) -> Fr {
        (0..<count.trailingZeroBitCount).reduce(.one) { value, _ in value.halved }
    }

    /// Values at the roots of unity in bit-reversed order become coefficients, lowest first.
    ///
    /// The count is a power of two up to `countMax`.
    package static func interpolate(_ values: inout [Fr]) {
        let count = values.count
        var half = 1
        while half < count {
            let step = countMax / (2 * half)
            for index in 0..<half {
                let twiddle = power(-index * step)
                for low in stride(from: index, to: count, by: 2 * half) {
                    let product = values[low + half] * twiddle
                    values[low + half] = values[low] - product
                    values[low] = values[low] + product
                }
            }
            half *= 2
        }
        let scale = inverse(of: count)
        for index in values.indices { values[index] = values[index] * scale }
    }

    /// Coefficients, lowest first, become values at the roots of unity in bit-reversed order.
    ///
    /// The count is a power of two up to `countMax`.
    package static func evaluate(_ coefficients: inout [Fr]) {
        let count = coefficients.count
        var half = count / 2
        while half > 0 {
            let step = countMax / (2 * half)
            for index in 0..<half {
                let twiddle = power(index * step)
                for low in stride(from: index, to: count, by: 2 * half) {
                    let difference = coefficients[low] - coefficients[low + half]
                    coefficients[low] = coefficients[low] + coefficients[low + half]
                    coefficients[low + half] = difference * twiddle
                }
            }
            half /= 2
        }
    }
}

extension UInt64 {
    /// The bits in reverse.
    fileprivate var bitReversed: UInt64 {
        var bits = byteSwapped
        bits = (bits & 0x0f0f_0f0f_0f0f_0f0f) << 4 | bits >> 4 & 0x0f0f_0f0f_0f0f_0f0f
        bits = (bits & 0x3333_3333_3333_3333) << 2 | bits >> 2 & 0x3333_3333_3333_3333
        return (bits & 0x5555_5555_5555_5555) << 1 | bits >> 1 & 0x5555_5555_5555_5555
    }
}
