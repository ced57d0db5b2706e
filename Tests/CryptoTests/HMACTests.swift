import Crypto
import Primitives
import Testing

@Suite struct HMACTests {
    /// RFC 4231, test case 2.
    @Test(arguments: [
        (HMAC.Digest.sha256, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"),
        (
            .sha384,
            "af45d2e376484031617f78d2b58a6b1b9c7ef464f5a01b47e42ec3736322445e"
                + "8e2240ca5e69e2c78b3239ecfab21649"
        ),
        (
            .sha512,
            "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea250554"
                + "9758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737"
        ),
    ])
    func publishedCodes(_ digest: HMAC.Digest, _ code: String) {
        let message = Array("what do ya want for nothing?".utf8)
        #expect(Hex.encode(HMAC.hash(message, key: Array("Jefe".utf8), by: digest)) == code)
    }

    /// RFC 5869, appendices A.1 and A.3.
    @Test func publishedKeys() throws {
        let secret = [UInt8](repeating: 0x0b, count: 22)
        let first = HKDF.expand(
            secret: secret, salt: try Hex.decode("000102030405060708090a0b0c"),
            label: try Hex.decode("f0f1f2f3f4f5f6f7f8f9"), count: 42)
        #expect(
            Hex.encode(first)
                == "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf"
                + "34007208d5b887185865")
        let third = HKDF.expand(secret: secret, label: [], count: 42)
        #expect(
            Hex.encode(third)
                == "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d"
                + "9d201395faa4b61a96c8")
    }
}

@Suite struct SHA512Tests {
    /// FIPS 180-4, examples.
    @Test func publishedDigests() {
        #expect(
            Hex.encode(SHA384.hash(Array("abc".utf8)))
                == "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed"
                + "8086072ba1e7cc2358baeca134c825a7")
        #expect(
            Hex.encode(SHA512.hash(Array("abc".utf8)))
                == "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
                + "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f")
        #expect(SHA384.hash([]).count == 48 && SHA512.hash([]).count == 64)
    }
}
