internal import Glibc

/// A door that threads wait at until a test opens it; it stays open.
@safe
public final class Gate: @unchecked Sendable {
    private let semaphore: UnsafeMutablePointer<sem_t>

    public init() {
        unsafe semaphore = .allocate(capacity: 1)
        unsafe semaphore.initialize(to: sem_t())
        let refusal = unsafe sem_init(semaphore, 0, 0)
        precondition(refusal == 0, "the system has no room for a semaphore")
    }

    deinit {
        unsafe sem_destroy(semaphore)
        unsafe semaphore.deallocate()
    }

    public func open() { unsafe sem_post(semaphore) }

    /// Returns once the gate is open.
    public func wait() {
        while unsafe sem_wait(semaphore) != 0 {}
        // Whoever passes lets the next one pass.
        unsafe sem_post(semaphore)
    }
}

/// Runs a body on several threads at once and returns once all have ended.
public func onThreads(_ count: Int, _ body: @escaping @Sendable (_ index: Int) -> Void) {
    let threads = (0..<count).map { index in TestThread { body(index) } }
    for thread in threads { thread.join() }
}

/// A thread of a test; joined once.
public final class TestThread {
    private final class Body {
        let run: @Sendable () -> Void
        init(_ run: @escaping @Sendable () -> Void) { self.run = run }
    }

    private let thread: pthread_t

    public init(_ run: @escaping @Sendable () -> Void) {
        var thread = pthread_t()
        let context = unsafe Unmanaged.passRetained(Body(run)).toOpaque()
        let refusal = unsafe pthread_create(
            &thread, nil,
            { context in
                guard let context = unsafe context else { return nil }
                unsafe Unmanaged<Body>.fromOpaque(context).takeRetainedValue().run()
                return nil
            }, context)
        precondition(refusal == 0, "the system refused a thread")
        self.thread = thread
    }

    public func join() { _ = pthread_join(thread, nil) }
}
