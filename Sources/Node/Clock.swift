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

/// The machine's clock with an offset that can be set: a local chain's time is its user's.
public final class AdjustableClock: Clock {
    private let offset = Mutex<Int64>(0)

    public init() {}

    public func now() -> UInt64 {
        let real = Int64(clamping: SystemClock().now())
        return UInt64(clamping: real.addingReportingOverflow(offset.withLock { $0 }).partialValue)
    }

    /// From now on the clock runs from `time`, in seconds since 1970.
    public func set(_ time: UInt64) {
        let real = Int64(clamping: SystemClock().now())
        offset.withLock { $0 = Int64(clamping: time) - real }
    }

    /// Moves the clock forward. Returns all that it was moved by so far, in seconds.
    public func advance(by seconds: UInt64) -> Int64 {
        offset.withLock { offset in
            let (sum, overflow) = offset.addingReportingOverflow(Int64(clamping: seconds))
            offset = overflow ? offset : sum
            return offset
        }
    }
}
