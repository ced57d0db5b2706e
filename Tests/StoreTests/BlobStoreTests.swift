import Codec
import Crypto
import Primitives
import Store
import Testing

private let mebibyte = 1 << 20

@Suite struct BlobStoreTests {
    @Test(
        arguments: StoreKind.allCases,
        [0, 1, mebibyte - 1, mebibyte, mebibyte + 1, 9 * mebibyte + 5])
    func getsWhatWasPut(_ kind: StoreKind, _ size: Int) throws {
        try withStore(kind) { store in
            let blobs = BlobStore(store)
            let bytes = pattern(size)
            let hash = SHA256.hash(bytes)
            #expect(try blobs.get(hash) == nil)
            #expect(try !blobs.contains(hash))
            #expect(try blobs.size(of: hash) == nil)
            #expect(try blobs.put(bytes) == hash)
            #expect(try blobs.get(hash) == bytes)
            #expect(try blobs.contains(hash))
            #expect(try blobs.size(of: hash) == size)
            let chunks = try store.keys(prefix: [0x0a])
            #expect(chunks.count == (size + mebibyte - 1) / mebibyte)
            #expect(chunks == chunks.indices.map { Keys.blobChunk(hash, index: UInt32($0)) })
        }
    }

    @Test func writesAKnownBlobOnce() throws {
        let recorder = RecordingStore()
        let blobs = BlobStore(recorder)
        let bytes = pattern(9 * mebibyte)
        try blobs.put(bytes)
        // Eight pieces, the ninth, the record.
        #expect(recorder.batchCounts == [8, 1, 1])
        #expect(recorder.allDurable)
        try blobs.put(bytes)
        #expect(recorder.batchCounts == [8, 1, 1])
    }

    /// Whatever write fails, the blob is not known, and putting it again completes it.
    @Test(arguments: 0..<3)
    func completesABrokenOffPut(_ writesBefore: Int) throws {
        let recorder = RecordingStore(writesMax: writesBefore)
        let blobs = BlobStore(recorder)
        let bytes = pattern(9 * mebibyte)
        #expect(throws: BlobError.store(.ioFailed("no room"))) { try blobs.put(bytes) }
        let hash = SHA256.hash(bytes)
        #expect(try blobs.get(hash) == nil)
        #expect(try blobs.list(limit: 10).isEmpty)
        let healed = RecordingStore(recorder.inner)
        #expect(try BlobStore(healed).put(bytes) == hash)
        #expect(healed.batchCounts == Array([8, 1, 1][writesBefore...]))
        #expect(try blobs.get(hash) == bytes)
    }

    @Test(arguments: StoreKind.allCases)
    func noticesDamageAndHealsIt(_ kind: StoreKind) throws {
        try withStore(kind) { store in
            let blobs = BlobStore(store)
            let bytes = pattern(2 * mebibyte + 3)
            let hash = try blobs.put(bytes)
            let last = Keys.blobChunk(hash, index: 2)
            let info = Keys.blobInfo(hash)
            var flipped = try #require(try store.value(for: last))
            flipped[1] ^= 0x10
            let damages: [(key: [UInt8], value: [UInt8]?)] = [
                (last, flipped), (last, nil), (last, []), (last, Array(flipped.dropLast())),
                (last, flipped + [0]), (info, []), (info, [0x80]), (info, [0xc0]),
                (info, [0xc1, 0x01, 0x00]), (info, [0xc2, 0x01, 0x01]),
                (info, sizeRecord(UInt64(bytes.count - 1))),
                (info, sizeRecord(UInt64(bytes.count + mebibyte))), (info, sizeRecord(.max)),
            ]
            for damage in damages {
                var batch = WriteBatch()
                if let value = damage.value {
                    batch.put(damage.key, value)
                } else {
                    batch.delete(damage.key)
                }
                try store.write(batch, durably: false)
                #expect(throws: BlobError.damaged(hash), "\(damage)") { try blobs.get(hash) }
                #expect(try blobs.put(bytes) == hash)
                #expect(try blobs.get(hash) == bytes)
            }
        }
    }

    @Test func refusesBlobsAboveTheLimit() throws {
        #expect(BlobStore.bytesMax == 268_435_456)
        let store = MemoryStore()
        let small = BlobStore(store, bytesMax: 100)
        let atLimit = try small.put(pattern(100))
        #expect(try small.get(atLimit) == pattern(100))
        #expect(throws: BlobError.tooLarge(bytes: 101, max: 100)) { try small.put(pattern(101)) }
        let larger = try BlobStore(store).put(pattern(101))
        #expect(throws: BlobError.tooLarge(bytes: 101, max: 100)) { try small.get(larger) }
        #expect(
            throws: BlobError.tooLarge(bytes: BlobStore.bytesMax + 1, max: BlobStore.bytesMax)
        ) {
            try BlobStore(store).put([UInt8](repeating: 0, count: BlobStore.bytesMax + 1))
        }
    }

    @Test(arguments: StoreKind.allCases)
    func listsByHash(_ kind: StoreKind) throws {
        try withStore(kind) { store in
            let blobs = BlobStore(store)
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

    @Test func tellsOfAKeyThatIsNoBlob() throws {
        let store = MemoryStore()
        try store.put((Keys.blobInfoPrefix + [1, 2], [1]))
        #expect(throws: BlobError.store(.corrupt("the key 0x090102 names no blob"))) {
            try BlobStore(store).list(limit: 1)
        }
    }

    @Test func passesOnTheStoresErrors() {
        let store = MemoryStore()
        store.close()
        let blobs = BlobStore(store)
        #expect(throws: BlobError.store(.closed)) { try blobs.put([1]) }
        #expect(throws: BlobError.store(.closed)) { try blobs.get(.zero) }
        #expect(throws: BlobError.store(.closed)) { try blobs.contains(.zero) }
        #expect(throws: BlobError.store(.closed)) { try blobs.list(limit: 1) }
        #expect(BlobError.store(.closed).description == StoreError.closed.description)
    }

    private func sizeRecord(_ size: UInt64) -> [UInt8] { RLPWriter.list { $0.write(size) } }

    private func pattern(_ count: Int) -> [UInt8] {
        var random = SeededRandom(seed: UInt64(count))
        return random.bytes(count)
    }
}
