internal import CKernels

// The only file that calls the C kernel. `Fp` and `Fp2` have the layout of its structures: six and
// twelve 64-bit limbs, lowest first.

extension BLS12381.Fp {
    @inline(__always)
    fileprivate init(_ raw: assay_fp381) {
        self = unsafe unsafeBitCast(raw, to: Fp.self)
    }

    @inline(__always)
    fileprivate var raw: assay_fp381 { unsafe unsafeBitCast(self, to: assay_fp381.self) }

    @inline(__always)
    package static func * (left: Fp, right: Fp) -> Fp {
        var a = left.raw
        var b = right.raw
        return unsafe Fp(assay_fp381_product(&a, &b))
    }

    @inline(__always)
    package var squared: Fp {
        var a = raw
        return unsafe Fp(assay_fp381_product(&a, &a))
    }

    /// a · b + c · d with one reduction.
    @inline(__always)
    package static func sumOfProducts(_ a: Fp, _ b: Fp, _ c: Fp, _ d: Fp) -> Fp {
        var a = a.raw
        var b = b.raw
        var c = c.raw
        var d = d.raw
        return unsafe Fp(assay_fp381_sum_of_products(&a, &b, &c, &d))
    }

    /// The kernel's product without special instructions.
    package static func portableProduct(_ left: Fp, _ right: Fp) -> Fp {
        var a = left.raw
        var b = right.raw
        return unsafe Fp(assay_fp381_portable_product(&a, &b))
    }

    /// The kernel's sum of products without special instructions.
    package static func portableSumOfProducts(_ a: Fp, _ b: Fp, _ c: Fp, _ d: Fp) -> Fp {
        var a = a.raw
        var b = b.raw
        var c = c.raw
        var d = d.raw
        return unsafe Fp(assay_fp381_portable_sum_of_products(&a, &b, &c, &d))
    }
}

extension BLS12381.Fp2 {
    @inline(__always)
    private init(_ raw: assay_fp381_complex) {
        self = unsafe unsafeBitCast(raw, to: Fp2.self)
    }

    @inline(__always)
    private var raw: assay_fp381_complex {
        unsafe unsafeBitCast(self, to: assay_fp381_complex.self)
    }

    @inline(__always)
    package static func * (left: Fp2, right: Fp2) -> Fp2 {
        var a = left.raw
        var b = right.raw
        return unsafe Fp2(assay_fp381_complex_product(&a, &b))
    }

    /// (a + bu)² = (a + b)(a - b) + 2abu.
    @inline(__always)
    package var squared: Fp2 {
        var a = raw
        return unsafe Fp2(assay_fp381_complex_square(&a))
    }
}
