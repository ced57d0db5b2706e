internal import Arguments
internal import Codec
internal import Primitives

/// A history of the registry for people: who changed what when, from what to what, and why.
struct HistoryTable {
    let events: [JSON]

    func text(on out: Terminal) -> String {
        var versions: [String: String] = [:]
        for event in events where event["event"]?.string == "registered" {
            guard let id = event["id"]?.string, let name = event["new"]?.string else { continue }
            versions[id] = name.split(separator: "@").last.map { String($0) }
        }
        let rows = events.map { event in
            let id = event["id"]?.string ?? ""
            let kind = event["event"]?.string ?? ""
            return [
                number(event["blockNumber"]).map { "\($0)" } ?? "",
                number(event["timestamp"]).map { UTCTime.text(seconds: $0) } ?? "",
                event["by"]?.string ?? "", versions[id] ?? "",
                kind == "floor weakened" ? out.red(kind) : kind, change(event, versions),
                event["reason"]?.string ?? "",
            ]
        }
        return out.table(
            header: ["block", "time (UTC)", "who", "version", "what", "old → new", "reason"],
            rows: rows, alignments: [.right])
    }

    /// - Parameter versions: those of the history by id.
    private func change(_ event: JSON, _ versions: [String: String]) -> String {
        let old = event["old"]?.string
        let new = event["new"]?.string ?? "none"
        var text = new
        if event["event"]?.string != "registered" {
            text = "\(HistoryTable.short(old ?? "none")) → \(HistoryTable.short(new))"
        }
        if let successor = event["successor"]?.string {
            text += ", use " + (versions[successor] ?? HistoryTable.short(successor))
        }
        if let start = number(event["from"]), start != number(event["timestamp"]) {
            text += " after " + UTCTime.text(seconds: start)
        }
        return text
    }

    /// Hashes are cut: `--json` has them whole.
    private static func short(_ text: String) -> String {
        text.hasPrefix("0x") && text.count == 66 ? text.prefix(10) + "…" : text
    }

    private func number(_ json: JSON?) -> UInt64? {
        json?.string.flatMap { try? UInt256(hex: $0) }?.asUInt64
    }
}

extension HistoryTable {
    static func print(_ events: [JSON], of name: String, asJSON: Bool) throws {
        if asJSON {
            Terminal.output.line(JSON.array(events).prettyPrinted)
        } else if events.isEmpty {
            throw Failure(
                "\(name) has no history", why: "nothing of that name is registered",
                remedy: "see 'assay model list'")
        } else {
            Terminal.output.write(HistoryTable(events: events).text(on: Terminal.output))
        }
    }
}

extension NodeClient {
    /// A whole history, oldest first: answers are asked for until one begins with the first event.
    func history(_ method: String, _ name: [JSON]) throws -> [JSON] {
        var events = try call(method, name).array ?? []
        while let previous = events.first?["previousBlock"], previous.string != "0x0" {
            let earlier = try call(method, name + [previous]).array ?? []
            guard !earlier.isEmpty else { break }
            events = earlier + events
        }
        return events
    }
}
