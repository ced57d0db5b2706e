import Testing

@testable import Proofs

@Suite struct FieldBabyBearTests {
    /// Every representation of zero, the extremes and some between.
    static let words: [UInt32] = [
        0, 1, 2, 30, 31, 0x7800_0000, 0x7800_0001, 0x7800_0002, 0xf000_0001, 0xf000_0002,
        0xf000_0003, 0xffff_ffff, 0x0fff_fffe, 0x45dd_dde3, 0x7fff_ffff, 0x8000_0000, 1_234_567_890,
    ]
    static let p = UInt64(BabyBear.modulus)

    @Test func reducesEveryWord() {
        for value in Self.words {
            #expect(UInt64(BabyBear(value).canonical) == UInt64(value) % Self.p)
            #expect(BabyBear(value).montgomery < BabyBear.modulus)
        }
        #expect(BabyBear(0) == BabyBear(BabyBear.modulus))
        #expect(BabyBear.one.canonical == 1)
        #expect(BabyBear(signed: -1).canonical == BabyBear.modulus - 1)
        #expect(BabyBear(signed: .min) == -BabyBear(signed: .max) - .one)
        #expect(BabyBear(signed: -3).signed == -3)
        #expect(BabyBear(signed: 3).signed == 3)
        #expect(BabyBear(BabyBear.modulus / 2).signed == Int32(BabyBear.modulus / 2))
        #expect(BabyBear(BabyBear.modulus / 2 + 1).signed == -Int32(BabyBear.modulus / 2))
    }

    @Test func agreesWithIntegers() {
        for left in Self.words {
            for right in Self.words {
                let a = UInt64(left) % Self.p
                let b = UInt64(right) % Self.p
                let (x, y) = (BabyBear(left), BabyBear(right))
                #expect(UInt64((x + y).canonical) == (a + b) % Self.p)
                #expect(UInt64((x - y).canonical) == (a + Self.p - b) % Self.p)
                #expect(UInt64((x * y).canonical) == a * b % Self.p)
                #expect(UInt64((-x).canonical) == (Self.p - a) % Self.p)
            }
        }
    }

    @Test func inverts() {
        #expect(BabyBear.zero.inverse == nil)
        #expect(BabyBear(BabyBear.modulus).inverse == nil)
        for word in Self.words where BabyBear(word) != .zero {
            #expect(BabyBear(word).inverse.map { $0 * BabyBear(word) } == .one)
        }
    }

    @Test func hasItsRootsOfUnity() {
        #expect(BabyBear.rootOfUnity(log: 0) == .one)
        #expect(BabyBear.rootOfUnity(log: 1) == -BabyBear.one)
        for log in 1...BabyBear.twoAdicity {
            let root = BabyBear.rootOfUnity(log: log)
            #expect(root * root == BabyBear.rootOfUnity(log: log - 1))
        }
        // 2²⁷ · 3 · 5 = p − 1: no proper divisor takes the generator to one.
        #expect(BabyBear.generator.power(Self.p - 1) == .one)
        for prime: UInt64 in [2, 3, 5] {
            #expect(BabyBear.generator.power((Self.p - 1) / prime) != .one)
        }
    }

    @Test func refusesRootsThatAreNotThere() async {
        await #expect(processExitsWith: .failure) { _ = BabyBear.rootOfUnity(log: 28) }
        await #expect(processExitsWith: .failure) { _ = BabyBear.rootOfUnity(log: -1) }
    }
}
