import Codec
import Crypto
import Primitives
import Store
import Testing

private let chunk = StoredBlob.chunkBytes

/// Seeded noise; each seed's bytes begin as those of no other.
private func pattern(_ count: Int, seed: UInt64 = 1) -> [UInt8] {
    var random = SeededRandom(seed: seed)
    return random.bytes(count)
}

@Suite struct BlobStoreTests {
    @Test(
        arguments: StoreKind.allCases, [0, 1, chunk - 1, chunk, chunk + 1, 9 * chunk + 5])
    func getsWhatWasPut(_ kind: StoreKind, _ size: Int) throws {
        try withStore(kind) { store in
            let blobs = try BlobStore(store)
            let bytes = pattern(size)
            let hash = SHA256.hash(bytes)
            #expect(try blobs.get(hash) == nil)
            #expect(try !blobs.contains(hash))
            #expect(try blobs.size(of: hash) == nil)
            #expect(try blobs.put(bytes) == hash)
            #expect(try blobs.get(hash) == bytes)
            #expect(try blobs.contains(hash))
            #expect(try blobs.size(of: hash) == size)
            let chunks = try store.keys(prefix: [0x0f])
            #expect(chunks.count == (size + chunk - 1) / chunk)
            #expect(try store.keys(prefix: [0x10]).isEmpty)
        }
    }

    /// Any size in pieces of any size: the same blob, and the same bytes in the store.
    @Test(arguments: 0..<12) func piecesMakeTheWhole(_ seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let bytes = pattern(Int(random.next() % UInt64(4 * chunk)), seed: seed)
        let whole = MemoryStore()
        let hash = try BlobStore(whole).put(bytes)
        let store = MemoryStore()
        let blobs = try BlobStore(store)
        let upload = blobs.upload()
        var sent = 0
        while sent < bytes.count {
            let end = min(bytes.count, sent + Int(random.next() % UInt64(chunk * 3 / 2)))
            try upload.append(Array(bytes[sent..<end]))
            sent = end
        }
        #expect(upload.byteCount == bytes.count)
        #expect(try !blobs.contains(hash))
        #expect(try upload.finish(expecting: hash) == hash)
        #expect(try store.contents() == whole.contents())
        for _ in 0..<20 where !bytes.isEmpty {
            let start = Int(random.next() % UInt64(bytes.count))
            let end = start + Int(random.next() % UInt64(bytes.count - start + 1))
            let blob = try #require(try blobs.open(hash))
            #expect(try blob.bytes(start..<end) == Array(bytes[start..<end]))
        }
    }

    @Test func chunksAreKeptOnce() throws {
        let store = MemoryStore()
        let blobs = try BlobStore(store)
        let shared = pattern(2 * chunk)
        try blobs.put(shared + pattern(10, seed: 2))
        let before = blobs.byteCount
        try blobs.put(shared + pattern(11, seed: 3))
        #expect(blobs.byteCount - before < 1_000)
        #expect(try store.keys(prefix: [0x0f]).count == 4)
        // A million equal bytes are one chunk.
        try blobs.put([UInt8](repeating: 7, count: 5 * chunk))
        #expect(try store.keys(prefix: [0x0f]).count == 5)
        #expect(try BlobStore(store).byteCount == blobs.byteCount)
    }

    @Test func writesAKnownBlobOnce() throws {
        let recorder = RecordingStore()
        let blobs = try BlobStore(recorder)
        let bytes = pattern(3 * chunk)
        try blobs.put(bytes)
        // Chunk, mark and count twice; the last chunk, manifest, count and both marks.
        #expect(recorder.batchCounts == [3, 3, 5])
        #expect(recorder.allDurable)
        try blobs.put(bytes)
        #expect(recorder.batchCounts == [3, 3, 5])
        // A small blob is one write.
        try blobs.put([1, 2, 3])
        #expect(recorder.batchCounts == [3, 3, 5, 3])
    }

    /// Whatever write fails or is the last before the end: the blob is not known, nothing of it is
    /// left after the next start, and putting it again makes it whole.
    @Test(arguments: 0..<4) func nothingIsLeftOfABrokenOffUpload(_ writesBefore: Int) throws {
        let first = pattern(2 * chunk + 1, seed: 9)
        let bytes = pattern(chunk, seed: 9) + pattern(3 * chunk + 5)
        let hash = SHA256.hash(bytes)
        let disk = MemoryStore()
        let kept = try BlobStore(disk).put(first)
        let before = try disk.contents()
        // The process ends with an upload that nobody gives up.
        let dead = RecordingStore(disk, writesMax: writesBefore)
        let lost = try BlobStore(dead)
        #expect(throws: BlobError.store(.ioFailed("no room"))) { try lost.put(bytes) }
        #expect(try lost.get(hash) == nil)
        let blobs = try BlobStore(disk)
        #expect(try disk.contents() == before)
        #expect(try blobs.get(kept) == first)
        #expect(try blobs.put(bytes) == hash)
        #expect(try blobs.get(hash) == bytes)
    }

    @Test func anAbandonedUploadLeavesNothing() throws {
        let store = MemoryStore()
        let blobs = try BlobStore(store)
        try blobs.put([1])
        let before = try store.contents()
        let upload = blobs.upload()
        try upload.append(pattern(3 * chunk + 1))
        #expect(try store.contents().count > before.count)
        upload.abandon()
        #expect(try store.contents() == before)
        upload.abandon()
        #expect(throws: BlobError.uploadIsOver) { try upload.append([1]) }
        #expect(throws: BlobError.uploadIsOver) { try upload.finish() }
        let wrong = blobs.upload()
        try wrong.append(pattern(2 * chunk))
        let got = SHA256.hash(pattern(2 * chunk))
        #expect(throws: BlobError.wrongHash(expected: Hash(1), got: got)) {
            try wrong.finish(expecting: Hash(1))
        }
        #expect(try store.contents() == before)
        do {
            let dropped = blobs.upload()
            try dropped.append(pattern(2 * chunk))
        }
        #expect(try store.contents() == before)
    }

    /// Uploads that share chunks end in every order; what one of them finished stays.
    @Test(arguments: 0..<30) func uploadsThatShareChunksDoNotHurtEachOther(_ seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let store = MemoryStore()
        let blobs = try BlobStore(store)
        let pieces = (0..<4).map { pattern(chunk, seed: 100 + $0) }
        var uploads = (0..<4).map { _ in (upload: blobs.upload(), bytes: [UInt8]()) }
        var known: [Hash: [UInt8]] = [:]
        while !uploads.isEmpty {
            let index = Int(random.next() % UInt64(uploads.count))
            switch random.next() % 6 {
            case 0:
                uploads.remove(at: index).upload.abandon()
            case 1:
                let done = uploads.remove(at: index)
                known[try done.upload.finish()] = done.bytes
            default:
                let piece = pieces[Int(random.next() % 4)]
                try uploads[index].upload.append(piece)
                uploads[index].bytes += piece
            }
        }
        for (hash, bytes) in known { #expect(try blobs.get(hash) == bytes) }
        #expect(try store.keys(prefix: [0x10]).isEmpty)
        let fresh = MemoryStore()
        let wanted = try BlobStore(fresh)
        for hash in known.keys.sorted() { try wanted.put(try #require(known[hash])) }
        #expect(blobs.byteCount == wanted.byteCount)
    }

    @Test(arguments: StoreKind.allCases)
    func noticesDamageAndHealsIt(_ kind: StoreKind) throws {
        try withStore(kind) { store in
            let blobs = try BlobStore(store)
            let bytes = pattern(2 * chunk + 3)
            let hash = try blobs.put(bytes)
            let last = Keys.blobChunk(SHA256.hash(bytes[(2 * chunk)...]))
            let manifest = Keys.blobManifest(hash)
            let whole = try #require(try store.value(for: manifest))
            var flipped = try #require(try store.value(for: last))
            flipped[1] ^= 0x10
            let chunkDamages: [[UInt8]?] = [
                flipped, nil, [], Array(flipped.dropLast()), flipped + [0],
            ]
            for value in chunkDamages {
                try damage(last, value, store)
                let error = BlobError.damagedChunk(blob: hash, index: 2)
                #expect(throws: error) { try blobs.get(hash) }
                // What is not touched by it is still read.
                #expect(try blobs.open(hash)?.bytes(0..<2 * chunk) == Array(bytes[..<(2 * chunk)]))
                #expect(throws: error) { try blobs.open(hash)?.bytes(2 * chunk..<2 * chunk + 1) }
                #expect(try blobs.put(bytes) == hash)
                #expect(try blobs.get(hash) == bytes)
            }
            for index in [0, 5, whole.count / 2, whole.count - 1] {
                var value = whole
                value[index] ^= 1
                try damage(manifest, value, store)
                #expect(throws: BlobError.damaged(hash), "\(index)") { try blobs.open(hash) }
                #expect(try blobs.put(bytes) == hash)
                #expect(try blobs.get(hash) == bytes)
            }
            for value in [[], [0xc0], Array(whole.dropLast()), whole + [0]] as [[UInt8]] {
                try damage(manifest, value, store)
                #expect(throws: BlobError.damaged(hash)) { try blobs.size(of: hash) }
            }
        }
    }

    private func damage(
        _ key: [UInt8], _ value: [UInt8]?, _ store: any KeyValueStore
    ) throws {
        var batch = WriteBatch()
        if let value { batch.put(key, value) } else { batch.delete(key) }
        try store.write(batch, durably: false)
    }

    @Test func refusesBlobsAboveTheLimit() throws {
        let store = MemoryStore()
        let small = try BlobStore(
            store, limits: BlobLimits(blobBytesMax: 100, totalBytesMax: 1 << 30))
        let atLimit = try small.put(pattern(100))
        #expect(try small.get(atLimit) == pattern(100))
        #expect(throws: BlobError.tooLarge(bytes: 101, max: 100)) { try small.put(pattern(101)) }
        let larger = try BlobStore(store).put(pattern(101))
        #expect(throws: BlobError.tooLarge(bytes: 101, max: 100)) { try small.get(larger) }
        let upload = small.upload()
        try upload.append(pattern(60))
        #expect(throws: BlobError.tooLarge(bytes: 120, max: 100)) { try upload.append(pattern(60)) }
    }

    @Test func refusesBlobsThatDoNotFitBesideTheOthers() throws {
        let store = MemoryStore()
        let limits = BlobLimits(blobBytesMax: 10 * chunk, totalBytesMax: 3 * chunk)
        let blobs = try BlobStore(store, limits: limits)
        let hash = try blobs.put(pattern(2 * chunk))
        let before = try store.contents()
        #expect {
            try blobs.put(pattern(3 * chunk, seed: 2))
        } throws: { error in
            guard case .full(let bytes, let max) = error as? BlobError else { return false }
            return bytes > max && max == 3 * chunk
        }
        #expect(try store.contents() == before)
        // What is there takes no room anew.
        #expect(try blobs.put(pattern(2 * chunk)) == hash)
        try blobs.put(pattern(chunk / 2, seed: 3))
    }

    @Test(arguments: StoreKind.allCases)
    func listsByHash(_ kind: StoreKind) throws {
        try withStore(kind) { store in
            let blobs = try BlobStore(store)
            #expect(try blobs.list(limit: 10).isEmpty)
            var sizes: [Hash: Int] = [:]
            for size in 0..<20 { sizes[try blobs.put(pattern(size))] = size }
            // The tables beside the blobs' own are not blobs.
            try store.put((Keys.transaction(.zero), [1]), (Keys.reservation(.zero), [1]))
            let hashes = sizes.keys.sorted()
            let all = try blobs.list(limit: 100)
            #expect(all.map(\.hash) == hashes)
            #expect(all.map(\.size) == hashes.map { sizes[$0] })
            #expect(try blobs.list(from: hashes[5], limit: 3).map(\.hash) == Array(hashes[5..<8]))
            #expect(try blobs.list(limit: 0).isEmpty)
        }
    }

    @Test func tellsOfKeysThatAreNoBlobs() throws {
        let store = MemoryStore()
        try store.put((Keys.blobManifestPrefix + [1, 2], [1]))
        #expect(throws: BlobError.store(.corrupt("the key 0x0e0102 names no blob"))) {
            try BlobStore(store).list(limit: 1)
        }
        try store.put((Keys.blobPendingPrefix + [1], [0xc1, 0x01]))
        #expect(throws: BlobError.store(.corrupt("the key 0x1001 marks no chunk"))) {
            try BlobStore(store)
        }
        let other = MemoryStore()
        try other.put((Keys.meta("blob bytes"), [1]))
        #expect(throws: BlobError.store(.corrupt("a count of bytes of blobs is none"))) {
            try BlobStore(other)
        }
    }

    @Test func passesOnTheStoresErrors() throws {
        let store = MemoryStore()
        let blobs = try BlobStore(store)
        store.close()
        #expect(throws: BlobError.store(.closed)) { try BlobStore(store) }
        #expect(throws: BlobError.store(.closed)) { try blobs.put([1]) }
        #expect(throws: BlobError.store(.closed)) { try blobs.get(.zero) }
        #expect(throws: BlobError.store(.closed)) { try blobs.contains(.zero) }
        #expect(throws: BlobError.store(.closed)) { try blobs.list(limit: 1) }
        #expect(BlobError.store(.closed).description == StoreError.closed.description)
    }
}
