import Crypto
import Primitives
import Testing

@Suite struct FrequentKeyTests {
    private static func secret(_ random: inout SeededRandom) -> [UInt8] {
        [0x7f] + random.bytes(31)
    }

    @Test func agreesWithTheGeneralCheckBeforeAndBehindTheTable() throws {
        var random = SeededRandom(seed: 5)
        let key = try #require(P256.publicKey(of: Self.secret(&random)))
        var other = SeededRandom(seed: 5)
        let secret = Self.secret(&other)
        let frequent = FrequentKey(key: key)
        for round in 0..<2 * FrequentKey.patience {
            let digest = round % 50 == 49 ? .zero : Hash(random.bytes(32))
            var signature = try #require(P256.sign(digest: digest, secret: secret))
            if round % 3 > 0 {
                signature[Int(random.next() % 64)] ^= UInt8(truncatingIfNeeded: random.next())
            }
            let wanted = P256.verify(digest: digest, signature: signature[...], key: key[...])
            #expect(round % 3 > 0 || wanted)
            #expect(frequent.verify(digest: digest, signature: signature[...]) == wanted)
        }
    }

    @Test func refusesWhatIsNoSignature() throws {
        let key = try #require(P256.publicKey(of: [UInt8](repeating: 3, count: 32)))
        let frequent = FrequentKey(key: key)
        let one = [UInt8](repeating: 0, count: 31) + [1]
        let zero = [UInt8](repeating: 0, count: 32)
        let high = [UInt8](repeating: 0xff, count: 32)
        // s = e and r = 1 sum G and Q/e; a digest of zero leaves Q alone.
        let pairs = [
            [], zero + one, one + zero, high + one, one + high, one + one + one, zero + zero,
            one + one,
        ]
        for _ in 0..<FrequentKey.patience {
            for pair in pairs {
                for digest in [Hash.zero, Hash(one), Hash(high)] {
                    let wanted = P256.verify(digest: digest, signature: pair[...], key: key[...])
                    #expect(frequent.verify(digest: digest, signature: pair[...]) == wanted)
                }
            }
        }
    }

    /// r = x(Q) and s = r give (e/r)·G + Q; with e = 0 that is Q itself, and the signature holds.
    @Test func takesTheKeyItselfForAPoint() throws {
        let key = try #require(P256.publicKey(of: [UInt8](repeating: 9, count: 32)))
        let pair = Array(key.prefix(32)) + Array(key.prefix(32))
        let frequent = FrequentKey(key: key)
        for _ in 0...FrequentKey.patience {
            let holds = frequent.verify(digest: .zero, signature: pair[...])
            #expect(holds == P256.verify(digest: .zero, signature: pair[...], key: key[...]))
            #expect(holds)
        }
    }

    @Test func refusesEverythingUnderNoPoint() {
        let frequent = FrequentKey(key: [UInt8](repeating: 1, count: 64))
        let pair = [UInt8](repeating: 1, count: 64)
        for _ in 0...FrequentKey.patience {
            #expect(!frequent.verify(digest: .zero, signature: pair[...]))
        }
    }
}
