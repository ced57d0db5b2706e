/// Every bound of the server; what passes one is refused, never queued without end.
public struct HTTPLimits: Sendable, Equatable {
    /// The largest body of one request; a larger one is refused with 413 as soon as it shows.
    public var bodyBytesMax = 5 << 20
    /// All bodies held at once, those being read and those being answered; over it: 503.
    public var bodyBytesTotalMax = 256 << 20
    /// Request line and header fields together; over it: 431 (or 414 for the target alone).
    public var headerBytesMax = 64 << 10
    public var connectionsMax = 1_024
    /// A connection that stays silent so long is closed; the time a handler takes does not count.
    public var idleSecondsMax = 60
    /// Threads that run handlers: as many handlers may block at once.
    public var workersMax = 16
    /// Requests that wait for a worker; over it: 503.
    public var waitingMax = 1_024
    /// The stack of each worker. Pages count only once touched.
    public var workerStackBytes = 16 << 20
    /// How long `stop` waits for answers to leave once the handlers have returned.
    public var stopSecondsMax = 5

    public init() {}

    public static let standard = HTTPLimits()

    func check() {
        precondition(bodyBytesMax >= 0, "a body limit is not negative")
        precondition(bodyBytesTotalMax >= bodyBytesMax, "all bodies hold at least one")
        precondition(headerBytesMax >= 16 << 10, "payment headers need 16 KiB")
        precondition((1...60_000).contains(connectionsMax), "1...60,000 connections")
        precondition((1...86_400).contains(idleSecondsMax), "1...86,400 idle seconds")
        precondition((1...1_024).contains(workersMax), "1...1,024 workers")
        precondition(waitingMax >= 1, "a request may wait")
        precondition(workerStackBytes >= 256 << 10, "a worker needs 256 KiB of stack")
        precondition((0...3_600).contains(stopSecondsMax), "0...3,600 seconds to stop")
    }
}
