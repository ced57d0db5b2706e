import Codec
import Crypto
import Testing

@testable import Attestation

@Suite struct LooseKeyTests {
    static let rsaEncryption = OID(1, 2, 840, 113549, 1, 1, 1)
    static let ellipticCurve = OID(1, 2, 840, 10045, 2, 1)
    static let null: [UInt8] = [0x05, 0x00]

    static func info(_ algorithm: [[UInt8]], _ bits: [UInt8], unused: UInt8 = 0) -> [UInt8] {
        DERWriter.sequence([
            DERWriter.sequence(algorithm), DERWriter.bitString(bits, unused: unused),
        ])
    }

    static func rsa(
        _ modulus: [UInt8], _ exponent: UInt64, parameters: [[UInt8]] = [null]
    ) -> [UInt8] {
        info(
            [DERWriter.objectIdentifier(rsaEncryption)] + parameters,
            DERWriter.sequence([DERWriter.natural(modulus), DERWriter.natural(exponent)]))
    }

    static func curve(_ oid: OID, _ point: [UInt8]) -> [UInt8] {
        info([ellipticCurve, oid].map(DERWriter.objectIdentifier), point)
    }

    @Test func readsWhatGoReads() {
        #expect(
            LooseKey.whole(Self.rsa([0xc1, 0x05], 3)) == .rsa(modulus: [0xc1, 0x05], exponent: 3))
        let point = [4] + [UInt8](repeating: 7, count: 96)
        let key = LooseKey.whole(Self.curve(LooseKey.secp384r1, point))
        #expect(key?.p384?.elementsEqual(point.dropFirst()) == true)
        let edwards = OID(1, 3, 101, 112)
        let octets = [UInt8](repeating: 9, count: 32)
        #expect(
            LooseKey.whole(Self.info([DERWriter.objectIdentifier(edwards)], octets))
                == .ed25519(octets))
    }

    static let refusals: [[UInt8]] = [
        [], [0x30, 0x00], rsa([0xc1], 3) + [0],
        // Parameters must be NULL for RSA, and nothing for Ed25519.
        rsa([0xc1], 3, parameters: []), rsa([0xc1], 3, parameters: [null, null]),
        rsa([], 3), rsa([0xc1], 0),
        info(
            [DERWriter.objectIdentifier(OID(1, 3, 101, 112)), null],
            .init(repeating: 9, count: 32)),
        // Compressed, short and unknown points.
        curve(LooseKey.secp384r1, [2] + .init(repeating: 7, count: 48)),
        curve(LooseKey.secp384r1, [4] + .init(repeating: 7, count: 95)),
        curve(OID(1, 3, 132, 0, 10), [4] + .init(repeating: 7, count: 64)),
        // A kind that Go does not know.
        info([DERWriter.objectIdentifier(OID(1, 2, 3))], [1]),
    ]

    @Test(arguments: refusals)
    func refusesWhatGoRefuses(_ bytes: [UInt8]) {
        #expect(LooseKey.whole(bytes) == nil)
    }

    /// Exponents of Go's crypto/rsa: odd, above 1, below 2³¹. None of these signs anything.
    @Test(arguments: [UInt64(1), 2, 4, 1 << 31, 1 << 40])
    func exponentsAreLimited(_ exponent: UInt64) throws {
        let modulus = [UInt8](repeating: 0xff, count: 256)
        let key = try #require(LooseKey.whole(Self.rsa(modulus, exponent)))
        let signature = [UInt8](repeating: 0, count: 256)
        #expect(!key.verifies(signature, over: [], by: .rsaPSS(.sha256)))
    }
}
