internal import Arguments
internal import Codec
internal import Crypto
internal import Files
internal import Inference
internal import Ledger
internal import Payments
internal import Primitives
internal import Proofs
internal import Registry

private let urlOption = Option.value("url", "URL", "the node; \(NodeClient.defaultURL)")
private let jsonOption = Option.flag("json", "prints JSON")

extension Subcommand {
    static let model = Subcommand(
        command: Command(
            "model", "Registers models and shows what is registered",
            subcommands: [
                Command(
                    "add", "Quantises an ONNX model, uploads its integer graph and registers it",
                    details: """
                        CALIBRATION holds inputs like those the model will see, as \
                        {"input_data": [[…], …]}: they choose the scales of the integers.
                        """,
                    options: [
                        .value("version", "MAJOR.MINOR", "its version; 1.0"),
                        .value("price", "UNITS", "atomic units of the token an inference; 1000"),
                        .value("policy", "POLICY", "the least evidence a settlement needs"),
                        .value("cid", "CID", "where the ONNX file can be fetched"),
                        .flag("no-proof", "registers no weights root: nobody can prove its runs"),
                        .value("key", "HEX", "the owner's key; the first local account's"),
                        urlOption, jsonOption,
                    ] + QuantiseFlags.options,
                    positionals: [
                        .required("NAME", "its name in the registry"),
                        .required("ONNX", "the model's file"),
                        .required("CALIBRATION", "a JSON file of inputs"),
                    ]),
                Command(
                    "key", "Makes the verification key of a model's proofs",
                    details: """
                        A key holds the model without its weights, and a commitment to them. Who \
                        has it checks proofs without the model: 'assay verify PROOF --model KEY'.
                        """,
                    options: [
                        .value("output", letter: "o", "KEY", "writes the key there"),
                        jsonOption,
                    ] + ChosenModel.options,
                    positionals: [.required("MODEL", ChosenModel.summary)]),
                Command("list", "Lists registered models", options: [urlOption, jsonOption]),
                Command(
                    "show", "Shows one model's record", options: [urlOption, jsonOption],
                    positionals: [.required("NAME", "name or name@version")]),
            ] + ModelChanges.commands)
    ) { invocation in
        switch invocation.path.last {
        case "add": try addModel(invocation)
        case "key": try makeKey(invocation)
        case "list": try listModels(invocation)
        case "show": try showModel(invocation)
        default: try ModelChanges.run(invocation)
        }
        return 0
    }
}

private func client(_ invocation: Invocation) throws -> NodeClient {
    try NodeClient(invocation.text("url") ?? NodeClient.defaultURL)
}

private func addModel(_ invocation: Invocation) throws {
    let client = try client(invocation)
    let key = try Accounts.key(hex: invocation.text("key"), default: 0)
    let onnx = try Files.read(invocation.positional("ONNX"), bytesMax: 1 << 30)
    let calibration = invocation.positional("CALIBRATION")
    let rows = try ModelFiles.rows(
        ModelFiles.json(Files.read(calibration, bytesMax: 256 << 20), calibration), calibration)
    var floor: Policy?
    if let text = invocation.text("policy") {
        do { floor = try Policy(text: text) } catch {
            throw UsageError(
                "--policy \(text) is not valid", why: "\(error)",
                remedy: "for example --policy signed")
        }
    }
    var price = UInt256(1000)
    if let text = invocation.text("price") {
        do { price = try UInt256(decimal: text) } catch {
            throw UsageError(
                "--price \(text) is not valid", why: "it takes atomic units of the token",
                remedy: "for example --price 1000")
        }
    }
    let flags = try QuantiseFlags(invocation)
    let model = try PreparedModel(
        onnx: onnx, rows: rows, importing: flags.importing, options: flags.quantising,
        testSet: flags.testSet)
    if invocation.flag("no-proof"), let floor,
        !floor.holds(where: { $0.kind != .zk })
    {
        throw UsageError(
            "--no-proof and --policy \(floor) exclude each other",
            why: "nobody could ever settle for the model", remedy: "leave one of them out")
    }
    let root =
        invocation.flag("no-proof") ? Hash.zero : try ProofKeys.make(model.graph).digest
    var record = model.record(
        name: invocation.positional("NAME"), version: invocation.text("version") ?? "1.0",
        price: price, floor: floor, weightsRoot: root)
    record.cid = invocation.text("cid") ?? ""
    do { try record.validate() } catch {
        throw UsageError(
            "the record is not valid", why: "\(error)", remedy: "see assay model add --help")
    }
    for (hash, bytes) in [
        (record.graphHash, model.graph.encoded),
        (record.calibrationHash, model.report.json.serialized),
    ] {
        _ = try client.json("PUT", "/v1/blobs/\(hash.hex)", body: bytes)
    }
    try client.transact(
        NativeCalldata.register(record), to: NativeAddress.registry, key: key)
    if invocation.flag("json") {
        Terminal.output.line(
            try client.json("GET", "/v1/models/\(record.name)@\(record.version)").prettyPrinted)
        return
    }
    let out = Terminal.output
    out.line("\(out.check) \(record.name)@\(record.version) is registered")
    out.write(
        out.table(rows: [
            ["model id", record.id.hex],
            ["graph", "\(model.graph.encoded.count) bytes, \(record.graphHash)"],
            ["macs", "\(record.macs)"],
            ["price", "\(record.price) atomic units"],
            ["floor", floor?.text ?? "none"],
            ["proofs", root == .zero ? "none can be made" : "key \(root)"],
            ["owner", key.address.checksummed],
        ]))
}

private func makeKey(_ invocation: Invocation) throws {
    let text = invocation.positional("MODEL")
    let graph = try ChosenModel(text, invocation, input: nil).graph(text)
    let key = try ProofKeys.make(graph)
    if let target = invocation.text("output") { try Files.write(key.file, to: target) }
    let out = Terminal.output
    guard invocation.flag("json") else {
        out.write(
            out.table(rows: [
                ["key", "\(key.digest), \(key.file.count) bytes"],
                ["graph", graph.hash.hex],
                ["proofs", "\(key.proofBytesMax) bytes at most, \(key.securityBits) bits"],
                ["gas", "\(key.gas)"],
            ]))
        return
    }
    let json: JSON = [
        "keyDigest": .string(key.digest.hex), "graphHash": .string(graph.hash.hex),
        "keyBytes": .number(JSONNumber(key.file.count)),
        "proofBytesMax": .number(JSONNumber(key.proofBytesMax)),
        "securityBits": .number(JSONNumber(key.securityBits)), "gas": .string(String(key.gas)),
    ]
    out.line(json.prettyPrinted)
}

private func listModels(_ invocation: Invocation) throws {
    let json = try client(invocation).json("GET", "/v1/models")
    if invocation.flag("json") {
        Terminal.output.line(json.prettyPrinted)
        return
    }
    let models = json["models"]?.array ?? []
    guard !models.isEmpty else {
        Terminal.output.line("no model is registered; add one with 'assay model add'")
        return
    }
    func text(_ model: JSON, _ name: String) -> String { model[name]?.string ?? "" }
    Terminal.output.write(
        Terminal.output.table(
            header: ["name", "version", "status", "price", "macs", "model id"],
            rows: models.map { model in
                ["name", "version", "status", "price", "macs", "modelId"].map { text(model, $0) }
            }, alignments: [.left, .left, .left, .right, .right, .left]))
}

private func showModel(_ invocation: Invocation) throws {
    let name = invocation.positional("NAME")
    let json = try client(invocation).json("GET", "/v1/models/\(name)")
    if invocation.flag("json") {
        Terminal.output.line(json.prettyPrinted)
        return
    }
    Terminal.output.write(
        Terminal.output.table(
            rows: (json.object?.entries ?? []).map { [$0.key, $0.value.string ?? ""] }))
}
