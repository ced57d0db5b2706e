import Crypto
import Primitives
import Testing

/// The points that the curve and pairing tests share.
enum BN254Points {
    typealias G1 = BN254.Affine<BN254.Fp>
    typealias G2 = BN254.Affine<BN254.Fp2>

    static func element(_ hex: String) throws -> BN254.Fp {
        try #require(BN254.Fp(UInt256(bigEndian: Hex.decode(hex))))
    }

    /// (1, 2), EIP-196.
    static let left = G1(x: .one, y: BN254.Fp.one.doubled)

    /// The generator of G2, EIP-197.
    static func right() throws -> G2 {
        G2(
            x: BN254.Fp2(
                try element("1800deef121f1e76426a00665e5c4479674322d4f75edadd46debd5cd992f6ed"),
                try element("198e9393920d483a7260bfb731fb5d25f1aa493335a9e71297e485b7aef312c2")),
            y: BN254.Fp2(
                try element("12c85ea5db8c6deb4aab71808dcb408fe3d1e7690c43d37b4ce6cc0166fa7daa"),
                try element("090689d0585ff075ec9e99ad690c3395bc4b313370b38ef355acdadcd122975b")))
    }

    /// On the twist with x = 2 + u, order r · h; the root by Adj, Rodríguez-Henríquez, worked out
    /// apart from this code.
    static func offSubgroup() throws -> G2 {
        G2(
            x: BN254.Fp2(BN254.Fp.one.doubled, .one),
            y: BN254.Fp2(
                try element("101f7278419308b95099eca02dcee0c5381f4d26d1d62313f057167f064101ce"),
                try element("2b76c179599bb92a963dac85546a005a777f7c13f6a7b75d5918b6b5808f5fde")))
    }

    /// On the twist, order 10069, the smallest prime of the cofactor.
    static func smallOrder() throws -> G2 {
        G2(
            x: BN254.Fp2(
                try element("163b1e6d53c2b9384d7a50f52db7a5f3089a85d87695f7b4f0dfb367204e3d74"),
                try element("1f1939a35248c05963dc28c492bd5496d0ee07203ed62a4646610343b7f519d1")),
            y: BN254.Fp2(
                try element("20616720904c4e3ec2056718d1a8fd28cb3978424461aec3ed1ee4534b60ca11"),
                try element("05b7ee9fa25c610b779f046afe61bc518aac03cdfed3a82e1851d413bf4e56e1")))
    }
}

@Suite struct BN254CurveTests {
    typealias G1 = BN254Points.G1
    typealias G2 = BN254Points.G2

    private func checkGroupLaws<Field>(_ points: [BN254.Affine<Field>]) {
        for a in points {
            let whole = BN254.Jacobian(a)
            #expect(whole.affine == a)
            #expect(a + .infinity == a)
            #expect(.infinity + a == a)
            #expect(a + -a == .infinity)
            #expect((whole + -a).isInfinity)
            #expect((whole + -whole).isInfinity)
            #expect(whole.doubled.affine == a + a)
            #expect((whole + a).affine == a + a)
            #expect((whole + whole).affine == a + a)
            for b in points {
                let sum = a + b
                #expect(sum.isInfinity || sum.isOnCurve)
                #expect(sum == b + a)
                // With and without a common Z.
                #expect((whole + b).affine == sum)
                #expect((whole + BN254.Jacobian(b)).affine == sum)
                let twice = whole.doubled + BN254.Jacobian(b).doubled
                #expect(twice.affine == sum + sum)
                #expect(twice == BN254.Jacobian(sum).doubled)
                for c in points { #expect(sum + c == a + (b + c)) }
            }
        }
    }

    @Test func groupLaws() throws {
        let one = BN254Points.left
        let two = one + one
        checkGroupLaws([G1.infinity, one, -one, two, two + one])
        let right = try BN254Points.right()
        let off = try BN254Points.offSubgroup()
        checkGroupLaws([G2.infinity, right, -right, right + right, off])
    }

    @Test func windowsAgreeWithDoubleAndAdd() {
        var random = SeededRandom(seed: 11)
        var scalars: [UInt256] = [.zero, .one, UInt256(2), UInt256(15), UInt256(16), UInt256(255)]
        let order = BN254.order
        scalars += [order - .one, order, order + .one, order + order, .max]
        scalars += [UInt256(limbs: 0, 0, 0, 1 << 63), UInt256(limbs: 0, 0, 1, 0)]
        for _ in 0..<30 { scalars.append(UInt256(bigEndian: random.bytes(32))) }
        for index in 0..<256 where index % 13 == 0 { scalars.append(UInt256.one << index) }
        let point = BN254.Jacobian(BN254Points.left).multiplied(by: UInt256(7)).affine
        for scalar in scalars {
            let plain = BN254.Jacobian(point).multiplied(by: scalar)
            #expect(BN254.multiply(point, by: scalar) == plain, "scalar \(scalar)")
            #expect(BN254.multiply(G1.infinity, by: scalar).isInfinity)
        }
    }

    @Test func subgroupCheckAgreesWithTheOrder() throws {
        let order = BN254.order
        let cofactor = BN254.Fp.modulus + BN254.Fp.modulus - order
        let off = try BN254Points.offSubgroup()
        let small = try BN254Points.smallOrder()
        let right = try BN254Points.right()
        let inCofactor = BN254.Jacobian(off).multiplied(by: order)
        let middle = inCofactor.multiplied(by: cofactor / UInt256(5_864_401))
        let inGroup = BN254.Jacobian(off).multiplied(by: cofactor).affine
        #expect(!inGroup.isInfinity)
        #expect(BN254.Jacobian(small).multiplied(by: UInt256(10_069)).isInfinity)
        #expect(!middle.isInfinity)
        #expect(middle.multiplied(by: UInt256(5_864_401)).isInfinity)
        let points = [
            right, -right, right + right, inGroup, inGroup + right,
            off, -off, off + right, small, small + right, inCofactor.affine, middle.affine,
        ]
        for (index, point) in points.enumerated() {
            #expect(point.isOnCurve)
            let isInSubgroup = BN254.Jacobian(point).multiplied(by: order).isInfinity
            #expect(isInSubgroup == (index < 5))
            #expect(point.isInSubgroup == isInSubgroup, "point \(index)")
        }
    }

    @Test func frobeniusOfTheTwistIsTheModulusInTheSubgroup() throws {
        let right = try BN254Points.right()
        let multiple = BN254.Jacobian(right).multiplied(by: BN254.Fp.modulus).affine
        #expect(right.frobenius == multiple)
        #expect(BN254.Jacobian(right).doubled.frobenius.affine == (right + right).frobenius)
        // On the whole twist: ψ⁴ - ψ² + 1 = 0, which makes the subgroup check exact.
        for point in [right, try BN254Points.offSubgroup(), try BN254Points.smallOrder()] {
            let twice = point.frobenius.frobenius
            #expect(twice.frobenius.frobenius + -twice + point == .infinity)
            #expect(twice != point)
        }
    }

    /// The resultant of f = (x + 1) + xX + xX² - 2xX³ and X⁴ - X² + 1 is r: the other fact behind
    /// the subgroup check. In Fr's own words: the norm of f(ζ) for a twelfth root of unity.
    @Test func resultantOfTheSubgroupCheckIsTheOrder() {
        // With i = X³ and j = X², f = A + B·i where A = (x + 1) + x·j and B = -2x + x·(X / i), and
        // X / i = X⁻² = 1 - j. So B = -x - x·j, and norms go down by i² = -1, then by j² = j - 1:
        // A² + B² = a + b·j with N(a + b·j) = a² + ab + b².
        let x = UInt256(BN254.seed)
        let y = x + .one
        // A² = y² - x² + (2xy + x²)·j; B² = x²(1 + j)² = 3x²·j.
        let a = y * y - x * x
        let b = UInt256(2) * x * y + UInt256(4) * x * x
        #expect(a * a + a * b + b * b == BN254.order)
    }

    @Test(arguments: [2, 3, 4, 5])
    func signedDigitsGiveTheNumberBack(width: Int) {
        var random = SeededRandom(seed: 12)
        var numbers: [UInt128] = [0, 1, 2, 3, 7, 8, 255, UInt128(BN254.seed)]
        for _ in 0..<20 { numbers.append(UInt128(random.next()) << 13) }
        for number in numbers {
            let digits = SignedDigits.of(number, width: width)
            let value = digits.reversed().reduce(Int128(0)) { 2 * $0 + Int128($1) }
            #expect(value == Int128(number))
            for (index, digit) in digits.enumerated() where digit != 0 {
                #expect(!digit.isMultiple(of: 2) && abs(digit) < 1 << (width - 1))
                #expect(digits.dropFirst(index + 1).prefix(width - 1).allSatisfy { $0 == 0 })
            }
        }
    }
}
