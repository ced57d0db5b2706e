import Files
import Primitives
import Store
import Testing

/// One flipped bit in a file of the store: an error or the old values, never other values.
@Suite struct CorruptionTests {
    /// Tables have a checksum on every block: nothing that was in one is ever missed.
    @Test func tablesGiveAnErrorOrTheOldValues() throws {
        try withFolder { folder in
            let history = try History(in: folder + "/old", seed: 21)
            // Opening makes a table of the log.
            try LevelDBStore(path: history.folder).close()
            let tables = try history.files { $0.hasSuffix(".ldb") }
            #expect(tables.count == 2)
            var outcomes = Outcomes()
            for table in tables {
                for flip in Flip.sample(20, of: table.size, seed: 22) {
                    outcomes.count(
                        try history.outcome(of: flip, in: table.name, copy: folder + "/copy"))
                }
            }
            #expect(outcomes.wrong.isEmpty)
            #expect(outcomes.shorter == 0)
            #expect(outcomes.refused > 20)
        }
    }

    /// The end of a table says where its parts are, without a checksum.
    @Test func endsOfTablesGiveAnErrorOrTheOldValues() throws {
        try withFolder { folder in
            let history = try History(in: folder + "/old", seed: 23)
            try LevelDBStore(path: history.folder).close()
            let table = try #require(try history.files { $0.hasSuffix(".ldb") }.last)
            var outcomes = Outcomes()
            for offset in table.size - 48..<table.size {
                for bit in 0..<8 {
                    let flip = Flip(offset: offset, bit: bit)
                    outcomes.count(
                        try history.outcome(of: flip, in: table.name, copy: folder + "/copy"))
                }
            }
            #expect(outcomes.wrong.isEmpty)
            #expect(outcomes.shorter == 0)
            #expect(outcomes.refused > 0 && outcomes.same > 0)
            Issue.record("footer \(outcomes)")
        }
    }

    /// LevelDB takes a record that goes beyond the log's end for a torn write: the batches from
    /// there on are gone, those before are whole.
    @Test func logsGiveAnErrorOrTheOldValuesUpToABatch() throws {
        try withFolder { folder in
            let history = try History(in: folder + "/old", seed: 24)
            let log = try #require(try history.files { $0.hasSuffix(".log") }.last)
            var outcomes = Outcomes()
            for flip in Flip.sample(40, of: log.size, seed: 25) {
                outcomes.count(
                    try history.outcome(of: flip, in: log.name, copy: folder + "/copy"))
            }
            #expect(outcomes.wrong.isEmpty)
            #expect(outcomes.refused > 20)
            Issue.record("log \(outcomes)")
        }
    }

    @Test func manifest() throws {
        try withFolder { folder in
            let history = try History(in: folder + "/old", seed: 24)
            for closed in [false, true] {
            if closed { try LevelDBStore(path: history.folder).close() }
            let log = try #require(try history.files { $0.hasPrefix("MANIFEST") }.last)
            var outcomes = Outcomes()
            for offset in 0..<log.size {
                outcomes.count(
                    try history.outcome(of: Flip(offset: offset, bit: offset % 8), in: log.name, copy: folder + "/copy"))
            }
            Issue.record("manifest \(log.size) \(outcomes)")
            }
        }
    }
}

private struct Flip {
    let offset: Int
    let bit: Int

    static func sample(_ count: Int, of size: Int, seed: UInt64) -> [Flip] {
        var random = SeededRandom(seed: seed)
        return (0..<count).map { _ in
            Flip(
                offset: Int.random(in: 0..<size, using: &random),
                bit: Int.random(in: 0..<8, using: &random))
        }
    }
}

private enum Outcome {
    case refused(StoreError)
    case same
    case shorter
    case wrong(String)
}

private struct Outcomes {
    var refused = 0
    var same = 0
    var shorter = 0
    var wrong: [String] = []
    var texts: Set<String> = []

    mutating func count(_ outcome: Outcome) {
        switch outcome {
        case .refused(let e): refused += 1; texts.insert("\(e)")
        case .same: same += 1
        case .shorter: shorter += 1
        case .wrong(let what): wrong.append(what)
        }
    }
}

/// A store as a killed process leaves it, with one table and a log, and what it held when.
private struct History {
    let folder: String
    /// The contents after each batch; those in the table alone come first.
    private var states: [[[UInt8]: [UInt8]]] = []

    init(in folder: String, seed: UInt64) throws {
        self.folder = folder
        let running = folder + "-running"
        var random = SeededRandom(seed: seed)
        var state: [[UInt8]: [UInt8]] = [:]
        for session in 0..<2 {
            let store = try LevelDBStore(path: running)
            if session == 1 { states = [state] }
            for _ in 0..<60 {
                var batch = WriteBatch()
                for _ in 0..<5 {
                    let key = random.bytes(1)
                    if Int.random(in: 0..<5, using: &random) == 0 {
                        batch.delete(key)
                        state[key] = nil
                    } else {
                        let value = random.bytes(Int.random(in: 0...600, using: &random))
                        batch.put(key, value)
                        state[key] = value
                    }
                }
                try store.write(batch, durably: true)
                states.append(state)
            }
            if session == 1 { try copyFolder(running, to: folder) }
            store.close()
        }
    }

    func files(_ isWanted: (String) -> Bool) throws -> [(name: String, size: Int)] {
        try Files.names(in: folder).filter(isWanted).map { name in
            (name: name, size: try Files.read(folder + "/" + name).count)
        }
    }

    /// What a store with the flipped bit answers to a read of every key and to a scan.
    func outcome(of flip: Flip, in name: String, copy: String) throws -> Outcome {
        try copyFolder(folder, to: copy)
        var bytes = try Files.read(copy + "/" + name)
        bytes[flip.offset] ^= 1 << UInt8(flip.bit)
        try Files.write(bytes, to: copy + "/" + name)
        let outcome = outcome(of: copy)
        try Files.remove(copy)
        return outcome
    }

    private func outcome(of copy: String) -> Outcome {
        var refusal: StoreError?
        var answers: [[UInt8]: [UInt8]?] = [:]
        var scanned: [[UInt8]: [UInt8]]?
        do throws(StoreError) {
            let store = try LevelDBStore(path: copy)
            for byte in UInt8.min...UInt8.max {
                do throws(StoreError) {
                    answers[[byte]] = .some(try store.value(for: [byte]))
                } catch { refusal = error }
            }
            let entries = try store.scan(prefix: [], from: nil, limit: .max)
            scanned = entries.reduce(into: [:]) { $0[$1.key] = $1.value }
            store.close()
        } catch { refusal = error }
        switch refusal {
        case .locked, .closed: return .wrong("\(String(describing: refusal))")
        case nil, .cannotOpen, .corrupt, .ioFailed: break
        }
        // Newest first: of the states that fit, the one that lost least.
        let fits = states.lastIndex { state in
            answers.allSatisfy { $0.value == state[$0.key] } && (scanned ?? state) == state
        }
        guard let fits else { return .wrong("the values are of no moment") }
        if let refusal { return .refused(refusal) }
        return fits == states.count - 1 ? .same : .shorter
    }
}
