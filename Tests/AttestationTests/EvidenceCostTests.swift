import Attestation
import Codec
import Files
import TestSupport
import Testing

@Suite struct EvidenceCostTests {
    @Test func gasFollowsFromCounts() {
        #expect(EvidenceCost.decodingGas(bytes: 4_500) == 20_000)
        #expect(EvidenceCost().checkingGas == 0)
        let cost = EvidenceCost(
            certificates: 5, p256Signatures: 2, p384Signatures: 5, rsaSignatures: 3)
        #expect(cost.checkingGas == 5_000 + 13_800 + 300_000 + 18_000)
    }

    @Test(
        arguments: [
            (.nitro, 325_000), (.sgx, 62_400), (.tdx, 65_200), (.snp, 79_400), (.nvgpu, 333_000),
        ] as [(TEEType, UInt64)])
    func usualEvidenceHasItsPrice(_ type: TEEType, _ gas: UInt64) {
        #expect(EvidenceCost.usual(type).gas == gas)
    }

    /// Documents of real machines lie within a tenth, and collateral within a fifth, of the usual.
    @Test(.enabled(if: SharedData.folder != nil, "no shared data"))
    func usualEvidenceIsThatOfRealMachines() throws {
        let folder = try #require(SharedData.folder) + "/attestation/"
        func expect(_ bytes: Int, near usual: Int, within part: Int, _ name: String) {
            #expect(abs(bytes - usual) <= usual / part, "\(name): \(bytes) bytes, not \(usual)")
        }
        let nitro = EvidenceCost.usual(.nitro)
        for name in ["base-2024-11", "opengradient-2026-02", "veracruz-2022-11"] {
            let bytes = try Files.read(folder + "nitro/real/\(name).bin")
            expect(bytes.count, near: nitro.bytes, within: 10, name)
            #expect(try NitroDocument(bytes).cost == nitro.cost, "\(name)")
        }
        for (name, type) in [
            ("sgx3-automata@2025-08", .sgx), ("tdx4-phala@2025-06", .tdx),
            ("tdx5-gcp@2026-02", .tdx),
        ] as [(String, TEEType)] {
            let bytes = try Files.read(folder + "dcap/real/\(name).bin")
            expect(bytes.count, near: EvidenceCost.usual(type).bytes, within: 10, name)
            #expect(EvidenceCost.usual(type).cost == DCAPQuote.cost)
        }
        let report = try Files.read(folder + "snp/real/milan-dstack-v3.bin")
        let vek = try Files.read(folder + "snp/certs/milan-dstack-v3-vek.der")
        let evidence = SNPEvidence(report: try SNPReport(decoding: report), vek: vek)
        expect(evidence.encoded.count, near: EvidenceCost.usual(.snp).bytes, within: 10, "snp")
        #expect(evidence.cost == EvidenceCost.usual(.snp).cost)
    }

    @Test(.enabled(if: SharedData.folder != nil, "no shared data"))
    func usualCollateralIsIntels() throws {
        let folder = try #require(SharedData.folder) + "/attestation/dcap/collateral/"
        for (name, time) in [
            ("s-2025-06-00A067110000-processor", 1_750_852_800),
            ("s-2026-02-90C06F000000-platform", 1_772_323_200),
        ] as [(String, UInt64)] {
            let json = try JSON(parsing: try Files.read("\(folder)\(name).json"))
            let raw = try RawDCAPCollateral(json: json)
            #expect(raw.cost == EvidenceCost(certificates: 3, p256Signatures: 6))
            let kept = try DCAPCollateral(verifying: raw, anchors: .production, at: time)
            let usual = EvidenceCost.usual(kept.tee).collateralBytes
            #expect(abs(kept.encoded.count - usual) <= usual / 5, "\(kept.encoded.count) bytes")
        }
        var raw = RawDCAPCollateral(
            pckCRLIssuerChain: [], rootCACRL: [], pckCRL: [], tcbInfoIssuerChain: [1], tcbInfo: [],
            tcbInfoSignature: [], qeIdentityIssuerChain: [2], qeIdentity: [],
            qeIdentitySignature: [])
        #expect(raw.cost == EvidenceCost(certificates: 4, p256Signatures: 7))
        raw.qeIdentityIssuerChain = [1]
        #expect(raw.cost == EvidenceCost(certificates: 3, p256Signatures: 6))
    }
}
