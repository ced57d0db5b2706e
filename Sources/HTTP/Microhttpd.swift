// The only file that knows libmicrohttpd: it turns the library's callbacks into calls of
// `Service` and its answers into responses. Another transport replaces this file alone.
//
// Callbacks run on the library's one thread. A request that needs a worker suspends its
// connection, which the library then leaves alone until the worker resumes it.

internal import CMicrohttpd
internal import Glibc
internal import Synchronization

/// A running libmicrohttpd daemon.
@safe
final class Microhttpd: @unchecked Sendable {
    fileprivate let service: Service
    private let daemon = Mutex<Handle?>(nil)

    /// The library's handle; its functions may be called from any thread.
    @safe
    private struct Handle: @unchecked Sendable {
        let pointer: OpaquePointer
    }

    /// Serves the connections of a listening socket, which it owns from now on; nil when the
    /// library cannot start, and then the socket stays the caller's.
    init?(service: Service, listener: Int32) {
        self.service = service
        let settings = assay_mhd_settings(
            listen_socket: listener,
            connections_max: UInt32(service.limits.connectionsMax),
            idle_seconds_max: UInt32(service.limits.idleSecondsMax),
            // The answer's header section shares this memory with the request's.
            connection_memory_bytes: service.limits.headerBytesMax + 64 << 10)
        let context = unsafe Unmanaged.passUnretained(self).toOpaque()
        let started = unsafe assay_mhd_start(settings, answerRequest, completeRequest, context)
        guard let started = unsafe started else { return nil }
        let handle = unsafe Handle(pointer: started)
        daemon.withLock { $0 = handle }
    }

    deinit { stop() }

    /// Stops listening, drains the service and ends the daemon. A second call waits for the first.
    func stop() {
        daemon.withLock { held in
            guard let handle = held else { return }
            let listener = unsafe MHD_quiesce_daemon(handle.pointer)
            // The library aborts the process if a suspended connection is left: every handler
            // has returned, and so resumed its connection, once this returns.
            service.drain()
            unsafe MHD_stop_daemon(handle.pointer)
            if listener >= 0 { _ = close(listener) }
            held = nil
        }
    }
}

/// A connection that a worker may resume.
@safe
private struct Connection: @unchecked Sendable {
    let pointer: OpaquePointer

    func resume() { unsafe MHD_resume_connection(pointer) }
}

/// Called for each request: once with its header section, once for each piece of its body, once
/// when it is complete, and once more after a worker has resumed it.
private func answerRequest(
    _ context: UnsafeMutableRawPointer?, _ connection: OpaquePointer?,
    _ target: UnsafePointer<CChar>?, _ method: UnsafePointer<CChar>?,
    _ version: UnsafePointer<CChar>?, _ piece: UnsafePointer<CChar>?,
    _ pieceByteCount: UnsafeMutablePointer<Int>?,
    _ slot: UnsafeMutablePointer<UnsafeMutableRawPointer?>?
) -> MHD_Result {
    guard let context = unsafe context, let connection = unsafe connection,
        let target = unsafe target, let method = unsafe method,
        let pieceByteCount = unsafe pieceByteCount, let slot = unsafe slot
    else { return .NO }
    let service = unsafe Unmanaged<Microhttpd>.fromOpaque(context).takeUnretainedValue().service
    guard let held = unsafe slot.pointee else {
        let head = unsafe readHead(connection, method: method, target: target)
        switch service.admit(head) {
        case .refuse(let response): return unsafe send(response, over: connection)
        case .proceed(let exchange):
            unsafe slot.pointee = Unmanaged.passRetained(exchange).toOpaque()
            return .YES
        }
    }
    let exchange = unsafe Unmanaged<Exchange>.fromOpaque(held).takeUnretainedValue()
    if unsafe pieceByteCount.pointee > 0 {
        // The library may go on with a chunked body though its connection is suspended: what is
        // left unread it offers again.
        if exchange.isForwarding.load(ordering: .acquiring) { return .YES }
        let bytes = unsafe UnsafeRawBufferPointer(start: piece, count: pieceByteCount.pointee)
        unsafe pieceByteCount.pointee = 0
        if let refusal = unsafe service.take(bytes, into: exchange) {
            unsafe sendAtOnce(refusal, over: connection)
            return .NO
        }
        guard service.isPiece(exchange) else { return .YES }
        let suspended = unsafe Connection(pointer: connection)
        unsafe MHD_suspend_connection(connection)
        service.forward(exchange) { suspended.resume() }
        return .YES
    }
    if let response = service.readyAnswer(for: exchange) {
        return unsafe send(response, over: connection)
    }
    let suspended = unsafe Connection(pointer: connection)
    unsafe MHD_suspend_connection(connection)
    service.dispatch(exchange) { suspended.resume() }
    return .YES
}

/// Called once a request is over, whether answered or broken off.
private func completeRequest(
    _ context: UnsafeMutableRawPointer?, _ connection: OpaquePointer?,
    _ slot: UnsafeMutablePointer<UnsafeMutableRawPointer?>?, _ why: MHD_RequestTerminationCode
) {
    guard let context = unsafe context, let slot = unsafe slot, let held = unsafe slot.pointee
    else { return }
    unsafe slot.pointee = nil
    let service = unsafe Unmanaged<Microhttpd>.fromOpaque(context).takeUnretainedValue().service
    service.close(unsafe Unmanaged<Exchange>.fromOpaque(held).takeRetainedValue())
}

// MARK: - Reading

private func readHead(
    _ connection: OpaquePointer, method: UnsafePointer<CChar>, target: UnsafePointer<CChar>
) -> RequestHead {
    let query = FieldList()
    let headers = FieldList()
    unsafe MHD_get_connection_values_n(
        connection, .GET_ARGUMENT_KIND, collectField,
        Unmanaged.passUnretained(query).toOpaque())
    unsafe MHD_get_connection_values_n(
        connection, .HEADER_KIND, collectField, Unmanaged.passUnretained(headers).toOpaque())
    let peer = unsafe assay_mhd_peer(connection)
    let remote = unsafe peer.flatMap { unsafe SocketAddress.remote($0) }
    return RequestHead(
        method: unsafe String(cString: method),
        target: unsafe Array(UnsafeRawBufferPointer(start: target, count: strlen(target))),
        query: query.fields,
        headers: headers.fields.map { field in
            (
                name: String(decoding: field.name, as: UTF8.self),
                value: String(decoding: field.value, as: UTF8.self)
            )
        },
        remote: remote ?? HTTPRemote(address: [0, 0, 0, 0], port: 0))
}

private final class FieldList {
    var fields: [(name: [UInt8], value: [UInt8])] = []
}

private func collectField(
    _ context: UnsafeMutableRawPointer?, _ kind: MHD_ValueKind,
    _ name: UnsafePointer<CChar>?, _ nameByteCount: Int,
    _ value: UnsafePointer<CChar>?, _ valueByteCount: Int
) -> MHD_Result {
    guard let context = unsafe context else { return .NO }
    let list = unsafe Unmanaged<FieldList>.fromOpaque(context).takeUnretainedValue()
    list.fields.append(
        (
            name: unsafe Array(UnsafeRawBufferPointer(start: name, count: nameByteCount)),
            value: unsafe Array(
                UnsafeRawBufferPointer(start: value, count: value == nil ? 0 : valueByteCount))
        ))
    return .YES
}

// MARK: - Writing

/// Queues an answer. The library closes the connection after it if the request is not read whole.
private func send(_ response: HTTPResponse, over connection: OpaquePointer) -> MHD_Result {
    var response = response
    var queued = unsafe makeResponse(response)
    if unsafe queued == nil {
        response = .text(500, "the answer has a header that cannot be sent\n")
        unsafe queued = makeResponse(response)
    }
    guard let queued = unsafe queued else { return .NO }
    defer { unsafe MHD_destroy_response(queued) }
    return unsafe MHD_queue_response(connection, UInt32(response.status), queued)
}

/// The library's form of an answer; nil when it has no memory, or for a header with a line break.
private func makeResponse(_ response: HTTPResponse) -> OpaquePointer? {
    guard let made = unsafe makeBody(response) else { return nil }
    for header in response.headers where !isWrittenByServer(header.name) {
        // The library refuses empty values; an absent field says the same.
        if header.value.isEmpty { continue }
        guard unsafe MHD_add_response_header(made, header.name, header.value) == .YES else {
            unsafe MHD_destroy_response(made)
            return nil
        }
    }
    return unsafe made
}

private func makeBody(_ response: HTTPResponse) -> OpaquePointer? {
    if let stream = response.stream {
        let source = unsafe Unmanaged.passRetained(StreamSource(stream)).toOpaque()
        let made = unsafe MHD_create_response_from_callback(
            UInt64(stream.byteCount), StreamSource.blockBytes, readStream, source, freeStream)
        if unsafe made == nil { unsafe freeStream(source) }
        return unsafe made
    }
    return unsafe response.body.withUnsafeBytes { body in
        unsafe MHD_create_response_from_buffer(
            body.count, UnsafeMutableRawPointer(mutating: body.baseAddress),
            .RESPMEM_MUST_COPY)
    }
}

/// A stream while the library sends it.
private final class StreamSource {
    let stream: HTTPStream
    /// As much is asked of the stream at once, and held for each connection.
    static let blockBytes = 1 << 20

    init(_ stream: HTTPStream) { self.stream = stream }
}

private func readStream(
    _ context: UnsafeMutableRawPointer?, _ offset: UInt64, _ room: UnsafeMutablePointer<CChar>?,
    _ roomByteCount: Int
) -> Int {
    // The library's name for a failed read, `MHD_CONTENT_READER_END_WITH_ERROR`, is a cast that
    // Swift does not import.
    let failed = -2
    guard let context = unsafe context, let room = unsafe room else { return failed }
    let stream = unsafe Unmanaged<StreamSource>.fromOpaque(context).takeUnretainedValue().stream
    guard let bytes = stream.read(Int(offset), roomByteCount), !bytes.isEmpty,
        bytes.count <= roomByteCount
    else { return failed }
    unsafe UnsafeMutableRawBufferPointer(start: room, count: roomByteCount).copyBytes(from: bytes)
    return bytes.count
}

private func freeStream(_ context: UnsafeMutableRawPointer?) {
    guard let context = unsafe context else { return }
    unsafe Unmanaged<StreamSource>.fromOpaque(context).release()
}

private func isWrittenByServer(_ name: String) -> Bool {
    ["Content-Length", "Transfer-Encoding", "Date"].contains { sameFieldName($0, name) }
}

/// Writes a refusal in the middle of a body, where the library takes no response; the caller
/// then closes the connection. A client that reads nothing loses it: the socket does not wait.
private func sendAtOnce(_ response: HTTPResponse, over connection: OpaquePointer) {
    let socket = unsafe assay_mhd_socket(connection)
    guard socket >= 0 else { return }
    let reason = unsafe String(cString: MHD_get_reason_phrase_for(UInt32(response.status)))
    var text = "HTTP/1.1 \(response.status) \(reason)\r\nContent-Length: \(response.body.count)\r\n"
    for header in response.headers { text += "\(header.name): \(header.value)\r\n" }
    let bytes = Array((text + "\r\n").utf8) + response.body
    _ = unsafe bytes.withUnsafeBytes { raw in
        unsafe Glibc.send(
            socket, raw.baseAddress, raw.count, Int32(MSG_NOSIGNAL | MSG_DONTWAIT)
        )
    }
}
