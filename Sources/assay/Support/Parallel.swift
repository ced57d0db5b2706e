internal import Glibc
internal import Synchronization

/// Work on several threads whose results stand in the order of the work.
enum Parallel {
    /// Maps every element; `threads` of them at a time, this thread one of them.
    ///
    /// - Parameter progress: told on this thread how many elements are done.
    static func map<Element: Sendable, Result: Sendable>(
        _ elements: [Element], threads: Int, progress: (Int) -> Void = { _ in },
        _ body: @escaping @Sendable (Element) -> Result
    ) -> [Result] {
        let work = Work(elements, body)
        let others = (1..<max(1, threads)).compactMap { _ in start { work.run { _ in } } }
        work.run(progress)
        for thread in others { pthread_join(thread, nil) }
        return work.results()
    }

    private final class Work<Element: Sendable, Result: Sendable>: Sendable {
        private let elements: [Element]
        private let body: @Sendable (Element) -> Result
        private let next = Atomic<Int>(0)
        private let done: Mutex<[(index: Int, result: Result)]> = Mutex([])

        init(_ elements: [Element], _ body: @escaping @Sendable (Element) -> Result) {
            self.elements = elements
            self.body = body
        }

        func run(_ progress: (Int) -> Void) {
            while true {
                let index = next.wrappingAdd(1, ordering: .relaxed).oldValue
                guard index < elements.count else { return }
                let result = body(elements[index])
                progress(
                    done.withLock {
                        $0.append((index, result))
                        return $0.count
                    })
            }
        }

        func results() -> [Result] {
            done.withLock { $0.sorted { $0.index < $1.index }.map(\.result) }
        }
    }

    /// Deep recursion in a decoder must fit: as much stack as the main thread has.
    private static let stackBytes = 8 << 20

    private final class Job {
        let run: () -> Void
        init(_ run: @escaping () -> Void) { self.run = run }
    }

    /// A thread that runs the job; nil when the system refuses one, and the others do its work.
    private static func start(_ run: @escaping () -> Void) -> pthread_t? {
        var attributes = pthread_attr_t()
        unsafe pthread_attr_init(&attributes)
        defer { unsafe pthread_attr_destroy(&attributes) }
        unsafe pthread_attr_setstacksize(&attributes, stackBytes)
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
        return thread
    }
}
