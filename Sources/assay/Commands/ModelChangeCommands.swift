internal import Arguments
internal import Codec
internal import Crypto
internal import Ledger
internal import Payments
internal import Primitives
internal import Registry

// `assay model …`: what an owner changes of a model that is registered, and its history.

enum ModelChanges {
    private static let url = Option.value("url", "URL", "the node; \(NodeClient.defaultURL)")
    private static let key = Option.value(
        "key", "HEX", "the owner's key; the first local account's")
    private static let reason = Option.value("reason", "TEXT", "why, for the history")
    private static let start = Option.value(
        "in", "SECONDS", "takes effect for work that begins so long from now; 0")
    private static let version = Positional.required("NAME@VERSION", "the version, or its id")

    static let commands = [
        Command(
            "history", "Shows who changed what of a name when, oldest first",
            options: [url, .flag("json", "prints JSON")],
            positionals: [.required("NAME", "the model's name")]),
        Command(
            "deprecate", "Marks a version as superseded; it is still served",
            options: [
                .value("successor", "NAME@VERSION", "what to use instead"), reason, key, url,
            ],
            positionals: [version]),
        Command(
            "revoke", "Takes a version out of use for good",
            options: [reason, key, url], positionals: [version]),
        Command(
            "price", "Sets or announces the price of one inference",
            options: [start, reason, key, url],
            positionals: [version, .required("UNITS", "atomic units of the token")]),
        Command(
            "floor", "Sets or announces the least evidence that a settlement needs",
            options: [start, reason, key, url],
            positionals: [version, .required("POLICY", "such as signed, or none")]),
        Command(
            "system", "Names the system config that statements about a version must name",
            options: [start, reason, key, url],
            positionals: [
                version, .required("SYSTEM", "NAMESPACE/NAME or with @VERSION, or none"),
            ]),
        Command(
            "transfer", "Hands a version to another owner, at once",
            options: [key, url],
            positionals: [version, .required("ADDRESS", "the new owner")]),
        Command(
            "offer", "Offers a name to another owner, who has it once it accepts",
            options: [key, url],
            positionals: [
                .required("NAME", "the model's name"), .required("ADDRESS", "the new owner"),
            ]),
        Command(
            "accept", "Accepts a name that was offered",
            options: [key, url], positionals: [.required("NAME", "the model's name")]),
    ]

    /// Runs one of `commands`.
    static func run(_ invocation: Invocation) throws {
        let client = try NodeClient(invocation.text("url") ?? NodeClient.defaultURL)
        let name = invocation.path.last ?? ""
        if name == "history" { return try printHistory(invocation, client) }
        let key = try Accounts.key(hex: invocation.text("key"), default: 0)
        let input = try calldata(name, invocation, client)
        let receipt = try client.transact(input, to: NativeAddress.registry, key: key)
        let block = receipt["blockNumber"]?.string.flatMap { try? UInt256(hex: $0) }
        Terminal.output.line(
            "\(Terminal.output.check) done in block \(block?.decimal ?? "?"), by \(key.address)")
    }

    private static func calldata(
        _ name: String, _ invocation: Invocation, _ client: NodeClient
    ) throws -> [UInt8] {
        switch name {
        case "offer":
            return NativeCalldata.offerName(
                invocation.positional("NAME"), to: try address(invocation))
        case "accept": return NativeCalldata.acceptName(invocation.positional("NAME"))
        default: break
        }
        let id = try client.modelID(invocation.positional("NAME@VERSION"))
        switch name {
        case "deprecate":
            let successor = try invocation.text("successor").map { try client.modelID($0) }
            return NativeCalldata.deprecate(
                model: id, successor: successor, reason: invocation.text("reason") ?? "")
        case "revoke":
            return NativeCalldata.revoke(model: id, reason: invocation.text("reason") ?? "")
        case "transfer":
            return NativeCalldata.transferOwnership(model: id, to: try address(invocation))
        default: break
        }
        let reason = invocation.text("reason") ?? ""
        let start = try client.start(inSeconds: invocation.number("in") ?? 0)
        switch name {
        case "price":
            return NativeCalldata.announcePrice(
                model: id, try units(invocation.positional("UNITS")), from: start,
                reason: reason)
        case "floor":
            return NativeCalldata.setFloor(
                model: id, try floor(invocation.positional("POLICY")), from: start,
                reason: reason)
        default:
            return NativeCalldata.setSystem(
                model: id, system: try system(invocation.positional("SYSTEM"), client),
                from: start, reason: reason)
        }
    }

    private static func printHistory(_ invocation: Invocation, _ client: NodeClient) throws {
        let name = invocation.positional("NAME")
        let events = try client.history("assay_modelHistory", [.string(name)])
        try HistoryTable.print(events, of: name, asJSON: invocation.flag("json"))
    }

    // MARK: Arguments

    private static func address(_ invocation: Invocation) throws -> Address {
        let text = invocation.positional("ADDRESS")
        do { return try Address(hex: text) } catch {
            throw UsageError(
                "\(text) is no address", why: "\(error)", remedy: "give 0x and 40 digits")
        }
    }

    private static func units(_ text: String) throws -> UInt256 {
        do { return try UInt256(decimal: text) } catch {
            throw UsageError(
                "the price \(text) is not valid", why: "it takes atomic units of the token",
                remedy: "for example 1000")
        }
    }

    private static func floor(_ text: String) throws -> [UInt8] {
        if text == "none" { return [] }
        do { return try Policy(text: text).encoded } catch {
            throw UsageError(
                "the policy \(text) is not valid", why: "\(error)",
                remedy: "for example signed, or none")
        }
    }

    private static func system(_ text: String, _ client: NodeClient) throws -> Hash {
        if text == "none" { return .zero }
        return try Hash(hex: try client.system(text)["systemId"]?.string ?? "")
    }
}

extension NodeClient {
    /// The time so long after the newest block; zero, which says at once, for none.
    fileprivate func start(inSeconds seconds: UInt64) throws -> UInt64 {
        guard seconds > 0 else { return 0 }
        let block = try call("eth_getBlockByNumber", ["latest", false])
        let now = block["timestamp"]?.string.flatMap { try? UInt256(hex: $0) }?.asUInt64 ?? 0
        let (start, overflow) = now.addingReportingOverflow(seconds)
        return overflow ? .max : start
    }
}
