import Crypto
import EVM
import Ledger
import Primitives
import TestSupport
import Testing

@Suite struct BlobSidecarTests {
    private func hashes(_ count: Int) throws -> [Hash] {
        try BlobTransactions.transaction(blobs: count).blobHashes
    }

    @Test(arguments: [
        (BlobSidecar.Version.blobProofs, Revision.cancun), (.blobProofs, .prague),
        (.cellProofs, .osaka),
    ])
    func eachRevisionTakesItsVersion(
        _ version: BlobSidecar.Version, _ revision: Revision
    ) throws {
        for blobs in [1, 2] {
            let sidecar = try BlobTransactions.sidecar(version, blobs: blobs)
            try sidecar.checkForm(hashes: try hashes(blobs), in: revision)
            try sidecar.checkProofs()
        }
        let other: BlobSidecar.Version = version == .blobProofs ? .cellProofs : .blobProofs
        let sidecar = try BlobTransactions.sidecar(other)
        let hashes = try hashes(1)
        #expect(
            throws: InvalidSidecar.wrongVersion(expected: version, got: other, in: revision)
        ) { try sidecar.checkForm(hashes: hashes, in: revision) }
    }

    @Test(arguments: [(BlobSidecar.Version.blobProofs, Revision.prague), (.cellProofs, .osaka)])
    func refusesOtherForms(_ version: BlobSidecar.Version, _ revision: Revision) throws {
        let hashes = try hashes(2)
        func check(_ error: InvalidSidecar, _ change: (inout BlobSidecar) -> Void) throws {
            var sidecar = try BlobTransactions.sidecar(version, blobs: 2)
            change(&sidecar)
            #expect(throws: error) { try sidecar.checkForm(hashes: hashes, in: revision) }
        }
        try check(.wrongCount(.blob, expected: 2, got: 1)) { $0.blobs.removeLast() }
        try check(.wrongCount(.blob, expected: 2, got: 3)) { $0.blobs.append([]) }
        try check(.wrongCount(.commitment, expected: 2, got: 1)) { $0.commitments.removeLast() }
        let proofs = version == .blobProofs ? 2 : 256
        try check(.wrongCount(.proof, expected: proofs, got: proofs - 1)) {
            $0.proofs.removeLast()
        }
        let infinity = ConstantBlob.proof
        try check(
            .wrongHash(
                index: 1, expected: hashes[1], got: KZG.versionedHash(of: infinity[...]))
        ) { $0.commitments[1] = infinity }
    }

    @Test(arguments: BlobSidecar.Version.allCases)
    func refusesWhatIsNotProven(_ version: BlobSidecar.Version) throws {
        func check(_ error: InvalidSidecar, _ change: (inout BlobSidecar) -> Void) throws {
            var sidecar = try BlobTransactions.sidecar(version, blobs: 2)
            change(&sidecar)
            #expect(throws: error) { try sidecar.checkProofs() }
        }
        let generator = try ConstantBlob.commitment()
        try check(.notProven) { $0.blobs[1][131_071] = 2 }
        try check(.notProven) { $0.proofs[$0.proofs.count - 1] = generator }
        try check(.notProven) { $0.commitments[0] = ConstantBlob.proof }
        try check(.malformed(.numberTooLarge(.blob, index: 1, number: 0))) {
            $0.blobs[1][0] = 0xff
        }
        try check(.malformed(.malformedPoint(.proof, index: 1))) { $0.proofs[1][0] = 0 }
        try check(.malformed(.wrongSize(.blob, index: 0, expected: 131_072, got: 0))) {
            $0.blobs[0] = []
        }
    }
}
