internal import Arguments
internal import Codec
internal import Payments
internal import Primitives

extension Subcommand {
    static let usage = Subcommand(
        command: Command(
            "usage", "Shows which kinds of evidence settlements had, by count and value",
            options: [
                .value("model", "ID", "of one model"),
                .value("provider", "ADDRESS", "of one provider"),
                .value("url", "URL", "the node; \(NodeClient.defaultURL)"),
                .flag("json", "prints JSON"),
            ])
    ) { invocation in
        let client = try NodeClient(invocation.text("url") ?? NodeClient.defaultURL)
        var filter = JSONObject()
        if let model = invocation.text("model") { filter["model"] = .string(model) }
        if let provider = invocation.text("provider") { filter["provider"] = .string(provider) }
        let usage = try client.call("assay_usage", [.object(filter)])
        if invocation.flag("json") {
            Terminal.output.line(usage.prettyPrinted)
        } else {
            printUsage(usage)
        }
        return 0
    }

    /// A table with a bar for each kind's share of all settlements.
    static func printUsage(_ usage: JSON) {
        func word(_ kind: String, _ member: String) -> UInt256 {
            usage[kind]?[member]?.string.flatMap { try? UInt256(hex: $0) } ?? .zero
        }
        let out = Terminal.output
        let all = word("all", "settlements")
        let kinds = EvidenceKind.allCases.map(\.name)
        let rows = (kinds + ["all"]).map { kind in
            let count = word(kind, "settlements")
            let share = all.isZero ? 0 : Int((count * 100 / all).limb0)
            let bar = kind == "all" ? "" : String(repeating: "█", count: share * 30 / 100)
            return [
                kind, count.decimal, word(kind, "value").decimal,
                all.isZero ? "" : "\(share) %", out.cyan(bar),
            ]
        }
        out.write(
            out.table(
                header: ["evidence", "settlements", "value", "share", ""], rows: rows,
                alignments: [.left, .right, .right, .right, .left]))
    }
}
