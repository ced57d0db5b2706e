import Attestation
import Testing

@Suite struct SNPClaimsTests {
    private func report(_ changes: [(Int, UInt8)]) throws -> SNPReport {
        try SNPReport(decoding: SNPReportTests.report(changes))
    }

    /// Boot loader, TEE, SNP and microcode where Milan has them, and where Turin has them.
    private func changes(
        at offset: Int, _ versions: [UInt8], _ places: [Int] = [0, 1, 6, 7]
    ) -> [(Int, UInt8)] {
        zip(places, versions).map { (offset + $0, $1) }
    }

    @Test func takesTheLeastOfEachPart() throws {
        let report = try report(
            [(0x188, 0x19), (0x189, 1), (0x18a, 1)]
                + changes(at: 0x180, [3, 9, 9, 9]) + changes(at: 0x1e0, [9, 4, 5, 9])
                + changes(at: 0x1f0, [9, 9, 6, 7]))
        let claims = SNPClaims(report, of: .milan)
        #expect(claims.processor == 0x19_0101 && claims.product == .milan)
        #expect(
            claims.versions
                == SNPVersions(bootLoader: 3, tee: 4, snp: 5, microcode: 7, fmc: nil))
        #expect(claims.encoded == [1, 0x19, 1, 1, 3, 4, 5, 7, 0])
        let turin = try self.report(
            [(0x188, 0x1a), (0x189, 2), (0x18a, 1)]
                + [0x180, 0x1e0, 0x1f0].flatMap {
                    changes(at: $0, [8, 1, 2, 3, 7], [0, 1, 2, 3, 7])
                })
        #expect(SNPClaims(turin, of: .turin).encoded == [3, 0x1a, 2, 1, 1, 2, 3, 7, 8])
        // What runs now may be taken back, so it does not count; nor does what nobody says.
        let current = try self.report(
            [(0, 2), (0x188, 0), (0x189, 0)] + changes(at: 0x38, [9, 9, 9, 9])
                + changes(at: 0x180, [0, 0, 0, 0]) + changes(at: 0x1e0, [0, 0, 0, 0])
                + changes(at: 0x1f0, [0, 0, 0, 0]))
        #expect(SNPClaims(current, of: .genoa).encoded == [2, 0, 0, 0, 0, 0, 0, 0, 0])
    }

    @Test(
        arguments: [
            ([3, 4, 5, 7, 0], true), ([2, 0, 0, 0, 0], true), ([4, 4, 5, 7, 0], false),
            ([3, 5, 5, 7, 0], false), ([3, 4, 6, 7, 0], false), ([3, 4, 5, 8, 0], false),
            ([3, 4, 5, 7, 1], false),
        ] as [([UInt8], Bool)])
    func everyPartMustReachItsLeast(_ least: [UInt8], _ reaches: Bool) {
        let versions = SNPVersions(bootLoader: 3, tee: 4, snp: 5, microcode: 7, fmc: nil)
        let wanted = SNPVersions(
            bootLoader: least[0], tee: least[1], snp: least[2], microcode: least[3], fmc: least[4])
        #expect(versions.reaches(wanted) == reaches)
    }

    @Test func encodingReadsBack() throws {
        let bytes: [[UInt8]] = [[1, 0x19, 1, 1, 3, 4, 5, 7, 0], [3, 0, 0, 0, 1, 2, 3, 7, 8]]
        for bytes in bytes { #expect(try SNPClaims(decoding: bytes).encoded == bytes) }
        let bad: [[UInt8]] = [
            [], Array(bytes[0].dropLast()), bytes[0] + [0], [0] + bytes[0].dropFirst(),
            [4] + bytes[0].dropFirst(), Array(bytes[0].dropLast()) + [1],
        ]
        for bytes in bad {
            #expect(throws: AttestationError.self) { try SNPClaims(decoding: bytes) }
        }
        for product in SNPProduct.allCases {
            #expect(SNPProduct(number: product.number) == product)
        }
        #expect(SNPProduct(number: 0) == nil && SNPProduct(number: 4) == nil)
    }
}
