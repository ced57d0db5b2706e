/// An element of F = F_p[X] / (X⁶ − 31): challenges and everything that meets them.
///
/// F has 2¹⁸⁵·⁴ elements. X⁶ − 31 is irreducible since 31 generates F_p^* and both primes of six
/// divide p − 1 (Lidl and Niederreiter, "Finite Fields", theorem 3.75). On the wire an element is
/// its six limbs, limb 0 first, 24 bytes.
@frozen
public struct Extension: Sendable, Hashable {
    @usableFromInline var l0: BabyBear
    @usableFromInline var l1: BabyBear
    @usableFromInline var l2: BabyBear
    @usableFromInline var l3: BabyBear
    @usableFromInline var l4: BabyBear
    @usableFromInline var l5: BabyBear

    public static let degree = 6
    /// Bytes on the wire.
    public static let byteCount = 24

    public static var zero: Extension { Extension(.zero) }
    public static var one: Extension { Extension(.one) }

    /// The element of the base field.
    @inlinable
    public init(_ value: BabyBear) {
        self.init(value, .zero, .zero, .zero, .zero, .zero)
    }

    @inlinable
    public init(
        _ l0: BabyBear, _ l1: BabyBear, _ l2: BabyBear, _ l3: BabyBear, _ l4: BabyBear,
        _ l5: BabyBear
    ) {
        self.l0 = l0
        self.l1 = l1
        self.l2 = l2
        self.l3 = l3
        self.l4 = l4
        self.l5 = l5
    }

    /// The element with six limbs, the constant one first.
    public init(limbs: [BabyBear]) {
        precondition(limbs.count == Extension.degree, "an element has six limbs")
        self.init(limbs[0], limbs[1], limbs[2], limbs[3], limbs[4], limbs[5])
    }

    @inlinable
    public subscript(limb: Int) -> BabyBear {
        get {
            switch limb {
            case 0: l0
            case 1: l1
            case 2: l2
            case 3: l3
            case 4: l4
            case 5: l5
            default: preconditionFailure("an element has six limbs")
            }
        }
        set {
            switch limb {
            case 0: l0 = newValue
            case 1: l1 = newValue
            case 2: l2 = newValue
            case 3: l3 = newValue
            case 4: l4 = newValue
            case 5: l5 = newValue
            default: preconditionFailure("an element has six limbs")
            }
        }
    }

    @inlinable
    public static func + (a: Extension, b: Extension) -> Extension {
        Extension(
            a.l0 + b.l0, a.l1 + b.l1, a.l2 + b.l2, a.l3 + b.l3, a.l4 + b.l4, a.l5 + b.l5)
    }

    @inlinable
    public static func - (a: Extension, b: Extension) -> Extension {
        Extension(
            a.l0 - b.l0, a.l1 - b.l1, a.l2 - b.l2, a.l3 - b.l3, a.l4 - b.l4, a.l5 - b.l5)
    }

    @inlinable
    public static prefix func - (value: Extension) -> Extension { zero - value }

    @inlinable
    public static func += (a: inout Extension, b: Extension) { a = a + b }
    @inlinable
    public static func -= (a: inout Extension, b: Extension) { a = a - b }
    @inlinable
    public static func *= (a: inout Extension, b: Extension) { a = a * b }

    /// The product with an element of the base field.
    @inlinable
    public func scaled(by factor: BabyBear) -> Extension {
        Extension(
            l0 * factor, l1 * factor, l2 * factor, l3 * factor, l4 * factor, l5 * factor)
    }

    /// The product of two Montgomery forms as an integer.
    @inlinable @inline(__always)
    static func product(_ a: BabyBear, _ b: BabyBear) -> UInt64 {
        UInt64(a.montgomery) &* UInt64(b.montgomery)
    }

    /// Brings a sum of at most four products below p · 2³², where two products more may join.
    @inlinable @inline(__always)
    static func lower(_ sum: UInt64) -> UInt64 {
        // Two products stay below p · 2³², so four stay below twice that, which is below 2⁶⁴.
        min(sum, sum &- UInt64(BabyBear.modulus) << 32)
    }

    @inlinable @inline(__always)
    static func reduce(_ sum: UInt64) -> BabyBear {
        BabyBear(montgomery: BabyBear.reduce(lower(sum)))
    }

    @inlinable
    public static func * (a: Extension, b: Extension) -> Extension {
        // The coefficients of X⁶ … X¹⁰ come back times 31.
        let wrap = BabyBear(montgomery: 0x0fff_ffbe)
        let h0 = reduce(
            lower(
                product(a.l1, b.l5) &+ product(a.l2, b.l4) &+ product(a.l3, b.l3)
                    &+ product(a.l4, b.l2)) &+ product(a.l5, b.l1))
        let h1 = reduce(
            product(a.l2, b.l5) &+ product(a.l3, b.l4) &+ product(a.l4, b.l3)
                &+ product(a.l5, b.l2))
        let h2 = reduce(product(a.l3, b.l5) &+ product(a.l4, b.l4) &+ product(a.l5, b.l3))
        let h3 = reduce(product(a.l4, b.l5) &+ product(a.l5, b.l4))
        let h4 = reduce(product(a.l5, b.l5))
        return Extension(
            reduce(product(a.l0, b.l0) &+ product(h0, wrap)),
            reduce(product(a.l0, b.l1) &+ product(a.l1, b.l0) &+ product(h1, wrap)),
            reduce(
                product(a.l0, b.l2) &+ product(a.l1, b.l1) &+ product(a.l2, b.l0)
                    &+ product(h2, wrap)),
            reduce(
                lower(
                    product(a.l0, b.l3) &+ product(a.l1, b.l2) &+ product(a.l2, b.l1)
                        &+ product(a.l3, b.l0)) &+ product(h3, wrap)),
            reduce(
                lower(
                    product(a.l0, b.l4) &+ product(a.l1, b.l3) &+ product(a.l2, b.l2)
                        &+ product(a.l3, b.l1)) &+ product(a.l4, b.l0) &+ product(h4, wrap)),
            reduce(
                lower(
                    product(a.l0, b.l5) &+ product(a.l1, b.l4) &+ product(a.l2, b.l3)
                        &+ product(a.l3, b.l2)) &+ product(a.l4, b.l1) &+ product(a.l5, b.l0)))
    }

    /// The power with a public exponent; zero to the zeroth is one.
    public func power(_ exponent: UInt64) -> Extension {
        var result = Extension.one
        var square = self
        var left = exponent
        while left > 0 {
            if left & 1 == 1 { result *= square }
            square *= square
            left >>= 1
        }
        return result
    }

    /// 31^((p − 1) / 6): X to the p-th power is X times this.
    private static let frobeniusFactor = BabyBear.generator.power(
        UInt64(BabyBear.modulus - 1) / 6)

    /// The p-th power, `times` times over.
    public func frobenius(_ times: Int = 1) -> Extension {
        let step = Extension.frobeniusFactor.power(UInt64(times % Extension.degree))
        var factor = BabyBear.one
        var result = self
        for limb in 1..<Extension.degree {
            factor *= step
            result[limb] = self[limb] * factor
        }
        return result
    }

    /// The inverse, nil for zero.
    ///
    /// Cost: four products, four Frobenius maps and an inversion in the base field.
    /// - Source: Itoh and Tsujii, "A fast algorithm for computing multiplicative inverses", 1988.
    public var inverse: Extension? {
        // The conjugates' product, x^(p + p² + p³ + p⁴ + p⁵), times x is the norm, in F_p.
        let first = frobenius()
        let two = first * first.frobenius()
        let four = two * two.frobenius(2)
        let conjugates = four * first.frobenius(4)
        return (self * conjugates).l0.inverse.map(conjugates.scaled(by:))
    }

    /// The element of 24 canonical bytes; nil when there are others than 24 or a limb is not below
    /// p.
    public init?(bytes: ArraySlice<UInt8>) {
        guard bytes.count == Extension.byteCount else { return nil }
        self = .zero
        var at = bytes.startIndex
        for limb in 0..<Extension.degree {
            let value =
                UInt32(bytes[at]) | UInt32(bytes[at + 1]) << 8 | UInt32(bytes[at + 2]) << 16
                | UInt32(bytes[at + 3]) << 24
            guard value < BabyBear.modulus else { return nil }
            self[limb] = BabyBear(value)
            at += 4
        }
    }

    /// The element of 24 canonical bytes; nil when there are others than 24 or a limb is not below
    /// p.
    public init?(bytes: [UInt8]) { self.init(bytes: bytes[...]) }

    /// Appends the 24 canonical bytes.
    public func write(to bytes: inout [UInt8]) {
        for limb in 0..<Extension.degree {
            let value = self[limb].canonical
            for shift in 0..<4 { bytes.append(UInt8(truncatingIfNeeded: value >> (8 * shift))) }
        }
    }
}

extension Extension: CustomStringConvertible {
    public var description: String {
        "(" + (0..<Extension.degree).map { "\(self[$0])" }.joined(separator: ", ") + ")"
    }
}

extension Extension {
    /// `1, x, x², …`
    public func powers(_ count: Int) -> [Extension] {
        var power = Extension.one
        return (0..<count).map { _ in
            defer { power *= self }
            return power
        }
    }
}
