internal import Glibc

/// Why a request got no answer.
public enum HTTPClientError: Error, Equatable, Sendable, CustomStringConvertible {
    /// Not `http://host[:port][/path]`; there is no TLS here.
    case invalidURL(String)
    case cannotResolve(String)
    case cannotConnect(host: String, port: UInt16, errno: Int32)
    case broken(errno: Int32)
    case malformedAnswer
    case answerTooLarge(max: Int)

    public var description: String {
        switch self {
        case .invalidURL(let text): "\(text) is no http:// address"
        case .cannotResolve(let host): "the host \(host) is not known"
        case .cannotConnect(let host, let port, let errno):
            "cannot connect to \(host):\(port): \(unsafe String(cString: strerror(errno)))"
        case .broken(let errno):
            "the connection broke: \(unsafe String(cString: strerror(errno)))"
        case .malformedAnswer: "the answer is not HTTP"
        case .answerTooLarge(let max): "the answer is over \(max) bytes"
        }
    }
}

/// A client for the command line: one request a connection, HTTP/1.1, no TLS.
///
/// Source: RFC 9112. Asks for `Connection: close` and reads to the announced length or the end.
public struct HTTPClient: Sendable {
    public let host: String
    public let port: UInt16
    /// Seconds without a byte after which a request is given up.
    public var secondsMax = 60
    public var answerBytesMax = 64 << 20

    /// The client of a server's address, `http://127.0.0.1:8545`.
    public init(_ url: String) throws(HTTPClientError) {
        guard url.hasPrefix("http://") else { throw .invalidURL(url) }
        let rest = url.dropFirst(7)
        let authority = rest.prefix { $0 != "/" }
        guard rest.dropFirst(authority.count).allSatisfy({ $0 == "/" }) else {
            throw .invalidURL(url)
        }
        var host = authority
        var port: UInt16 = 80
        if let colon = authority.lastIndex(of: ":"), !authority.hasSuffix("]") {
            guard let number = UInt16(authority[authority.index(after: colon)...]) else {
                throw .invalidURL(url)
            }
            port = number
            host = authority[..<colon]
        }
        guard !host.isEmpty else { throw .invalidURL(url) }
        self.host = String(host.filter { $0 != "[" && $0 != "]" })
        self.port = port
    }

    public init(host: String, port: UInt16) {
        self.host = host
        self.port = port
    }

    /// Sends one request and reads its whole answer.
    public func send(
        _ method: String, _ target: String, headers: [(name: String, value: String)] = [],
        body: [UInt8] = []
    ) throws(HTTPClientError) -> HTTPResponse {
        let socket = try connected()
        defer { _ = Glibc.close(socket) }
        var head = "\(method) \(target) HTTP/1.1\r\nHost: \(host):\(port)\r\n"
        head += "Connection: close\r\nContent-Length: \(body.count)\r\n"
        for header in headers { head += "\(header.name): \(header.value)\r\n" }
        try write(Array((head + "\r\n").utf8) + body, to: socket)
        return try HTTPClient.parse(try read(from: socket))
    }

    /// The numeric addresses of `localhost` and of literals; anything else goes to the resolver.
    private func connected() throws(HTTPClientError) -> Int32 {
        var hints = unsafe addrinfo()
        unsafe hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var found: UnsafeMutablePointer<addrinfo>?
        guard unsafe getaddrinfo(host, String(port), &hints, &found) == 0 else {
            throw .cannotResolve(host)
        }
        defer { unsafe freeaddrinfo(found) }
        var refusal: Int32 = 0
        var next = unsafe found
        while let candidate = unsafe next {
            unsafe next = candidate.pointee.ai_next
            let socket = unsafe Glibc.socket(
                candidate.pointee.ai_family, candidate.pointee.ai_socktype | 0o2000000, 0)
            guard socket >= 0 else { continue }
            var patience = timeval(tv_sec: secondsMax, tv_usec: 0)
            let size = socklen_t(MemoryLayout<timeval>.size)
            unsafe setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &patience, size)
            unsafe setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &patience, size)
            if unsafe Glibc.connect(
                socket, candidate.pointee.ai_addr, candidate.pointee.ai_addrlen) == 0
            {
                return socket
            }
            refusal = errno
            _ = Glibc.close(socket)
        }
        throw .cannotConnect(host: host, port: port, errno: refusal)
    }

    private func write(_ bytes: [UInt8], to socket: Int32) throws(HTTPClientError) {
        var sent = 0
        while sent < bytes.count {
            let count = unsafe bytes.withUnsafeBytes { raw in
                unsafe Glibc.send(
                    socket, raw.baseAddress?.advanced(by: sent), raw.count - sent,
                    Int32(MSG_NOSIGNAL))
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw .broken(errno: errno) }
            sent += count
        }
    }

    private func read(from socket: Int32) throws(HTTPClientError) -> [UInt8] {
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = unsafe piece.withUnsafeMutableBytes { room in
                unsafe recv(socket, room.baseAddress, room.count, 0)
            }
            if count == 0 { return bytes }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw .broken(errno: errno) }
            guard bytes.count + count <= answerBytesMax else {
                throw .answerTooLarge(max: answerBytesMax)
            }
            bytes += piece[..<count]
        }
    }

    /// Reads a whole answer as it came until the end of the connection.
    static func parse(_ bytes: [UInt8]) throws(HTTPClientError) -> HTTPResponse {
        let end = Array("\r\n\r\n".utf8)
        guard let split = bytes.firstRange(of: end),
            let head = String(validating: bytes[..<split.lowerBound], as: UTF8.self)
        else { throw .malformedAnswer }
        let lines = head.split(separator: "\r\n", omittingEmptySubsequences: false)
        let words = lines[0].split(separator: " ", maxSplits: 2)
        guard words.count >= 2, words[0].hasPrefix("HTTP/1."), let status = Int(words[1]),
            (200...599).contains(status)
        else { throw .malformedAnswer }
        var headers: [(name: String, value: String)] = []
        for line in lines.dropFirst() {
            guard let colon = line.firstIndex(of: ":") else { throw .malformedAnswer }
            let value = line[line.index(after: colon)...].drop { $0 == " " }
            headers.append((name: String(line[..<colon]), value: String(value)))
        }
        let body = Array(bytes[split.upperBound...])
        if let text = headers.firstValue(of: "Content-Length") {
            guard let count = Int(text), count == body.count else { throw .malformedAnswer }
        }
        return HTTPResponse(status: status, headers: headers, body: body)
    }
}
