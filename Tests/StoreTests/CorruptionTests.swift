import Files
import Primitives
import Store
import Testing

/// One flipped bit in a file of the store: an error or the old values, never other values.
@Suite struct CorruptionTests {
    @Test func tablesGiveAnErrorOrTheOldValues() throws {
        try withFolder { folder in
            let history = try History(in: folder + "/old", seed: 21)
            // Opening makes a table of the log.
            try LevelDBStore(path: history.folder).close()
            let tables = try history.files { $0.hasSuffix(".ldb") }
            #expect(tables.count == 2)
            var outcomes = Outcomes()
            for table in tables {
                let flips = Flip.sample(20, of: table.size, seed: 22)
                try outcomes.add(history, flips, in: table.name, copy: folder + "/copy")
            }
            #expect(outcomes.wrong.isEmpty)
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
            let flips = Flip.all(in: table.size - 48..<table.size)
            try outcomes.add(history, flips, in: table.name, copy: folder + "/copy")
            #expect(outcomes.wrong.isEmpty)
            #expect(outcomes.refused > 100)
            #expect(outcomes.same > 100)
        }
    }

    @Test func logsGiveAnErrorOrTheOldValues() throws {
        try withFolder { folder in
            let history = try History(in: folder + "/old", seed: 24)
            let log = try #require(try history.files { $0.hasSuffix(".log") }.last)
            var outcomes = Outcomes()
            let flips = Flip.sample(40, of: log.size, seed: 25)
            try outcomes.add(history, flips, in: log.name, copy: folder + "/copy")
            #expect(outcomes.wrong.isEmpty)
            #expect(outcomes.refused == 40)
        }
    }

    /// LevelDB alone takes a record that goes beyond the log's end for a torn write.
    @Test func lengthsInLogsGiveAnErrorOrTheOldValues() throws {
        try withFolder { folder in
            let history = try History(in: folder + "/old", seed: 24)
            let log = try #require(try history.files { $0.hasSuffix(".log") }.last)
            let headers = try LogRecord.headers(of: Files.read(history.folder + "/" + log.name))
            #expect(headers.count > 60)
            var outcomes = Outcomes()
            for header in headers.suffix(12) {
                let flips = Flip.all(in: header + 4..<header + 7)
                try outcomes.add(history, flips, in: log.name, copy: folder + "/copy")
            }
            #expect(outcomes.wrong.isEmpty)
            #expect(outcomes.refused == 12 * 24)
        }
    }

    /// Wherever a log ends, what is left is the contents after one of the batches.
    @Test func tornLogsGiveTheBatchesBefore() throws {
        try withFolder { folder in
            let history = try History(in: folder + "/old", seed: 26)
            let log = try #require(try history.files { $0.hasSuffix(".log") }.last)
            let bytes = try Files.read(history.folder + "/" + log.name)
            var random = SeededRandom(seed: 27)
            let headers = LogRecord.headers(of: bytes)
            let cuts =
                headers.suffix(4).flatMap { [$0, $0 + 1, $0 + 6, $0 + 7, $0 + 8] }
                + (0..<40).map { _ in Int.random(in: 0..<bytes.count, using: &random) }
            for cut in cuts {
                let copy = folder + "/copy"
                try copyFolder(history.folder, to: copy)
                try Files.write(Array(bytes[..<cut]), to: copy + "/" + log.name)
                let outcome = history.outcome(of: copy)
                #expect(outcome == .before, "cut at \(cut) of \(bytes.count)")
                try Files.remove(copy)
            }
        }
    }

    @Test(arguments: ["MANIFEST-", "CURRENT"])
    func manifestsGiveAnErrorOrTheOldValues(_ prefix: String) throws {
        try withFolder { folder in
            let history = try History(in: folder + "/old", seed: 28)
            let file = try #require(try history.files { $0.hasPrefix(prefix) }.last)
            var outcomes = Outcomes()
            let flips = Flip.all(in: 0..<file.size)
            try outcomes.add(history, flips, in: file.name, copy: folder + "/copy")
            #expect(outcomes.wrong.isEmpty)
            #expect(outcomes.refused == 8 * file.size)
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

    static func all(in offsets: Range<Int>) -> [Flip] {
        offsets.flatMap { offset in (0..<8).map { Flip(offset: offset, bit: $0) } }
    }
}

private enum LogRecord {
    /// Where the records of a log begin (LevelDB, doc/log_format.md).
    static func headers(of log: [UInt8]) -> [Int] {
        var headers: [Int] = []
        var offset = 0
        while offset + 7 <= log.count {
            let leftInBlock = 32_768 - offset % 32_768
            guard leftInBlock >= 7 else {
                offset += leftInBlock
                continue
            }
            headers.append(offset)
            offset += 7 + Int(log[offset + 4]) + Int(log[offset + 5]) << 8
        }
        return headers
    }
}

private enum Outcome: Equatable {
    /// An error, and no value but the old ones beside it.
    case refused
    case same
    /// The contents after an earlier batch.
    case before
    case wrong(String)
}

private struct Outcomes {
    var refused = 0
    var same = 0
    var wrong: [String] = []

    mutating func add(
        _ history: History, _ flips: [Flip], in name: String, copy: String
    ) throws {
        for flip in flips {
            switch try history.outcome(of: flip, in: name, copy: copy) {
            case .refused: refused += 1
            case .same: same += 1
            case .before: wrong.append("\(flip) loses batches")
            case .wrong(let what): wrong.append("\(flip): \(what)")
            }
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

    func outcome(of copy: String) -> Outcome {
        var refusal: StoreError?
        var answers: [[UInt8]: [UInt8]?] = [:]
        var scanned: [[UInt8]: [UInt8]]?
        do throws(StoreError) {
            let store = try LevelDBStore(path: copy)
            defer { store.close() }
            for byte in UInt8.min...UInt8.max {
                do throws(StoreError) {
                    answers[[byte]] = .some(try store.value(for: [byte]))
                } catch {
                    refusal = error
                }
            }
            let entries = try store.scan(prefix: [], from: nil, limit: .max)
            scanned = entries.reduce(into: [:]) { $0[$1.key] = $1.value }
        } catch {
            refusal = error
        }
        switch refusal {
        case .locked, .closed: return .wrong("\(String(describing: refusal))")
        case nil, .cannotOpen, .corrupt, .ioFailed: break
        }
        let fits = states.lastIndex { state in
            answers.allSatisfy { $0.value == state[$0.key] } && (scanned ?? state) == state
        }
        guard let fits else { return .wrong("the values are of no moment") }
        let isLast = fits == states.count - 1
        if refusal != nil { return isLast ? .refused : .wrong("an error hides lost batches") }
        return isLast ? .same : .before
    }
}
