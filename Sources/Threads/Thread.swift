internal import Glibc

/// A thread of the system.
@safe
final class Thread: @unchecked Sendable {
    private let thread: pthread_t

    /// Deep recursion in a decoder must fit: as much stack as the main thread has.
    private static let stackBytes = 8 << 20

    private final class Job {
        let run: @Sendable () -> Void
        init(_ run: @escaping @Sendable () -> Void) { self.run = run }
    }

    /// Starts it; nil when the system refuses.
    init?(_ run: @escaping @Sendable () -> Void) {
        var attributes = pthread_attr_t()
        unsafe pthread_attr_init(&attributes)
        defer { unsafe pthread_attr_destroy(&attributes) }
        unsafe pthread_attr_setstacksize(&attributes, Thread.stackBytes)
        var thread = pthread_t()
        let job = unsafe Unmanaged.passRetained(Job(run))
        let refusal = unsafe pthread_create(
            &thread, &attributes,
            { context in
                if let context = unsafe context {
                    unsafe Unmanaged<Job>.fromOpaque(context).takeRetainedValue().run()
                }
                return nil
            }, job.toOpaque())
        guard refusal == 0 else {
            unsafe job.release()
            return nil
        }
        self.thread = thread
    }

    /// Waits for its end.
    func join() { _ = pthread_join(thread, nil) }
}
