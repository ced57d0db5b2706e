import Primitives
import Store
import TestSupport
import Testing

/// The laws of a store, held by each kind.
@Suite struct KeyValueStoreTests {
    @Test(arguments: StoreKind.allCases)
    func getsWhatWasPut(_ kind: StoreKind) throws {
        try withStore(kind) { store in
            #expect(try store.value(for: [1]) == nil)
            try store.put(([1], [10]), ([1, 2], [20]), ([], [30]))
            #expect(try store.value(for: [1]) == [10])
            #expect(try store.value(for: [1, 2]) == [20])
            #expect(try store.value(for: []) == [30])
            #expect(try store.value(for: [2]) == nil)
            try store.put(([1], [11]), durably: true)
            #expect(try store.value(for: [1]) == [11])
        }
    }

    @Test(arguments: StoreKind.allCases)
    func deletes(_ kind: StoreKind) throws {
        try withStore(kind) { store in
            try store.put(([1], [10]), ([2], [20]))
            var batch = WriteBatch()
            batch.delete([1])
            batch.delete([3])
            try store.write(batch, durably: true)
            #expect(try store.value(for: [1]) == nil)
            #expect(try store.value(for: [3]) == nil)
            #expect(try store.keys() == [[2]])
        }
    }

    @Test(arguments: StoreKind.allCases)
    func laterOperationsOfABatchWin(_ kind: StoreKind) throws {
        try withStore(kind) { store in
            var batch = WriteBatch()
            #expect(batch.isEmpty)
            batch.put([1], [10])
            batch.put([1], [11])
            batch.put([2], [20])
            batch.delete([2])
            batch.delete([3])
            batch.put([3], [30])
            #expect(batch.count == 6)
            #expect(!batch.isEmpty)
            try store.write(batch, durably: false)
            #expect(try store.contents() == [[1]: [11], [3]: [30]])
            try store.write(WriteBatch(), durably: true)
            #expect(try store.contents() == [[1]: [11], [3]: [30]])
        }
    }

    @Test(arguments: StoreKind.allCases)
    func keepsEmptyAndBigValues(_ kind: StoreKind) throws {
        try withStore(kind) { store in
            var random = SeededRandom(seed: 7)
            let big = random.bytes(3_000_000)
            try store.put(([1], []), ([2], big), ([3], []))
            #expect(try store.value(for: [1]) == [])
            #expect(try store.value(for: [2]) == big)
            #expect(try store.scan(prefix: [3], from: nil, limit: 1).first?.value == [])
            try store.put(([2], []))
            #expect(try store.value(for: [2]) == [])
        }
    }

    @Test(arguments: StoreKind.allCases)
    func scansAPrefixInOrder(_ kind: StoreKind) throws {
        try withStore(kind) { store in
            let keys: [[UInt8]] = [
                [], [0], [0, 0xff], [1], [1, 0], [1, 0, 0], [1, 7], [1, 0xff], [1, 0xff, 0xff],
                [2], [0xfe, 0xff], [0xff], [0xff, 0], [0xff, 0xff], [0xff, 0xff, 1],
            ]
            for key in keys.reversed() { try store.put((key, [9] + key)) }
            #expect(try store.keys() == keys)
            #expect(
                try store.scan(prefix: [], from: nil, limit: .max).map(\.value)
                    == keys.map { [9] + $0 })
            #expect(try store.keys(prefix: [1]) == Array(keys[3...8]))
            #expect(try store.keys(prefix: [1, 0xff]) == Array(keys[7...8]))
            #expect(try store.keys(prefix: [0xff]) == Array(keys[11...]))
            #expect(try store.keys(prefix: [0xff, 0xff]) == Array(keys[13...]))
            #expect(try store.keys(prefix: [0xff, 0xff, 2]) == [])
            #expect(try store.keys(prefix: [3]) == [])
        }
    }

    @Test(arguments: StoreKind.allCases)
    func scansFromAKeyUpToALimit(_ kind: StoreKind) throws {
        try withStore(kind) { store in
            for byte in UInt8(0)..<20 { try store.put(([byte / 10, byte], [byte])) }
            #expect(try store.keys(prefix: [1], from: [1, 15]).first == [1, 15])
            #expect(try store.keys(prefix: [1], from: [1, 14, 0]).first == [1, 15])
            #expect(try store.keys(prefix: [1], from: [1, 15]).count == 5)
            #expect(try store.keys(prefix: [1], from: [0, 3]).count == 10)
            #expect(try store.keys(prefix: [1], from: [2]) == [])
            #expect(try store.keys(prefix: [0], from: [0, 8], limit: 5) == [[0, 8], [0, 9]])
            #expect(try store.keys(prefix: [1], limit: 2) == [[1, 10], [1, 11]])
            #expect(try store.keys(limit: 0) == [])
            #expect(try store.keys(limit: 20).count == 20)
        }
    }

    /// A reader sees all of a batch or nothing of it.
    @Test(arguments: StoreKind.allCases)
    func batchesAreAtomicToReaders(_ kind: StoreKind) throws {
        try withStore(kind) { store in
            try store.put(([0], [0]), ([1], [0]))
            onThreads(3) { index in
                for round in UInt8(0)..<200 {
                    if index == 0 {
                        #expect(throws: Never.self) {
                            try store.put(([0], [round]), ([1], [round]))
                        }
                    } else {
                        let seen = try? store.contents()
                        #expect(seen?.count == 2)
                        #expect(seen?[[0]] == seen?[[1]])
                    }
                }
            }
            #expect(try store.contents() == [[0]: [199], [1]: [199]])
        }
    }

    @Test(arguments: StoreKind.allCases)
    func answersNothingAfterClose(_ kind: StoreKind) throws {
        try withStore(kind) { store in
            try store.put(([1], [1]))
            store.close()
            store.close()
            #expect(throws: StoreError.closed) { try store.value(for: [1]) }
            #expect(throws: StoreError.closed) { try store.write(WriteBatch(), durably: true) }
            #expect(throws: StoreError.closed) { try store.scan(prefix: [], from: nil, limit: 1) }
        }
    }

    @Test(arguments: StoreKind.allCases)
    func closesWhileOthersRead(_ kind: StoreKind) throws {
        try withStore(kind) { store in
            try store.put(([1], [1]))
            onThreads(4) { index in
                for round in 0..<200 {
                    if index == 0, round == 20 { store.close() }
                    do {
                        #expect(try store.value(for: [1]) == [1])
                    } catch {
                        #expect(error as? StoreError == .closed)
                    }
                }
            }
        }
    }

    /// Random batches, reads and scans against a dictionary.
    @Test(arguments: StoreKind.allCases, [UInt64(1), 2, 3])
    func agreesWithADictionary(_ kind: StoreKind, _ seed: UInt64) throws {
        try withStore(kind) { store in
            var random = SeededRandom(seed: seed)
            var model: [[UInt8]: [UInt8]] = [:]
            for _ in 0..<400 {
                var batch = WriteBatch()
                // Now and then many at once, so that leaves split and empty again.
                let count = Int.random(in: 0...12, using: &random) == 0 ? 300 : 4
                let putsOf8 = Int.random(in: 2...6, using: &random)
                for _ in 0..<count {
                    let key = ModelTest.key(&random)
                    if Int.random(in: 0..<8, using: &random) < putsOf8 {
                        let value = random.bytes(Int.random(in: 0...40, using: &random))
                        batch.put(key, value)
                        model[key] = value
                    } else {
                        batch.delete(key)
                        model[key] = nil
                    }
                }
                try store.write(batch, durably: false)
                let key = ModelTest.key(&random)
                #expect(try store.value(for: key) == model[key], "seed \(seed)")
                try ModelTest.compareScan(store, model, &random, seed: seed)
            }
            #expect(try store.contents() == model)
        }
    }

    @Test func refusesToScanNegatively() async {
        await #expect(processExitsWith: .failure) {
            _ = try MemoryStore().scan(prefix: [], from: nil, limit: -1)
        }
    }
}

private enum ModelTest {
    /// A key of up to three bytes of few values, so that keys meet and begin each other.
    static func key(_ random: inout SeededRandom) -> [UInt8] {
        let letters: [UInt8] = [0, 1, 2, 0x7f, 0x80, 0xfe, 0xff, 9, 10, 11, 12, 13]
        return (0..<Int.random(in: 0...3, using: &random)).map { _ in
            letters[Int.random(in: 0..<letters.count, using: &random)]
        }
    }

    static func compareScan(
        _ store: any KeyValueStore, _ model: [[UInt8]: [UInt8]], _ random: inout SeededRandom,
        seed: UInt64
    ) throws {
        let prefix = Array(key(&random).prefix(2))
        let start = Bool.random(using: &random) ? key(&random) : nil
        let limit = Int.random(in: 0...20, using: &random)
        let expected = model.keys
            .filter { key in
                key.starts(with: prefix) && !key.lexicographicallyPrecedes(start ?? [])
            }
            .sorted { $0.lexicographicallyPrecedes($1) }
            .prefix(limit)
        let found = try store.scan(prefix: prefix, from: start, limit: limit)
        #expect(found.map(\.key) == Array(expected), "seed \(seed)")
        #expect(found.map(\.value) == expected.map { model[$0] }, "seed \(seed)")
    }
}
