/// A body that a server hands on piece by piece, so that it is never held whole.
///
/// Pieces come in order, one at a time, on workers. The sender waits while one is worked on.
public struct HTTPUpload: Sendable {
    /// Bytes of the whole body; over it: 413.
    public let bytesMax: Int
    /// Takes a piece; an answer in place of nil refuses the rest.
    public let take: @Sendable ([UInt8]) -> HTTPResponse?
    /// Answers once every piece is taken.
    public let finish: @Sendable () -> HTTPResponse
    /// Called once the exchange is over, however it ended.
    public let close: @Sendable () -> Void

    /// Bytes that are gathered before they are handed on.
    public static let pieceBytes = 256 << 10

    public init(
        bytesMax: Int, take: @escaping @Sendable ([UInt8]) -> HTTPResponse?,
        finish: @escaping @Sendable () -> HTTPResponse, close: @escaping @Sendable () -> Void
    ) {
        self.bytesMax = bytesMax
        self.take = take
        self.finish = finish
        self.close = close
    }
}

/// What a server does with the body of a request, decided by its header section.
public enum HTTPBody: Sendable {
    /// Held in memory and given to the handler, up to `HTTPLimits.bodyBytesMax`.
    case whole
    case pieces(HTTPUpload)
    /// Answered at once; the body is not read.
    case refused(HTTPResponse)
}

/// The body of an answer that is made while it is sent.
public struct HTTPStream: Sendable {
    public let byteCount: Int
    /// Up to so many bytes from an offset on, at least one; nil cuts the connection, which tells a
    /// client that the answer is not whole. Called on the thread that moves bytes.
    public let read: @Sendable (_ offset: Int, _ countMax: Int) -> [UInt8]?

    public init(byteCount: Int, read: @escaping @Sendable (Int, Int) -> [UInt8]?) {
        self.byteCount = byteCount
        self.read = read
    }
}
