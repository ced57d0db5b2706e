internal import Codec
internal import Crypto
public import Primitives
internal import Synchronization

/// Big bytes by their SHA-256, in chunks of 1 MiB, in any store.
///
/// A chunk lies under its own SHA-256, once however many blobs have it; a blob's manifest names its
/// chunks. The manifest is written last and durably: what is known is whole. A chunk that no
/// manifest names yet has a mark beside it, written and removed in the same batches as chunk and
/// manifest are: so marks that are found at the start are those of uploads that were broken off,
/// and are removed with their chunks. Every chunk is checked against its hash when it is read.
///
/// Any thread may call any method. One instance serves a store.
public final class BlobStore: Sendable {
    let store: any KeyValueStore
    public let limits: BlobLimits
    let shelf: Mutex<Shelf>

    /// What is not in the store itself.
    struct Shelf {
        /// Bytes of all chunks and manifests with their keys; kept in the store too.
        var bytes: Int
        /// Chunks that no manifest names, and how many uploads count on each.
        var pending: [Hash: Int] = [:]
    }

    private static let bytesKey = Keys.meta("blob bytes")

    /// Opens the blobs of a store and removes what broken off uploads left.
    public init(
        _ store: any KeyValueStore, limits: BlobLimits = .standard
    ) throws(BlobError) {
        precondition(limits.blobBytesMax >= 0, "a blob limit is not negative")
        precondition(limits.totalBytesMax >= 0, "a total limit is not negative")
        self.store = store
        self.limits = limits
        var bytes = 0
        do throws(StoreError) {
            if let stored = try store.value(for: BlobStore.bytesKey) {
                bytes = try BlobStore.count(stored)
            }
            while true {
                let marks = try store.scan(
                    prefix: Keys.blobPendingPrefix, from: nil, limit: Limits.blobGarbageBatch)
                if marks.isEmpty { break }
                var batch = WriteBatch()
                for mark in marks {
                    let name = mark.key.dropFirst(Keys.blobPendingPrefix.count)
                    guard name.count == Hash.byteCount else {
                        throw StoreError.corrupt(
                            "the key \(Hex.encodePrefixed(mark.key)) marks no chunk")
                    }
                    batch.delete(mark.key)
                    batch.delete(Keys.blobChunk(Hash(name)))
                    bytes = max(0, bytes - BlobStore.cost(try BlobStore.count(mark.value)))
                }
                batch.put(BlobStore.bytesKey, BlobStore.encoded(bytes))
                try store.write(batch, durably: true)
            }
        } catch {
            throw .store(error)
        }
        shelf = Mutex(Shelf(bytes: bytes))
    }

    /// Bytes that blobs take on disk, about.
    public var byteCount: Int { shelf.withLock(\.bytes) }

    // MARK: Reading

    /// A blob, ready to be read chunk by chunk; nil when it was never stored whole.
    public func open(_ hash: Hash) throws(BlobError) -> StoredBlob? {
        guard let bytes = try value(for: Keys.blobManifest(hash)) else { return nil }
        return StoredBlob(hash: hash, manifest: try BlobManifest(bytes, of: hash), store: self)
    }

    /// The bytes with this hash; nil when they were never stored whole.
    public func get(_ hash: Hash) throws(BlobError) -> [UInt8]? {
        guard let blob = try open(hash) else { return nil }
        guard blob.byteCount <= limits.blobBytesMax else {
            throw .tooLarge(bytes: blob.byteCount, max: limits.blobBytesMax)
        }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(blob.byteCount)
        for index in 0..<blob.chunkCount { bytes += try blob.chunk(index) }
        return bytes
    }

    /// Whether a blob is known. Its bytes are not read.
    public func contains(_ hash: Hash) throws(BlobError) -> Bool {
        try value(for: Keys.blobManifest(hash)) != nil
    }

    /// The bytes of a blob, counted when it was stored; nil when it is not known.
    public func size(of hash: Hash) throws(BlobError) -> Int? { try open(hash)?.byteCount }

    /// Up to `limit` known blobs with their sizes, in the order of hashes, none below `start`.
    public func list(
        from start: Hash? = nil, limit: Int
    ) throws(BlobError) -> [(hash: Hash, size: Int)] {
        let prefix = Keys.blobManifestPrefix
        let entries: [(key: [UInt8], value: [UInt8])]
        do {
            entries = try store.scan(
                prefix: prefix, from: start.map(Keys.blobManifest), limit: limit)
        } catch {
            throw .store(error)
        }
        var blobs: [(hash: Hash, size: Int)] = []
        for entry in entries {
            let rest = entry.key.dropFirst(prefix.count)
            guard rest.count == Hash.byteCount else {
                throw .store(.corrupt("the key \(Hex.encodePrefixed(entry.key)) names no blob"))
            }
            let hash = Hash(rest)
            blobs.append((hash: hash, size: try BlobManifest(entry.value, of: hash).byteCount))
        }
        return blobs
    }

    // MARK: Writing

    /// Stores the bytes and gives their hash, which brings them back.
    ///
    /// Writes only what is not there, damaged chunks included.
    @discardableResult
    public func put(_ bytes: [UInt8]) throws(BlobError) -> Hash {
        let upload = upload()
        try upload.append(bytes)
        return try upload.finish()
    }

    /// Begins to store a blob whose bytes come piece by piece.
    public func upload() -> BlobUpload { BlobUpload(self) }

    func value(for key: [UInt8]) throws(BlobError) -> [UInt8]? {
        do { return try store.value(for: key) } catch { throw .store(error) }
    }

    /// Writes a batch and what it makes of the count of bytes, both or neither.
    func write(
        _ batch: consuming WriteBatch, adding bytes: Int, to shelf: inout Shelf
    ) throws(BlobError) {
        let total = max(0, shelf.bytes + bytes)
        if bytes > 0 {
            guard total <= limits.totalBytesMax else {
                throw .full(bytes: total, max: limits.totalBytesMax)
            }
        }
        if bytes != 0 { batch.put(BlobStore.bytesKey, BlobStore.encoded(total)) }
        do { try store.write(batch, durably: true) } catch { throw .store(error) }
        shelf.bytes = total
    }

    /// What a value of that many bytes counts for.
    static func cost(_ bytes: Int) -> Int { bytes + Limits.blobEntryBytes }

    static func encoded(_ count: Int) -> [UInt8] { RLPWriter.list { $0.write(UInt64(count)) } }

    private static func count(_ bytes: [UInt8]) throws(StoreError) -> Int {
        do {
            var reader = RLPReader(bytes)
            var list = try reader.readList()
            if let count = Int(exactly: try list.readUInt64()) { return count }
        } catch {}
        throw .corrupt("a count of bytes of blobs is none")
    }
}

/// A blob that is known: its chunks are read one at a time, each checked.
public struct StoredBlob: Sendable {
    public let hash: Hash
    public let byteCount: Int
    private let manifest: BlobManifest
    private let store: BlobStore

    /// Bytes of each chunk but the last.
    public static let chunkBytes = Limits.blobChunkBytes

    init(hash: Hash, manifest: BlobManifest, store: BlobStore) {
        self.hash = hash
        byteCount = manifest.byteCount
        self.manifest = manifest
        self.store = store
    }

    public var chunkCount: Int { manifest.chunks.count }

    /// The bytes of a chunk, below `chunkCount`.
    /// - Throws: `damagedChunk` when they are not those that were stored.
    public func chunk(_ index: Int) throws(BlobError) -> [UInt8] {
        let name = manifest.chunks[index]
        guard let bytes = try store.value(for: Keys.blobChunk(name)),
            bytes.count == manifest.chunkByteCount(index), SHA256.hash(bytes) == name
        else { throw .damagedChunk(blob: hash, index: index) }
        return bytes
    }

    /// The bytes of a range, which lies within the blob; whole chunks are read and checked.
    public func bytes(_ range: Range<Int>) throws(BlobError) -> [UInt8] {
        precondition(range.upperBound <= byteCount, "a range lies within the blob")
        var bytes: [UInt8] = []
        bytes.reserveCapacity(range.count)
        var position = range.lowerBound
        while position < range.upperBound {
            let index = position / StoredBlob.chunkBytes
            let start = index * StoredBlob.chunkBytes
            let chunk = try chunk(index)
            let end = min(range.upperBound - start, chunk.count)
            bytes += chunk[position - start..<end]
            position = start + end
        }
        return bytes
    }
}
