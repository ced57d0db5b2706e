internal import Arguments
internal import Codec
internal import Crypto
internal import Files
internal import Glibc
internal import Node
internal import Payments
internal import Primitives

extension Subcommand {
    static let infer = Subcommand(
        command: Command(
            "infer", "Pays for one inference and prints the answer",
            details: """
                With --hide and a policy that asks for a proof, chain and receipt have a \
                commitment in place of the input, and only you and the node know it. With \
                the input, FILE shows anyone whom you give it what the commitment hides.
                """,
            options: [
                .value("policy", "POLICY", "the least evidence you accept; signed"),
                .value("hide", "FILE", "hides the input; keeps the secret in a new file"),
                .value("receipt", "FILE", "writes the receipt with its proofs there"),
                .value("key", "HEX", "the payer's key; the second local account's"),
                .value("url", "URL", "the node; \(NodeClient.defaultURL)"),
                .flag("json", "prints JSON"),
            ],
            positionals: [
                .required("MODEL", "name or name@version"),
                .required("INPUT", "a JSON file with the input's numbers"),
            ])
    ) { invocation in
        let client = try NodeClient(invocation.text("url") ?? NodeClient.defaultURL)
        let key = try Accounts.key(hex: invocation.text("key"), default: 1)
        let file = invocation.positional("INPUT")
        let secretFile = invocation.text("hide")
        let secret = secretFile.map { _ in SecretFile.random() }
        let body = ModelFiles.requestBody(
            try ModelFiles.json(Files.read(file, bytesMax: 64 << 20), file), hiding: secret)
        let path = NodeClient.inferPath(
            invocation.positional("MODEL"), policy: try policy(invocation))
        let offer = try client.offer(path, body)
        if let secretFile, let secret {
            guard offer.isInputHidden else {
                throw Failure(
                    "the node does not offer to hide the input", why: "its offer does not say so",
                    remedy: "ask another node")
            }
            // Kept before it is used: a commitment that nobody can open is no record.
            try Files.createPrivate(SecretFile.bytes(of: secret), at: secretFile)
        }
        let payment = try client.payment(
            for: offer, path: path, body: body, key: key, now: SystemClock().now())
        let paid = try NodeClient.paid(try client.pay(payment, path: path, body: body))
        if let target = invocation.text("receipt") {
            let receipt = try client.json("GET", "/v1/receipts/\(paid.receiptID)")
            try Files.write(Array(receipt.prettyPrinted.utf8), to: target)
        }
        if invocation.flag("json") {
            Terminal.output.line(paid.json.prettyPrinted)
            return 0
        }
        print(paid, offer, savedAs: invocation.text("receipt"))
        return 0
    }

    private static func policy(_ invocation: Invocation) throws(UsageError) -> Policy? {
        guard let text = invocation.text("policy") else { return nil }
        do { return try Policy(text: text) } catch {
            throw UsageError(
                "--policy \(text) is not valid", why: "\(error)",
                remedy: "for example --policy signed")
        }
    }

    private static func print(_ paid: PaidAnswer, _ offer: ClientOffer, savedAs file: String?) {
        let out = Terminal.output
        let numbers = (paid.json["output"]?.array ?? []).map { json in
            if case .number(let number) = json { number.text } else { "?" }
        }
        out.line("output  " + numbers.joined(separator: " "))
        var rows = [
            ["paid", "\(offer.amount) atomic units to \(offer.terms.provider)"],
            [
                "block",
                "\(paid.json["receipt"]?["blockNumber"]?.string ?? ""), "
                    + "\(paid.json["receipt"]?["blockHash"]?.string ?? "")",
            ],
            ["receipt", paid.receiptID],
        ]
        if let file { rows.append(["saved", "\(file); check it with 'assay verify \(file)'"]) }
        out.write(out.table(rows: rows))
    }
}
