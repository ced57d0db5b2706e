internal import Arguments
internal import Codec
internal import Files
internal import Ledger
internal import Payments
internal import Primitives
internal import Registry

extension Subcommand {
    static let verify = Subcommand(
        command: Command(
            "verify", "Checks a receipt offline: header, Merkle proofs, evidence, payment",
            details: """
                Give the hash of a block that you trust. Without it the receipt is only shown to \
                agree with itself.
                """,
            options: [
                .value("block-hash", "HASH", "the block that you trust"),
                .flag("json", "prints JSON"),
            ],
            positionals: [.required("RECEIPT", "a receipt as GET /v1/receipts/{id} gives it")])
    ) { invocation in
        let file = invocation.positional("RECEIPT")
        var trusted: Hash?
        if let text = invocation.text("block-hash") {
            do { trusted = try Hash(hex: text) } catch {
                throw UsageError(
                    "--block-hash \(text) is not valid", why: "a hash is 0x and 64 digits",
                    remedy: "copy it from a source you trust")
            }
        }
        let json = try ModelFiles.json(
            Files.read(file, bytesMax: ReceiptDocument.bytesMax), file)
        let document: ReceiptDocument
        do { document = try ReceiptDocument(json: json) } catch {
            throw Failure(
                "\(file) is no receipt", why: "\(error)", remedy: "fetch it again from the node")
        }
        do throws(ReceiptRefusal) {
            let findings = try document.verify(trusting: trusted)
            if invocation.flag("json") {
                Terminal.output.line(
                    findings.json(document, isPinned: trusted != nil).prettyPrinted)
            } else {
                print(findings, document, isPinned: trusted != nil)
            }
            return 0
        } catch {
            if invocation.flag("json") {
                let answer: JSON = ["valid": false, "reason": .string("\(error)")]
                Terminal.output.line(answer.prettyPrinted)
                return 1
            }
            throw Failure(
                "the receipt does not hold", why: error.text, remedy: "believe nothing in it")
        }
    }

    static func print(_ findings: ReceiptFindings, _ document: ReceiptDocument, isPinned: Bool) {
        let out = Terminal.output
        let receipt = document.receipt
        let kinds = findings.evidence.kinds.map(\.name).joined(separator: ", ")
        var rows = [
            ["block", "\(receipt.blockNumber), \(findings.blockHash)"],
            [
                "model",
                "\(findings.model.name)@\(findings.model.version), "
                    + "graph \(findings.model.graphHash)",
            ],
            ["input", receipt.statement.inputHash.hex],
            ["output", receipt.statement.outputHash.hex],
            ["evidence", "\(kinds); the policy asks for \(findings.policy)"],
            ["provider", receipt.statement.provider.hex],
            [
                "payment",
                "\(receipt.payment.amount) of \(receipt.payment.asset) "
                    + "from \(receipt.payment.payer)",
            ],
        ]
        if !findings.isPayerSignatureChecked {
            rows.append(["payer", "not a key's signature; the chain's word for it"])
        }
        out.line("\(out.check) receipt \(receipt.id) holds")
        out.write(out.table(rows: rows.map { ["  " + $0[0], $0[1]] }))
        guard !isPinned else { return }
        out.line(
            out.yellow("! no --block-hash: the receipt agrees with itself, no more is shown"))
    }
}

extension ReceiptFindings {
    fileprivate func json(_ document: ReceiptDocument, isPinned: Bool) -> JSON {
        [
            "valid": true, "pinned": .bool(isPinned),
            "receiptId": .string(document.receipt.id.hex), "blockHash": .string(blockHash.hex),
            "modelId": .string(document.receipt.statement.modelID.hex),
            "model": .string("\(model.name)@\(model.version)"),
            "outputHash": .string(document.receipt.statement.outputHash.hex),
            "evidence": .array(evidence.kinds.map { .string($0.name) }),
            "policy": .string(policy.text),
            "payerSignatureChecked": .bool(isPayerSignatureChecked),
        ]
    }
}

extension ReceiptRefusal {
    /// For people.
    var text: String {
        switch self {
        case .wrongBlock(let expected, let got):
            "it is about block \(got), not the trusted \(expected)"
        case .notTheChainsReceipt: "the chain keeps another receipt under this id, or none"
        case .wrongOutput(let expected, let got):
            "the output hashes to \(got), the receipt says \(expected)"
        case .wrongProof(let address, let failure): "the proof of \(address) fails: \(failure)"
        case .policyNotMet(let missing): "the policy also needs \(missing)"
        case .floorNotMet(let missing): "the model's floor also needs \(missing)"
        case .evidence(let kind, let error): "the \(kind.name) evidence fails: \(error)"
        default: "\(self)"
        }
    }
}
