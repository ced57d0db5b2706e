public import Crypto
public import EVM
public import Primitives

/// Why a transaction's blobs are not those that it names.
public enum InvalidSidecar: Error, Equatable, Sendable {
    /// A blob transaction in the form that blocks have.
    case missing
    case wrongVersion(expected: BlobSidecar.Version, got: BlobSidecar.Version, in: Revision)
    case wrongCount(KZGError.Input, expected: Int, got: Int)
    case wrongHash(index: Int, expected: Hash, got: Hash)
    case malformed(KZGError)
    case notProven
}

/// What the network form of a blob transaction has beside it: the blobs with their commitments and
/// proofs. No block holds them.
///
/// Sources: EIP-4844, "Networking"; EIP-7594, "Networking".
public struct BlobSidecar: Sendable, Equatable {
    public enum Version: UInt8, Sendable, CaseIterable {
        /// A proof a blob.
        case blobProofs = 0
        /// 128 proofs a blob, one a cell of the extended blob.
        case cellProofs = 1

        /// The only version that the revision takes.
        public init(in revision: Revision) {
            self = revision >= .osaka ? .cellProofs : .blobProofs
        }

        var proofsPerBlob: Int { self == .blobProofs ? 1 : KZG.cellsPerBlob }
    }

    public var version: Version
    public var blobs: [[UInt8]]
    public var commitments: [[UInt8]]
    /// Those of the first blob come first.
    public var proofs: [[UInt8]]

    public init(
        version: Version, blobs: [[UInt8]], commitments: [[UInt8]], proofs: [[UInt8]]
    ) {
        self.version = version
        self.blobs = blobs
        self.commitments = commitments
        self.proofs = proofs
    }

    /// Checks all but the proofs: what costs a hash a blob.
    ///
    /// - Throws: `wrongVersion`, `wrongCount`, `wrongHash`, in this order.
    public func checkForm(
        hashes: [Hash], in revision: Revision
    ) throws(InvalidSidecar) {
        let expected = Version(in: revision)
        guard version == expected else {
            throw .wrongVersion(expected: expected, got: version, in: revision)
        }
        for (input, got, expected) in [
            (.blob, blobs.count, hashes.count), (.commitment, commitments.count, hashes.count),
            (.proof, proofs.count, hashes.count * version.proofsPerBlob),
        ] as [(KZGError.Input, Int, Int)] where got != expected {
            throw .wrongCount(input, expected: expected, got: got)
        }
        for (index, commitment) in commitments.enumerated() {
            let hash = KZG.versionedHash(of: commitment[...])
            guard hash == hashes[index] else {
                throw .wrongHash(index: index, expected: hashes[index], got: hash)
            }
        }
    }

    /// Checks the blobs against the commitments.
    ///
    /// Cost: a pairing check, and a millisecond a blob or twenty with proofs of cells.
    /// - Throws: `malformed`, `notProven`.
    public func checkProofs() throws(InvalidSidecar) {
        let isProven: Bool
        do {
            switch version {
            case .blobProofs:
                isProven = try KZG.areProven(
                    blobs: blobs, commitments: commitments, proofs: proofs)
            case .cellProofs:
                isProven = try KZG.areProven(
                    blobs: blobs, commitments: commitments, cellProofs: proofs)
            }
        } catch {
            throw .malformed(error)
        }
        guard isProven else { throw .notProven }
    }
}
