import Primitives
import Testing

@testable import Proofs

/// Field elements from a seed, extremes among them.
struct FieldSource {
    var random: SeededRandom

    init(seed: UInt64) { random = SeededRandom(seed: seed) }

    mutating func base() -> BabyBear {
        let word = random.next()
        switch word & 15 {
        case 0: return .zero
        case 1: return .one
        case 2: return -BabyBear.one
        case 3: return BabyBear(montgomery: BabyBear.modulus - 1)
        case 4: return BabyBear(montgomery: 1)
        default: return BabyBear(UInt32(truncatingIfNeeded: word >> 32))
        }
    }

    mutating func element() -> Extension {
        Extension(base(), base(), base(), base(), base(), base())
    }

    mutating func bases(_ count: Int) -> [BabyBear] { (0..<count).map { _ in base() } }
    mutating func elements(_ count: Int) -> [Extension] { (0..<count).map { _ in element() } }
}

@Suite struct FieldExtensionTests {
    @Test func keepsFieldLaws() {
        var source = FieldSource(seed: 1)
        let edge = (0..<6).map { _ in -BabyBear.one }
        var values = source.elements(12) + [.zero, .one, Extension(limbs: edge)]
        values.append(Extension(limbs: edge.map { _ in BabyBear(montgomery: 0x7800_0000) }))
        for a in values {
            #expect(a + .zero == a && a * .one == a && a * .zero == .zero && a - a == .zero)
            #expect(-a + a == .zero)
            for b in values {
                #expect(a + b == b + a && a * b == b * a && a - b == -(b - a))
                for c in values {
                    #expect((a * b) * c == a * (b * c))
                    #expect(a * (b + c) == a * b + a * c)
                }
            }
        }
    }

    /// The definition: multiply as polynomials, replace X⁶ with 31.
    @Test func multipliesAsPolynomials() {
        var source = FieldSource(seed: 2)
        for _ in 0..<200 {
            let (a, b) = (source.element(), source.element())
            var limbs = [BabyBear](repeating: .zero, count: 6)
            for i in 0..<6 {
                for j in 0..<6 {
                    let product = a[i] * b[j]
                    limbs[(i + j) % 6] += i + j < 6 ? product : product * BabyBear(31)
                }
            }
            #expect(a * b == Extension(limbs: limbs))
        }
    }

    @Test func invertsAndRaises() {
        var source = FieldSource(seed: 3)
        #expect(Extension.zero.inverse == nil)
        for _ in 0..<50 {
            let a = source.element()
            #expect(a == .zero || a.inverse.map { $0 * a } == .one)
            #expect(a.frobenius() == a.power(UInt64(BabyBear.modulus)))
            #expect(a.frobenius(3) == a.frobenius().frobenius().frobenius())
            #expect(a.frobenius(6) == a)
            let factor = source.base()
            #expect(a.scaled(by: factor) == a * Extension(factor))
        }
        // X to the third is no member of a smaller field, but its square is 31.
        let x = Extension(.zero, .one, .zero, .zero, .zero, .zero)
        #expect(x.power(6) == Extension(BabyBear(31)))
        #expect(x.power(0) == .one)
    }

    @Test func readsCanonicalBytesOnly() throws {
        var source = FieldSource(seed: 4)
        for _ in 0..<20 {
            let element = source.element()
            var bytes: [UInt8] = []
            element.write(to: &bytes)
            #expect(bytes.count == Extension.byteCount)
            #expect(Extension(bytes: bytes) == element)
            #expect(Extension(bytes: bytes.dropLast()) == nil)
            #expect(Extension(bytes: bytes + [0]) == nil)
        }
        for limb in 0..<6 {
            // p itself, little-endian, and the greatest word: both would be other spellings.
            for word: [UInt8] in [[0x01, 0, 0, 0x78], [0xff, 0xff, 0xff, 0xff]] {
                var bytes = [UInt8](repeating: 0, count: 24)
                bytes.replaceSubrange(4 * limb..<4 * limb + 4, with: word)
                #expect(Extension(bytes: bytes) == nil)
            }
            var bytes = [UInt8](repeating: 0, count: 24)
            bytes.replaceSubrange(4 * limb..<4 * limb + 4, with: [0, 0, 0, 0x78])
            let element = try #require(Extension(bytes: bytes))
            #expect(element[limb] == -BabyBear.one)
        }
    }
}
