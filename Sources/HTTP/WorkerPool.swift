internal import Glibc

/// A lock with a condition to wait for.
///
/// Invariant: the two C objects live at fixed addresses from `init` to `deinit`.
@safe
final class Monitor: @unchecked Sendable {
    private let mutex: UnsafeMutablePointer<pthread_mutex_t>
    private let condition: UnsafeMutablePointer<pthread_cond_t>

    init() {
        unsafe mutex = .allocate(capacity: 1)
        unsafe condition = .allocate(capacity: 1)
        unsafe mutex.initialize(to: pthread_mutex_t())
        unsafe condition.initialize(to: pthread_cond_t())
        let first = unsafe pthread_mutex_init(mutex, nil)
        let second = unsafe pthread_cond_init(condition, nil)
        precondition(first == 0 && second == 0, "the system has no room for a lock")
    }

    deinit {
        unsafe pthread_cond_destroy(condition)
        unsafe pthread_mutex_destroy(mutex)
        unsafe condition.deallocate()
        unsafe mutex.deallocate()
    }

    func withLock<Result>(_ body: () -> Result) -> Result {
        unsafe pthread_mutex_lock(mutex)
        defer { unsafe pthread_mutex_unlock(mutex) }
        return body()
    }

    /// Waits for a signal; the caller holds the lock and checks its condition again.
    func wait() { unsafe pthread_cond_wait(condition, mutex) }

    /// Waits until a signal or the deadline; false at the deadline.
    func wait(until deadline: timespec) -> Bool {
        var deadline = deadline
        return unsafe pthread_cond_timedwait(condition, mutex, &deadline) == 0
    }

    func signal() { unsafe pthread_cond_signal(condition) }
    func broadcast() { unsafe pthread_cond_broadcast(condition) }

    /// The wall-clock time some seconds from now, as timed waits want it.
    static func deadline(inSeconds seconds: Int) -> timespec {
        var now = timespec()
        unsafe clock_gettime(CLOCK_REALTIME, &now)
        now.tv_sec += seconds
        return now
    }
}

/// A fixed number of threads that run jobs from a bounded queue, first come, first served.
final class WorkerPool: @unchecked Sendable {
    typealias Job = @Sendable () -> Void

    private let monitor = Monitor()
    /// A ring: `waiting` jobs from `oldest` on. All below is guarded by `monitor`.
    private var ring: [Job?]
    private var oldest = 0
    private var waiting = 0
    private var isClosed = false
    private var threads: [pthread_t] = []

    /// Starts the threads; nil when the system refuses one.
    init?(workers: Int, waitingMax: Int, stackBytes: Int) {
        ring = Array(repeating: nil, count: waitingMax)
        for _ in 0..<workers {
            guard let thread = startThread(stackBytes: stackBytes) else {
                close()
                return nil
            }
            monitor.withLock { threads.append(thread) }
        }
    }

    /// Queues a job; false when the queue is full or the pool closed.
    func submit(_ job: @escaping Job) -> Bool {
        monitor.withLock {
            guard !isClosed, waiting < ring.count else { return false }
            ring[(oldest + waiting) % ring.count] = job
            waiting += 1
            monitor.signal()
            return true
        }
    }

    /// Runs what is queued, then ends and joins every thread. Must not be called by a job.
    func close() {
        let joinable = monitor.withLock {
            isClosed = true
            monitor.broadcast()
            defer { threads = [] }
            return threads
        }
        for thread in joinable {
            precondition(pthread_equal(thread, pthread_self()) == 0, "a job cannot end its pool")
            _ = pthread_join(thread, nil)
        }
    }

    private func startThread(stackBytes: Int) -> pthread_t? {
        var attributes = pthread_attr_t()
        unsafe pthread_attr_init(&attributes)
        defer { unsafe pthread_attr_destroy(&attributes) }
        unsafe pthread_attr_setstacksize(&attributes, stackBytes)
        var thread = pthread_t()
        let context = unsafe Unmanaged.passRetained(self)
        let refusal = unsafe pthread_create(
            &thread, &attributes, runWorker, context.toOpaque())
        guard refusal == 0 else {
            unsafe context.release()
            return nil
        }
        return thread
    }

    fileprivate func work() {
        while let job = nextJob() { job() }
    }

    private func nextJob() -> Job? {
        monitor.withLock {
            while waiting == 0 {
                if isClosed { return nil }
                monitor.wait()
            }
            let job = ring[oldest]
            ring[oldest] = nil
            oldest = (oldest + 1) % ring.count
            waiting -= 1
            return job
        }
    }
}

private func runWorker(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    guard let context = unsafe context else { return nil }
    unsafe Unmanaged<WorkerPool>.fromOpaque(context).takeRetainedValue().work()
    return nil
}
