internal import Glibc
public import Primitives
internal import Synchronization

/// Threads that live as long as the pool and run pieces of work for whoever asks.
///
/// The asking thread works on its own pieces too, so a job always ends: also when it is asked for
/// inside another, or while all threads are busy with others.
public final class ThreadPool: Workers {
    public let count: Int
    private let queue: Queue
    private let threads: [Thread]

    /// - Parameter count: workers, the asking thread one of them; `count − 1` threads are started.
    ///   A thread that the system refuses is done without.
    public init(count: Int) {
        precondition(count > 0, "a pool has a worker at least")
        let queue = Queue()
        self.queue = queue
        self.count = count
        threads = (1..<max(1, count)).compactMap { _ in Thread { queue.serve() } }
    }

    /// Processors that this process may use.
    public static var processorCount: Int {
        min(64, max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN)))))
    }

    deinit {
        queue.stop()
        for thread in threads { thread.join() }
    }

    public func run(_ pieces: Int, _ body: @Sendable (_ piece: Int, _ worker: Int) -> Void) {
        guard pieces > 1, !threads.isEmpty else {
            for piece in 0..<pieces { body(piece, 0) }
            return
        }
        withoutActuallyEscaping(body) { body in
            let job = Job(pieces: pieces, workers: min(count, pieces), body)
            queue.add(job)
            job.work(as: 0)
            queue.finish(job)
        }
    }
}

extension ThreadPool {
    /// Maps every element in the order given.
    ///
    /// - Parameter progress: told on this thread, now and then, how many elements are done.
    public func map<Element: Sendable, Result: Sendable>(
        _ elements: [Element], progress: (Int) -> Void,
        _ body: @Sendable (Element) -> Result
    ) -> [Result] {
        let done = Atomic<Int>(0)
        return unsafe [Result](unsafeUninitializedCapacity: elements.count) { slots, initialized in
            nonisolated(unsafe) let slots = unsafe slots
            withoutActuallyEscaping(progress) { progress in
                // Worker 0 is this thread: no other ever calls it.
                nonisolated(unsafe) let progress = progress
                run(elements.count) { index, worker in
                    unsafe slots.initializeElement(at: index, to: body(elements[index]))
                    let count = done.wrappingAdd(1, ordering: .relaxed).newValue
                    if worker == 0 { unsafe progress(count) }
                }
            }
            initialized = elements.count
        }
    }
}

/// One call of `run`: pieces are taken by counting up.
private final class Job: @unchecked Sendable {
    private let pieces: Int
    private let next = Atomic<Int>(0)
    /// Taken out when all is done: nobody may keep it longer than the call lasts.
    private var body: (@Sendable (Int, Int) -> Void)?
    // Guarded by the queue's lock.
    var workersLeft: Int
    var nextWorker = 1
    var busy = 0

    init(pieces: Int, workers: Int, _ body: @escaping @Sendable (Int, Int) -> Void) {
        self.pieces = pieces
        self.body = body
        workersLeft = workers - 1
    }

    /// Not inlined: no copy of `body` may outlive it.
    @inline(never)
    func work(as worker: Int) {
        guard let body else { return }
        while true {
            let piece = next.wrappingAdd(1, ordering: .relaxed).oldValue
            guard piece < pieces else { return }
            body(piece, worker)
        }
    }

    func forget() { body = nil }
}

/// Jobs that still take workers.
private final class Queue: Sendable {
    private struct State {
        var jobs: [Job] = []
        var isStopped = false
    }

    private let monitor = Monitor(State())

    func add(_ job: Job) {
        monitor.withLock { $0.jobs.append(job) }
        monitor.notifyAll()
    }

    /// Waits until no thread works on the job.
    func finish(_ job: Job) {
        monitor.withLock { state in state.jobs.removeAll { $0 === job } }
        monitor.wait { _ in job.busy == 0 ? () : nil }
        job.forget()
    }

    func stop() {
        monitor.withLock { $0.isStopped = true }
        monitor.notifyAll()
    }

    /// Works until the pool ends.
    func serve() {
        while let (job, worker) = take() {
            job.work(as: worker)
            monitor.withLock { _ in job.busy -= 1 }
            monitor.notifyAll()
        }
    }

    /// The newest job: an inner one holds its asker up.
    private func take() -> (Job, Int)? {
        monitor.wait { state -> (Job, Int)?? in
            guard let job = state.jobs.last else { return state.isStopped ? .some(nil) : nil }
            let worker = job.nextWorker
            job.nextWorker += 1
            job.workersLeft -= 1
            job.busy += 1
            if job.workersLeft == 0 { state.jobs.removeLast() }
            return (job, worker)
        }
    }
}
