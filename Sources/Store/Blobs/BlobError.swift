public import Primitives

/// Bounds of a blob store.
public struct BlobLimits: Sendable, Equatable {
    /// Bytes of one blob: an ONNX file, a proof, a quote. `get` takes as much memory.
    public var blobBytesMax = 256 << 20
    /// Bytes of all blobs together on disk, each chunk counted once.
    public var totalBytesMax = 64 << 30

    public init() {}

    public init(blobBytesMax: Int, totalBytesMax: Int) {
        self.blobBytesMax = blobBytesMax
        self.totalBytesMax = totalBytesMax
    }

    public static let standard = BlobLimits()
}

/// Why a blob was not stored or read.
public enum BlobError: Error, Equatable, Sendable {
    case tooLarge(bytes: Int, max: Int)
    /// Another blob has no room beside those there are.
    case full(bytes: Int, max: Int)
    /// The bytes have another hash than the one they were to be stored under.
    case wrongHash(expected: Hash, got: Hash)
    /// What says which chunks a blob has is not what was written.
    case damaged(Hash)
    /// A chunk of a blob is gone or has other bytes.
    case damagedChunk(blob: Hash, index: Int)
    /// The upload was finished, abandoned or refused before.
    case uploadIsOver
    case store(StoreError)
}

extension BlobError: CustomStringConvertible {
    /// What happened, why, and what to do.
    public var description: String {
        switch self {
        case .tooLarge(let bytes, let max):
            "the blob is not taken: it has \(bytes) bytes or more, the limit is \(max); "
                + "make it smaller"
        case .full(let bytes, let max):
            "the blob is not taken: the blobs would have \(bytes) bytes, the limit is \(max); "
                + "raise the limit"
        case .wrongHash(let expected, let got):
            "the blob is not taken: its SHA-256 is \(got), not \(expected); "
                + "check the file and the name"
        case .damaged(let hash):
            "the blob \(hash) is damaged: its list of chunks is not what was written; "
                + "store it anew"
        case .damagedChunk(let blob, let index):
            "the blob \(blob) is damaged: chunk \(index) is gone or has another hash; "
                + "store it anew"
        case .uploadIsOver: "the upload is over: it takes no more bytes; begin a new one"
        case .store(let error): error.description
        }
    }
}
