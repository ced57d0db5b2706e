internal import Arguments
internal import Codec
internal import Conformance
internal import EVM
internal import Files

extension Benchmark {
    /// The shared message calls on our machine and on revm through pyrevm. Either side starts from
    /// a state that was made before and ends with the output.
    static let evm = Benchmark(name: "evm", summary: "54 message calls, against pyrevm") {
        options in
        let folder = BenchOptions.sharedFolder + "/evm-bench"
        let expected = try JSON(parsing: Files.read("\(folder)/\(EVMWorkload.expectedFile)"))
        let peer =
            options.hasPeer
            ? try PeerProcess([".venv/bin/python", "tools/evm-peer", folder]) : nil
        var table = MeasurementTable(benchmark: "evm", peer: "pyrevm")
        var progress = ProgressLine()
        let names = EVMWorkload.names(expected: expected).filter { name in
            options.filter.map { name.contains($0) } ?? true
        }
        for (index, name) in names.enumerated() {
            progress.show("bench: \(name)", done: index, of: names.count)
            let workload = try EVMWorkload(
                name: name, file: Files.read("\(folder)/\(name).json"), expected: expected)
            table.measurements.append(try measure(workload, against: peer, options.rounds))
        }
        progress.clear()
        let out = Terminal.output
        options.isJSON ? out.line(table.json.prettyPrinted) : out.write(table.text(on: out))
        return 0
    }

    private static func measure(
        _ workload: EVMWorkload, against peer: PeerProcess?, _ rounds: Int
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
        _ = try peer.map { try times(of: workload.name, min(runs, 3), $0) }
        for _ in 0..<rounds {
            for _ in 0..<runs { measurement.ours.append(try time()) }
            if let peer { measurement.peer += try times(of: workload.name, runs, peer) }
        }
        return measurement
    }

    /// Microseconds of a number of runs by the peer.
    private static func times(
        of name: String, _ runs: Int, _ peer: PeerProcess
    ) throws -> [Double] {
        let answer = peer.ask("\(name) \(runs)")
        let times = (answer ?? "").split(separator: " ").compactMap { Double($0) }
        guard times.count == runs else {
            throw Failure(
                "the peer did not run \(name)", why: answer ?? "it has ended",
                remedy: "run tools/evm-peer by hand, or give --no-peer")
        }
        return times.map { $0 / 1000 }
    }
}
