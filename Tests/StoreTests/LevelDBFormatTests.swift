import Testing

@testable import Store

private struct Checksum: Sendable {
    let bytes: [UInt8]
    let expected: UInt32
}

/// RFC 3720, appendix B.4; the last is the check value of the usual catalogues.
private let checksums: [Checksum] = [
    Checksum(bytes: [UInt8](repeating: 0, count: 32), expected: 0x8a91_36aa),
    Checksum(bytes: [UInt8](repeating: 0xff, count: 32), expected: 0x62a8_ab43),
    Checksum(bytes: Array(0..<32), expected: 0x46dd_794e),
    Checksum(bytes: Array((0..<32).reversed()), expected: 0x113f_db5c),
    Checksum(bytes: Array("123456789".utf8), expected: 0xe306_9283),
]

@Suite struct LevelDBFormatTests {
    @Test(arguments: checksums)
    private func checksumsAsPublished(_ row: Checksum) {
        var checksum = CRC32C()
        for byte in row.bytes { checksum.add(byte) }
        #expect(checksum.value == row.expected)
    }

    @Test func tellsATornRecordFromADamagedLength() {
        let log = record([1, 2, 3]) + record([]) + record([4, 5, 6, 7])
        #expect(!LogTail(bytes: log).isDamaged)
        for count in 0..<log.count {
            #expect(!LogTail(bytes: Array(log[..<count])).isDamaged, "\(count)")
        }
        // Each record's length made longer than the file.
        for header in [0, 10, 17] {
            for offset in [header + 4, header + 5] {
                var damaged = log
                damaged[offset] ^= 0x80
                #expect(LogTail(bytes: damaged).isDamaged, "\(offset)")
            }
        }
        // Zeros, as of a file that was made longer before it was written.
        #expect(!LogTail(bytes: log + [UInt8](repeating: 0, count: 50)).isDamaged)
    }

    @Test func checksWhereTheIndexesAre() {
        func isDamaged(_ numbers: [UInt8], tableBytes: UInt64 = 1_000) -> Bool {
            let padding = [UInt8](repeating: 0, count: 40 - numbers.count)
            let magic: [UInt8] = [0x57, 0xfb, 0x80, 0x8b, 0x24, 0x75, 0x47, 0xdb]
            return TableFooter(bytes: numbers + padding + magic, tableBytes: tableBytes).isDamaged
        }
        #expect(!isDamaged([100, 8, 113, 20]))
        // 886 + 109 + 5 bytes are all there are.
        #expect(!isDamaged([100, 8, 0xf6, 6, 109]))
        #expect(isDamaged([100, 8, 0xf6, 6, 110]))
        #expect(isDamaged([0xf6, 6, 110, 100, 8]))
        #expect(isDamaged([100, 0xff, 0xff, 0xff, 0xff, 0x7f, 100, 8]))
        #expect(isDamaged([100] + [UInt8](repeating: 0xff, count: 9) + [1, 100, 8]))
        #expect(isDamaged([UInt8](repeating: 0xff, count: 40)))
        // No magic number: a table that was never completed.
        #expect(
            !TableFooter(bytes: [UInt8](repeating: 0xff, count: 48), tableBytes: 1_000).isDamaged)
        #expect(!TableFooter(bytes: [1, 2, 3], tableBytes: 3).isDamaged)
    }

    private func record(_ payload: [UInt8]) -> [UInt8] {
        var checksum = CRC32C()
        checksum.add(1)
        for byte in payload { checksum.add(byte) }
        let masked = checksum.masked
        return (0..<4).map { UInt8(truncatingIfNeeded: masked >> ($0 * 8)) }
            + [UInt8(payload.count), 0, 1] + payload
    }
}
