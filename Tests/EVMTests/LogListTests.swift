import Primitives
import Testing

@testable import EVM

@Suite struct LogListTests {
    private let journal = Journal(source: MemorySource())

    private func log(_ number: Int) -> Log {
        Log(
            address: Address(truncating: UInt256(UInt64(number))),
            topics: (0..<number % 5).map { Hash(UInt256(UInt64(number * 10 + $0))) },
            data: [UInt8](repeating: UInt8(number), count: number * 100 % 700))
    }

    @Test func logsComeBackInOrder() {
        journal.beginTransaction()
        #expect(journal.logs == [])
        let logs = (0..<40).map { log($0) }
        for log in logs { journal.addLog(log) }
        #expect(journal.logs == logs)
        journal.beginTransaction()
        #expect(journal.logs == [])
    }

    @Test func aRevertTakesTheLastOnes() {
        journal.beginTransaction()
        for number in 0..<3 { journal.addLog(log(number)) }
        let mark = journal.checkpoint()
        for number in 10..<20 { journal.addLog(log(number)) }
        journal.revert(to: mark)
        journal.addLog(log(7))
        #expect(journal.logs == [log(0), log(1), log(2), log(7)])
        journal.revert(to: 0)
        #expect(journal.logs == [])
    }

    @Test func aFifthTopicIsABug() async {
        await #expect(processExitsWith: .failure) {
            Journal(source: MemorySource()).addLog(
                Log(
                    address: .zero, topics: [Hash](repeating: Hash(UInt256.zero), count: 5),
                    data: []))
        }
    }
}
