internal import Arguments
internal import Codec
internal import Conformance
internal import Files

extension Subcommand {
    static let differ = Subcommand(
        command: Command(
            "differ", "Runs random programs here and on another EVM, and compares",
            details: """
                Peers are PyPI pyrevm, which knows the rules of Cancun, and the reference \
                specification (PyPI ethereum-execution), slow, with those of Osaka; tools/setup \
                installs both. Status, gas, output, logs, balances, nonces, codes and storage must \
                agree. A difference is made smaller and written as a state test.
                """,
            options: [
                .value("peer", "EVM", choices: ["revm", "eels"], "who runs them too; revm"),
                .value("cases", "N", "how many; 100000"),
                .value("seed", "N", "the number of the first case; 1"),
                .value("output", "FILE", "where a failure goes; differ-failure.json"),
            ])
    ) { invocation in
        let count: UInt64 = try invocation.number("cases", in: 1...1_000_000_000) ?? 100_000
        let first: UInt64 = try invocation.number("seed") ?? 1
        let name = invocation.text("peer") ?? "revm"
        let rules = name == "eels" ? DifferentialCase.Rules.osaka : .cancun
        let peer = try PeerProcess(["tools/evm-differ", name])
        var progress = ProgressLine()
        var statuses: [String: Int] = [:]
        // The peer works on one batch while we work on the next.
        var waiting: Batch?
        var next = first
        while next < first &+ count || waiting != nil {
            let size = min(Batch.countMax, first &+ count &- next)
            let batch = size > 0 ? try Batch(seeds: next..<next &+ size, rules, peer) : nil
            next &+= size
            if let waiting {
                for trial in try waiting.trials() {
                    statuses[trial.status, default: 0] += 1
                    guard let difference = trial.difference else { continue }
                    progress.clear()
                    if let batch { _ = try batch.trials() }
                    try report(trial.subject, difference, peer, invocation)
                }
                progress.show("differ: case", done: Int(next &- first), of: Int(count))
            }
            waiting = batch
        }
        progress.clear()
        let out = Terminal.output
        out.line("\(out.check) \(count) cases without a difference")
        out.write(
            out.table(
                header: ["ended in", "cases"],
                rows: statuses.keys.sorted().map { [$0, "\(statuses[$0] ?? 0)"] },
                alignments: [.left, .right]))
        return 0
    }

    private static func report(
        _ subject: DifferentialCase, _ difference: String, _ peer: PeerProcess,
        _ invocation: Invocation
    ) throws {
        let seed = subject.seed
        Terminal.errors.line("case \(seed) differs in \(difference); making it smaller")
        let small = subject.minimised { candidate in
            let trial = try? Batch([candidate], peer).trials().first
            return trial?.difference != nil
        }
        let trial = try Batch([small], peer).trials()[0]
        let file = invocation.text("output") ?? "differ-failure.json"
        let test = small.stateTest(
            name: "differ-\(seed)", ours: trial.ours, theirs: trial.theirs)
        try Files.write(Array(test.prettyPrinted.utf8), to: file)
        throw Failure(
            "case \(seed) differs in \(trial.difference ?? difference)",
            why: "one of the two is wrong", remedy: "see \(file), run it with assay check state")
    }
}

/// Cases that were run here and handed to the peer.
private struct Batch {
    static let countMax: UInt64 = 64

    private let subjects: [DifferentialCase]
    private let outcomes: [JSON]
    private let peer: PeerProcess

    init(
        seeds: Range<UInt64>, _ rules: DifferentialCase.Rules, _ peer: PeerProcess
    ) throws {
        try self.init(seeds.map { DifferentialCase(seed: $0, rules: rules) }, peer)
    }

    init(_ subjects: [DifferentialCase], _ peer: PeerProcess) throws {
        self.subjects = subjects
        self.peer = peer
        outcomes = subjects.map { $0.run() }
        let questions = zip(subjects, outcomes).map { subject, outcome -> JSON in
            ["case": subject.json, "slots": DifferentialTrial.slots(outcome)]
        }
        guard peer.tell(String(decoding: JSON.array(questions).serialized, as: UTF8.self)) else {
            throw Batch.ended
        }
    }

    private static let ended = Failure(
        "the peer ended", why: "it gave no answer", remedy: "run tools/setup, try again")

    /// Waits for the peer's answers.
    func trials() throws -> [DifferentialTrial] {
        guard let line = peer.hear(),
            let answers = (try? JSON(parsing: Array(line.utf8)))?.array,
            answers.count == subjects.count
        else { throw Batch.ended }
        return subjects.indices.map { index in
            DifferentialTrial(
                subject: subjects[index], ours: outcomes[index], theirs: answers[index])
        }
    }
}

/// One case on both sides.
private struct DifferentialTrial {
    let subject: DifferentialCase
    let ours: JSON
    let theirs: JSON

    var status: String { ours["status"]?.string ?? "refused" }

    /// The slots to ask for: those that we changed, and the ones that programs use.
    static func slots(_ outcome: JSON) -> JSON {
        var object = JSONObject()
        for (address, account) in outcome["accounts"]?.object?.entries ?? [] {
            var names = ["0x0", "0x1", "0x2", "0x3"]
            for (slot, _) in account["storage"]?.object?.entries ?? [] where !names.contains(slot) {
                names.append(slot)
            }
            object[address] = .array(names.map { .string($0) })
        }
        return .object(object)
    }

    /// What differs first; nil when nothing does.
    var difference: String? {
        if let error = theirs["error"]?.string { return "the peer's error: \(error)" }
        for member in ["status", "gas", "output", "logs"] where ours[member] != theirs[member] {
            return "\(member): \(text(ours[member])) here, \(text(theirs[member])) there"
        }
        for (address, account) in ours["accounts"]?.object?.entries ?? [] {
            if let difference = difference(address, account) { return difference }
        }
        return nil
    }

    private func difference(_ address: String, _ account: JSON) -> String? {
        let other = theirs["accounts"]?[address]
        guard account.object != nil else {
            // Gone here: empty or not there at all for the peer.
            let isEmpty = other.map { $0["balance"]?.string == "0x0" } ?? true
            return isEmpty ? nil : "\(address): gone here, \(text(other)) there"
        }
        guard let other else { return "\(address): \(text(account)) here, nothing there" }
        for member in ["balance", "nonce", "codeHash"] where account[member] != other[member] {
            return "\(member) of \(address): \(text(account[member])) here, "
                + "\(text(other[member])) there"
        }
        for (slot, value) in other["storage"]?.object?.entries ?? [] {
            let own = account["storage"]?[slot] ?? "0x0"
            if own != value {
                return "slot \(slot) of \(address): \(text(own)) here, \(text(value))"
            }
        }
        return nil
    }

    private func text(_ json: JSON?) -> String {
        String(decoding: (json ?? .null).serialized.prefix(200), as: UTF8.self)
    }
}
