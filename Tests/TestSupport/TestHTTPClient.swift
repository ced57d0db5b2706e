internal import Glibc

/// Why a test's HTTP exchange broke off.
public enum TestHTTPError: Error, Equatable, Sendable {
    case cannotConnect(errno: Int32)
    case cannotSend(errno: Int32)
    /// The server closed, or said nothing for 20 seconds, before the answer was whole.
    case closedEarly(received: Int)
    case malformed(String)
}

/// An answer as a test reads it.
public struct TestHTTPResponse: Sendable {
    public let status: Int
    public let headers: [(name: String, value: String)]
    public let body: [UInt8]

    public var text: String { String(decoding: body, as: UTF8.self) }

    /// The first value of a header of this name, in any case.
    public func header(_ name: String) -> String? {
        headers.first { $0.name.lowercased() == name.lowercased() }?.value
    }
}

/// A blocking HTTP/1.1 client over one connection, for tests only: it trusts the server.
public final class TestHTTPClient {
    private let socket: Int32
    private var received: [UInt8] = []

    /// Connects to 127.0.0.1.
    public init(port: UInt16) throws(TestHTTPError) {
        socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard socket >= 0 else { throw .cannotConnect(errno: errno) }
        var patience = timeval(tv_sec: 20, tv_usec: 0)
        let size = socklen_t(MemoryLayout<timeval>.size)
        unsafe setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &patience, size)
        unsafe setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &patience, size)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        let socket = socket
        let refusal = unsafe withUnsafePointer(to: address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { raw in
                unsafe connect(socket, raw, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard refusal == 0 else { throw .cannotConnect(errno: errno) }
    }

    deinit { _ = Glibc.close(socket) }

    /// Sends one request and reads its answer; the connection stays open.
    public func request(
        _ method: String, _ target: String, headers: [(name: String, value: String)] = [],
        body: [UInt8] = []
    ) throws(TestHTTPError) -> TestHTTPResponse {
        var head = "\(method) \(target) HTTP/1.1\r\nHost: localhost\r\n"
        for header in headers { head += "\(header.name): \(header.value)\r\n" }
        if !body.isEmpty || method == "POST" { head += "Content-Length: \(body.count)\r\n" }
        try send(Array((head + "\r\n").utf8) + body)
        return try readResponse(hasBody: method != "HEAD")
    }

    public func post(_ target: String, _ body: String) throws(TestHTTPError) -> TestHTTPResponse {
        let type = (name: "Content-Type", value: "application/json")
        return try request("POST", target, headers: [type], body: Array(body.utf8))
    }

    /// Writes bytes as they are.
    public func send(_ bytes: [UInt8]) throws(TestHTTPError) {
        var sent = 0
        while sent < bytes.count {
            let count = unsafe bytes.withUnsafeBytes { raw in
                unsafe Glibc.send(
                    socket, raw.baseAddress?.advanced(by: sent), raw.count - sent,
                    Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { throw .cannotSend(errno: errno) }
            sent += count
        }
    }

    /// Tells the server that nothing more will be sent.
    public func finishSending() { _ = shutdown(socket, Int32(SHUT_WR)) }

    /// Reads the next answer, past any `100 Continue`.
    public func readResponse(hasBody: Bool = true) throws(TestHTTPError) -> TestHTTPResponse {
        while true {
            let response = try readAnyResponse(hasBody: hasBody)
            if response.status >= 200 { return response }
        }
    }

    /// Whether the server closes the connection without another byte, and soon.
    public func isClosedByServer() -> Bool {
        guard received.isEmpty else { return false }
        errno = 0
        return !receive() && (errno == 0 || errno == ECONNRESET)
    }

    /// Everything that comes until the server closes.
    public func readToEnd() -> [UInt8] {
        while receive() {}
        defer { received = [] }
        return received
    }

    private func readAnyResponse(hasBody: Bool) throws(TestHTTPError) -> TestHTTPResponse {
        let statusLine = try readLine()
        let words = statusLine.split(separator: " ", maxSplits: 2)
        guard words.count >= 2, words[0].hasPrefix("HTTP/1."), let status = Int(words[1]) else {
            throw .malformed(statusLine)
        }
        var headers: [(name: String, value: String)] = []
        while true {
            let line = try readLine()
            if line.isEmpty { break }
            guard let colon = line.firstIndex(of: ":") else { throw .malformed(line) }
            let value = line[line.index(after: colon)...].drop { $0 == " " }
            headers.append((name: String(line[..<colon]), value: String(value)))
        }
        let head = TestHTTPResponse(status: status, headers: headers, body: [])
        guard hasBody, status >= 200, status != 204 else { return head }
        let body = try readBody(head)
        return TestHTTPResponse(status: status, headers: headers, body: body)
    }

    private func readBody(_ head: TestHTTPResponse) throws(TestHTTPError) -> [UInt8] {
        if let text = head.header("Content-Length") {
            guard let count = Int(text) else { throw .malformed(text) }
            return try take(count)
        }
        guard head.header("Transfer-Encoding") == "chunked" else { return readToEnd() }
        var body: [UInt8] = []
        while true {
            let line = try readLine()
            guard let count = Int(line, radix: 16) else { throw .malformed(line) }
            body += try take(count)
            _ = try readLine()
            if count == 0 { return body }
        }
    }

    private func readLine() throws(TestHTTPError) -> String {
        while true {
            if let end = received.firstIndex(of: UInt8(ascii: "\n")) {
                let line = received[..<end].filter { $0 != UInt8(ascii: "\r") }
                received.removeFirst(end + 1)
                return String(decoding: line, as: UTF8.self)
            }
            guard receive() else { throw .closedEarly(received: received.count) }
        }
    }

    private func take(_ count: Int) throws(TestHTTPError) -> [UInt8] {
        while received.count < count {
            guard receive() else { throw .closedEarly(received: received.count) }
        }
        defer { received.removeFirst(count) }
        return Array(received[..<count])
    }

    private func receive() -> Bool {
        var piece = [UInt8](repeating: 0, count: 65_536)
        let count = unsafe piece.withUnsafeMutableBytes { raw in
            unsafe recv(socket, raw.baseAddress, raw.count, 0)
        }
        guard count > 0 else { return false }
        received += piece[..<count]
        return true
    }
}
