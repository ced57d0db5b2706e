import HTTP
import Synchronization
import TestSupport
import Testing

/// Answers with what it saw, so that a test can read it back.
@Sendable
private func echo(_ request: HTTPRequest) -> HTTPResponse {
    let query = request.query.map { "\($0.name)=\($0.value)" }.joined(separator: "&")
    let payment = request.header("payment-signature") ?? "none"
    return HTTPResponse(
        status: 200,
        headers: [
            (name: "X-Method", value: request.method), (name: "X-Path", value: request.path),
            (name: "X-Query", value: query), (name: "X-Payment-Seen", value: payment),
            (name: "X-Remote", value: request.remote.description),
        ],
        body: request.body)
}

/// Limits small enough to reach in a test.
private func small(_ change: (inout HTTPLimits) -> Void) -> HTTPLimits {
    var limits = HTTPLimits()
    limits.stopSecondsMax = 20
    change(&limits)
    return limits
}

@Suite(.timeLimit(.minutes(2))) struct HTTPServerTests {
    @Test func answersWithWhatWasSent() throws {
        let server = try HTTPServer(handler: echo)
        let client = try TestHTTPClient(port: server.port)
        let body: [UInt8] = Array(0...255)
        let answer = try client.request(
            "POST", "/a%20b/%C3%BC?x=1&y=a%26b+c&flag&x=2",
            headers: [(name: "pAyMeNt-SiGnAtUrE", value: "abc=")], body: body)
        #expect(answer.status == 200)
        #expect(answer.body == body)
        #expect(answer.header("X-Method") == "POST")
        #expect(answer.header("X-Path") == "/a b/ü")
        #expect(answer.header("X-Query") == "x=1&y=a&b c&flag=&x=2")
        #expect(answer.header("X-Payment-Seen") == "abc=")
        #expect(answer.header("X-Remote")?.hasPrefix("127.0.0.1:") == true)
        server.stop()
    }

    @Test func keepsOneConnectionForAThousandRequests() throws {
        let server = try HTTPServer(handler: echo)
        let client = try TestHTTPClient(port: server.port)
        for index in 0..<1_000 {
            let answer = try client.post("/\(index)", "body \(index)")
            #expect(answer.text == "body \(index)")
            #expect(answer.header("X-Path") == "/\(index)")
        }
        server.stop()
        #expect(server.load.exchanges == 0)
        #expect(server.load.bodyBytes == 0)
    }

    @Test func answersPipelinedRequestsInOrder() throws {
        let server = try HTTPServer(handler: echo)
        let client = try TestHTTPClient(port: server.port)
        let requests = (0..<50).map { "GET /\($0) HTTP/1.1\r\nHost: x\r\n\r\n" }.joined()
        try client.send(Array(requests.utf8))
        for index in 0..<50 {
            #expect(try client.readResponse().header("X-Path") == "/\(index)")
        }
        server.stop()
    }

    @Test func readsChunkedBodies() throws {
        let server = try HTTPServer(handler: echo)
        let client = try TestHTTPClient(port: server.port)
        let head = "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
        try client.send(Array((head + "5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n").utf8))
        #expect(try client.readResponse().text == "hello world")
        #expect(try client.post("/", "again").text == "again")
        server.stop()
    }

    @Test func answersHeadAsGetWithoutBody() throws {
        let server = try HTTPServer { _ in .text(200, "twelve bytes") }
        let client = try TestHTTPClient(port: server.port)
        let answer = try client.request("HEAD", "/")
        #expect(answer.status == 200)
        #expect(answer.header("Content-Length") == "12")
        #expect(answer.body.isEmpty)
        #expect(try client.request("GET", "/").text == "twelve bytes")
        server.stop()
    }

    @Test func letsBrowsersPay() throws {
        let server = try HTTPServer(handler: echo)
        let client = try TestHTTPClient(port: server.port)
        let preflight = try client.request(
            "OPTIONS", "/v1/chat",
            headers: [
                (name: "Origin", value: "https://example.org"),
                (name: "Access-Control-Request-Method", value: "POST"),
                (name: "Access-Control-Request-Headers", value: "payment-signature"),
            ])
        #expect(preflight.status == 204)
        #expect(preflight.header("Access-Control-Allow-Origin") == "*")
        let allowed = preflight.header("Access-Control-Allow-Headers") ?? ""
        #expect(allowed.contains("PAYMENT-SIGNATURE") && allowed.contains("X-PAYMENT"))
        let answer = try client.request("GET", "/")
        #expect(answer.header("Access-Control-Allow-Origin") == "*")
        let exposed = answer.header("Access-Control-Expose-Headers") ?? ""
        for name in ["PAYMENT-REQUIRED", "PAYMENT-RESPONSE", "X-PAYMENT-RESPONSE"] {
            #expect(exposed.contains(name))
        }
        #expect(try client.request("OPTIONS", "*").status == 204)
        server.stop()
    }

    @Test func keepsOtherOriginsOutWhenClosed() throws {
        let server = try HTTPServer(crossOrigin: .closed, handler: echo)
        let client = try TestHTTPClient(port: server.port)
        #expect(try client.request("GET", "/").header("Access-Control-Allow-Origin") == nil)
        let options = try client.request("OPTIONS", "/")
        #expect(options.status == 204)
        #expect(options.header("Access-Control-Allow-Origin") == nil)
        #expect(options.header("Allow")?.contains("POST") == true)
        server.stop()
    }

    @Test func asksTheQuickPathFirst() throws {
        let server = try HTTPServer(
            quick: { $0.path == "/quick" ? .text(200, "quick") : nil },
            handler: { _ in .text(200, "slow") })
        let client = try TestHTTPClient(port: server.port)
        for _ in 0..<3 {
            #expect(try client.post("/quick", "x").text == "quick")
            #expect(try client.post("/other", "x").text == "slow")
        }
        server.stop()
    }

    @Test func acceptsAbsoluteTargets() throws {
        let server = try HTTPServer(handler: echo)
        let client = try TestHTTPClient(port: server.port)
        let answer = try client.request("GET", "http://localhost/a?b=c")
        #expect(answer.header("X-Path") == "/a")
        #expect(answer.header("X-Query") == "b=c")
        server.stop()
    }

    @Test func listensOnIPv6() throws {
        let server = try? HTTPServer(host: "::1", handler: echo)
        if let server { #expect(server.port > 0) }
        server?.stop()
    }

    @Test func refusesAddressesThatItCannotUse() throws {
        #expect(throws: HTTPServerError.notAnAddress("example.org")) {
            _ = try HTTPServer(host: "example.org", handler: echo)
        }
        let server = try HTTPServer(handler: echo)
        #expect(throws: HTTPServerError.self) {
            _ = try HTTPServer(port: server.port, handler: echo)
        }
        server.stop()
    }

    @Test func turnsAHeaderWithALineBreakIntoAnError() throws {
        let server = try HTTPServer { request in
            HTTPResponse(status: 200, headers: [(name: "X-Evil", value: "a\r\nSet-Cookie: b")])
        }
        let client = try TestHTTPClient(port: server.port)
        let answer = try client.request("GET", "/")
        #expect(answer.status == 500)
        #expect(answer.header("Set-Cookie") == nil)
        server.stop()
    }
}

// MARK: - Load

@Suite(.timeLimit(.minutes(2))) struct HTTPServerLoadTests {
    @Test func slowHandlersDoNotHoldOthersUp() throws {
        let gate = Gate()
        let server = try HTTPServer { request in
            if request.path == "/slow" { gate.wait() }
            return .text(200, request.path)
        }
        let slow = try (0..<8).map { _ in try TestHTTPClient(port: server.port) }
        for client in slow {
            try client.send(Array("GET /slow HTTP/1.1\r\nHost: x\r\n\r\n".utf8))
        }
        let client = try TestHTTPClient(port: server.port)
        for _ in 0..<100 { #expect(try client.request("GET", "/fast").text == "/fast") }
        gate.open()
        for client in slow { #expect(try client.readResponse().text == "/slow") }
        server.stop()
    }

    @Test func refusesWhatTheQueueCannotHold() throws {
        let gate = Gate()
        let running = Gate()
        let limits = small {
            $0.workersMax = 1
            $0.waitingMax = 1
        }
        let server = try HTTPServer(limits: limits) { _ in
            running.open()
            gate.wait()
            return .text(200, "done")
        }
        let first = try TestHTTPClient(port: server.port)
        try first.send(Array("GET /1 HTTP/1.1\r\nHost: x\r\n\r\n".utf8))
        running.wait()
        // One runs. Of three more, the server queues the one it sees first and refuses the others.
        let statuses = Mutex<[Int]>([])
        let port = server.port
        onThreads(3) { _ in
            let answer = try? TestHTTPClient(port: port).request("GET", "/more")
            let refused = statuses.withLock { seen in
                seen.append(answer?.status ?? 0)
                return seen.count { $0 == 503 }
            }
            if refused == 2 { gate.open() }
        }
        #expect(statuses.withLock { $0.sorted() } == [200, 503, 503])
        #expect(try first.readResponse().text == "done")
        server.stop()
        #expect(server.load.exchanges == 0)
    }

    @Test func servesTwoHundredConnectionsAtOnce() throws {
        let server = try HTTPServer(handler: echo)
        let right = Atomic(0)
        let port = server.port
        onThreads(200) { index in
            guard let client = try? TestHTTPClient(port: port) else { return }
            for turn in 0..<20 {
                let body = "\(index) \(turn)"
                let answer = try? client.post("/", body)
                if answer?.text == body { right.add(1, ordering: .relaxed) }
            }
        }
        #expect(right.load(ordering: .relaxed) == 200 * 20)
        server.stop()
        #expect(server.load.exchanges == 0)
        #expect(server.load.bodyBytes == 0)
    }

    @Test func boundsTheConnections() throws {
        let server = try HTTPServer(limits: small { $0.connectionsMax = 4 }, handler: echo)
        let clients = try (0..<4).map { _ in try TestHTTPClient(port: server.port) }
        for client in clients { #expect(try client.request("GET", "/").status == 200) }
        let extra = try TestHTTPClient(port: server.port)
        try? extra.send(Array("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".utf8))
        // The fifth is closed, or waits in the kernel until a place is free: never served now.
        for client in clients { #expect(try client.request("GET", "/").status == 200) }
        server.stop()
    }

    @Test func freesThePlacesOfClientsThatLeft() throws {
        let server = try HTTPServer(limits: small { $0.connectionsMax = 4 }, handler: echo)
        for _ in 0..<50 {
            let client = try TestHTTPClient(port: server.port)
            #expect(try client.post("/", "x").text == "x")
        }
        server.stop()
    }

    @Test func finishesWhatRunsBeforeItStops() throws {
        let gate = Gate()
        let running = Gate()
        let server = try HTTPServer { _ in
            running.open()
            gate.wait()
            return .text(200, "finished")
        }
        let client = try TestHTTPClient(port: server.port)
        try client.send(Array("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nab".utf8))
        let idle = try TestHTTPClient(port: server.port)
        running.wait()
        let stopper = TestThread { server.stop() }
        gate.open()
        #expect(try client.readResponse().text == "finished")
        stopper.join()
        #expect(client.isClosedByServer())
        #expect(idle.isClosedByServer())
        #expect(throws: TestHTTPError.self) { try TestHTTPClient(port: server.port) }
        #expect(server.load.exchanges == 0)
        server.stop()
    }

    @Test func stopsUnderFire() throws {
        let server = try HTTPServer(handler: echo)
        let port = server.port
        let begun = Gate()
        let wrong = Mutex<[String]>([])
        let stopper = TestThread {
            begun.wait()
            server.stop()
        }
        onThreads(20) { _ in
            guard let client = try? TestHTTPClient(port: port) else { return }
            for _ in 0..<100_000 {
                guard let answer = try? client.post("/", "x") else { return }
                // Whatever is answered is whole: the echo, or a refusal while stopping.
                if answer.status != 503, answer.text != "x" {
                    wrong.withLock { $0.append("\(answer.status) \(answer.text)") }
                }
                begun.open()
            }
        }
        stopper.join()
        #expect(wrong.withLock { $0 } == [])
        #expect(server.load.exchanges == 0)
        #expect(server.load.bodyBytes == 0)
    }

    @Test func forgetsClientsThatLeave() throws {
        let gate = Gate()
        let running = Gate()
        let server = try HTTPServer { _ in
            running.open()
            gate.wait()
            return .text(200, "nobody reads this")
        }
        for _ in 0..<4 {
            let client = try TestHTTPClient(port: server.port)
            try client.send(Array("GET / HTTP/1.1\r\nHost: x\r\n\r\n".utf8))
            running.wait()
        }
        gate.open()
        let client = try TestHTTPClient(port: server.port)
        #expect(try client.request("GET", "/").status == 200)
        server.stop()
        #expect(server.load.exchanges == 0)
    }
}
