import Primitives
import Store
import Testing

@Suite struct KeysTests {
    private let hash = Hash((1...32).map { UInt8($0) })

    /// The format on disk: these bytes never change.
    @Test func bytesAreFixed() {
        #expect(Keys.head == [0x01])
        #expect(Keys.trieNode(hash) == [0x02] + hash.bytes)
        #expect(Keys.code(hash) == [0x03] + hash.bytes)
        #expect(Keys.header(hash) == [0x04] + hash.bytes)
        #expect(Keys.body(hash) == [0x05] + hash.bytes)
        #expect(Keys.receipts(hash) == [0x06] + hash.bytes)
        #expect(
            Keys.canonicalHash(0x0102_0304_0506_0708) == [0x07, 1, 2, 3, 4, 5, 6, 7, 8])
        #expect(Keys.transaction(hash) == [0x08] + hash.bytes)
        #expect(Keys.reservation(hash) == [0x0b] + hash.bytes)
        #expect(Keys.settlement(hash) == [0x0c] + hash.bytes)
        #expect(Keys.meta("version") == [0x0d] + Array("version".utf8))
        #expect(Keys.blobManifest(hash) == [0x0e] + hash.bytes)
        #expect(Keys.blobChunk(hash) == [0x0f] + hash.bytes)
        #expect(Keys.blobPending(hash) == [0x10] + hash.bytes)
        #expect(Keys.blobManifestPrefix == [0x0e])
        #expect(Keys.blobPendingPrefix == [0x10])
        #expect(Keys.reservationPrefix == [0x0b])
        #expect(Keys.settlementPrefix == [0x0c])
    }

    @Test func numbersAreInOrder() {
        let numbers: [UInt64] = [0, 1, 255, 256, 65_536, 1 << 32, .max]
        let keys = numbers.map(Keys.canonicalHash)
        for (left, right) in zip(keys, keys.dropFirst()) {
            #expect(left.lexicographicallyPrecedes(right))
        }
    }
}
