internal import Arguments
internal import Payments
internal import Primitives

extension Subcommand {
    static let policy = Subcommand(
        command: Command(
            "policy", "Explains policies",
            subcommands: [
                Command(
                    "explain", "Says what a policy guarantees and what it does not",
                    positionals: [
                        .required("POLICY", "for example 'signed and (tee or zk)'")
                    ])
            ])
    ) { invocation in
        let text = invocation.positional("POLICY")
        let policy: Policy
        do { policy = try Policy(text: text) } catch {
            throw UsageError(
                "the policy \(text) is not valid", why: "\(error)",
                remedy: "for example 'signed and (tee or zk)' or '2 of (signed, tee, zk)'")
        }
        let out = Terminal.output
        out.write(
            out.table(rows: [
                ["policy", policy.text],
                ["bytes", Hex.encodePrefixed(policy.encoded)],
                ["hash", policy.hash.hex],
            ]))
        out.line()
        let kinds = policy.kinds.kinds
        out.write(
            out.table(
                header: ["evidence", "what it shows", "what it does not", "on this chain"],
                rows: kinds.map { kind in
                    [kind.name, kind.guarantee, kind.limit, kind.isChecked ? "yes" : "not yet"]
                }))
        if policy.isSatisfied(by: EvidenceFacts()) {
            out.line()
            out.line(out.yellow("! nothing is asked for: any answer settles"))
        }
        return 0
    }
}

extension EvidenceKind {
    fileprivate var guarantee: String {
        switch self {
        case .plain: "nothing"
        case .signed: "the registered provider stands for this model, input and output"
        case .tee: "an attested machine with a known measurement answered"
        case .reexecuted: "others, or the chain, ran the model and got the same output"
        case .zk: "the model's graph gives this output for this input: a proof, no trust"
        }
    }

    fileprivate var limit: String {
        switch self {
        case .plain: "that any model ran at all"
        case .signed: "that the model ran: the provider may lie and be caught later"
        case .tee: "that the hardware's maker and the measured code are honest"
        case .reexecuted: "more than the number of executors that must collude"
        case .zk: "that the model is a good one; it needs a weights root"
        }
    }

    /// Whether the settlement of this build can check it.
    fileprivate var isChecked: Bool {
        switch self {
        case .plain, .signed, .zk: true
        case .tee, .reexecuted: false
        }
    }
}
