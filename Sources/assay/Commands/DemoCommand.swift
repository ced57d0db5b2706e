internal import Arguments
internal import Codec
internal import Crypto
internal import Files
internal import Glibc
internal import HTTP
internal import Inference
internal import Ledger
internal import Node
internal import Payments
internal import Primitives
internal import Registry

extension Subcommand {
    static let demo = Subcommand(
        command: Command(
            "demo", "Registers, runs, pays for and verifies a real model, then tries to cheat",
            details: """
                Everything is real: a chain in LevelDB in a temporary folder, a quantised LeNet-5, \
                an x402 payment, a signed statement, Merkle proofs. It takes a few seconds.
                """,
            options: [.value("keep", "DIR", "keeps the chain and the receipt in this folder")])
    ) { invocation in
        let folder: String
        if let kept = invocation.text("keep") {
            try Files.makeFolder(kept)
            folder = kept
        } else {
            folder = try Files.makeTemporaryFolder("assay-demo")
        }
        defer { if invocation.text("keep") == nil { try? Files.remove(folder) } }
        var demo = try Demo(folder: folder)
        try demo.run()
        return 0
    }
}

/// The main job, step by step.
private struct Demo {
    private let out = Terminal.output
    private let folder: String
    private let payer: PrivateKey
    private let owner: PrivateKey
    private let provider: PrivateKey
    private var local: LocalNode
    private var client: NodeClient
    private let body: [UInt8]
    private let digit: [Float]
    private let path = NodeClient.inferPath("lenet5", policy: nil)

    init(folder: String) throws {
        self.folder = folder
        owner = try Accounts.key(hex: nil, default: 0)
        payer = try Accounts.key(hex: nil, default: 1)
        provider = try PrivateKey(Accounts.operatorKey)
        let input = try ModelFiles.json(Profiles.demoInput, "the digit")
        body = ModelFiles.requestBody(input)
        digit = try ModelFiles.rows(input, "the digit")[0]
        (local, client) = try Demo.start(folder)
    }

    private static func start(_ folder: String) throws -> (LocalNode, NodeClient) {
        let local = try LocalNode(
            genesis: try Profiles.genesis("dev"), data: folder + "/chain", accounts: [],
            clock: SystemClock())
        return (local, try NodeClient("http://127.0.0.1:\(local.server.port)"))
    }

    mutating func run() throws {
        out.line(out.rule("Assay: inference that can be checked, and is paid when it is"))
        try startChain()
        try registerModel()
        let offer = try askPrice()
        let (paid, blockHash) = try payAndShow(offer)
        let file = folder + "/receipt.json"
        try restart(paid, file)
        try verifyOffline(file, blockHash)
        try cheat(paid, file, blockHash)
        local.stop()
        out.line()
        out.line("\(out.check) \(out.bold("all of it held"))")
    }

    private func step(_ title: String) {
        out.line()
        out.line(out.rule(title))
    }

    private func startChain() throws {
        step("1  a chain starts")
        let (header, hash) = local.node.head
        out.write(
            out.table(rows: [
                ["chain", "\(local.node.config.chainID), block \(header.number), \(hash)"],
                ["data", folder + "/chain"],
                ["listens", client.url],
            ]))
    }

    private func registerModel() throws {
        step("2  a model is registered")
        let rows = try ModelFiles.rows(
            ModelFiles.json(Profiles.demoCalibration, "the calibration"), "the calibration")
        let model = try PreparedModel(onnx: Profiles.demoModel, rows: rows)
        let record = model.record(
            name: "lenet5", version: "1.0", price: 2_500, floor: .kind(.signed))
        _ = try client.json("PUT", "/v1/blobs/\(record.graphHash.hex)", body: model.graph.encoded)
        try client.transact(
            NativeCalldata.register(record), to: NativeAddress.registry, key: owner)
        out.write(
            out.table(rows: [
                ["model", "lenet5@1.0, \(record.macs) multiply-accumulates"],
                ["ONNX file", "\(Profiles.demoModel.count) bytes, \(model.onnxHash)"],
                ["integers", "\(model.graph.encoded.count) bytes, \(record.graphHash)"],
                ["model id", record.id.hex],
                ["floor", "signed: nothing weaker can ever be settled"],
            ]))
    }

    private func askPrice() throws -> ClientOffer {
        step("3  a client asks, and is told the price (402)")
        let offer = try client.offer(path, body)
        out.write(
            out.table(rows: [
                ["price", "\(offer.amount) atomic units of USDC (\(offer.asset))"],
                ["terms", "\(offer.terms.hash(chainID: local.node.config.chainID))"],
                ["pay to", "\(offer.requirements.payTo), an escrow that only these terms open"],
            ]))
        return offer
    }

    private func payAndShow(_ offer: ClientOffer) throws -> (PaidAnswer, Hash) {
        step("4  it pays, the model runs, the settlement is in a block")
        let before = try balances(offer.asset)
        let began = Demo.nanoseconds()
        let payload = try client.payment(
            for: offer, path: path, body: body, key: payer, now: SystemClock().now())
        let paid = try NodeClient.paid(try client.pay(payload, path: path, body: body))
        let elapsed = Demo.nanoseconds() - began
        let after = try balances(offer.asset)
        let scores = (paid.json["output"]?.array ?? []).compactMap(\.double)
        let best = scores.indices.max { scores[$0] < scores[$1] } ?? 0
        for line in picture() { out.line("      " + line) }
        out.line()
        guard let text = paid.json["receipt"]?["blockHash"]?.string, let hash = try? Hash(hex: text)
        else { throw Failure("the answer has no block", why: "odd answer", remedy: "report it") }
        out.write(
            out.table(rows: [
                ["answer", out.bold("this is a \(best)") + ", score \(scores[best])"],
                ["receipt", paid.receiptID],
                ["block", "\(paid.json["receipt"]?["blockNumber"]?.string ?? ""), \(hash)"],
                ["payer", "\(before.payer) → \(after.payer)"],
                ["provider", "\(before.provider) → \(after.provider)"],
                [
                    "took",
                    "\(elapsed / 1_000_000).\(elapsed / 100_000 % 10) ms, block on disk included",
                ],
            ]))
        guard before.payer - after.payer == offer.amount,
            after.provider - before.provider == offer.amount
        else {
            throw Failure("the money does not add up", why: "see above", remedy: "report it")
        }
        return (paid, hash)
    }

    private mutating func restart(_ paid: PaidAnswer, _ file: String) throws {
        step("5  the node restarts and still has it")
        let head = local.node.head
        local.stop()
        (local, client) = try Demo.start(folder)
        guard local.node.head.hash == head.hash else {
            throw Failure("the head changed", why: "a restart lost a block", remedy: "report it")
        }
        let receipt = try client.json("GET", "/v1/receipts/\(paid.receiptID)")
        try Files.write(Array(receipt.prettyPrinted.utf8), to: file)
        out.write(
            out.table(rows: [
                ["head", "block \(head.header.number), \(head.hash)"],
                ["state", "root recomputed from every account and slot: equal"],
                ["receipt", "\(file), \(receipt.prettyPrinted.utf8.count) bytes"],
            ]))
    }

    private func verifyOffline(_ file: String, _ blockHash: Hash) throws {
        step("6  anyone verifies the receipt offline, trusting one block hash")
        out.line(out.dim("$ assay verify \(file) --block-hash \(blockHash)"))
        let document = try Demo.document(file)
        Subcommand.print(try document.verify(trusting: blockHash), document, isPinned: true)
    }

    private static func document(_ file: String) throws -> ReceiptDocument {
        try ReceiptDocument(json: ModelFiles.json(Files.read(file), file))
    }

    // MARK: Cheating

    private func cheat(_ paid: PaidAnswer, _ file: String, _ blockHash: Hash) throws {
        step("7  four attempts to cheat")
        let offer = try client.offer(path, body)
        let before = try balances(offer.asset)
        try replay()
        let middle = try balances(offer.asset)
        guard before.payer - middle.payer == offer.amount else {
            throw Failure("a replay cost money", why: "see above", remedy: "report it")
        }
        let document = try Demo.document(file)
        try cheatSettlement(
            "the provider shows another output than it signed", offer, document,
            output: document.output.reversed(), kinds: [.signed], expecting: "WrongOutput")
        try cheatSettlement(
            "the provider gives no signature at all", offer, document, output: document.output,
            kinds: [], expecting: "PolicyNotMet")
        guard try balances(offer.asset) == middle else {
            throw Failure("refused settlements moved money", why: "see above", remedy: "report it")
        }
        try forgeReceipt(document, blockHash)
        out.line()
        out.line("no money moved by any of them")
    }

    private func refused(_ attempt: String, _ answer: String) {
        out.line("\(out.check) refused: \(attempt)")
        out.line("    " + out.dim(answer))
    }

    /// Pays once, then sends the same payment again.
    private func replay() throws {
        let offer = try client.offer(path, body)
        let payload = try client.payment(
            for: offer, path: path, body: body, key: payer, now: SystemClock().now())
        _ = try NodeClient.paid(try client.pay(payload, path: path, body: body))
        let again = try client.pay(payload, path: path, body: body)
        guard again.status == 402 else {
            throw Failure("a replay was taken", why: "status \(again.status)", remedy: "report it")
        }
        refused(
            "the client sends its last payment again",
            "402 " + (try NodeClient.json(again)["error"]?.string ?? ""))
    }

    /// Puts a dishonest settlement on the chain for real: it must fail in its block.
    private func cheatSettlement(
        _ attempt: String, _ offer: ClientOffer, _ honest: ReceiptDocument, output: [UInt8],
        kinds: [EvidenceKind], expecting error: String
    ) throws {
        let payload = try client.payment(
            for: offer, path: path, body: body, key: payer, now: SystemClock().now())
        let chainID = local.node.config.chainID
        let now = local.node.nextTimestamp
        let told = honest.receipt.statement
        let statement = Statement(
            modelID: offer.terms.modelID, systemHash: .zero, requestHash: offer.terms.requestHash,
            inputHash: told.inputHash, outputHash: told.outputHash,
            policyHash: offer.terms.policyHash, provider: provider.address, notBefore: now - 1,
            notAfter: now + 300)
        let exact = try ExactEVMPayload(json: .object(payload.payload))
        let payment = Payment(
            asset: offer.asset, payer: payer.address, amount: offer.amount, validAfter: .zero,
            validBefore: try UInt256(decimal: exact.authorization.validBefore),
            nonce: try Hash(hex: exact.authorization.nonce),
            signature: try Hex.decodePrefixed(exact.signature ?? "0x"))
        let evidence = kinds.map { kind in
            Evidence(
                kind: kind, data: provider.sign(statement.hash(chainID: chainID)).bytes)
        }
        let call = NativeCalldata.settle(
            terms: offer.terms, payment: payment, statement: statement,
            policy: Policy.kind(.signed).encoded, evidence: evidence, output: output)
        let reason = try revertReason(call)
        guard reason.contains(error) else {
            throw Failure("the attempt was not refused", why: reason, remedy: "report it")
        }
        let block = try sendToFail(call)
        refused(attempt, "\(reason), in block \(block)")
    }

    private func revertReason(_ call: [UInt8]) throws -> String {
        let request: JSON = [
            "from": .string(provider.address.hex), "to": .string(NativeAddress.settlement.hex),
            "data": .string(Hex.encodePrefixed(call)),
        ]
        do {
            _ = try client.call("eth_call", [request, "latest"])
            return "the chain would take it"
        } catch let failure as Failure {
            return failure.why
        }
    }

    /// Sends the call with gas enough and returns the block in which it failed.
    private func sendToFail(_ call: [UInt8]) throws -> UInt256 {
        let nonce = try client.word(
            "eth_getTransactionCount", [.string(provider.address.hex), "pending"])
        let transaction = Transaction(
            kind: .dynamicFee, chainID: local.node.config.chainID, nonce: nonce.limb0,
            maxPriorityFeePerGas: 1_000_000_000, maxFeePerGas: 10_000_000_000,
            gasLimit: 2_000_000, to: NativeAddress.settlement, input: call
        ).signed(with: provider)
        let hash = try client.call(
            "eth_sendRawTransaction", [.string(Hex.encodePrefixed(transaction.encoded))])
        let receipt = try client.call("eth_getTransactionReceipt", [hash])
        guard receipt["status"]?.string == "0x0", let number = receipt["blockNumber"]?.string else {
            throw Failure("a dishonest settlement passed", why: "status 1", remedy: "report it")
        }
        return try UInt256(hex: number)
    }

    private func forgeReceipt(_ document: ReceiptDocument, _ blockHash: Hash) throws {
        var forged = document
        forged.output = document.output.reversed()
        do throws(ReceiptRefusal) {
            try forged.verify(trusting: blockHash)
        } catch {
            refused("someone edits the output in the receipt file", error.text)
            return
        }
        throw Failure("a forged receipt held", why: "see above", remedy: "report it")
    }

    // MARK: Looks

    private func balances(_ token: Address) throws -> Balances {
        Balances(
            payer: try client.tokenBalance(of: payer.address, token: token),
            provider: try client.tokenBalance(of: provider.address, token: token))
    }

    /// The digit, two rows of dots in a line of text.
    private func picture() -> [String] {
        let side = 28
        guard digit.count == side * side else { return [] }
        return stride(from: 0, to: side, by: 2).map { row in
            (0..<side).map { column in
                let top = digit[row * side + column] > 0.35
                let bottom = digit[(row + 1) * side + column] > 0.35
                return top ? (bottom ? "█" : "▀") : (bottom ? "▄" : " ")
            }.joined()
        }
    }

    private static func nanoseconds() -> UInt64 {
        var time = timespec()
        unsafe clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }
}

private struct Balances: Equatable {
    let payer: UInt256
    let provider: UInt256
}
