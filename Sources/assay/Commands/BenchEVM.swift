internal import Arguments
internal import Codec
internal import Conformance
internal import EVM
internal import Files

extension Benchmark {
    /// The shared message calls on our machine and on another. Either side starts from a state
    /// that was made before and ends with the output.
    static let evm = Benchmark(
        name: "evm", summary: "54 message calls, beside pyrevm, py-evm or the reference"
    ) { options in
        let folder = BenchOptions.sharedFolder + "/evm-bench"
        let expected = try JSON(parsing: Files.read("\(folder)/\(EVMWorkload.expectedFile)"))
        let peer = options.hasPeer ? try EVMPeer(options.peer) : nil
        var table = MeasurementTable(benchmark: "evm", peer: options.peer.rawValue)
        var progress = ProgressLine()
        let names = EVMWorkload.names(expected: expected).filter { name in
            options.filter.map { name.contains($0) } ?? true
        }
        for (index, name) in names.enumerated() {
            progress.show("bench: \(name)", done: index, of: names.count)
            let file = "\(folder)/\(name).json"
            let workload = try EVMWorkload(name: name, file: Files.read(file), expected: expected)
            table.measurements.append(
                try measure(
                    workload, against: peer, JSONObject([("path", .string(file))]), options.rounds))
        }
        progress.clear()
        let out = Terminal.output
        options.isJSON ? out.line(table.json.prettyPrinted) : out.write(table.text(on: out))
        return 0
    }

    private static func measure(
        _ workload: EVMWorkload, against peer: EVMPeer?, _ question: JSONObject, _ rounds: Int
    ) throws -> Measurement {
        var measurement = Measurement(name: workload.name)
        let codes = CodeCache()
        let clock = ContinuousClock()
        func time() throws -> Double {
            var outcome = Outcome(status: .success)
            let duration = clock.measure { outcome = workload.run(codes) }
            try workload.check(outcome)
            return duration / .microseconds(1)
        }
        // The first runs fill caches; they also tell how many make a turn of 30 ms.
        _ = try time()
        let runs = max(1, min(200, Int(30_000 / (try time()))))
        var turns = PeerTurns(peer, question, workload.name)
        for _ in 0..<rounds {
            for _ in 0..<runs { measurement.ours.append(try time()) }
            measurement.peer += try turns.next(runs: runs)
        }
        measurement.isPeerLeast = turns.isOverTime
        return measurement
    }
}

/// A peer's turns at one case: as often as we run, or once where a run takes long.
struct PeerTurns {
    private let peer: EVMPeer?
    private let question: JSONObject
    private let name: String
    private var isFirst = true
    private var isDone = false
    /// Whether the peer was stopped; its time is then what it was given.
    private(set) var isOverTime = false
    /// Gas as the peer counts it.
    private(set) var gas: UInt64?

    private static let seconds = 30
    /// Runs of over half a second are not repeated by peers that are known to be slow.
    private static let longMicroseconds = 500_000.0

    init(_ peer: EVMPeer?, _ question: JSONObject, _ name: String) {
        self.peer = peer
        self.question = question
        self.name = name
    }

    /// Microseconds of the next runs; empty when there is no peer or it has done enough.
    mutating func next(runs: Int) throws -> [Double] {
        guard let peer, !isDone else { return [] }
        if isFirst {
            isFirst = false
            guard let first = try run(peer, 1) else {
                (isDone, isOverTime) = (true, true)
                return [Double(PeerTurns.seconds) * 1e6]
            }
            if peer.kind.isSlow, first[0] > PeerTurns.longMicroseconds {
                isDone = true
                return first
            }
        }
        // Slow peers get turns of about 0.1 s.
        return try run(peer, peer.kind.isSlow ? min(runs, 5) : runs) ?? []
    }

    /// Nil when the time given passed.
    private mutating func run(_ peer: EVMPeer, _ runs: Int) throws -> [Double]? {
        do {
            let answer = try peer.run(question, runs: runs, seconds: PeerTurns.seconds)
            gas = answer.gas
            return answer.microseconds
        } catch let refusal where refusal.isOverTime {
            return nil
        } catch {
            throw Failure(
                "the peer \(peer.kind.rawValue) did not run \(name)", why: error.text,
                remedy: "run tools/setup, or give --no-peer")
        }
    }
}
