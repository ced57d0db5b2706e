/// A request as it arrived: whole body, decoded path and query.
public struct HTTPRequest: Sendable {
    /// The method as sent; a `HEAD` arrives as `GET`, and the server drops the body of its answer.
    public let method: String
    /// The percent-decoded path without the query: valid UTF-8, no control characters.
    public let path: String
    /// The query's fields in order, percent-decoded; a field without `=` has an empty value.
    public let query: [(name: String, value: String)]
    /// All header fields in order, names as sent.
    public let headers: [(name: String, value: String)]
    public let body: [UInt8]
    public let remote: HTTPRemote

    public init(
        method: String, path: String, query: [(name: String, value: String)] = [],
        headers: [(name: String, value: String)] = [], body: [UInt8] = [],
        remote: HTTPRemote = HTTPRemote(address: [127, 0, 0, 1], port: 0)
    ) {
        self.method = method
        self.path = path
        self.query = query
        self.headers = headers
        self.body = body
        self.remote = remote
    }

    /// The first value of a header; names match in any case.
    ///
    /// Source: RFC 9110 section 5.1.
    public func header(_ name: String) -> String? { headers.firstValue(of: name) }

    /// The first value of a query field; names match exactly.
    public func queryValue(_ name: String) -> String? {
        query.first { $0.name == name }?.value
    }
}

/// An answer. `Content-Length`, `Date` and `Connection` are the server's to write.
public struct HTTPResponse: Sendable {
    /// 200...599.
    public var status: Int
    public var headers: [(name: String, value: String)]
    public var body: [UInt8]
    /// In place of `body`.
    public var stream: HTTPStream?

    public init(
        status: Int, headers: [(name: String, value: String)] = [], body: [UInt8] = [],
        stream: HTTPStream? = nil
    ) {
        precondition((200...599).contains(status), "a final status lies in 200...599")
        precondition(stream == nil || body.isEmpty, "an answer has one body")
        self.status = status
        self.headers = headers
        self.body = body
        self.stream = stream
    }

    public static func json(_ status: Int, _ body: [UInt8]) -> HTTPResponse {
        HTTPResponse(
            status: status, headers: [(name: "Content-Type", value: "application/json")], body: body
        )
    }

    public static func text(_ status: Int, _ body: String) -> HTTPResponse {
        HTTPResponse(
            status: status,
            headers: [(name: "Content-Type", value: "text/plain; charset=utf-8")],
            body: Array(body.utf8))
    }

    /// The first value of a header; names match in any case.
    public func header(_ name: String) -> String? { headers.firstValue(of: name) }
}

/// The other end of a connection.
public struct HTTPRemote: Sendable, Hashable, CustomStringConvertible {
    /// 4 bytes (IPv4) or 16 bytes (IPv6), network order.
    public let address: [UInt8]
    public let port: UInt16

    public init(address: [UInt8], port: UInt16) {
        self.address = address
        self.port = port
    }

    /// `127.0.0.1:8545`, or eight groups of hexadecimal digits in brackets for IPv6.
    public var description: String {
        if address.count == 4 {
            return address.map { String($0) }.joined(separator: ".") + ":\(port)"
        }
        let groups = stride(from: 0, to: address.count - 1, by: 2).map { index in
            String(UInt16(address[index]) << 8 | UInt16(address[index + 1]), radix: 16)
        }
        return "[" + groups.joined(separator: ":") + "]:\(port)"
    }
}

extension [(name: String, value: String)] {
    func firstValue(of name: String) -> String? {
        first { sameFieldName($0.name, name) }?.value
    }
}

/// Whether two header names are one, ASCII letters of either case.
func sameFieldName(_ left: String, _ right: String) -> Bool {
    left.utf8.count == right.utf8.count
        && zip(left.utf8, right.utf8).allSatisfy { lowercased($0) == lowercased($1) }
}

private func lowercased(_ letter: UInt8) -> UInt8 {
    (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(letter) ? letter | 0x20 : letter
}
