import HTTP
import Primitives
import Synchronization
import TestSupport
import Testing

/// FNV-1a, 64 bits.
private func digest(_ bytes: [UInt8]) -> String {
    String(bytes.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }, radix: 16)
}

/// Takes bodies in pieces and keeps count of them.
private final class Sink: Sendable {
    struct Seen {
        var bytes: [UInt8] = []
        var pieces: [Int] = []
        var closed = 0
    }

    let seen = Mutex(Seen())
    /// Bytes after which it wants no more.
    let refusesAfter: Int

    init(refusesAfter: Int = .max) { self.refusesAfter = refusesAfter }

    func upload(bytesMax: Int) -> HTTPUpload {
        HTTPUpload(
            bytesMax: bytesMax,
            take: { [self] piece in
                seen.withLock { seen in
                    seen.pieces.append(piece.count)
                    seen.bytes += piece
                    return seen.bytes.count > refusesAfter ? .text(507, "full") : nil
                }
            },
            finish: { [self] in
                .text(201, digest(seen.withLock(\.bytes)))
            },
            close: { [self] in seen.withLock { $0.closed += 1 } })
    }

    func server(bytesMax: Int = 64 << 20) throws -> HTTPServer {
        var limits = HTTPLimits()
        limits.stopSecondsMax = 20
        return try HTTPServer(
            limits: limits,
            body: { [self] request in
                switch (request.method, request.path) {
                case ("PUT", "/no"): .refused(.text(400, "no such place"))
                case ("PUT", _): .pieces(upload(bytesMax: bytesMax))
                default: .whole
                }
            },
            handler: { HTTPResponse(status: 200, body: $0.body) })
    }
}

@Suite(.timeLimit(.minutes(2))) struct HTTPUploadTests {
    @Test(arguments: [0, 1, 100, 256 << 10, (256 << 10) + 1, 3_000_000, 20_000_000])
    func handsABodyOnInPieces(_ count: Int) throws {
        let sink = Sink()
        let server = try sink.server()
        var random = SeededRandom(seed: UInt64(count))
        let body = random.bytes(count)
        let client = try TestHTTPClient(port: server.port)
        let headers = count == 0 ? [(name: "Content-Length", value: "0")] : []
        let answer = try client.request("PUT", "/blob", headers: headers, body: body)
        #expect(answer.status == 201)
        #expect(answer.text == digest(body))
        // The connection goes on, and other requests are as ever.
        #expect(try client.post("/x", "body").text == "body")
        server.stop()
        let seen = sink.seen.withLock { $0 }
        #expect(seen.bytes == body)
        // A piece and what the transport reads at once.
        #expect(seen.pieces.allSatisfy { $0 <= 512 << 10 })
        #expect(seen.closed == 1)
        #expect(server.load == (0, 0))
    }

    @Test func takesChunkedBodies() throws {
        let sink = Sink()
        let server = try sink.server()
        let client = try TestHTTPClient(port: server.port)
        var random = SeededRandom(seed: 4)
        let body = random.bytes(3_000_000)
        var raw = Array("PUT /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n".utf8)
        var sent = 0
        while sent < body.count {
            let end = min(body.count, sent + 1 + Int(random.next() % 5_000))
            raw += Array(String(end - sent, radix: 16).utf8) + Array("\r\n".utf8)
            raw += body[sent..<end] + Array("\r\n".utf8)
            sent = end
        }
        try client.send(raw + Array("0\r\n\r\n".utf8))
        let answer = try client.readResponse()
        #expect(answer.status == 201)
        #expect(answer.text == digest(body))
        server.stop()
        #expect(sink.seen.withLock(\.bytes) == body)
    }

    @Test func refusesWithoutReading() throws {
        let sink = Sink()
        let server = try sink.server(bytesMax: 1_000)
        let client = try TestHTTPClient(port: server.port)
        try client.send(
            Array("PUT /a HTTP/1.1\r\nHost: x\r\nContent-Length: 1001\r\n\r\n".utf8))
        #expect(try client.readResponse().status == 413)
        let other = try TestHTTPClient(port: server.port)
        try other.send(Array("PUT /no HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n".utf8))
        #expect(try other.readResponse().status == 400)
        let chunked = try TestHTTPClient(port: server.port)
        let line = "PUT /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3e9\r\n"
        try chunked.send(Array(line.utf8) + [UInt8](repeating: 1, count: 1_001))
        #expect(try chunked.readResponse().status == 413)
        server.stop()
        #expect(server.load == (0, 0))
        // One refused by its length, one in its body; none was handed a byte.
        #expect(sink.seen.withLock(\.closed) == 2)
        #expect(sink.seen.withLock(\.bytes).isEmpty)
    }

    /// A client that writes all before it reads still gets the answer.
    @Test func aRefusalInTheMiddleReachesTheClient() throws {
        let sink = Sink(refusesAfter: 1 << 20)
        let server = try sink.server()
        let client = try TestHTTPClient(port: server.port)
        let body = [UInt8](repeating: 1, count: 20 << 20)
        let answer = try client.request("PUT", "/a", body: body)
        #expect(answer.status == 507)
        #expect(answer.text == "full")
        server.stop()
        #expect(sink.seen.withLock(\.bytes.count) < 3 << 20)
        #expect(sink.seen.withLock(\.closed) == 1)
        #expect(server.load == (0, 0))
    }

    @Test func abandonsWhatBreaksOff() throws {
        let sink = Sink()
        let server = try sink.server()
        do {
            let client = try TestHTTPClient(port: server.port)
            try client.send(
                Array("PUT /a HTTP/1.1\r\nHost: x\r\nContent-Length: 5000000\r\n\r\n".utf8)
                    + [UInt8](repeating: 1, count: 2_000_000))
            while sink.seen.withLock(\.pieces.isEmpty) {
                _ = try TestHTTPClient(port: server.port).request("GET", "/")
            }
        }
        // A stop waits for what is open.
        while server.load.exchanges > 0 {
            _ = try TestHTTPClient(port: server.port).request("GET", "/")
        }
        server.stop()
        #expect(sink.seen.withLock(\.closed) == 1)
        #expect(server.load == (0, 0))
    }

    /// What the server holds at once stays far below what is sent.
    @Test func holdsLittleOfManyLargeBodies() throws {
        let sink = Sink()
        let most = Atomic(0)
        let server = try sink.server()
        let body = [UInt8](repeating: 3, count: 8 << 20)
        let port = server.port
        onThreads(4) { _ in
            let client = try? TestHTTPClient(port: port)
            _ = try? client?.request("PUT", "/a", body: body)
            most.max(server.load.bodyBytes, ordering: .relaxed)
        }
        #expect(most.load(ordering: .relaxed) <= 4 * (512 << 10))
        server.stop()
        #expect(sink.seen.withLock(\.bytes.count) == 4 * body.count)
    }
}

@Suite(.timeLimit(.minutes(2))) struct HTTPStreamTests {
    private static func bytes(_ offset: Int, _ count: Int) -> [UInt8] {
        (offset..<offset + count).map { UInt8(truncatingIfNeeded: $0 &* 31) }
    }

    @Test(arguments: [1, 1_000, 5_000_000]) func sendsWhatIsMadeMeanwhile(_ count: Int) throws {
        let server = try HTTPServer { _ in
            HTTPResponse(
                status: 200,
                stream: HTTPStream(byteCount: count) { offset, most in
                    HTTPStreamTests.bytes(offset, min(most, count - offset, 70_000))
                })
        }
        let client = try TestHTTPClient(port: server.port)
        let answer = try client.request("GET", "/")
        #expect(answer.header("Content-Length") == "\(count)")
        #expect(answer.body == HTTPStreamTests.bytes(0, count))
        #expect(try client.request("HEAD", "/").header("Content-Length") == "\(count)")
        server.stop()
    }

    @Test func cutsTheConnectionWhereTheStreamFails() throws {
        let server = try HTTPServer { _ in
            HTTPResponse(
                status: 200,
                stream: HTTPStream(byteCount: 3_000_000) { offset, _ in
                    offset < 1_000_000 ? [UInt8](repeating: 1, count: 100_000) : nil
                })
        }
        let client = try TestHTTPClient(port: server.port)
        try client.send(Array("GET / HTTP/1.1\r\nHost: x\r\n\r\n".utf8))
        let all = client.readToEnd()
        #expect(all.count > 1_000_000)
        #expect(all.count < 1_010_000)
        server.stop()
    }
}
