internal import Arguments
internal import Attestation
internal import Codec
internal import Files
internal import Ledger
internal import Payments
internal import Primitives
internal import Proofs
internal import Registry

extension Subcommand {
    static let verify = Subcommand(
        command: Command(
            "verify", "Checks a receipt or a proof, offline",
            details: """
                A receipt: header, Merkle proofs, every piece of evidence, payment. Give the hash \
                of a block that you trust; without it the receipt is only shown to agree with \
                itself. A proof among the evidence is checked again, by the key in the receipt or \
                by one given with --proof-key: whoever it comes from, its digest must be the \
                model's weights root. A proof also lets the input be compared.
                A proof, as 'assay prove -o' writes it: give the model, or its key as 'assay \
                model key -o' writes it, and the input that you asked about; where the proof hides \
                it, with its secret, which shows that the commitment is to this input.
                """,
            options: [
                .value("block-hash", "HASH", "of a receipt: the block that you trust"),
                .value("proof-key", "KEY", "of a receipt: its model's verification key"),
                .value(
                    "graph", "FILE", "of a receipt: its model's graph, to run it again"),
                .value("model", "MODEL", "of a proof: a key, or " + ChosenModel.summary),
                .value("context", "HASH", "of a proof: what it must be for"),
                .flag("json", "prints JSON"),
            ] + DisclosedInput.options + ChosenModel.options,
            positionals: [
                .required("FILE", "a receipt as GET /v1/receipts/{id} gives it, or a proof")
            ])
    ) { invocation in
        let file = invocation.positional("FILE")
        let bytes = try Files.read(file, bytesMax: ReceiptDocument.bytesMax)
        // A proof begins with its version, and no JSON does.
        if let first = bytes.first,
            [ProofEvidence.version, ProofEvidence.hiddenVersion].contains(first)
        {
            return try ProofFile(bytes, file).verify(invocation)
        }
        var trusted: Hash?
        if let text = invocation.text("block-hash") {
            do { trusted = try Hash(hex: text) } catch {
                throw UsageError(
                    "--block-hash \(text) is not valid", why: "a hash is 0x and 64 digits",
                    remedy: "copy it from a source you trust")
            }
        }
        let json = try ModelFiles.json(bytes, file)
        let document: ReceiptDocument
        do { document = try ReceiptDocument(json: json) } catch {
            throw Failure(
                "\(file) is no receipt", why: "\(error)", remedy: "fetch it again from the node")
        }
        let key = try invocation.text("proof-key").map { try Files.read($0) } ?? []
        do {
            let graph = try invocation.text("graph").map { try Files.read($0) } ?? []
            let findings = try document.verify(trusting: trusted, proofKey: key, graph: graph)
            try findings.compareInput(invocation, document, key)
            if invocation.flag("json") {
                Terminal.output.line(
                    findings.json(document, isPinned: trusted != nil).prettyPrinted)
            } else {
                print(findings, document, isPinned: trusted != nil)
            }
            return 0
        } catch let error as ReceiptRefusal {
            if invocation.flag("json") {
                let answer: JSON = ["valid": false, "reason": .string("\(error)")]
                Terminal.output.line(answer.prettyPrinted)
                return 1
            }
            throw Failure(
                "the receipt does not hold", why: error.text, remedy: error.remedy)
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
            [
                "input",
                (findings.isInputHidden ? "hidden by " : "") + receipt.statement.inputHash.hex,
            ],
            ["output", receipt.statement.outputHash.hex],
            ["evidence", "\(kinds); the policy asks for \(findings.policy)"],
            ["provider", receipt.statement.provider.hex],
            [
                "payment",
                "\(receipt.payment.amount) of \(receipt.payment.asset) "
                    + "from \(receipt.payment.payer)",
            ],
        ]
        if let bits = findings.proofSecurityBits {
            rows.append(["proof", "checked again, \(bits) bits; key \(findings.model.weightsRoot)"])
        }
        rows += findings.factRows
        if let isRunAgain = findings.isRunAgain {
            rows.append([
                "run",
                isRunAgain
                    ? "done again here, with the same output"
                    : "the chain's word; --graph does it again",
            ])
        }
        if !findings.isPayerSignatureChecked {
            rows.append(["payer", "not a key's signature; the chain's word for it"])
        }
        out.line("\(out.check) receipt \(receipt.id) holds")
        out.write(out.table(rows: rows.map { ["  " + $0[0], $0[1]] }))
        if findings.isDevelopment {
            out.line(
                out.yellow("! development evidence: its root's keys are known to everybody"))
        }
        guard !isPinned else { return }
        out.line(
            out.yellow("! no --block-hash: the receipt agrees with itself, no more is shown"))
    }
}

extension ReceiptFindings {
    /// A line for each signer, machine and executor that stands behind the answer.
    fileprivate var factRows: [[String]] {
        facts.signers.map { signer in
            ["signed by", "\(signer.address), \(signer.scheme.name)"]
        }
            + facts.machines.map { machine in
                [
                    "machine",
                    "\(machine.type.name), \(machine.status.name), measurement "
                        + "\(machine.measurement), attested \(machine.ageSeconds) s before"
                        + (machine.isDevelopment ? ", development root" : ""),
                ]
            } + facts.executors.map { ["run by", "\($0.address)"] }
    }

    /// Compares the input that somebody gave with the one of the receipt: its key says how numbers
    /// become integers.
    fileprivate func compareInput(
        _ invocation: Invocation, _ document: ReceiptDocument, _ given: [UInt8]
    ) throws {
        guard let input = try DisclosedInput.from(invocation, isHidden: isInputHidden) else {
            return
        }
        guard let key = try? VerificationKey(file: given.isEmpty ? document.proofKey : given),
            key.digest == model.weightsRoot
        else {
            throw Failure(
                "the input cannot be compared",
                why: "the verification key says how its numbers are read, and is not here",
                remedy: "give the model's with --proof-key")
        }
        let wanted = try input.hash(key)
        let got = document.receipt.statement.inputHash
        guard wanted == got else {
            throw ReceiptRefusal.proof(.mismatch(.wrongInput(expected: wanted, got: got)))
        }
    }

    fileprivate func json(_ document: ReceiptDocument, isPinned: Bool) -> JSON {
        let bits = proofSecurityBits.map { JSON.number(JSONNumber($0)) } ?? .null
        return [
            "valid": true, "proofSecurityBits": bits, "pinned": .bool(isPinned),
            "receiptId": .string(document.receipt.id.hex), "blockHash": .string(blockHash.hex),
            "modelId": .string(document.receipt.statement.modelID.hex),
            "model": .string("\(model.name)@\(model.version)"),
            "inputHash": .string(document.receipt.statement.inputHash.hex),
            "inputHidden": .bool(isInputHidden),
            "outputHash": .string(document.receipt.statement.outputHash.hex),
            "evidence": .array(evidence.kinds.map { .string($0.name) }),
            "policy": .string(policy.text),
            "development": .bool(isDevelopment),
            "runAgain": isRunAgain.map { .bool($0) } ?? .null,
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
        case .refused(let error):
            "its evidence fails: "
                + (NativeError.describe(revertData: error.revertData) ?? "\(error)")
        case .wrongGraph(let expected, let got):
            "the graph hashes to \(got), the model's is \(expected)"
        case .wrongRun(let expected, let got):
            "the model gives the output \(expected), the statement says \(got)"
        case .missingKey(let digest): "its proof cannot be checked without the key \(digest)"
        case .wrongKey(let expected, let got):
            "the key has the digest \(got), the model's weights root is \(expected)"
        case .proof(let refusal): "its proof fails: \(refusal.text)"
        default: "\(self)"
        }
    }

    /// What to do about it.
    fileprivate var remedy: String {
        switch self {
        case .missingKey(let digest):
            "fetch GET /v1/blobs/\(digest) from a node and give it with --proof-key"
        case .wrongGraph: "give the graph of the model that the receipt names"
        case .invalidKey, .wrongKey: "give the model's own key, or leave --proof-key out"
        default: "believe nothing in it"
        }
    }
}
