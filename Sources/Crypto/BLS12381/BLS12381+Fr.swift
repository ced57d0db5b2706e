extension BLS12381 {
    /// r = x⁴ - x² + 1 for the seed x: the order of both groups.
    package enum FrModulus: PrimeModulus {
        @inline(__always) package static var p0: UInt64 { 0xffff_ffff_0000_0001 }
        @inline(__always) package static var p1: UInt64 { 0x53bd_a402_fffe_5bfe }
        @inline(__always) package static var p2: UInt64 { 0x3339_d808_09a1_d805 }
        @inline(__always) package static var p3: UInt64 { 0x73ed_a753_299d_7d48 }
        @inline(__always) package static var negatedInverse: UInt64 { 0xffff_fffe_ffff_ffff }
        @inline(__always) package static var one: Fr {
            Fr(
                limbs: 0x0000_0001_ffff_fffe, 0x5884_b7fa_0003_4802, 0x998c_4fef_ecbc_4ff5,
                0x1824_b159_acc5_056f)
        }
        @inline(__always) package static var square: Fr {
            Fr(
                limbs: 0xc999_e990_f3f2_9c6d, 0x2b6c_edcb_8792_5c23, 0x05d3_1496_7254_398f,
                0x0748_d9d9_9f59_ff11)
        }
        package static let inverseScale = Fr.madeInverseScale
    }

    /// An element of the field of scalars.
    package typealias Fr = PrimeField256<FrModulus>
}
