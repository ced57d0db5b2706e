internal import Arguments
internal import Codec
internal import Payments
internal import Primitives

extension Subcommand {
    static let usage = Subcommand(
        command: Command(
            "usage", "Shows which kinds of evidence settlements had, by count and value",
            details: """
                A settlement counts under each kind of evidence that it had, so shares may add up \
                to more than all. 'could be stronger' are settlements whose model could have given \
                a stronger kind for the price that was paid. What was refused for too little \
                evidence leaves no state: the node counts it from its start on.
                """,
            options: [
                .value("model", "ID", "of one model"),
                .value("provider", "ADDRESS", "of one provider"),
                .flag("days", "day by day"),
                .flag("models", "model by model, with each model's floor"),
                .value("url", "URL", "the node; \(NodeClient.defaultURL)"),
                .flag("csv", "prints comma-separated values"),
                .flag("json", "prints JSON"),
            ])
    ) { invocation in
        let view = try UsageView(invocation)
        let client = try NodeClient(invocation.text("url") ?? NodeClient.defaultURL)
        let answer = try client.call(view.method, view.parameters)
        if invocation.flag("json") {
            Terminal.output.line(answer.prettyPrinted)
        } else if invocation.flag("csv") {
            Terminal.output.write(view.table(answer).csv)
        } else {
            view.print(answer)
        }
        return 0
    }
}

/// Which counters are shown.
private enum UsageView {
    case totals(filter: JSONObject)
    case days
    case models

    init(_ invocation: Invocation) throws {
        let chosen =
            ["model", "provider"].filter { invocation.text($0) != nil }
            + ["days", "models"].filter { invocation.flag($0) }
        guard chosen.count <= 1 else {
            throw UsageError(
                "--\(chosen[0]) and --\(chosen[1]) do not go together",
                why: "counters are kept by model, by provider or by day",
                remedy: "give one of them")
        }
        guard !(invocation.flag("csv") && invocation.flag("json")) else {
            throw UsageError(
                "--csv and --json do not go together", why: "each is a form of the whole answer",
                remedy: "give one of them")
        }
        if invocation.flag("days") {
            self = .days
        } else if invocation.flag("models") {
            self = .models
        } else {
            var filter = JSONObject()
            for name in ["model", "provider"] {
                if let value = invocation.text(name) { filter[name] = .string(value) }
            }
            self = .totals(filter: filter)
        }
    }

    var method: String {
        switch self {
        case .totals: "assay_usage"
        case .days: "assay_usageHistory"
        case .models: "assay_usageModels"
        }
    }

    var parameters: [JSON] {
        if case .totals(let filter) = self { [.object(filter)] } else { [] }
    }

    func table(_ answer: JSON) -> UsageTable {
        switch self {
        case .totals:
            UsageTable(labels: [], rows: [UsageRow(labels: [], answer)])
        case .days:
            UsageTable(
                labels: ["day"],
                rows: (answer.array ?? []).map { entry in
                    UsageRow(labels: [UTCTime.day(seconds: entry.word("from").limb0)], entry)
                })
        case .models:
            UsageTable(
                labels: ["model", "floor", "strongest"],
                rows: (answer.array ?? []).map { entry in
                    let name =
                        (entry["name"]?.string ?? "") + "@" + (entry["version"]?.string ?? "")
                    return UsageRow(
                        labels: [
                            name, entry["floor"]?.string ?? "", entry["strongest"]?.string ?? "",
                        ], entry)
                })
        }
    }

    func print(_ answer: JSON) {
        if case .totals = self { return UsageReport(answer).print() }
        let table = table(answer)
        let out = Terminal.output
        guard !table.rows.isEmpty else { return out.line("nothing was settled yet") }
        out.write(table.text(out))
        out.line(out.dim(UsageTable.legend(out)))
    }
}

/// The counters of one set of settlements.
private struct UsageRow {
    static let columns = EvidenceKind.allCases.map(\.name) + ["couldBeStronger", "all"]

    let labels: [String]
    /// By column.
    let counters: [(settlements: UInt256, value: UInt256)]

    init(labels: [String], _ json: JSON) {
        self.labels = labels
        counters = UsageRow.columns.map { column in
            let counter = json[column] ?? .null
            return (counter.word("settlements"), counter.word("value"))
        }
    }

    var all: UInt256 { counters[counters.count - 1].settlements }
    var value: UInt256 { counters[counters.count - 1].value }
    var couldBeStronger: UInt256 { counters[counters.count - 2].settlements }

    /// The kinds side by side, each as wide as its part of all that was counted.
    func bar(width: Int, _ out: Terminal) -> String {
        let kinds = counters.prefix(EvidenceKind.allCases.count).map(\.settlements)
        let sum = kinds.reduce(UInt256.zero) { $0 &+ $1 }
        guard !sum.isZero else { return "" }
        var bar = ""
        var (seen, drawn) = (UInt256.zero, 0)
        for (index, count) in kinds.enumerated() {
            seen = seen &+ count
            let end = Int((seen &* UInt256(width) / sum).limb0)
            bar += UsageTable.paint(
                String(repeating: UsageTable.marks[index], count: end - drawn), index, out)
            drawn = end
        }
        return bar
    }
}

/// Rows of counters under their labels.
private struct UsageTable {
    let labels: [String]
    let rows: [UsageRow]

    /// A mark and a colour a kind: one tells them apart without the other.
    static let marks = ["·", "▒", "▓", "█", "■"]

    static func paint(_ text: String, _ kind: Int, _ out: Terminal) -> String {
        switch kind {
        case 0: out.dim(text)
        case 1: out.yellow(text)
        case 2: out.cyan(text)
        case 3: out.styled(text, .blue)
        default: out.green(text)
        }
    }

    static func legend(_ out: Terminal) -> String {
        EvidenceKind.allCases.enumerated().map { index, kind in
            paint(marks[index], index, out) + " " + kind.name
        }.joined(separator: "   ")
    }

    func text(_ out: Terminal) -> String {
        let kinds = EvidenceKind.allCases
        let most = rows.map(\.all).max() ?? .zero
        let header =
            labels + ["settlements", "value"] + kinds.map(\.name) + ["could be stronger", ""]
        let body = rows.map { row in
            // As wide as its part of the busiest row's.
            let width = most.isZero ? 0 : Int((row.all &* 24 / most).limb0)
            return row.labels + [row.all.decimal, row.value.decimal]
                + row.counters.prefix(kinds.count).map {
                    UsageReport.share($0.settlements, row.all)
                }
                + [UsageReport.share(row.couldBeStronger, row.all), row.bar(width: width, out)]
        }
        let numbers = kinds.count + 3
        return out.table(
            header: header, rows: body,
            alignments: labels.map { _ in Terminal.Alignment.left }
                + Array(repeating: .right, count: numbers) + [.left])
    }

    /// RFC 4180: a line a row, with a header; counts and values of every column.
    var csv: String {
        let header =
            labels + UsageRow.columns.flatMap { [$0 + "_settlements", $0 + "_value"] }
        let body = rows.map { row in
            row.labels + row.counters.flatMap { [$0.settlements.decimal, $0.value.decimal] }
        }
        return ([header] + body).map { fields in
            fields.map(UsageTable.quoted).joined(separator: ",") + "\r\n"
        }.joined()
    }

    private static func quoted(_ field: String) -> String {
        let needs = field.utf8.contains { byte in
            byte == UInt8(ascii: ",") || byte == UInt8(ascii: "\"") || byte < 0x20
        }
        guard needs else { return field }
        return "\""
            + field.split(separator: "\"", omittingEmptySubsequences: false)
            .joined(separator: "\"\"") + "\""
    }
}

/// The totals, and what was refused.
struct UsageReport {
    private let answer: JSON
    private let out = Terminal.output

    init(_ answer: JSON) { self.answer = answer }

    func print() {
        let all = answer["all"] ?? .null
        let (count, value) = (all.word("settlements"), all.word("value"))
        let rows = EvidenceKind.allCases.map { kind in
            row(kind.name, answer[kind.name] ?? .null, of: count, value)
        }
        out.write(
            out.table(
                header: ["evidence", "settlements", "share", "", "value", "share", ""],
                rows: rows + [["all", count.decimal, "", "", value.decimal, "", ""]],
                alignments: [.left, .right, .right, .left, .right, .right, .left]))
        let stronger = (answer["couldBeStronger"] ?? .null).word("settlements")
        if !stronger.isZero {
            out.line(
                "\(stronger) (\(UsageReport.share(stronger, count))) could have had a stronger "
                    + "kind for the price paid")
        }
        printDelays()
        printRefusals()
    }

    private func row(_ name: String, _ counter: JSON, of count: UInt256, _ value: UInt256)
        -> [String]
    {
        let (settlements, amount) = (counter.word("settlements"), counter.word("value"))
        return [
            name, settlements.decimal, UsageReport.share(settlements, count),
            out.cyan(UsageReport.bar(settlements, count)), amount.decimal,
            UsageReport.share(amount, value), out.green(UsageReport.bar(amount, value)),
        ]
    }

    private func printDelays() {
        guard let classes = answer["delays"]?.array else { return }
        let counts = classes.map { $0.word("settlements") }
        let sum = counts.reduce(UInt256.zero) { $0 &+ $1 }
        guard !sum.isZero else { return }
        let words = zip(classes, counts).filter { !$1.isZero }.map { entry, count in
            let limit =
                entry["secondsMax"]?.string == nil
                ? "later" : "within \(entry.word("secondsMax")) s"
            return "\(limit) \(UsageReport.share(count, sum))"
        }
        out.line("settled " + words.joined(separator: ", ") + " after the work began")
    }

    private func printRefusals() {
        for entry in answer["refused"]?.object?.entries ?? []
        where !entry.value.word("refusals").isZero {
            let missing = entry.value["missing"] ?? .null
            let kinds = (missing.object?.entries ?? []).map { kind, _ in
                "\(kind) \(missing.word(kind))"
            }
            out.line(
                out.yellow(
                    "! refused for too little evidence: \(entry.value.word("refusals")) "
                        + "\(entry.key), missing " + kinds.joined(separator: ", ")))
        }
    }

    static func share(_ part: UInt256, _ whole: UInt256) -> String {
        guard !whole.isZero else { return "" }
        // In tenths of a per cent, without floating point: values exceed what a double holds.
        let tenths = (part &* 1000 / whole).limb0
        return "\(tenths / 10).\(tenths % 10) %"
    }

    private static func bar(_ part: UInt256, _ whole: UInt256) -> String {
        guard !whole.isZero else { return "" }
        return String(repeating: "█", count: Int((part &* 24 / whole).limb0))
    }
}

extension JSON {
    /// A quantity of the node's; zero where there is none.
    fileprivate func word(_ member: String) -> UInt256 {
        self[member]?.string.flatMap { try? UInt256(hex: $0) } ?? .zero
    }
}
