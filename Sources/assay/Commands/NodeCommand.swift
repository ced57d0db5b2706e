internal import Arguments
internal import Crypto
internal import HTTP
internal import Ledger
internal import Node
internal import Primitives
internal import Store

extension Subcommand {
    static let node = Subcommand(
        command: Command(
            "node", "Runs a local chain: JSON-RPC, x402 facilitator and paid inference on one port",
            details: """
                Without --data the chain lives in memory and ends with the program. The accounts \
                and their keys are public knowledge: use them for local work only.
                """,
            options: [
                .value(
                    "genesis", "PROFILE",
                    "dev, base-sepolia, opengradient, or a file in geth's format; dev"),
                .value("data", "DIR", "keeps the chain in this folder"),
                .flag("in-memory", "keeps the chain in memory, which is the default"),
                .value("host", "ADDRESS", "listens on this address; 127.0.0.1"),
                .value("port", letter: "p", "PORT", "listens on this port; 8545, 0 for a free one"),
                .value(
                    "block-time", "SECONDS",
                    "makes a block every so often, not for each transaction"),
                .flag("no-mining", "makes blocks only when evm_mine asks"),
                .value("accounts", "N", "unlocked accounts; 10"),
                .value("mnemonic", "WORDS", "the words that their keys derive from (BIP-39)"),
                .value("blob-max", "BYTES", "the largest blob it takes; 268435456"),
                .value("blobs-max", "BYTES", "all blobs together on disk; 68719476736"),
                .value(
                    "model-memory", "MIB", "memory for models in use, in MiB; 512"),
                .value("kernel", "KERNEL", Kernels.summary),
                .flag("silent", "prints nothing but errors"),
            ]), run: runNode)
}

private func runNode(_ invocation: Invocation) throws -> Int32 {
    if invocation.text("data") != nil, invocation.flag("in-memory") {
        throw UsageError(
            "--data and --in-memory exclude each other", why: "a chain is in one place",
            remedy: "keep one of them")
    }
    let blockTime = try invocation.seconds("block-time")
    if blockTime != nil, invocation.flag("no-mining") {
        throw UsageError(
            "--block-time and --no-mining exclude each other",
            why: "one makes blocks, one does not",
            remedy: "keep one of them")
    }
    let count: Int = try invocation.number("accounts", in: 0...1000) ?? Accounts.count
    let keys = try Accounts.keys(
        mnemonic: invocation.text("mnemonic") ?? Accounts.mnemonic, count: count)
    let profile = invocation.text("genesis") ?? "dev"
    var genesis = try Profiles.genesis(profile)
    Accounts.fund(keys, in: &genesis)
    let standard = BlobLimits.standard
    let blobLimits = BlobLimits(
        blobBytesMax: try invocation.number("blob-max", in: 0...(1 << 40))
            ?? standard.blobBytesMax,
        totalBytesMax: try invocation.number("blobs-max", in: 0...(1 << 50))
            ?? standard.totalBytesMax)
    var signals = EndSignals()
    let isSilent = invocation.flag("silent")
    let local = try LocalNode(
        genesis: genesis, data: invocation.text("data"), accounts: keys, clock: AdjustableClock(),
        sealing: blockTime != nil || invocation.flag("no-mining") ? .onDemand : .instant,
        kernels: try Kernels.level(invocation),
        modelBytesMax: try invocation.number("model-memory", in: 1...(1 << 20)).map { $0 << 20 }
            ?? ModelLibrary.standardBytes,
        host: invocation.text("host") ?? "127.0.0.1",
        port: try invocation.number("port") ?? 8545, blobLimits: blobLimits)
    if !isSilent {
        printWelcome(local, keys, profile: profile, data: invocation.text("data"))
    }
    if let blockTime {
        while !signals.wait(nanoseconds: max(blockTime, 1_000_000)) { local.node.mine() }
    } else {
        signals.wait()
    }
    local.stop()
    if !isSilent { Terminal.output.line("stopped at block \(local.node.head.header.number)") }
    return 0
}

private func printWelcome(
    _ local: LocalNode, _ keys: [PrivateKey], profile: String, data: String?
) {
    let out = Terminal.output
    let (header, hash) = local.node.head
    out.line(out.bold("Assay") + " \(profile), chain \(local.node.config.chainID)")
    out.line()
    if !keys.isEmpty {
        out.write(
            out.table(
                header: ["account", "address"],
                rows: keys.enumerated().map { ["\($0.offset)", $0.element.address.checksummed] },
                alignments: [.right, .left]))
        out.line()
    }
    var rows = [
        ["head", "block \(header.number), \(hash)"],
        ["data", data ?? "in memory; --data DIR keeps it"],
    ]
    if let token = local.node.config.token { rows.append(["token", token.checksummed]) }
    rows.append(["listens", "http://\(address(of: local))"])
    out.write(out.table(rows: rows))
}

private func address(of local: LocalNode) -> String { "127.0.0.1:\(local.server.port)" }
