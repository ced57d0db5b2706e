internal import Crypto
public import Primitives
internal import Synchronization

/// A blob on its way into the store: holds one chunk in memory, whatever its size.
///
/// After an error, and after `finish` or `abandon`, it throws `uploadIsOver`; what it wrote that no
/// other blob needs is then gone from the store. Any thread may call it, one at a time.
public final class BlobUpload: Sendable {
    private let blobs: BlobStore
    private let state = Mutex(State())

    private struct State {
        var hasher = SHA256Stream()
        var byteCount = 0
        /// Less than a chunk, or exactly one.
        var buffer: [UInt8] = []
        var chunks: [Hash] = []
        /// Chunks without a manifest that this upload counts on.
        var held: Set<Hash> = []
        var isOver = false
    }

    init(_ blobs: BlobStore) { self.blobs = blobs }

    deinit { abandon() }

    /// Bytes taken so far.
    public var byteCount: Int { state.withLock(\.byteCount) }

    /// Takes the next bytes and stores each chunk that is full.
    /// - Throws: `tooLarge`, `full` or `store`; the upload is then over.
    public func append(_ bytes: [UInt8]) throws(BlobError) {
        try state.withLock { (state) throws(BlobError) in
            guard !state.isOver else { throw .uploadIsOver }
            do throws(BlobError) {
                let max = blobs.limits.blobBytesMax
                guard bytes.count <= max - state.byteCount else {
                    throw BlobError.tooLarge(bytes: state.byteCount + bytes.count, max: max)
                }
                var rest = bytes[...]
                while !rest.isEmpty {
                    // The last chunk waits for the manifest, which goes with it in one write.
                    if state.buffer.count == Limits.blobChunkBytes { try keep(&state) }
                    let part = rest.prefix(Limits.blobChunkBytes - state.buffer.count)
                    state.hasher.update(part)
                    state.buffer += part
                    rest = rest.dropFirst(part.count)
                }
                state.byteCount += bytes.count
            } catch {
                end(&state)
                throw error
            }
        }
    }

    /// Makes the blob known and gives its hash.
    ///
    /// - Parameter wanted: the hash it must have; nil for any.
    /// - Throws: `wrongHash`, `full` or `store`; the blob is then not known.
    @discardableResult
    public func finish(expecting wanted: Hash? = nil) throws(BlobError) -> Hash {
        try state.withLock { (state) throws(BlobError) in
            guard !state.isOver else { throw .uploadIsOver }
            defer { end(&state) }
            let hash = state.hasher.hash
            if let wanted, wanted != hash { throw .wrongHash(expected: wanted, got: hash) }
            try seal(&state, hash)
            return hash
        }
    }

    /// Gives up: what was written for this blob alone is removed.
    public func abandon() { state.withLock { end(&$0) } }

    /// Stores the buffer as a chunk with a mark, unless it is there.
    private func keep(_ state: inout State) throws(BlobError) {
        let bytes = state.buffer
        let hash = SHA256.hash(bytes)
        try blobs.shelf.withLock { (shelf) throws(BlobError) in
            if let users = shelf.pending[hash] {
                if state.held.insert(hash).inserted { shelf.pending[hash] = users + 1 }
                return
            }
            let known = try blobs.value(for: Keys.blobChunk(hash))
            if known == bytes { return }
            var batch = WriteBatch()
            batch.put(Keys.blobChunk(hash), bytes)
            // A chunk that is there and is damaged belongs to a blob.
            if known != nil { return try blobs.write(batch, adding: 0, to: &shelf) }
            batch.put(Keys.blobPending(hash), BlobStore.encoded(bytes.count))
            try blobs.write(batch, adding: BlobStore.cost(bytes.count), to: &shelf)
            shelf.pending[hash] = 1
            state.held.insert(hash)
        }
        state.chunks.append(hash)
        state.buffer.removeAll(keepingCapacity: true)
    }

    /// Writes the last chunk and the manifest, and takes the marks away, all in one batch.
    private func seal(_ state: inout State, _ hash: Hash) throws(BlobError) {
        try blobs.shelf.withLock { (shelf) throws(BlobError) in
            var batch = WriteBatch()
            var added = 0
            if !state.buffer.isEmpty {
                let last = SHA256.hash(state.buffer)
                state.chunks.append(last)
                if let users = shelf.pending[last] {
                    if state.held.insert(last).inserted { shelf.pending[last] = users + 1 }
                } else {
                    let known = try blobs.value(for: Keys.blobChunk(last))
                    if known != state.buffer { batch.put(Keys.blobChunk(last), state.buffer) }
                    if known == nil { added += BlobStore.cost(state.buffer.count) }
                }
            }
            let manifest = BlobManifest(byteCount: state.byteCount, chunks: state.chunks)
            let encoded = manifest.encoded(for: hash)
            let known = try blobs.value(for: Keys.blobManifest(hash))
            if known != encoded { batch.put(Keys.blobManifest(hash), encoded) }
            if known == nil { added += BlobStore.cost(encoded.count) }
            for chunk in state.held.sorted() { batch.delete(Keys.blobPending(chunk)) }
            if batch.isEmpty { return }
            try blobs.write(batch, adding: added, to: &shelf)
            for chunk in state.held.sorted() { shelf.pending[chunk] = nil }
            state.held = []
        }
    }

    /// Lets go of the chunks that no manifest names; those that nobody else counts on go.
    ///
    /// Where the store fails, their marks stay, and the next start removes them.
    private func end(_ state: inout State) {
        state.isOver = true
        state.buffer = []
        guard !state.held.isEmpty else { return }
        blobs.shelf.withLock { shelf in
            var batch = WriteBatch()
            var bytes = 0
            for chunk in state.held.sorted() {
                // Another upload may have made it a part of its blob.
                guard let users = shelf.pending[chunk] else { continue }
                if users > 1 {
                    shelf.pending[chunk] = users - 1
                    continue
                }
                batch.delete(Keys.blobPending(chunk))
                batch.delete(Keys.blobChunk(chunk))
                bytes += BlobStore.cost(Limits.blobChunkBytes)
                shelf.pending[chunk] = nil
            }
            if batch.isEmpty { return }
            do { try blobs.write(batch, adding: -bytes, to: &shelf) } catch {}
        }
        state.held = []
    }
}
