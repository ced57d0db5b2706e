import Attestation
import Crypto
import Files
import Primitives
import TestSupport
import Testing

@Suite struct VocabularyTests {
    @Test func namesAndCodesAreUniqueAndReadBack() {
        for type in TEEType.allCases { #expect(TEEType(name: type.name) == type) }
        for status in TCBStatus.allCases { #expect(TCBStatus(name: status.name) == status) }
        for reason in AttestationReason.allCases {
            #expect(AttestationReason(code: reason.code) == reason)
        }
        #expect(TEEType(name: "Nitro") == nil)
        #expect(TCBStatus(name: "") == nil)
        #expect(AttestationReason(code: "E_NONE") == nil)
        let numbers = AttestationReason.allCases.map(\.rawValue)
        #expect(numbers == Array(1...UInt16(numbers.count)))
        #expect(TCBStatus.upToDate < .outOfDate && TCBStatus.outOfDate < .revoked)
    }

    /// Numbers that contracts have read never change.
    @Test(
        arguments: [
            (AttestationReason.size, 1), (.root, 4), (.signature, 15), (.cbor, 21), (.document, 25),
            (.teeType, 26), (.signatureAlgorithm, 56), (.collateral, 61),
        ] as [(AttestationReason, UInt16)])
    func reasonsKeepTheirNumbers(_ reason: AttestationReason, _ number: UInt16) {
        #expect(reason.rawValue == number)
    }

    @Test func anchorsAreAskedByFamilyAndHash() {
        let hash = TrustAnchors.production.anchors[0].hash
        #expect(TrustAnchors.production.anchor(.nitro, hash)?.isDevelopment == false)
        #expect(TrustAnchors.production.anchor(.dcap, hash) == nil)
        #expect(TrustAnchors.production.anchor(.nitro, .zero) == nil)
        #expect(TrustAnchors.production.anchors.allSatisfy { !$0.isDevelopment })
        #expect(DevelopmentAuthority().anchors.anchors.allSatisfy { $0.isDevelopment })
    }

    @Test(.enabled(if: SharedData.folder != nil, "no shared data"))
    func productionAnchorsAreTheVendorsRoots() throws {
        let folder = try #require(SharedData.folder) + "/attestation/roots/"
        let files: [(String, TrustAnchors.Family)] = [
            ("aws-nitro-g1", .nitro), ("intel-sgx-root", .dcap), ("amd-milan-ark", .snp),
            ("amd-genoa-ark", .snp), ("amd-turin-ark", .snp),
        ]
        for (name, family) in files {
            let hash = SHA256.hash(try Files.read(folder + name + ".der"))
            #expect(TrustAnchors.production.anchor(family, hash) != nil, "\(name)")
        }
        #expect(TrustAnchors.production.anchors.count == 6)
    }
}
