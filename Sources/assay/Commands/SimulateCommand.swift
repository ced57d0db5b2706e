internal import Arguments
internal import Codec
internal import Crypto
internal import Glibc
internal import Primitives
internal import Simulation
internal import Store
internal import Threads

extension Subcommand {
    static let simulate = Subcommand(
        command: Command(
            "simulate", "Settles many inferences on a chain of its own, the same every time",
            details: """
                The blocks follow from the options alone: two runs print the same hashes in any \
                build, on any machine. Times go to standard error.
                """,
            options: [
                .value("models", "N", "registered models; 4"),
                .value("inferences", "N", "settled inferences; 1000"),
                .value("seed", "N", "what everything random follows from; 1"),
                .value(
                    "mix", "P,S,T,R,Z",
                    "percents of plain, signed, tee, reexecuted and zk; 20,40,20,15,5"),
                .value("block", "N", "settlements handed in for each block; 32"),
                .value("data", "DIR", "keeps the chain in this folder"),
                .value("kernel", "KERNEL", Kernels.summary),
                .value("workers", "N", "threads that share a block's work; 1"),
                .flag("json", "prints JSON"),
            ])
    ) { invocation in
        var scenario = Scenario()
        scenario.models = try invocation.number("models", in: 1...100_000) ?? scenario.models
        scenario.inferences =
            try invocation.number("inferences", in: 0...100_000_000) ?? scenario.inferences
        scenario.seed = try invocation.number("seed") ?? scenario.seed
        scenario.settlementsPerBlock =
            try invocation.number("block", in: 1...1000) ?? scenario.settlementsPerBlock
        if let text = invocation.text("mix") { scenario.mix = try mix(text) }
        let store: any KeyValueStore =
            if let folder = invocation.text("data") {
                try LevelDBStore(path: folder)
            } else {
                MemoryStore()
            }
        defer { store.close() }
        let keys = try Accounts.keys(mnemonic: Accounts.mnemonic, count: Accounts.count)
        var run = try ScenarioRun(
            scenario, genesis: Profiles.genesis("dev"), store: store, payers: keys,
            provider: try PrivateKey(Accounts.operatorKey),
            kernels: try Kernels.level(invocation),
            workers: ThreadPool(count: try invocation.number("workers", in: 1...64) ?? 1))
        var progress = ProgressLine()
        let began = milliseconds()
        let result = try run.play { done in
            progress.show("simulate: settled", done: done, of: scenario.inferences)
        }
        progress.clear()
        let elapsed = max(1, milliseconds() - began)
        print(result, asJSON: invocation.flag("json"))
        Terminal.errors.line(
            "\(result.settled) settlements in \(elapsed) ms: "
                + "\(UInt64(result.settled) * 1000 / elapsed) a second")
        guard result.settled == scenario.inferences else {
            throw Failure(
                "\(scenario.inferences - result.settled) settlements failed",
                why: "their transactions reverted", remedy: "report it with the seed")
        }
        return 0
    }

    private static func mix(_ text: String) throws -> ModeMix {
        let percents = text.split(separator: ",", omittingEmptySubsequences: false).map {
            UInt64($0) ?? .max
        }
        guard let mix = ModeMix(percents: percents) else {
            throw UsageError(
                "--mix \(text) is no mix", why: "five percents that add up to 100 are",
                remedy: "for example 20,40,20,15,5")
        }
        return mix
    }

    private static func print(_ result: ScenarioResult, asJSON: Bool) {
        if asJSON {
            let json: JSON = [
                "blocks": .number(JSONNumber(result.blocks)),
                "settled": .number(JSONNumber(result.settled)),
                "called": .number(JSONNumber(result.called)),
                "gasUsed": .string(String(result.gasUsed)),
                "headHash": .string(result.headHash.hex),
                "stateRoot": .string(result.stateRoot.hex),
                "chainDigest": .string(result.chainDigest.hex),
            ]
            Terminal.output.line(json.prettyPrinted)
            return
        }
        Terminal.output.write(
            Terminal.output.table(rows: [
                ["blocks", "\(result.blocks)"], ["settled", "\(result.settled)"],
                ["run by transactions", "\(result.called)"],
                ["gas", "\(result.gasUsed)"], ["head", result.headHash.hex],
                ["state root", result.stateRoot.hex],
                ["all block hashes", result.chainDigest.hex],
            ]))
    }

    private static func milliseconds() -> UInt64 {
        var time = timespec()
        unsafe clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(time.tv_sec) * 1000 + UInt64(time.tv_nsec) / 1_000_000
    }
}
