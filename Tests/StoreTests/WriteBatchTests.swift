import Store
import Testing

@Suite struct WriteBatchTests {
    @Test func takesAKeyAtTheLimit() throws {
        let key = [UInt8](repeating: 0xff, count: 1 << 16)
        for kind in StoreKind.allCases {
            try withStore(kind) { store in
                try store.put((key, [1]))
                #expect(try store.value(for: key) == [1])
                #expect(try store.keys() == [key])
            }
        }
    }

    @Test func refusesLongerKeys() async {
        await #expect(processExitsWith: .failure) {
            var batch = WriteBatch()
            batch.put([UInt8](repeating: 0, count: 1 << 16 + 1), [])
        }
        await #expect(processExitsWith: .failure) {
            var batch = WriteBatch()
            batch.delete([UInt8](repeating: 0, count: 1 << 16 + 1))
        }
    }

    @Test func refusesLongerValues() async {
        await #expect(processExitsWith: .failure) {
            var batch = WriteBatch()
            batch.put([], [UInt8](repeating: 0, count: 1 << 30 + 1))
        }
    }
}
