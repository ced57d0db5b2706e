import Inference
import Primitives
import Proofs
import TestSupport
import Testing

@Suite struct ProofOfWorkTests {
    private let seed = Hash((0..<32).map { UInt8($0 * 3) })

    @Test(
        "The least good nonce is found, by any workers, at every level", arguments: [0, 1, 5, 12])
    func findsTheLeast(_ bits: Int) {
        let nonce = ProofOfWork.search(seed: seed, bits: bits, workers: SerialWorkers())
        #expect(ProofOfWork.isGood(nonce, seed: seed, bits: bits))
        for lower in 0..<min(nonce, 20_000) {
            #expect(!ProofOfWork.isGood(lower, seed: seed, bits: bits))
        }
        #expect(ProofOfWork.search(seed: seed, bits: bits, workers: BackwardWorkers()) == nonce)
        for level in KernelLevel.allCases where level.isAvailable && bits < 12 {
            #expect(
                ProofOfWork.search(seed: seed, bits: bits, workers: SerialWorkers(), level: level)
                    == nonce)
        }
    }

    @Test("Zeros are counted in the first word of the node's hash, lowest first")
    func countsZeros() {
        var nonce: UInt64 = 0
        for bits in 0..<10 {
            nonce = ProofOfWork.search(seed: seed, bits: bits, workers: SerialWorkers())
            let second = Hash(
                (0..<8).map { UInt8(truncatingIfNeeded: nonce >> UInt64(8 * $0)) }
                    + [UInt8](repeating: 0, count: 24))
            let digest = NodeHash.hash(seed, second).bytes
            let word = Int(digest[0]) | Int(digest[1]) << 8
            #expect(word & ((1 << bits) - 1) == 0)
        }
        #expect(!ProofOfWork.isGood(nonce, seed: Hash.zero, bits: 20))
    }

    @Test("The seed depends on the history, the tag and the bits")
    func separatesSeeds() {
        var transcript = Transcript(domain: "d")
        var seeds = [
            transcript.workSeed("w", bits: 1), transcript.workSeed("w", bits: 2),
            transcript.workSeed("v", bits: 1),
        ]
        transcript.absorb("a", Hash.zero)
        seeds.append(transcript.workSeed("w", bits: 1))
        #expect(Set(seeds).count == 4)
        #expect(transcript.workSeed("w", bits: 1) == seeds[3], "asking changes nothing")
    }
}
