internal import Glibc
internal import Synchronization

/// Where the node gets its time from: the only source of time in the whole system.
public protocol Clock: Sendable {
    /// Seconds since 1970.
    func now() -> UInt64
}

/// The machine's clock.
public struct SystemClock: Clock {
    public init() {}

    public func now() -> UInt64 {
        var time = timespec()
        unsafe clock_gettime(CLOCK_REALTIME, &time)
        return UInt64(time.tv_sec)
    }
}

/// A clock that stands still until it is moved: for tests and reproducible runs.
public final class ManualClock: Clock {
    private let time: Mutex<UInt64>

    public init(_ start: UInt64) { time = Mutex(start) }

    public func now() -> UInt64 { time.withLock { $0 } }

    public func advance(by seconds: UInt64) { time.withLock { $0 += seconds } }
}
