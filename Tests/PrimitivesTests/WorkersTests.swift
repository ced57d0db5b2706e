import Primitives
import Testing

@Suite struct WorkersTests {
    @Test func oneWorkerGoesInOrder() {
        let workers = SerialWorkers()
        #expect(workers.count == 1)
        #expect(workers.map(5) { $0 * 2 } == [0, 2, 4, 6, 8])
        #expect(workers.map(0) { $0 }.isEmpty)
    }
}
