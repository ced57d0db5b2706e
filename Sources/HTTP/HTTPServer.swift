internal import Glibc

/// Why a server did not start.
public enum HTTPServerError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The host is neither an IPv4 nor an IPv6 address, nor `localhost`.
    case notAnAddress(String)
    /// The system refused the address: in use, not ours, or a port below 1024.
    case cannotListen(host: String, port: UInt16, errno: Int32)
    /// The system refused a thread or memory.
    case cannotStart

    public var description: String {
        switch self {
        case .notAnAddress(let host): "\(host) is no IP address"
        case .cannotListen(let host, let port, let errno):
            "cannot listen on \(host):\(port): \(unsafe String(cString: strerror(errno)))"
        case .cannotStart: "the system refused a thread or memory"
        }
    }
}

/// An HTTP/1.1 server with every size limited.
///
/// One thread moves bytes; a handler runs on a pool of workers and may block. `quick` is asked
/// first, on the thread that moves bytes: it answers what needs no waiting, or returns nil.
/// `HEAD` is answered as `GET` without the body; `OPTIONS` is answered here.
public final class HTTPServer: Sendable {
    /// The port listened on, also when 0 was asked for.
    public let port: UInt16
    private let service: Service
    private let daemon: Microhttpd

    /// Starts listening; connections are served when this returns.
    ///
    /// - Parameter body: decides by a request without its body what becomes of that, on the thread
    ///   that moves bytes.
    /// - Throws: `HTTPServerError` when the host is no address or the system refuses it.
    public init(
        host: String = "127.0.0.1", port: UInt16 = 0, limits: HTTPLimits = .standard,
        crossOrigin: HTTPCrossOrigin = .open,
        body: (@Sendable (HTTPRequest) -> HTTPBody)? = nil,
        quick: (@Sendable (HTTPRequest) -> HTTPResponse?)? = nil,
        handler: @escaping @Sendable (HTTPRequest) -> HTTPResponse
    ) throws(HTTPServerError) {
        limits.check()
        let listener = try Listener(host: host, port: port)
        let pool = WorkerPool(
            workers: limits.workersMax, waitingMax: limits.waitingMax,
            stackBytes: limits.workerStackBytes)
        guard let pool else {
            listener.close()
            throw .cannotStart
        }
        service = Service(
            limits: limits, crossOrigin: crossOrigin, pool: pool, body: body, quick: quick,
            handler: handler)
        guard let daemon = Microhttpd(service: service, listener: listener.socket) else {
            pool.close()
            listener.close()
            throw .cannotStart
        }
        self.daemon = daemon
        self.port = listener.port
    }

    deinit { stop() }

    /// Stops listening, finishes the requests it has accepted, then closes every connection.
    ///
    /// Waits for running handlers. Safe to call twice, from any thread but a handler's.
    public func stop() { daemon.stop() }

    /// Requests being read, run or answered, and the bytes of their bodies.
    public var load: (exchanges: Int, bodyBytes: Int) { service.load }
}

/// A bound, listening TCP socket that does not block.
private struct Listener {
    let socket: Int32
    let port: UInt16

    init(host: String, port: UInt16) throws(HTTPServerError) {
        guard let address = SocketAddress(host: host, port: port) else {
            throw .notAnAddress(host)
        }
        let kind = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
        let socket = Glibc.socket(address.family, kind | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard socket >= 0 else { throw .cannotListen(host: host, port: port, errno: errno) }
        var yes: Int32 = 1
        let size = socklen_t(MemoryLayout<Int32>.size)
        unsafe setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, size)
        guard address.bind(socket), listen(socket, SOMAXCONN) == 0,
            let bound = SocketAddress.port(of: socket)
        else {
            let refusal = errno
            _ = Glibc.close(socket)
            throw .cannotListen(host: host, port: port, errno: refusal)
        }
        self.socket = socket
        self.port = bound
    }

    func close() { _ = Glibc.close(socket) }
}
