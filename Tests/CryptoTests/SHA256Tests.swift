import Crypto
import Primitives
import Testing

@Suite struct SHA256Tests {
    /// FIPS 180-4, and NIST's examples for it.
    @Test(arguments: [
        ("", "0xe3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "0xba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "0x248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
        ),
    ])
    func hashesAsPublished(_ text: String, _ hash: String) {
        #expect(SHA256.hash(Array(text.utf8)).hex == hash)
        var stream = SHA256Stream()
        for byte in text.utf8 { stream.update([byte]) }
        #expect(stream.hash.hex == hash)
    }

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
}
