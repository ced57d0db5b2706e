import Crypto
import Primitives
import Testing

@Suite struct RSAPSSTests {
    /// Made by OpenSSL's command over "assay" with SHA-256; AMD's roots in the tests of
    /// certificates are signatures of 4096 bits with SHA-384.
    static let modulus =
        "da768ed7f6552a3b26929af07b7a255bb75952cbaa5988d3dd207833c28768c87e86c8f47c7cdd1f"
        + "066478de623a453258f6a64b2484096ac212efb5e58979b9b039f1bde8e5bb1813b25281c8eee0d8"
        + "22fb37d0a17de9c2ed0795f878f118962513736c55f067fba4c87dcc5ac3a487a06380d8ed5697cb"
        + "ae6086fe1b020726035ef5bd16bf59ea495d7b125eae029463fe73b84cca124fbb49cdaade59edd4"
        + "7f2fe85b86bbb92627567294fbed472a55928d3739c25f778b742de9ce1e5e76564020c5ad4819c1"
        + "db872ad6b1f126cbfba418bd5bcd8859d80a1f86e51cb9663d24bb272ef79dea2865d0c6a4beb193"
        + "4973f84abb83c5f4b2630436ae322f45"
    static let signature =
        "a92cd70f0049e6ea7ef1cdcdf8b4a54a48e73f0d6338522df23eb1ef2ef84769e1e60420cab3af41"
        + "339d400e2a25f27e3f3550837a93441e787c34e4cb8cf8d4cc7ff947bb12e5dd8d898cd4bed84ef6"
        + "f9a6f55b5e96a45c9a1a1fb17244307afbc2585901074124b64dc493a9c0c4c869623c510058f740"
        + "fe09932e087942593be5df00915bedf2c607fdd1d87d2b599380de2116e4780d423b79d9ba181851"
        + "2e4eace51beed7d8691608ab5fb8dbbee362baf0e5c5c48321c5a05495c45367c967a987cb5deceb"
        + "9e0f6d6ff23c21457f47bbf98e9034a5ee72a92bf9377173ad4c84ad00f7d25c38561343f2a53601"
        + "0090be858629f8cd9cd8af1e95d25faf"
    /// The same with a salt of 20 bytes.
    static let shortSalt =
        "46a78647870fca7368aa59958263a599447fe1ad99ecbb3a2640fd2cec563e3b0445d0b635fce2ad"
        + "db2582df4232f8d18cc225ad0df0cdbf74809bcb3bf3eab5bc081de6a0313c10d974a59766b0d58a"
        + "848bf3b35dea92793c7d26e9b11672323968726cd285b040049485aa0871567abcc16277dfe3f34f"
        + "e95330faf79318b9b5b505c4a791c662fb954092f0a9088f0d54ccddde2597a6758b538bfe48276f"
        + "98ecd4c498ea71105904ce0306211cba137475bb97d83846b8628e3ab6d0bd5922b91c29697d96de"
        + "e66ffab37f0cd060f8d3c80bb1221e2ece89432ad2ee98b1784f29a10bef499d2811eb1f765d1a95"
        + "2dfdebf55a3bfa95b3eff48addbbefe5"
    /// The same in PKCS #1 version 1.5.
    static let oldPadding =
        "27dfa86f6b1a0d68f66fd7e7f39cfeb27fa29e76e90654c14cf4e0c194c485182cbaef3a2cad10d0"
        + "b0afadb043528dbbb70737d2e60574fe2b9d6014ad326a77d4677ff02225240dc95de744bb2ad4f0"
        + "22723ab6f1e8cac27e57bfb8b067bef092b37a04b75d40e9fce5ecdee7da5e816094336208cdffd9"
        + "b5bc3cc29638b63011defe299b516d508e7f82828695a82fccc3ae7e8d2f03d6a50ac3e812f6402b"
        + "73c33f3b1ea44014ce6a9fa746b6fae3dfbd545fa5070b95ccc508bd8262499640bc2aeccdf468d5"
        + "cf37340e26f02c210a0499c9c5b4e87477f8c98ebf983b2b111a0209536522eee0e4104566d19d51"
        + "4f58d39b27b41a82cd50de2a26118728"

    static let digest = SHA256.hash(Array("assay".utf8)).bytes

    static func verify(
        _ signature: [UInt8], _ modulus: [UInt8], digest: [UInt8] = digest,
        by hash: RSAPSS.Digest = .sha256
    ) -> Bool {
        RSAPSS.verify(
            digest: digest, by: hash, signature: signature[...], modulus: modulus[...])
    }

    @Test func verifiesAndRefuses() throws {
        let modulus = try Hex.decode(Self.modulus)
        let signature = try Hex.decode(Self.signature)
        #expect(Self.verify(signature, modulus))
        for index in stride(from: 0, to: 256, by: 15) {
            var changed = signature
            changed[index] ^= 1
            #expect(!Self.verify(changed, modulus))
            changed = modulus
            changed[index] ^= 2
            #expect(!Self.verify(signature, changed))
        }
        #expect(!Self.verify(signature, modulus, digest: SHA256.hash([]).bytes))
        #expect(!Self.verify(signature, modulus, digest: [1]))
        #expect(!Self.verify(signature, modulus, by: .sha384))
        #expect(try !Self.verify(Hex.decode(Self.shortSalt), modulus))
        #expect(try !Self.verify(Hex.decode(Self.oldPadding), modulus))
    }

    @Test func refusesOtherShapes() throws {
        let modulus = try Hex.decode(Self.modulus)
        let signature = try Hex.decode(Self.signature)
        #expect(!Self.verify([0] + signature, modulus))
        #expect(!Self.verify(Array(signature.dropFirst()), modulus))
        #expect(!Self.verify([], modulus))
        #expect(!Self.verify(signature, []))
        // A signature that is no number below the modulus.
        #expect(!Self.verify([UInt8](repeating: 0xff, count: 256), modulus))
        #expect(!Self.verify(modulus, modulus))
        #expect(!Self.verify([UInt8](repeating: 0, count: 256), modulus))
        var even = modulus
        even[255] &= 0xfe
        #expect(!RSAPSS.isModulus(even[...]))
        #expect(!RSAPSS.isModulus(([0] + modulus)[...]))
        #expect(!RSAPSS.isModulus(modulus.dropLast()))
        #expect(!RSAPSS.isModulus((modulus + modulus + [1])[...]))
        #expect(RSAPSS.isModulus((modulus + modulus)[...]))
    }
}
