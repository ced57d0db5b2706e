import Attestation
import Crypto
import Files
import Primitives
import TestSupport
import Testing

@Suite struct SPDMEvidenceTests {
    /// Two measurements and two opaque values, unsigned.
    static let evidence: [UInt8] = {
        var bytes: [UInt8] = [0x11, 0xe0, 0x01, 0xff] + [UInt8](repeating: 3, count: 32) + [0]
        bytes += [0x11, 0x60, 0, 0, 2, 110, 0, 0]
        for index: UInt8 in 1...2 {
            bytes += [index, 1, 51, 0, 1, 48, 0] + [UInt8](repeating: index, count: 48)
        }
        bytes += [UInt8](repeating: 4, count: 32)
        bytes += [11, 0, 6, 0, 2, 0, 9, 9, 36, 0, 1, 0, 7]
        return bytes + [UInt8](repeating: 5, count: 96)
    }()

    @Test func readsFields() throws {
        let spdm = try SPDMEvidence(decoding: Self.evidence)
        #expect(spdm.requestNonce.elementsEqual([UInt8](repeating: 3, count: 32)))
        #expect(spdm.responseNonce.first == 4 && spdm.slot == 0)
        #expect(spdm.measurements.map(\.index) == [1, 2])
        #expect(spdm.measurements.map { $0.digest.first } == [1, 2])
        #expect(spdm.opaque.map(\.type) == [6, 36])
        #expect(spdm.opaque.map { Array($0.value) } == [[9, 9], [7]])
        #expect(spdm.signature.count == 96)
        #expect(spdm.signedBytes.count == Self.evidence.count - 96)
    }

    @Test(arguments: [
        (0, 0x12 as UInt8, AttestationReason.format), (1, 0xe1, .format), (3, 1, .format),
        (37, 0x12, .format), (38, 0x61, .format), (41, 3, .format), (42, 109, .format),
        (42, 255, .size), (44, 1, .size), (45, 2, .format), (46, 2, .format), (47, 50, .format),
        (50, 47, .format), (45, 0, .format), (187, 12, .format), (188, 1, .size),
        (191, 3, .format),
    ])
    func refuses(_ at: Int, _ byte: UInt8, _ reason: AttestationReason) {
        var bytes = Self.evidence
        bytes[at] = byte
        let error = #expect(throws: AttestationError.self) { try SPDMEvidence(decoding: bytes) }
        #expect(error?.reason == reason, "byte \(at)")
    }

    @Test func lengthsAreExact() {
        for count in Self.evidence.indices {
            let error = #expect(throws: AttestationError.self) {
                try SPDMEvidence(decoding: Array(Self.evidence[..<count]))
            }
            #expect(error?.reason == .size)
        }
        #expect(throws: AttestationError.self) {
            try SPDMEvidence(decoding: Self.evidence + [0])
        }
    }

    @Test func evidenceReadsBack() throws {
        let evidence = GPUEvidence(
            spdm: try SPDMEvidence(decoding: Self.evidence), certificates: [[1], [2, 3]])
        #expect(try GPUEvidence(decoding: evidence.encoded) == evidence)
        for count in evidence.encoded.indices {
            #expect(throws: AttestationError.self) {
                try GPUEvidence(decoding: Array(evidence.encoded[..<count]))
            }
        }
        let error = #expect(throws: AttestationError.self) {
            try evidence.verify(anchors: .production, at: 1_750_000_000)
        }
        #expect(error?.reason == .root)
    }
}
