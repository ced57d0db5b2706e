import Crypto
import Primitives
import TestSupport
import Testing

@Suite struct P256Tests {
    /// Digest, r, s, x and y of a call of the precompile, 32 bytes each.
    struct Call {
        var digest: Hash
        var r: UInt256
        var s: UInt256
        var x: UInt256
        var y: UInt256

        init(_ input: [UInt8]) throws {
            try #require(input.count == 160)
            let words = stride(from: 0, to: 160, by: 32).map {
                UInt256(bigEndian: input[$0..<$0 + 32])
            }
            (digest, r, s, x, y) = (Hash(words[0]), words[1], words[2], words[3], words[4])
        }

        var isValid: Bool { P256.verify(digest: digest, r: r, s: s, x: x, y: y) }
    }

    static let order = UInt256(
        limbs: 0xf3b9_cac2_fc63_2551, 0xbce6_faad_a717_9e84, 0xffff_ffff_ffff_ffff,
        0xffff_ffff_0000_0000)
    static let prime = UInt256(
        limbs: 0xffff_ffff_ffff_ffff, 0x0000_0000_ffff_ffff, 0, 0xffff_ffff_0000_0001)

    /// The first vector of EIP-7951, from Wycheproof's `ecdsa_secp256r1_sha256_p1363_test`.
    static let first =
        "bb5a52f42f9c9261ed4361f59422a1e30036e7c32b270c8807a419feca605023"
        + "2ba3a8be6b94d5ec80a6d9d1190a436effe50d85a1eee859b8cc6af9bd5c2e18"
        + "4cd60b855d442f5b3c7b11eb6c4e0ae7525fe710fab9aa7c77a67f79e6fadd76"
        + "2927b10512bae3eddcfe467828128bad2903269919f7086069c8c4df6c732838"
        + "c7787964eaac00e5921fb1498a60f4606766b3d9685001558d1a974e7341513e"

    /// RFC 6979, appendix A.2.5: SHA-256 of "sample".
    @Test func verifiesThePublishedSample() throws {
        let x = try UInt256(
            hex: "0x60FED4BA255A9D31C961EB74C6356D68C049B8923B61FA6CE669622E60F29FB6")
        let y = try UInt256(
            hex: "0x7903FE1008B8BC99A41AE9E95628BC64F2F1B20C2D7E9F5177A3C294D4462299")
        let r = try UInt256(
            hex: "0xEFD48B2AACB6A8FD1140DD9CD45E81D69D2C877B56AAF991C34D0EA84EAF3716")
        let s = try UInt256(
            hex: "0xF7CB1C942D657C41D436C7A1B6E29F65F3E900DBB9AFF4064DC4AB2F843ACDA8")
        let sample = SHA256.hash(Array("sample".utf8))
        #expect(P256.verify(digest: sample, r: r, s: s, x: x, y: y))
        let other = SHA256.hash(Array("Sample".utf8))
        #expect(!P256.verify(digest: other, r: r, s: s, x: x, y: y))
    }

    /// RFC 6979, appendix A.2.5, SHA-256.
    @Test(arguments: [
        (
            "sample",
            "EFD48B2AACB6A8FD1140DD9CD45E81D69D2C877B56AAF991C34D0EA84EAF3716"
                + "F7CB1C942D657C41D436C7A1B6E29F65F3E900DBB9AFF4064DC4AB2F843ACDA8"
        ),
        (
            "test",
            "F1ABB023518351CD71D881567B1EA663ED3EFCF6C5132B354F28D3B0B7D38367"
                + "019F4113742A2B14BD25926B49C649155F267E60D3814B4C0CC84250E46F0083"
        ),
    ])
    func signsAsPublished(_ text: String, _ expected: String) throws {
        let secret = try Hex.decode(
            "C9AFA9D845BA75166B5C215767B1D6934E50C3DB36E89B127B8A622B120F6721")
        let digest = SHA256.hash(Array(text.utf8))
        let signature = try #require(P256.sign(digest: digest, secret: secret))
        #expect(try signature == Hex.decode(expected))
        let key = try #require(P256.publicKey(of: secret))
        #expect(P256.verify(digest: digest, signature: signature[...], key: key[...]))
        #expect(!P256.verify(digest: digest, signature: signature.dropLast(), key: key[...]))
        #expect(P256.sign(digest: digest, secret: [UInt8](repeating: 0, count: 32)) == nil)
    }

    @Test func verifiesAndRefuses() throws {
        let good = try Call(try Hex.decode(Self.first))
        #expect(good.isValid)
        // High and low s are one signature: the precompile takes both.
        var call = good
        call.s = Self.order - good.s
        #expect(call.isValid)

        let changes: [@Sendable (inout Call) -> Void] = [
            { $0.digest = Hash($0.digest.word ^ 1) }, { $0.r = $0.r ^ 1 }, { $0.s = $0.s ^ 1 },
            // Out of [1, n − 1].
            { $0.r = .zero }, { $0.s = .zero }, { $0.r = P256Tests.order },
            { $0.s = P256Tests.order }, { $0.r = .max }, { $0.s = .max },
            { ($0.r, $0.s) = (.zero, .zero) },
            // No point, the point at infinity, the other point of the same x.
            { $0.x = $0.x ^ 1 }, { $0.y = $0.y ^ 1 }, { ($0.x, $0.y) = (.zero, .zero) },
            { $0.y = P256Tests.prime - $0.y },
            // Coordinates that are not reduced.
            { $0.x = P256Tests.prime }, { $0.y = .max }, { $0.x = .max },
        ]
        for (index, change) in changes.enumerated() {
            var call = good
            change(&call)
            #expect(!call.isValid, "change \(index)")
        }
        // A refusal leaves nothing behind that spoils the next call.
        #expect(good.isValid)
    }

    @Test(.enabled(if: PrecompileVector.archive != nil, "no shared test data, or no tar and zstd"))
    func agreesWithEveryPublishedVector() throws {
        let archive = try #require(PrecompileVector.archive)
        let files = [
            "go-ethereum/core/vm/testdata/precompiles/p256Verify.json",
            "EIPs/assets/eip-7951/test-vectors.json",
        ]
        var count = 0
        var valid = 0
        for file in files {
            for vector in try PrecompileVector.read(file, from: archive) {
                let call = try Call(vector.input)
                #expect(call.isValid == !vector.output.isEmpty, "\(vector.name)")
                count += 1
                valid += call.isValid ? 1 : 0
            }
        }
        #expect(count == 1196)
        #expect(valid == 852)
    }
}
