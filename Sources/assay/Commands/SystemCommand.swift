internal import Arguments
internal import Codec
internal import Crypto
internal import Files
internal import Ledger
internal import Payments
internal import Primitives
internal import Registry

private let urlOption = Option.value("url", "URL", "the node; \(NodeClient.defaultURL)")
private let jsonOption = Option.flag("json", "prints JSON")

extension Subcommand {
    static let system = Subcommand(
        command: Command(
            "system", "Registers system configs, prompts and the like, and shows what changed",
            subcommands: [
                Command(
                    "add", "Uploads a text and registers it as the next version",
                    options: [
                        .value("version", "MAJOR.MINOR", "its version; the next minor"),
                        .value("reason", "TEXT", "why, for the history"),
                        .value("key", "HEX", "the owner's key; the first local account's"),
                        urlOption, jsonOption,
                    ],
                    positionals: [
                        .required("NAMESPACE/NAME", "its name; who uses a namespace first owns it"),
                        .required("FILE", "the text"),
                    ]),
                Command(
                    "show", "Prints a text, or its record with --json",
                    options: [urlOption, jsonOption],
                    positionals: [.required("NAMESPACE/NAME", "or with @VERSION; the newest")]),
                Command(
                    "diff", "Prints what changed between two versions as a unified diff",
                    options: [urlOption],
                    positionals: [
                        .required("NAMESPACE/NAME", "the name"),
                        .required("FROM", "a version"), .required("TO", "a version"),
                    ]),
                Command(
                    "history", "Shows who changed the text when, oldest first",
                    options: [urlOption, jsonOption],
                    positionals: [.required("NAMESPACE/NAME", "the name")]),
            ])
    ) { invocation in
        let client = try NodeClient(invocation.text("url") ?? NodeClient.defaultURL)
        let name = invocation.positional("NAMESPACE/NAME")
        switch invocation.path.last {
        case "add": try addSystem(name, invocation, client)
        case "show": try showSystem(name, invocation, client)
        case "diff": try diffSystem(name, invocation, client)
        default:
            let parts = try NodeClient.systemParts(name)
            let events = try client.history(
                "assay_systemHistory", [.string(parts.namespace), .string(parts.name)])
            try HistoryTable.print(events, of: name, asJSON: invocation.flag("json"))
        }
        return 0
    }
}

private func addSystem(
    _ reference: String, _ invocation: Invocation, _ client: NodeClient
) throws {
    let parts = try NodeClient.systemParts(reference)
    let key = try Accounts.key(hex: invocation.text("key"), default: 0)
    let text = try Files.read(invocation.positional("FILE"), bytesMax: 16 << 20)
    let newest = try client.call("assay_system", [.string(parts.namespace), .string(parts.name)])
    let record = SystemRecord(
        owner: key.address, namespace: parts.namespace, name: parts.name,
        version: invocation.text("version") ?? nextVersion(after: newest),
        textHash: SHA256.hash(text), previousID: .zero, registeredAt: 0)
    do { try record.validate() } catch {
        throw UsageError(
            "the record is not valid", why: "\(error)", remedy: "see assay system add --help")
    }
    _ = try client.json("PUT", "/v1/blobs/\(record.textHash.hex)", body: text)
    try client.transact(
        NativeCalldata.registerSystem(record, reason: invocation.text("reason") ?? ""),
        to: NativeAddress.registry, key: key)
    if invocation.flag("json") {
        Terminal.output.line(try client.system("\(reference)@\(record.version)").prettyPrinted)
        return
    }
    let out = Terminal.output
    out.line("\(out.check) \(reference)@\(record.version) is registered")
    out.write(
        out.table(rows: [
            ["system id", record.id.hex], ["text", "\(text.count) bytes, \(record.textHash)"],
            ["before", newest["textHash"]?.string ?? "none"],
            ["owner", key.address.checksummed],
        ]))
}

/// 1.0 for the first, then the minor after the newest.
private func nextVersion(after newest: JSON) -> String {
    guard let version = newest["version"]?.string.flatMap({ ModelVersion($0) }) else {
        return "1.0"
    }
    return "\(version.major).\(version.minor + 1)"
}

private func showSystem(
    _ reference: String, _ invocation: Invocation, _ client: NodeClient
) throws {
    let record = try client.system(reference)
    if invocation.flag("json") {
        Terminal.output.line(record.prettyPrinted)
    } else {
        Terminal.output.write(String(decoding: try client.systemText(record), as: UTF8.self))
    }
}

private func diffSystem(
    _ reference: String, _ invocation: Invocation, _ client: NodeClient
) throws {
    let names = [invocation.positional("FROM"), invocation.positional("TO")].map {
        "\(reference)@\($0)"
    }
    let texts = try names.map { name in
        String(decoding: try client.systemText(try client.system(name)), as: UTF8.self)
    }
    let out = Terminal.output
    let diff = UnifiedDiff.text(
        from: texts[0], to: texts[1], oldName: names[0], newName: names[1])
    for line in diff.split(separator: "\n", omittingEmptySubsequences: false).dropLast() {
        let line = String(line)
        switch line.first {
        case "+": out.line(out.green(line))
        case "-": out.line(out.red(line))
        case "@": out.line(out.cyan(line))
        default: out.line(line)
        }
    }
}
