import Codec
import Primitives
import Testing

@Suite struct Base64Tests {
    /// RFC 4648, section 10.
    @Test(arguments: [
        ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="),
        ("fooba", "Zm9vYmE="), ("foobar", "Zm9vYmFy"),
    ])
    func publishedVectors(_ plain: String, _ text: String) throws {
        #expect(Base64.encode(Array(plain.utf8)) == text)
        #expect(try Base64.decode(text) == Array(plain.utf8))
    }

    @Test func everySextetHasItsDigit() throws {
        let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
        let bytes = try Base64.decode(alphabet)
        #expect(bytes.count == 48)
        #expect(Base64.encode(bytes) == alphabet)
        #expect(Base64.encode([0xff, 0xef, 0xfe]) == "/+/+")
    }

    @Test func everyLengthRoundTrips() throws {
        var random = SeededRandom(seed: 64)
        for count in 0...200 {
            let bytes = random.bytes(count)
            let text = Base64.encode(bytes)
            #expect(text.utf8.count == (count + 2) / 3 * 4)
            #expect(try Base64.decode(text) == bytes)
        }
    }

    /// Each pair of bytes has one text: of the 2³² texts of four signs, a sample by the last two.
    @Test func oneTextForEachSequence() {
        let signs = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=".utf8)
        for third in signs {
            for fourth in signs {
                let text = String(decoding: [signs[7], signs[50], third, fourth], as: UTF8.self)
                guard let bytes = try? Base64.decode(text) else { continue }
                #expect(Base64.encode(bytes) == text)
            }
        }
    }

    static let refusals: [(text: String, because: Base64Error)] = [
        // Padding is required, and lengths are whole groups.
        ("A", .wrongLength(1)), ("Zg", .wrongLength(2)), ("Zg=", .wrongLength(3)),
        ("Zm8", .wrongLength(3)), ("Zm9vY", .wrongLength(5)), ("=", .wrongLength(1)),
        // White space is not skipped.
        (" Zg==", .wrongLength(5)), ("Zg==\n", .wrongLength(5)),
        ("Zm9\n", .invalidCharacter(0x0a, at: 3)), ("Zm 9", .invalidCharacter(0x20, at: 2)),
        ("\tZm9", .invalidCharacter(0x09, at: 0)), ("Zm9vZm9\r", .invalidCharacter(0x0d, at: 7)),
        // The URL alphabet is another encoding.
        ("-_-_", .invalidCharacter(0x2d, at: 0)), ("AA_A", .invalidCharacter(0x5f, at: 2)),
        ("AAA\0", .invalidCharacter(0, at: 3)), ("AA\u{e9}", .invalidCharacter(0xc3, at: 2)),
        // Padding elsewhere, or too much of it.
        ("====", .invalidPadding), ("A===", .invalidPadding), ("=AAA", .invalidPadding),
        ("AA=A", .invalidPadding), ("Zg==Zg==", .invalidPadding), ("Zm8=Zm8=", .invalidPadding),
        ("AAAA====", .invalidPadding), ("AAAAA===", .invalidPadding),
        // Bits that belong to no byte.
        ("Zh==", .nonCanonical), ("Zv==", .nonCanonical), ("Zm9=", .nonCanonical),
        ("Zm+=", .nonCanonical), ("//==", .nonCanonical), ("///=", .nonCanonical),
    ]

    @Test(arguments: refusals.indices)
    func refuses(_ index: Int) {
        let row = Self.refusals[index]
        #expect(throws: row.because, "\(row.text)") { try Base64.decode(row.text) }
    }
}
