import Codec
import Crypto
import HTTP
import Node
import Primitives
import Store
import Synchronization
import TestSupport
import Testing

@testable import RPC

@Suite(.timeLimit(.minutes(3))) struct BlobRoutesTests {
    private func pattern(_ count: Int, seed: UInt64 = 1) -> [UInt8] {
        var random = SeededRandom(seed: seed)
        return random.bytes(count)
    }

    @Test func takesAndGivesBlobsOfEverySize() throws {
        let service = try TestService()
        let client = try service.client()
        for size in [0, 1, 1_000, (1 << 20) - 1, 1 << 20, (3 << 20) + 17] {
            let bytes = pattern(size)
            let name = SHA256.hash(bytes).hex
            #expect(try client.request("GET", "/v1/blobs/\(name)").status == 404)
            let headers = size == 0 ? [(name: "Content-Length", value: "0")] : []
            let put = try client.request("PUT", "/v1/blobs/\(name)", headers: headers, body: bytes)
            #expect(put.status == 201)
            #expect(put.json?["sha256"] == .string(name))
            let got = try client.request("GET", "/v1/blobs/\(name)")
            #expect(got.status == 200)
            #expect(got.body == bytes)
            #expect(got.header("ETag") == "\"\(name)\"")
            #expect(got.header("Accept-Ranges") == "bytes")
            // Without 0x, as sha256sum prints it.
            #expect(try client.request("HEAD", "/v1/blobs/\(name.dropFirst(2))").status == 200)
        }
        service.server.stop()
    }

    @Test(arguments: [
        ("bytes=0-0", 0..<1), ("bytes=5-9", 5..<10),
        ("bytes=1048570-1048590", 1_048_570..<1_048_591),
        ("bytes=100-", 100..<2_500_000), ("bytes=-7", 2_499_993..<2_500_000),
        ("bytes=2499999-99999999999999999999", 2_499_999..<2_500_000),
        ("bytes=-99999999", 0..<2_500_000),
    ])
    func givesRanges(_ header: String, _ range: Range<Int>) throws {
        let service = try TestService()
        let bytes = pattern(2_500_000)
        let name = try service.node.blobs.put(bytes).hex
        let answer = try service.client().request(
            "GET", "/v1/blobs/\(name)", headers: [(name: "Range", value: header)])
        #expect(answer.status == 206)
        #expect(answer.body == Array(bytes[range]))
        #expect(
            answer.header("Content-Range")
                == "bytes \(range.lowerBound)-\(range.upperBound - 1)/2500000")
        service.server.stop()
    }

    @Test func passesOverOtherRangesAndRefusesEmptyOnes() {
        for header in [
            nil, "", "bytes", "bytes=", "bytes=-", "bytes=a-b", "bytes=1-2,4-5", "bytes=5-4",
            "items=0-1", "bytes=+1-2", "bytes=1--2", "bytes=0x1-2",
        ] {
            #expect(ByteRange(header, of: 10) == .whole, "\(header ?? "none")")
        }
        for header in ["bytes=10-", "bytes=10-20", "bytes=-0"] {
            #expect(ByteRange(header, of: 10) == .notSatisfiable)
        }
        #expect(ByteRange("bytes=0-", of: 0) == .notSatisfiable)
        #expect(ByteRange("bytes=-5", of: 0) == .notSatisfiable)
        #expect(ByteRange("bytes=3-4", of: 10) == .part(3..<5))
    }

    @Test func refusesWhatItWillNotKeep() throws {
        let limits = BlobLimits(blobBytesMax: 3 << 20, totalBytesMax: 4 << 20)
        let service = try TestService(blobLimits: limits)
        let put = { (bytes: [UInt8], name: String?) in
            try service.client().request(
                "PUT", "/v1/blobs/\(name ?? SHA256.hash(bytes).hex)", body: bytes)
        }
        let wrong = try put(pattern(2 << 20), Hash(1).hex)
        #expect(wrong.status == 400)
        #expect(wrong.text.contains("SHA-256"))
        #expect(try put(pattern(10), "0x12").status == 400)
        #expect(try put(pattern((3 << 20) + 1), nil).status == 413)
        #expect(try put(pattern(3 << 20), nil).status == 201)
        let full = try put(pattern(2 << 20, seed: 2), nil)
        #expect(full.status == 507)
        #expect(full.json?["error"] == "blobs_full")
        // Nothing is left of those that were refused.
        #expect(try put(pattern(500_000, seed: 3), nil).status == 201)
        service.server.stop()
        #expect(service.server.load.bodyBytes == 0)
    }

    /// 192 MiB go through a node that never holds more than a chunk and a piece of them.
    @Test func anUploadTakesLittleMemory() throws {
        let store = ForgetfulStore()
        let routes = BlobRoutes(try BlobStore(store))
        let server = try HTTPServer(
            body: { request in
                routes.body(of: request.path.split(separator: "/").last ?? "")
            }, handler: { _ in .text(404, "") })
        let piece = pattern(1 << 20)
        var hasher = SHA256Stream()
        let count = 192
        for index in 0..<count { hasher.update(marked(piece, index)[...]) }
        let client = try TestHTTPClient(port: server.port)
        let head = "PUT /v1/blobs/\(hasher.hash.hex) HTTP/1.1\r\nHost: x\r\n"
        try client.send(Array((head + "Content-Length: \(count << 20)\r\n\r\n").utf8))
        var most = 0
        for index in 0..<count {
            try client.send(marked(piece, index))
            most = max(most, server.load.bodyBytes)
        }
        #expect(try client.readResponse().status == 201)
        // The last chunk goes with the manifest.
        #expect(store.chunks.load(ordering: .relaxed) == count - 1)
        #expect(most <= 4 << 20, "\(most >> 20) MiB of the body were held at once")
        server.stop()
    }

    private func marked(_ piece: [UInt8], _ index: Int) -> [UInt8] {
        var piece = piece
        piece[0] = UInt8(truncatingIfNeeded: index)
        piece[1] = UInt8(truncatingIfNeeded: index >> 8)
        return piece
    }

    @Test func namesTheDamagedChunk() throws {
        let service = try TestService()
        let bytes = pattern(2_500_000)
        let blobs = service.node.blobs
        let hash = try blobs.put(bytes)
        var batch = WriteBatch()
        batch.delete(Keys.blobChunk(SHA256.hash(bytes[(1 << 20)..<(2 << 20)])))
        try service.rpc.store.write(batch, durably: false)
        let client = try service.client()
        let part = { (header: String) in
            try client.request(
                "GET", "/v1/blobs/\(hash.hex)", headers: [(name: "Range", value: header)])
        }
        #expect(try part("bytes=0-9").status == 206)
        let damaged = try part("bytes=1048576-1048577")
        #expect(damaged.status == 503)
        #expect(damaged.json?["error"] == "blob_damaged")
        #expect(damaged.text.contains("chunk 1"))
        // Of the whole the first chunk comes, then the connection is cut.
        try client.send(Array("GET /v1/blobs/\(hash.hex) HTTP/1.1\r\nHost: x\r\n\r\n".utf8))
        let all = client.readToEnd()
        #expect(all.count > 1 << 20)
        #expect(all.count < 1 << 21)
        service.server.stop()
    }
}

/// Takes everything and keeps nothing but a count of chunks.
private final class ForgetfulStore: KeyValueStore {
    let chunks = Atomic(0)

    func value(for key: [UInt8]) throws(StoreError) -> [UInt8]? { nil }

    func write(_ batch: WriteBatch, durably: Bool) throws(StoreError) {
        // A batch with a chunk has it, its mark and the count.
        if batch.count == 3 { chunks.add(1, ordering: .relaxed) }
    }

    func scan(
        prefix: [UInt8], from start: [UInt8]?, limit: Int
    ) throws(StoreError) -> [(key: [UInt8], value: [UInt8])] { [] }

    func close() {}
}
