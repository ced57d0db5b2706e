internal import Synchronization

/// What the transport knows of a request once its header section is in.
struct RequestHead {
    let method: String
    /// Percent-encoded, without the query.
    let target: [UInt8]
    /// Percent-encoded fields, `+` already a space.
    let query: [(name: [UInt8], value: [UInt8])]
    let headers: [(name: String, value: String)]
    let remote: HTTPRemote

    var byteCount: Int {
        let fields = headers.reduce(0) { $0 + $1.name.utf8.count + $1.value.utf8.count + 4 }
        let query = query.reduce(0) { $0 + $1.name.count + $1.value.count + 2 }
        return method.utf8.count + target.count + query + fields
    }
}

/// One request and its answer, from the header section until the answer has left.
///
/// Invariant: only the transport's thread touches it, but for `answer` and `isForwarding`, which a
/// worker sets before it asks the transport to go on.
final class Exchange: @unchecked Sendable {
    let head: RequestHead
    let path: String
    let query: [(name: String, value: String)]
    var body: [UInt8] = []
    /// Where the body goes piece by piece; nil when it is held whole.
    let upload: HTTPUpload?
    /// Bytes of the body so far.
    var byteCount = 0
    var isDispatched = false
    /// Whether a worker has a piece of the body; the next waits.
    let isForwarding = Atomic(false)
    private let answer = Mutex<HTTPResponse?>(nil)

    init(
        head: RequestHead, path: String, query: [(name: String, value: String)],
        upload: HTTPUpload? = nil
    ) {
        self.head = head
        self.path = path
        self.query = query
        self.upload = upload
    }

    var isAnswered: Bool { answer.withLock { $0 != nil } }

    func fill(_ response: HTTPResponse) { answer.withLock { $0 = response } }

    func takeAnswer() -> HTTPResponse? {
        answer.withLock { held in
            defer { held = nil }
            return held
        }
    }

    /// The request, with the body moved out of the exchange.
    func takeRequest() -> HTTPRequest {
        HTTPRequest(
            method: head.method == "HEAD" ? "GET" : head.method, path: path, query: query,
            headers: head.headers, body: body, remote: head.remote)
    }
}

/// The rules of the server, free of any transport: whom to admit, what to hold, where to run.
final class Service: Sendable {
    /// What the transport does next with a request.
    enum Verdict {
        case proceed(Exchange)
        /// Answer at once and close: the rest of the request is not read.
        case refuse(HTTPResponse)
    }

    let limits: HTTPLimits
    let crossOrigin: HTTPCrossOrigin
    let pool: WorkerPool
    private let handler: @Sendable (HTTPRequest) -> HTTPResponse
    private let body: (@Sendable (HTTPRequest) -> HTTPBody)?
    private let quick: (@Sendable (HTTPRequest) -> HTTPResponse?)?
    private let bodyBytesHeld = Atomic(0)
    private let isStopping = Atomic(false)
    private let monitor = Monitor()
    private let exchangesOpen = Atomic(0)

    init(
        limits: HTTPLimits, crossOrigin: HTTPCrossOrigin, pool: WorkerPool,
        body: (@Sendable (HTTPRequest) -> HTTPBody)? = nil,
        quick: (@Sendable (HTTPRequest) -> HTTPResponse?)?,
        handler: @escaping @Sendable (HTTPRequest) -> HTTPResponse
    ) {
        self.limits = limits
        self.crossOrigin = crossOrigin
        self.pool = pool
        self.body = body
        self.quick = quick
        self.handler = handler
    }

    /// Judges a header section before any of the body is read.
    func admit(_ head: RequestHead) -> Verdict {
        guard !isStopping.load(ordering: .acquiring) else {
            return .refuse(refusal(503, "the server is stopping"))
        }
        guard head.byteCount <= limits.headerBytesMax else {
            return .refuse(refusal(431, "the header section is too large"))
        }
        if let why = ambiguousFraming(head.headers) { return .refuse(refusal(400, why)) }
        if head.method == "OPTIONS" {
            return .proceed(answered(head, with: crossOrigin.optionsResponse()))
        }
        guard let path = RequestTarget.path(head.target) else {
            return .refuse(refusal(400, "the path is not percent-encoded text"))
        }
        var query: [(name: String, value: String)] = []
        for field in head.query {
            guard let name = RequestTarget.text(field.name),
                let value = RequestTarget.text(field.value)
            else { return .refuse(refusal(400, "the query is not percent-encoded text")) }
            query.append((name: name, value: value))
        }
        let bare = Exchange(head: head, path: path, query: query)
        switch body?(bare.takeRequest()) ?? .whole {
        case .whole:
            if isTooLong(head, limits.bodyBytesMax) {
                return .refuse(bodyTooLarge(limits.bodyBytesMax))
            }
            return .proceed(opened(bare))
        case .refused(let response):
            var response = finished(response)
            response.headers.append((name: "Connection", value: "close"))
            return .refuse(response)
        case .pieces(let upload):
            if isTooLong(head, upload.bytesMax) {
                upload.close()
                return .refuse(bodyTooLarge(upload.bytesMax))
            }
            return .proceed(
                opened(Exchange(head: head, path: path, query: query, upload: upload)))
        }
    }

    private func isTooLong(_ head: RequestHead, _ bytesMax: Int) -> Bool {
        guard let declared = head.headers.firstValue(of: "Content-Length") else { return false }
        // The transport has read the number already; one too wide for Int is too large, too.
        return Int(declared).map { $0 > bytesMax } ?? true
    }

    /// Holds the next bytes of a body; a response when they are too many, and then none is held.
    func take(_ bytes: some Collection<UInt8>, into exchange: Exchange) -> HTTPResponse? {
        let bytesMax = exchange.upload?.bytesMax ?? limits.bodyBytesMax
        guard bytes.count <= bytesMax - exchange.byteCount else { return bodyTooLarge(bytesMax) }
        exchange.byteCount += bytes.count
        // The rest of an upload that is refused is read and dropped, so that a client that writes
        // all before it reads gets its answer.
        if exchange.upload != nil, exchange.isAnswered { return nil }
        let held = bodyBytesHeld.add(bytes.count, ordering: .relaxed).newValue
        guard held <= limits.bodyBytesTotalMax else {
            bodyBytesHeld.subtract(bytes.count, ordering: .relaxed)
            return busy
        }
        exchange.body.append(contentsOf: bytes)
        return nil
    }

    /// Whether what is held of an upload is enough to hand on.
    func isPiece(_ exchange: Exchange) -> Bool {
        exchange.upload != nil && exchange.body.count >= HTTPUpload.pieceBytes
    }

    /// Hands what is held of an upload to a worker, which takes it and then calls `resume`.
    ///
    /// With no room in the queue the upload is refused and `resume` is called at once.
    func forward(_ exchange: Exchange, resume: @escaping @Sendable () -> Void) {
        guard let upload = exchange.upload else { return resume() }
        let piece = exchange.body
        exchange.body = []
        exchange.isForwarding.store(true, ordering: .relaxed)
        let isQueued = pool.submit { [self] in
            if let refusal = upload.take(piece) { exchange.fill(finished(refusal)) }
            forwarded(piece.count, of: exchange, resume)
        }
        if isQueued { return }
        exchange.fill(busy)
        forwarded(piece.count, of: exchange, resume)
    }

    private func forwarded(_ count: Int, of exchange: Exchange, _ resume: () -> Void) {
        bodyBytesHeld.subtract(count, ordering: .relaxed)
        exchange.isForwarding.store(false, ordering: .releasing)
        resume()
    }

    /// An answer that is there without waiting: made by the server, a worker or `quick`.
    func readyAnswer(for exchange: Exchange) -> HTTPResponse? {
        if let response = exchange.takeAnswer() { return response }
        guard !exchange.isDispatched, exchange.upload == nil, let quick else { return nil }
        return quick(exchange.takeRequest()).map(finished)
    }

    /// Hands the request to a worker, which fills the answer and then calls `resume`.
    ///
    /// With no room in the queue the answer is 503 and `resume` is called at once.
    func dispatch(_ exchange: Exchange, resume: @escaping @Sendable () -> Void) {
        precondition(!exchange.isDispatched, "a request is answered once")
        exchange.isDispatched = true
        let request = exchange.takeRequest()
        let isQueued = pool.submit { [self] in
            if let upload = exchange.upload {
                let refusal = request.body.isEmpty ? nil : upload.take(request.body)
                exchange.fill(finished(refusal ?? upload.finish()))
            } else {
                exchange.fill(finished(handler(request)))
            }
            resume()
        }
        guard !isQueued else { return }
        exchange.fill(busy)
        resume()
    }

    /// The exchange is over, answered or broken off.
    func close(_ exchange: Exchange) {
        bodyBytesHeld.subtract(exchange.body.count, ordering: .relaxed)
        if let upload = exchange.upload, !pool.submit(upload.close) { upload.close() }
        let left = exchangesOpen.subtract(1, ordering: .acquiringAndReleasing).newValue
        precondition(left >= 0, "an exchange closes once")
        if left == 0 { monitor.withLock { monitor.broadcast() } }
    }

    /// Refuses new requests, lets every accepted one finish, and ends the workers.
    func drain() {
        isStopping.store(true, ordering: .releasing)
        pool.close()
        let deadline = Monitor.deadline(inSeconds: limits.stopSecondsMax)
        monitor.withLock {
            while exchangesOpen.load(ordering: .acquiring) > 0 {
                guard monitor.wait(until: deadline) else { return }
            }
        }
    }

    /// Requests being read, run or answered, and body bytes held for them.
    var load: (exchanges: Int, bodyBytes: Int) {
        (exchangesOpen.load(ordering: .relaxed), bodyBytesHeld.load(ordering: .relaxed))
    }

    /// A plain refusal that also closes the connection.
    func refusal(_ status: Int, _ why: String) -> HTTPResponse {
        var response = finished(.text(status, why + "\n"))
        response.headers.append((name: "Connection", value: "close"))
        return response
    }

    private func bodyTooLarge(_ bytesMax: Int) -> HTTPResponse {
        refusal(413, "a body has at most \(bytesMax) bytes")
    }

    private var busy: HTTPResponse {
        var response = refusal(503, "the server is busy, try again")
        response.headers.append((name: "Retry-After", value: "1"))
        return response
    }

    private func finished(_ response: HTTPResponse) -> HTTPResponse {
        var response = response
        crossOrigin.appendHeaders(to: &response)
        return response
    }

    private func answered(_ head: RequestHead, with response: HTTPResponse) -> Exchange {
        let exchange = opened(Exchange(head: head, path: "*", query: []))
        exchange.isDispatched = true
        exchange.fill(response)
        return exchange
    }

    private func opened(_ exchange: Exchange) -> Exchange {
        exchangesOpen.add(1, ordering: .relaxed)
        return exchange
    }

    /// Why two readers could disagree where the body ends, the root of request smuggling.
    ///
    /// Source: RFC 9112 section 6.3.
    private func ambiguousFraming(_ headers: [(name: String, value: String)]) -> String? {
        var lengths = 0
        var codings = 0
        for header in headers {
            if sameFieldName(header.name, "Content-Length") { lengths += 1 }
            if sameFieldName(header.name, "Transfer-Encoding") { codings += 1 }
        }
        if lengths > 1 || codings > 1 { return "a body has one length" }
        return lengths == 1 && codings == 1 ? "a body has a length or is chunked" : nil
    }
}
