internal import Arguments
internal import Codec
internal import Payments
internal import Primitives

extension Subcommand {
    static let policy = Subcommand(
        command: Command(
            "policy", "Explains policies",
            subcommands: [
                Command(
                    "explain", "Says what a policy guarantees, what it does not, and what it costs",
                    options: [
                        .value("model", "NAME", "a registered model, for its floor and its costs"),
                        .value("value", "UNITS", "what an answer is worth, in units of the token"),
                        .value("url", "URL", "the node; \(NodeClient.defaultURL)"),
                        .flag("json", "prints JSON"),
                    ],
                    positionals: [
                        .required("POLICY", "for example 'signed and (tee(age=3600) or zk)'")
                    ])
            ])
    ) { invocation in
        let text = invocation.positional("POLICY")
        let policy: Policy
        do { policy = try Policy(text: text) } catch {
            throw UsageError(
                "the policy \(text) is not valid", why: "\(error)",
                remedy: "for example 'signed and (tee(age=3600) or zk)' or '2 of (signed, tee, zk)'"
            )
        }
        var value: UInt256?
        if let text = invocation.text("value") {
            do { value = try UInt256(decimal: text) } catch {
                throw UsageError(
                    "--value \(text) is not valid", why: "it takes atomic units of the token",
                    remedy: "for example --value 1000000")
            }
        }
        var model: ExplainedModel?
        if let name = invocation.text("model") {
            let client = try NodeClient(invocation.text("url") ?? NodeClient.defaultURL)
            model = try ExplainedModel(name, from: client)
        }
        let report = PolicyReport(policy, model: model, value: value)
        if invocation.flag("json") {
            Terminal.output.line(report.json.prettyPrinted)
        } else {
            report.write(to: Terminal.output)
        }
        return 0
    }
}
