import Crypto
import Primitives
import Testing

@Suite struct KeccakTests {
    @Test func knownDigests() {
        #expect(
            Keccak.emptyHash.hex
                == "0xc5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470")
        #expect(
            Keccak.hash(Array("abc".utf8)).hex
                == "0x4e03657aea45a94fc7d47ba826c8d667c0d1e6e33a64a036ec44f58fa12d6c45")
    }

    @Test func kernelEqualsTwinAtEveryLength() {
        var random = SeededRandom(seed: 3)
        for count in Array(0...600) + [679, 680, 681, 1000] {
            let bytes = random.bytes(count)
            #expect(Keccak.hash(bytes) == KeccakTwin.hash(bytes), "\(count) bytes")
        }
    }
}

@Suite struct ManyKeccakTests {
    @Test(arguments: 0...20)
    func manyAtOnceEqualTheTwin(count: Int) {
        var random = SeededRandom(seed: UInt64(count))
        // Around the block size, where padding makes or saves a block, and lengths that differ.
        let lengths = [0, 1, 32, 135, 136, 137, 271, 272, 273, 532, 1000]
        for turn in 0..<20 {
            let messages = (0..<count).map { index in
                random.bytes(
                    turn == 0 ? lengths[index % lengths.count] : Int(random.next() % 700))
            }
            #expect(Keccak.hashes(of: messages) == messages.map { KeccakTwin.hash($0) })
        }
    }
}
