import Attestation
import Codec
import Crypto
import Files
import Primitives
import TestSupport
import Testing

@Suite struct SNPReportTests {
    /// A report of version 3 with nothing but what must be set.
    static func report(_ changes: [(at: Int, byte: UInt8)] = []) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: SNPReport.byteCount)
        bytes[0] = 3
        bytes[0x0a] = 2
        bytes[0x34] = 1
        bytes[0x188] = 0x19
        bytes[0x189] = 0x01
        for change in changes { bytes[change.at] = change.byte }
        return bytes
    }

    @Test func readsFields() throws {
        let report = try SNPReport(
            decoding: Self.report([
                (0x04, 9), (0x0a, 0x0a), (0x30, 1), (0x48, 4), (0x50, 5), (0x90, 6), (0xc0, 7),
                (0x187, 0x73), (0x1a0, 8), (0x2a0, 0xaa), (0x2e8, 0xbb),
            ]))
        #expect(report.version == 3 && report.guestVersion == 9 && report.vmpl == 1)
        #expect(report.isDebug && !report.isMigratable && report.signer == .vlek)
        #expect(report.reportData.first == 5 && report.measurement.first == 6)
        #expect(report.hostData.first == 7 && report.chipID.first == 8)
        #expect(report.reportedTCB == 0x73 << 56 && report.product == .milan)
        // R and S are little-endian.
        #expect(report.signature[47] == 0xaa && report.signature[95] == 0xbb)
        #expect(report.launchMitigations == nil)
        var words = Array("assay.snp.v1".utf8)
        words += report.measurement
        words += report.hostData
        #expect(report.combinedMeasurement == Keccak.hash(words))
    }

    @Test func refusesSizesVersionsAndAlgorithms() {
        let refusals: [([UInt8], AttestationReason)] = [
            ([], .size), (Array(Self.report().dropLast()), .size), (Self.report() + [0], .size),
            (Self.report([(0, 1)]), .version), (Self.report([(0, 6)]), .version),
            (Self.report([(3, 1)]), .version), (Self.report([(0x0a, 0)]), .reserved),
            (Self.report([(0x0b, 4)]), .reserved), (Self.report([(0x0f, 0x80)]), .reserved),
            (Self.report([(0x30, 4)]), .reserved), (Self.report([(0x48, 0x20)]), .reserved),
            (Self.report([(0x34, 0)]), .signatureAlgorithm),
            (Self.report([(0x34, 2)]), .signatureAlgorithm),
            (Self.report([(0x48, 8)]), .signer), (Self.report([(0x48, 0x1c)]), .signer),
        ]
        for (bytes, reason) in refusals {
            let error = #expect(throws: AttestationError.self) { try SNPReport(decoding: bytes) }
            #expect(error?.reason == reason)
        }
    }

    /// Every reserved byte must be zero; versions give meaning to some.
    @Test func reservedBytesAreZero() {
        let reserved: [(Range<Int>, UInt8)] = [
            (0x4c..<0x50, 3), (0x18b..<0x1a0, 3), (0x1eb..<0x1ec, 3), (0x1ef..<0x1f0, 3),
            (0x1f8..<0x2a0, 4), (0x208..<0x2a0, 5), (0x2d0..<0x2e8, 5), (0x318..<0x4a0, 5),
            (0x188..<0x1a0, 2),
        ]
        for (range, version) in reserved {
            for index in range {
                var bytes = Self.report([(0, version)])
                if version == 2 { (bytes[0x188], bytes[0x189]) = (0, 0) }
                #expect((try? SNPReport(decoding: bytes)) != nil)
                bytes[index] = 1
                let error = #expect(throws: AttestationError.self) {
                    try SNPReport(decoding: bytes)
                }
                #expect(error?.reason == .reserved, "byte \(index)")
            }
        }
    }

    @Test(arguments: [
        (0x19 as UInt8, 0x00 as UInt8, SNPProduct.milan as SNPProduct?), (0x19, 0x0f, .milan),
        (0x19, 0x10, .genoa), (0x19, 0x1f, .genoa), (0x19, 0xa0, .genoa), (0x19, 0xaf, .genoa),
        (0x19, 0x20, nil), (0x1a, 0x00, .turin), (0x1a, 0x11, .turin), (0x1a, 0x12, nil),
        (0x18, 0x00, nil),
    ])
    func knowsProducts(_ family: UInt8, _ model: UInt8, _ product: SNPProduct?) throws {
        let report = try SNPReport(decoding: Self.report([(0x188, family), (0x189, model)]))
        #expect(report.product == product)
    }
}

@Suite struct SNPEvidenceTests {
    @Test func encodingReadsBack() throws {
        let report = try SNPReport(decoding: SNPReportTests.report())
        for evidence in [
            SNPEvidence(report: report, vek: [1, 2]),
            SNPEvidence(report: report, vek: [1], ask: [2, 3]),
            SNPEvidence(report: report, vek: [1], ask: [2], ark: [3]),
        ] {
            let bytes = evidence.encoded
            #expect(try SNPEvidence(decoding: bytes) == evidence)
            for count in bytes.indices {
                #expect(throws: AttestationError.self) {
                    try SNPEvidence(decoding: Array(bytes[..<count]))
                }
            }
            #expect(throws: AttestationError.self) { try SNPEvidence(decoding: bytes + [0]) }
        }
        let four = report.bytes + [4] + [UInt8](repeating: 0, count: 8)
        #expect(throws: AttestationError.self) { try SNPEvidence(decoding: four) }
        let large = report.bytes + [1, 1, 16] + [UInt8](repeating: 0, count: 4097)
        let error = #expect(throws: AttestationError.self) { try SNPEvidence(decoding: large) }
        #expect(error?.reason == .size)
    }

    /// The certificates in the source are AMD's, whose roots are pinned.
    @Test(.enabled(if: SharedData.folder != nil, "no shared data"))
    func constantsAreTheVendors() throws {
        let folder = try #require(SharedData.folder) + "/attestation/roots/amd-"
        for product in SNPProduct.allCases {
            for kind in [SNPReport.Signer.vcek, .vlek] {
                let (root, signer) = product.authorities(kind)
                let name = folder + product.rawValue.lowercased()
                #expect(try Files.read(name + "-ark.der") == root)
                let file = name + (kind == .vcek ? "-ask.der" : "-asvk.der")
                #expect(try Files.read(file) == signer)
                #expect(TrustAnchors.production.anchor(.snp, SHA256.hash(root)) != nil)
                let certificate = try Certificate(root)
                try certificate.checkSignature(by: certificate.key)
                try Certificate(signer).checkSignature(by: certificate.key)
            }
        }
    }
}
