internal import Codec
internal import Crypto
public import Primitives

/// Why a blob was not stored or read.
public enum BlobError: Error, Equatable, Sendable {
    case tooLarge(bytes: Int, max: Int)
    /// What is stored under this hash does not have it.
    case damaged(Hash)
    case store(StoreError)
}

extension BlobError: CustomStringConvertible {
    /// What happened, why, and what to do.
    public var description: String {
        switch self {
        case .tooLarge(let bytes, let max):
            "the blob is not taken: it has \(bytes) bytes, the limit is \(max); make it smaller"
        case .damaged(let hash):
            "the blob \(hash) is damaged: its bytes have another hash; store it anew"
        case .store(let error): error.description
        }
    }
}

/// Big bytes by their SHA-256, in pieces, in any store.
///
/// The record that makes a blob known is written after its pieces, each batch durably: what is
/// known is whole. Every blob is hashed when it is read.
public struct BlobStore: Sendable {
    /// Bytes of the largest blob.
    public static let bytesMax = Limits.blobBytesMax

    private let store: any KeyValueStore
    private let bytesMax: Int

    /// - Parameter bytesMax: Bytes of the largest blob.
    public init(_ store: any KeyValueStore, bytesMax: Int = BlobStore.bytesMax) {
        precondition(bytesMax <= BlobStore.bytesMax, "a blob store takes no limit above its own")
        self.store = store
        self.bytesMax = bytesMax
    }

    /// Stores the bytes and gives their hash, which brings them back.
    ///
    /// Writes only what is not there: nothing for a blob that is known and whole, the rest of one
    /// whose writing was broken off, the damaged pieces of a damaged one.
    @discardableResult
    public func put(_ bytes: [UInt8]) throws(BlobError) -> Hash {
        guard bytes.count <= bytesMax else {
            throw .tooLarge(bytes: bytes.count, max: bytesMax)
        }
        let hash = SHA256.hash(bytes)
        var batch = WriteBatch()
        for index in 0..<chunkCount(of: bytes.count) {
            let key = Keys.blobChunk(hash, index: UInt32(index))
            let chunk = Array(bytes[chunkRange(index, of: bytes.count)])
            if try value(for: key) == chunk { continue }
            batch.put(key, chunk)
            if batch.count == Limits.blobChunksPerBatch {
                try write(batch)
                batch = WriteBatch()
            }
        }
        if !batch.isEmpty { try write(batch) }
        let info = RLPWriter.list { $0.write(UInt64(bytes.count)) }
        if try value(for: Keys.blobInfo(hash)) != info {
            var last = WriteBatch()
            last.put(Keys.blobInfo(hash), info)
            try write(last)
        }
        return hash
    }

    /// The bytes with this hash; nil when they were never stored whole.
    public func get(_ hash: Hash) throws(BlobError) -> [UInt8]? {
        guard let size = try size(of: hash) else { return nil }
        guard size <= bytesMax else { throw .tooLarge(bytes: size, max: bytesMax) }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(size)
        for index in 0..<chunkCount(of: size) {
            let chunk = try value(for: Keys.blobChunk(hash, index: UInt32(index)))
            guard let chunk, chunk.count == chunkRange(index, of: size).count else {
                throw .damaged(hash)
            }
            bytes += chunk
        }
        guard SHA256.hash(bytes) == hash else { throw .damaged(hash) }
        return bytes
    }

    /// Whether a blob is known. Its bytes are not read.
    public func contains(_ hash: Hash) throws(BlobError) -> Bool { try size(of: hash) != nil }

    /// The bytes of a blob, counted when it was stored; nil when it is not known.
    public func size(of hash: Hash) throws(BlobError) -> Int? {
        guard let info = try value(for: Keys.blobInfo(hash)) else { return nil }
        return try size(in: info, of: hash)
    }

    /// Up to `limit` known blobs with their sizes, in the order of hashes, none below `start`.
    public func list(
        from start: Hash? = nil, limit: Int
    ) throws(BlobError) -> [(hash: Hash, size: Int)] {
        let prefix = Keys.blobInfoPrefix
        let entries: [(key: [UInt8], value: [UInt8])]
        do {
            entries = try store.scan(prefix: prefix, from: start.map(Keys.blobInfo), limit: limit)
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
            blobs.append((hash: hash, size: try size(in: entry.value, of: hash)))
        }
        return blobs
    }

    private func size(in info: [UInt8], of hash: Hash) throws(BlobError) -> Int {
        do {
            var reader = RLPReader(info)
            var list = try reader.readList()
            let size = Int(exactly: try list.readUInt64())
            try list.finish()
            try reader.finish()
            if let size { return size }
        } catch {
            throw .damaged(hash)
        }
        throw .damaged(hash)
    }

    private func chunkCount(of size: Int) -> Int {
        (size + Limits.blobChunkBytes - 1) / Limits.blobChunkBytes
    }

    private func chunkRange(_ index: Int, of size: Int) -> Range<Int> {
        let start = index * Limits.blobChunkBytes
        return start..<min(size, start + Limits.blobChunkBytes)
    }

    private func value(for key: [UInt8]) throws(BlobError) -> [UInt8]? {
        do { return try store.value(for: key) } catch { throw .store(error) }
    }

    private func write(_ batch: WriteBatch) throws(BlobError) {
        do { try store.write(batch, durably: true) } catch { throw .store(error) }
    }
}
