import Crypto
import Primitives
import Testing

private let million = [UInt8](repeating: UInt8(ascii: "a"), count: 1_000_000)

@Suite struct RIPEMD160Tests {
    /// The vectors of the authors' page (Dobbertin, Bosselaers, Preneel).
    @Test(arguments: [
        ("", "9c1185a5c5e9fc54612808977ee8f548b2258d31"),
        ("a", "0bdc9d2d256b3ee9daae347be6f4dc835a467ffe"),
        ("abc", "8eb208f7e05d987a9b044a8e98c6b087f15a0bfc"),
        ("message digest", "5d0689ef49d2fae572b881b123a85ffa21595f36"),
        ("abcdefghijklmnopqrstuvwxyz", "f71c27109c692c1b56bbdceb5b9d2865b3708dbc"),
        (
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "12a053384a9c0c88e405a06c27dcf49ada62eb2b"
        ),
        (
            "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789",
            "b0e20b6e3116640286ed3a87a5713079b21f5189"
        ),
        (
            String(repeating: "1234567890", count: 8),
            "9b752e45573d4b39f4dbd3323cab82bf63326bfb"
        ),
    ])
    func publishedDigests(_ message: String, _ digest: String) {
        #expect(Hex.encode(RIPEMD160.hash(Array(message.utf8))) == digest)
    }

    @Test func aMillionLetters() {
        let digest = RIPEMD160.hash(million)
        #expect(Hex.encode(digest) == "52783243c1697bdbe16d37f97f68f08325dc1528")
    }
}

@Suite struct SHA256Tests {
    @Test func piecesHashAsTheWhole() {
        var random = SeededRandom(seed: 3)
        for count in [1, 63, 64, 65, 1_000, 10_000] {
            let bytes = random.bytes(count)
            var stream = SHA256Stream()
            var position = 0
            while position < count {
                let end = min(count, position + Int(random.next() % 200))
                stream.update(bytes[position..<end])
                position = end
                // To ask changes nothing.
                #expect(stream.hash == SHA256.hash(bytes[..<position]))
            }
        }
    }

    /// FIPS 180-2, appendix B, and the empty message.
    @Test(arguments: [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
        ),
    ])
    func publishedDigests(_ message: String, _ digest: String) {
        #expect(Hex.encode(SHA256.hash(Array(message.utf8)).bytes) == digest)
    }

    @Test func aMillionLetters() {
        #expect(
            SHA256.hash(million).hex
                == "0xcdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")
    }

    @Test func aSliceHashesAsItsBytes() {
        let bytes = SeededRandom.sample(200)
        for range in [0..<0, 0..<1, 63..<129, 199..<200, 200..<200] {
            #expect(SHA256.hash(bytes[range]) == SHA256.hash(Array(bytes[range])))
            #expect(Keccak.hash(bytes[range]) == Keccak.hash(Array(bytes[range])))
        }
    }
}

extension SeededRandom {
    fileprivate static func sample(_ count: Int) -> [UInt8] {
        var random = SeededRandom(seed: 5)
        return random.bytes(count)
    }
}
