import Crypto
import Primitives
import Testing

@Suite struct Blake2Tests {
    /// The state of BLAKE2b-512 before "abc" (RFC 7693, appendix A).
    private static let state = """
        48c9bdf267e6096a3ba7ca8485ae67bb2bf894fe72f36e3cf1361d5f3af54fa5\
        d182e6ad7f520e511f6c3e2b8c68059b6bbd41fbabd9831f79217e1319cde05b
        """

    private static func words(_ bytes: [UInt8]) -> [UInt64] {
        stride(from: 0, to: bytes.count, by: 8).map { start in
            (0..<8).reduce(0) { $0 | UInt64(bytes[start + $1]) << UInt64($1 * 8) }
        }
    }

    private static func bytes(_ words: [UInt64]) -> [UInt8] {
        words.flatMap { word in
            (0..<8).map { UInt8(truncatingIfNeeded: word >> UInt64($0 * 8)) }
        }
    }

    /// EIP-152, test vectors 4 to 7: "abc" with other numbers of rounds.
    @Test(arguments: [
        (
            0 as UInt32, true,
            """
            08c9bcf367e6096a3ba7ca8485ae67bb2bf894fe72f36e3cf1361d5f3af54fa5\
            d282e6ad7f520e511f6c3e2b8c68059b9442be0454267ce079217e1319cde05b
            """
        ),
        (
            12, true,
            """
            ba80a53f981c4d0d6a2797b69f12f6e94c212f14685ac4b74b12bb6fdbffa2d1\
            7d87c5392aab792dc252d5de4533cc9518d38aa8dbf1925ab92386edd4009923
            """
        ),
        (
            12, false,
            """
            75ab69d3190a562c51aef8d88f1c2775876944407270c42c9844252c26d28752\
            98743e7f6d5ea2f2d3e8d226039cd31b4e426ac4f2d3d666a610c2116fde4735
            """
        ),
        (
            1, true,
            """
            b63a380cb2897d521994a85234ee2c181b5f844d2c624c002677e9703449d2fb\
            a551b3a8333bcdf5f2f7e08993d53923de3d64fcc68c034e717b9293fed7a421
            """
        ),
        // go-ethereum's "vector 8".
        (
            0x007a_1200, true,
            """
            6d2ce9e534d50e18ff866ae92d70cceba79bbcd14c63819fe48752c8aca87a4b\
            b7dcc230d22a4047f0486cfcfb50a17b24b2899eb8fca370f22240adb5170189
            """
        ),
    ])
    func publishedVectors(_ rounds: UInt32, _ isFinal: Bool, _ output: String) throws {
        var h = Self.words(try Hex.decode(Self.state))
        var m = [UInt64](repeating: 0, count: 16)
        m[0] = 0x636261
        Blake2.compress(rounds: rounds, h: &h, m: m, t: (3, 0), final: isFinal)
        #expect(Hex.encode(Self.bytes(h)) == output)
    }

    @Test func countsAreChecked() async {
        await #expect(processExitsWith: .failure) {
            var h = [UInt64](repeating: 0, count: 7)
            let m = [UInt64](repeating: 0, count: 16)
            Blake2.compress(rounds: 1, h: &h, m: m, t: (0, 0), final: true)
        }
        await #expect(processExitsWith: .failure) {
            var h = [UInt64](repeating: 0, count: 8)
            Blake2.compress(rounds: 1, h: &h, m: [], t: (0, 0), final: true)
        }
    }
}
