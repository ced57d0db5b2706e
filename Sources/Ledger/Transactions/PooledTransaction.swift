internal import Codec
internal import Crypto
internal import Primitives

/// A transaction as the network passes it on and pools hold it: one with blobs brings them along.
///
/// Forms, after the type byte 0x03: [transaction, blobs, commitments, proofs] before Osaka,
/// [transaction, 1, blobs, commitments, cell proofs] from then on.
///
/// Sources: EIP-4844, "Networking"; EIP-7594, "Networking".
public struct PooledTransaction: Sendable, Equatable {
    public var transaction: Transaction
    /// nil for a transaction without blobs, or in the form that blocks have.
    public var sidecar: BlobSidecar?

    public init(_ transaction: Transaction, sidecar: BlobSidecar? = nil) {
        self.transaction = transaction
        self.sidecar = sidecar
    }

    /// The network encoding.
    public var encoded: [UInt8] {
        let inner = transaction.encoded
        guard let sidecar else { return inner }
        return [Transaction.Kind.blob.rawValue]
            + RLPWriter.list { list in
                list.writeRaw(inner.dropFirst())
                if sidecar.version != .blobProofs {
                    list.write(UInt64(sidecar.version.rawValue))
                }
                for part in [sidecar.blobs, sidecar.commitments, sidecar.proofs] {
                    list.writeList { items in
                        for item in part { items.write(item) }
                    }
                }
            }
    }

    /// Reads the network encoding and refuses anything that is not canonical. The blobs are read,
    /// not checked.
    public init(decoding bytes: [UInt8]) throws(TransactionDecodingError) {
        guard let first = bytes.first else { throw .empty }
        guard first == Transaction.Kind.blob.rawValue else {
            self.init(try Transaction(decoding: bytes))
            return
        }
        guard bytes.count <= Limits.pooledTransactionBytesMax else {
            throw .tooLarge(bytes: bytes.count, max: Limits.pooledTransactionBytesMax)
        }
        let wrapper: Wrapper?
        do {
            wrapper = try Wrapper(reading: bytes[1...])
        } catch {
            throw .malformed(error)
        }
        guard let wrapper else {
            self.init(try Transaction(decoding: bytes))
            return
        }
        self.init(
            try Transaction(decoding: [first] + wrapper.transaction),
            sidecar: try wrapper.sidecar())
    }
}

/// The list around a blob transaction.
private struct Wrapper {
    let transaction: ArraySlice<UInt8>
    /// The first form has none.
    private let version: UInt64?
    private let blobs: [[UInt8]]
    private let commitments: [[UInt8]]
    private let proofs: [[UInt8]]

    /// nil where there is a blob transaction by itself, which opens with a number.
    init?(reading bytes: ArraySlice<UInt8>) throws(RLPError) {
        var outer = RLPReader(bytes)
        var list = try outer.readList()
        try outer.finish()
        guard list.isList else { return nil }
        transaction = try list.readRaw()
        version = list.isList ? nil : try list.readUInt64()
        blobs = try Wrapper.readItems(of: KZG.blobBytes, from: &list)
        commitments = try Wrapper.readItems(of: KZG.pointBytes, from: &list)
        proofs = try Wrapper.readItems(of: KZG.pointBytes, from: &list)
        try list.finish()
    }

    func sidecar() throws(TransactionDecodingError) -> BlobSidecar {
        let known: BlobSidecar.Version =
            switch version {
            case nil: .blobProofs
            case 1: .cellProofs
            case .some(let other): throw .unknownSidecarVersion(other)
            }
        return BlobSidecar(
            version: known, blobs: blobs, commitments: commitments, proofs: proofs)
    }

    private static func readItems(
        of size: Int, from list: inout RLPReader
    ) throws(RLPError) -> [[UInt8]] {
        var items: [[UInt8]] = []
        var reader = try list.readList()
        while !reader.isAtEnd { items.append(Array(try reader.readFixed(size))) }
        return items
    }
}
