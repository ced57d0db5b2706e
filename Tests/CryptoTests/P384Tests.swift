import Crypto
import Primitives
import Testing

@Suite struct P384Tests {
    static let secret =
        "6B9D3DAD2E1B8C1C05B19875B6659F4DE23C3B667BF297BA9AA47740787137D8"
        + "96D5724E4C70A825F872C9EA60D2EDF5"
    static let key =
        "EC3A4E415B4E19A4568618029F427FA5DA9A8BC4AE92E02E06AAE5286B300C64"
        + "DEF8F0EA9055866064A254515480BC13"
        + "8015D9B72D7D57244EA8EF9AC0C621896708A59367F9DFB9F54CA84B3F1C9DB1"
        + "288B231C3AE0D4FE7344FD2533264720"
    static let sample =
        "94EDBB92A5ECB8AAD4736E56C691916B3F88140666CE9FA73D64C4EA95AD133C"
        + "81A648152E44ACF96E36DD1E80FABE46"
        + "99EF4AEB15F178CEA1FE40DB2603138F130E740A19624526203B6351D0A3A94F"
        + "A329C145786E679E7B82C71A38628AC8"
    static let test =
        "8203B63D3C853E8D77227FB377BCF7B7B772E97892A80F36AB775D509D7A5FEB"
        + "0542A7F0812998DA8F1DD3CA3CF023DB"
        + "DDD0760448D42D8A43AF45AF836FCE4DE8BE06B485E9B61B827C2F13173923E0"
        + "6A739F040649A667BF3B828246BAA5A5"
    /// FIPS 186-5, the order of P-384.
    static let order =
        "ffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf"
        + "581a0db248b0a77aecec196accc52973"

    /// RFC 6979, appendix A.2.6, SHA-384.
    @Test(arguments: [("sample", sample), ("test", test)])
    func signsAsPublished(_ text: String, _ expected: String) throws {
        let digest = SHA384.hash(Array(text.utf8))
        let secret = try Hex.decode(Self.secret)
        let key = try Hex.decode(Self.key)
        #expect(P384.publicKey(of: secret) == key)
        let signature = try #require(P384.sign(digest: digest, secret: secret))
        #expect(try signature == Hex.decode(expected))
        #expect(P384.verify(digest: digest, signature: signature[...], key: key[...]))
    }

    @Test func refusesChangedBytesAndLengths() throws {
        let digest = SHA384.hash(Array("sample".utf8))
        let signature = try Hex.decode(Self.sample)
        let key = try Hex.decode(Self.key)
        func isValid(_ digest: [UInt8], _ signature: [UInt8], _ key: [UInt8]) -> Bool {
            P384.verify(digest: digest, signature: signature[...], key: key[...])
        }
        for index in stride(from: 0, to: 96, by: 7) {
            var changed = signature
            changed[index] ^= 1
            #expect(!isValid(digest, changed, key))
            changed = key
            changed[index] ^= 1
            #expect(!isValid(digest, signature, changed))
        }
        #expect(!isValid(digest.reversed(), signature, key))
        #expect(!isValid(Array(digest.dropLast()), signature, key))
        #expect(!isValid(digest, signature + [0], key))
        #expect(!isValid(digest, signature, [4] + key))
        #expect(!isValid([], [], []))
    }

    @Test func refusesScalarsOutsideTheOrder() throws {
        let digest = SHA384.hash(Array("sample".utf8))
        let signature = try Hex.decode(Self.sample)
        let key = try Hex.decode(Self.key)
        let order = try Hex.decode(Self.order)
        let zero = [UInt8](repeating: 0, count: 48)
        for bad in [zero, order, [UInt8](repeating: 0xff, count: 48)] {
            #expect(!P384.isScalar(bad[...]))
            let asR = bad + signature[48...]
            let asS = signature[..<48] + bad
            #expect(!P384.verify(digest: digest, signature: asR[...], key: key[...]))
            #expect(!P384.verify(digest: digest, signature: asS, key: key[...]))
            #expect(P384.publicKey(of: bad) == nil)
            #expect(P384.sign(digest: digest, secret: bad) == nil)
        }
        var last = order
        last[47] -= 1
        #expect(P384.isScalar(last[...]))
    }

    @Test func takesTheTwinOfASignature() throws {
        let signature = try Hex.decode(Self.sample)
        let order = try Hex.decode(Self.order)
        var twin = signature
        var borrow = 0
        for index in (0..<48).reversed() {
            let difference = Int(order[index]) - Int(signature[48 + index]) - borrow
            borrow = difference < 0 ? 1 : 0
            twin[48 + index] = UInt8(truncatingIfNeeded: difference)
        }
        let digest = SHA384.hash(Array("sample".utf8))
        let key = try Hex.decode(Self.key)
        #expect(P384.verify(digest: digest, signature: twin[...], key: key[...]))
    }
}
