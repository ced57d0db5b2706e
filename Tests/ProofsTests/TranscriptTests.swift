import Crypto
import Primitives
import Proofs
import Testing

@Suite struct TranscriptTests {
    private func element(_ limb: UInt32) -> Extension {
        Extension(limbs: (0..<6).map { BabyBear(limb &+ UInt32($0)) })
    }

    /// The preimage of a step, as the definition has it.
    private func preimage(
        _ kind: UInt8, _ state: [UInt8], _ tag: String, _ rest: [UInt8]
    ) -> [UInt8] {
        [kind] + state + [UInt8(tag.utf8.count)] + Array(tag.utf8) + rest
    }

    private func number(_ value: Int) -> [UInt8] {
        (0..<8).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }

    /// The words of as many blocks of a challenge.
    private func words(
        _ kind: UInt8, _ state: [UInt8], _ tag: String, count: Int, blocks: Int
    ) -> [Int] {
        (0..<blocks).flatMap { block in
            let bytes = SHA256.hash(
                preimage(kind, state, tag, number(count) + number(block))
            ).bytes
            return stride(from: 0, to: 32, by: 4).map { at in
                (0..<4).reduce(0) { $0 | Int(bytes[at + $1]) << (8 * $1) }
            }
        }
    }

    @Test("The state is the documented chain of SHA-256")
    func followsTheDefinition() {
        let zero = [UInt8](repeating: 0, count: 32)
        let start = SHA256.hash(preimage(1, zero, "domain", number(1) + [0x78])).bytes
        let absorbed = SHA256.hash(preimage(1, start, "m", number(3) + [7, 8, 9])).bytes
        let positions = words(4, absorbed, "i", count: 9, blocks: 2).prefix(9).map { $0 & 4095 }
        let moved = SHA256.hash(preimage(5, absorbed, "i", number(9))).bytes
        let limbs = words(2, moved, "c", count: 90, blocks: 80)
            .map { $0 & 0x7fff_ffff }.filter { $0 < Int(BabyBear.modulus) }
        let last = SHA256.hash(preimage(3, moved, "c", number(90))).bytes
        let end = words(4, last, "j", count: 1, blocks: 1)[0]

        var transcript = Transcript(domain: "x")
        transcript.absorb("m", [7, 8, 9])
        #expect(transcript.indices("i", count: 9, below: 4096) == positions)
        let elements = transcript.challenges("c", count: 90)
        let drawn = elements.flatMap { element in (0..<6).map { Int(element[$0].canonical) } }
        #expect(limbs.count < 640, "some word of 80 blocks is refused")
        #expect(drawn.count == 540)
        #expect(drawn == Array(limbs.prefix(540)))
        #expect(transcript.indices("j", count: 1, below: 1 << 32) == [end])
    }

    @Test("Every byte of a history changes what follows")
    func separatesHistories() {
        let histories: [(inout Transcript) -> Void] = [
            { _ in },
            { $0.absorb("a", [UInt8]()) },
            { $0.absorb("b", [UInt8]()) },
            { $0.absorb("a", [0]) },
            { $0.absorb("a", [0, 0]) },
            { $0.absorb("a0", [0]) },
            { $0.absorb("a", [1]) },
            {
                $0.absorb("a", [0]); $0.absorb("a", [0])
            },
            { $0.absorb("a", Hash.zero) },
            {
                $0.absorb("a", [Extension]()); $0.absorb("a", [0])
            },
            { _ = $0.challenge("a") },
            { _ = $0.indices("a", count: 1, below: 8) },
            { _ = $0.challenge("b") },
            { _ = $0.challenges("a", count: 2) },
            {
                _ = $0.challenge("a"); _ = $0.challenge("a")
            },
        ]
        var seen: [Extension] = []
        for history in histories {
            var transcript = Transcript(domain: "d")
            history(&transcript)
            seen.append(transcript.challenge("end"))
        }
        var other = Transcript(domain: "e")
        seen.append(other.challenge("end"))
        #expect(Set(seen).count == histories.count + 1)
    }

    @Test("An element is absorbed as its bytes, a list as all of them")
    func absorbsElements() {
        var bytes: [UInt8] = []
        element(3).write(to: &bytes)
        element(BabyBear.modulus - 2).write(to: &bytes)
        var left = Transcript(domain: "d")
        left.absorb("v", [element(3), element(BabyBear.modulus - 2)])
        var right = Transcript(domain: "d")
        right.absorb("v", bytes)
        #expect(left.challenge("c") == right.challenge("c"))
    }

    @Test("All six limbs are spread over the field, and positions over their range")
    func isUniform() {
        var transcript = Transcript(domain: "uniform")
        let elements = transcript.challenges("c", count: 4096)
        for limb in 0..<6 {
            // Sixteen equal parts of the field: 256 wanted in each, six deviations allowed.
            var parts = [Int](repeating: 0, count: 16)
            for element in elements {
                parts[Int(UInt64(element[limb].canonical) * 16 / UInt64(BabyBear.modulus))] += 1
            }
            #expect(parts.allSatisfy { (160...352).contains($0) }, "limb \(limb): \(parts)")
        }
        var counts = [Int](repeating: 0, count: 64)
        for index in transcript.indices("i", count: 16384, below: 64) { counts[index] += 1 }
        #expect(counts.allSatisfy { (160...352).contains($0) }, "\(counts)")
        #expect(transcript.indices("one", count: 3, below: 1) == [0, 0, 0])
    }

    @Test("The tape keeps the order of messages and challenges")
    func recordsItsSteps() {
        var transcript = Transcript(domain: "d", recordsTape: true)
        transcript.absorb("root", Hash.zero)
        _ = transcript.challenge("alpha")
        transcript.absorb("values", [element(1), element(2)])
        _ = transcript.indices("queries", count: 9, below: 32)
        #expect(
            transcript.tape == [
                .init(.absorb, "domain", 1), .init(.absorb, "root", 32),
                .init(.challenge, "alpha", 1), .init(.absorb, "values", 48),
                .init(.indices, "queries", 9),
            ])
        #expect(Transcript(domain: "d").tape == nil)
    }

    @Test("A bound that is no power of two is our own mistake")
    func refusesBiasedBounds() async {
        await #expect(processExitsWith: .failure) {
            var transcript = Transcript(domain: "d")
            _ = transcript.indices("i", count: 1, below: 3)
        }
        await #expect(processExitsWith: .failure) {
            var transcript = Transcript(domain: "d")
            _ = transcript.indices("i", count: 1, below: 1 << 33)
        }
    }
}
