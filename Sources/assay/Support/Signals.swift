internal import Glibc

/// Signals that end the program, taken by waiting for them instead of by handlers.
@safe
struct EndSignals {
    private var set = sigset_t()

    /// Blocks them for this thread and all it starts: call it before any other thread exists.
    init() {
        unsafe sigemptyset(&set)
        unsafe sigaddset(&set, SIGINT)
        unsafe sigaddset(&set, SIGTERM)
        unsafe pthread_sigmask(SIG_BLOCK, &set, nil)
    }

    /// Waits for one of them.
    mutating func wait() {
        var signal: Int32 = 0
        unsafe sigwait(&set, &signal)
    }

    /// Waits for one of them, at most so many nanoseconds; false when none came.
    mutating func wait(nanoseconds: UInt64) -> Bool {
        var patience = timespec(
            tv_sec: Int(nanoseconds / 1_000_000_000), tv_nsec: Int(nanoseconds % 1_000_000_000))
        return unsafe sigtimedwait(&set, nil, &patience) > 0
    }
}
