internal import Arguments
internal import Attestation
internal import Codec
internal import Ledger
internal import Payments
internal import Primitives

/// What `assay policy explain` says of a policy: leaf by leaf, and of the whole.
struct PolicyReport {
    let policy: Policy
    let leaves: [Requirement]
    let model: ExplainedModel?
    /// What is at stake, in atomic units of the token; nil when nobody said.
    let value: UInt256?

    init(_ policy: Policy, model: ExplainedModel?, value: UInt256?) {
        self.policy = policy
        self.model = model
        self.value = value
        var leaves: [Requirement] = []
        PolicyReport.collect(policy, &leaves)
        self.leaves = leaves
    }

    private static func collect(_ policy: Policy, _ leaves: inout [Requirement]) {
        switch policy {
        case .leaf(let leaf): if !leaves.contains(leaf) { leaves.append(leaf) }
        case .anyOf(let parts), .allOf(let parts), .atLeast(_, let parts):
            for part in parts { collect(part, &leaves) }
        }
    }

    // MARK: Warnings

    /// What a payer should know before relying on the policy.
    var warnings: [String] {
        var warnings: [String] = []
        func warn(_ isSo: Bool, _ text: String) { if isSo { warnings.append(text) } }
        warn(policy.isSatisfied(by: EvidenceFacts()), "nothing is asked for: any answer settles")
        for leaf in leaves { warnings += leaf.warnings.map { "\(leaf.text): \($0)" } }
        let isOnTrust = policy.holds { leaf in
            switch leaf {
            case .plain, .signed, .tee: true
            case .reexecuted(.chain), .zk: false
            case .reexecuted: true
            }
        }
        if let value, !value.isZero, isOnTrust {
            warnings.append(
                "\(value.decimal) units at stake: it can be met without a proof and without the "
                    + "chain's own run, so some party must be trusted with as much")
            for case .reexecuted(let run) in leaves {
                guard let count = run.executorCount else { continue }
                warnings.append(
                    "reexecuted: \(count) executor\(count == 1 ? "" : "s") must collude; "
                        + "each should stand to lose more than "
                        + "\((value / UInt256(UInt64(count))).decimal) units")
            }
        }
        guard let model else { return warnings }
        if let floor = model.floor, let missing = policy.shortfall(from: floor) {
            warnings.append(
                "weaker than the model's floor \(floor.text): a settlement needs \(missing) too")
        }
        let needsProof = !policy.holds { $0.kind != .zk }
        if policy.kinds.contains(.zk), model.costs.proofGas == nil {
            warnings.append(
                "\(model.name) has no weights root, so no proof of it can hold"
                    + (needsProof ? ": nobody can ever settle under this policy" : ""))
        }
        let hides = leaves.contains {
            if case .zk(let proof) = $0 { proof.isInputHidden } else { false }
        }
        warn(
            hides && model.costs.proofGas != nil && model.costs.hiddenProofGas == nil,
            "proofs of \(model.name) have no form that hides the input")
        return warnings
    }

    // MARK: Output

    func write(to out: Terminal) {
        var rows = [
            ["policy", policy.text], ["bytes", Hex.encodePrefixed(policy.encoded)],
            ["hash", policy.hash.hex],
        ]
        if let model {
            rows.append(["model", model.name])
            rows.append(["floor", model.floor?.text ?? "none"])
        }
        out.write(out.table(rows: rows))
        out.line()
        for leaf in leaves {
            out.line(out.bold(leaf.text))
            out.write(
                out.table(rows: [
                    ["  shows", leaf.guarantee], ["  does not show", leaf.limit],
                    ["  counts if", leaf.conditions.joined(separator: "; ")],
                ]))
        }
        out.line()
        out.write(
            out.table(
                header: ["evidence", "gas", "bytes", "time", "what is paid for"],
                rows: leaves.flatMap { $0.costs(model?.costs).map(\.cells) },
                alignments: [.left, .right, .right, .right, .left]))
        let warnings = warnings
        if !warnings.isEmpty { out.line() }
        for warning in warnings { out.line(out.yellow("! " + warning)) }
    }

    var json: JSON {
        var object = JSONObject([
            ("policy", policy.json), ("text", .string(policy.text)),
            ("bytes", .string(Hex.encodePrefixed(policy.encoded))),
            ("hash", .string(policy.hash.hex)),
            (
                "leaves",
                .array(
                    leaves.map { leaf in
                        [
                            "leaf": .string(leaf.text), "shows": .string(leaf.guarantee),
                            "doesNotShow": .string(leaf.limit),
                            "countsIf": .array(leaf.conditions.map { .string($0) }),
                            "costs": .array(leaf.costs(model?.costs).map(\.json)),
                        ]
                    })
            ), ("warnings", .array(warnings.map { .string($0) })),
        ])
        if let model {
            object["model"] = .string(model.name)
            object["floor"] = model.floor.map { .string($0.text) } ?? .null
            let shortfall = model.floor.flatMap { policy.shortfall(from: $0) }
            object["belowFloor"] = shortfall.map { .string($0) } ?? .null
        }
        return .object(object)
    }
}

/// What a node says of the model that a policy is explained for.
struct ExplainedModel {
    let name: String
    /// Nil where the model asks for nothing.
    let floor: Policy?
    let costs: ExplainedCosts

    init(_ reference: String, from client: NodeClient) throws {
        // The route finds the newest version of a name; the method knows what it costs.
        let found = try client.json("GET", "/v1/models/\(reference)")
        let id = found["modelId"]?.string ?? ""
        let model = try client.call("assay_model", [.string(id)])
        name = "\(model["name"]?.string ?? "")@\(model["version"]?.string ?? "")"
        let bytes = (try? Hex.decodePrefixed(model["policyFloor"]?.string ?? "0x")) ?? []
        do { floor = bytes.isEmpty ? nil : try Policy(decoding: bytes) } catch {
            throw Failure(
                "the floor of \(name) cannot be read", why: "\(error)",
                remedy: "use an 'assay' as new as the node")
        }
        costs = ExplainedCosts(model["costs"])
    }
}

/// A model's costs as the node gives them; nil for what it does not have.
struct ExplainedCosts {
    let runGas: UInt64?
    let proofGas: UInt64?
    let hiddenProofGas: UInt64?
    let proofBytesMax: UInt64?
    let proofNanoseconds: UInt64?
    let hiddenProofNanoseconds: UInt64?

    init(_ json: JSON?) {
        func number(_ name: String) -> UInt64? {
            json?[name]?.string.flatMap { try? UInt256(hex: $0) }?.limb0
        }
        runGas = number("runGas")
        proofGas = number("proofGas")
        hiddenProofGas = number("hiddenProofGas")
        proofBytesMax = number("proofBytesMax")
        proofNanoseconds = number("proofNanoseconds")
        hiddenProofNanoseconds = number("hiddenProofNanoseconds")
    }
}
