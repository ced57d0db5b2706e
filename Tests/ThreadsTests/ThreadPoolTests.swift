import Primitives
import Testing
import Threads

@Suite struct ThreadPoolTests {
    @Test(arguments: [1, 2, 4, 7])
    func resultsStandInOrder(workers: Int) {
        let pool = ThreadPool(count: workers)
        for count in [0, 1, 2, 3, 100, 1000] {
            for grain in [1, 7] {
                #expect(pool.map(count, grain: grain) { $0 * $0 } == (0..<count).map { $0 * $0 })
            }
        }
    }

    @Test func everyPieceRunsOnceByAWorkerOfItsOwn() {
        let pool = ThreadPool(count: 4)
        let busy = Monitor(Set<Int>())
        let runs = Monitor([Int](repeating: 0, count: 500))
        pool.run(500) { piece, worker in
            #expect((0..<4).contains(worker))
            #expect(busy.withLock { $0.insert(worker).inserted })
            runs.withLock { $0[piece] += 1 }
            _ = busy.withLock { $0.remove(worker) }
        }
        #expect(runs.withLock { $0.allSatisfy { $0 == 1 } })
    }

    @Test func jobsInsideJobsEnd() {
        let pool = ThreadPool(count: 3)
        let sums = pool.map(20) { outer in
            pool.map(20) { inner in pool.map(5) { outer * inner * $0 }.reduce(0, +) }.reduce(0, +)
        }
        #expect(sums == (0..<20).map { $0 * 190 * 10 })
    }

    @Test func progressComesOnTheAskingThread() {
        let pool = ThreadPool(count: 2)
        var reported: [Int] = []
        let results = pool.map(Array(0..<300), progress: { reported.append($0) }) { $0 + 1 }
        #expect(results == Array(1...300))
        #expect(reported == reported.sorted())
    }
}
