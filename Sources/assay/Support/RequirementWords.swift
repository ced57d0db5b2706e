internal import Attestation
internal import Codec
internal import Ledger
internal import Payments
internal import Primitives

// Leaves of policies in words, for people who pay by them.

extension Requirement {
    /// What evidence that meets it shows.
    var guarantee: String {
        switch self {
        case .plain: "nothing"
        case .signed(let signed):
            signed.group == nil
                ? "the registered provider stands for this model, input and output"
                : "a registered party stands for this model, input and output"
        case .tee: "an attested machine whose code has a known measurement answered"
        case .reexecuted(.chain): "the chain ran the model and got the same output"
        case .reexecuted(.chainOrTwo):
            "the chain, or two executors of the admin's choice, got the same output"
        case .reexecuted(.executors): "executors ran the model and got the same output"
        case .zk: "the model's graph gives this output for this input: a proof, no trust"
        }
    }

    var limit: String {
        switch self {
        case .plain: "that any model ran at all"
        case .signed: "that the model ran: a signer may lie and be caught later"
        case .tee: "that the hardware's maker and the measured code are honest"
        case .reexecuted(.chain): "that the model is a good one"
        case .reexecuted: "anything, once as many executors collude as must sign"
        case .zk: "that the model is a good one; it needs a weights root"
        }
    }

    /// What must be so for evidence to count, parameter by parameter.
    var conditions: [String] {
        switch self {
        case .plain: return ["always"]
        case .signed(let signed):
            let schemes = SignatureScheme.allCases.filter { signed.schemes.contains($0) }
            let names = schemes.map(\.name).joined(separator: " or ")
            return [signed.group.map { "signed by \($0.words)" } ?? "signed by the provider"]
                + (signed.schemes == .all ? ["by a key of any scheme"] : ["by a key of \(names)"])
        case .tee(let tee): return tee.conditions
        case .reexecuted(.chainOrTwo):
            return ["run by the chain, or by two on list \(TrustLists.executors)"]
        case .reexecuted(.chain): return ["run by the chain"]
        case .reexecuted(.executors(let group, let count)):
            return ["run by \(count) of \(group.words)"]
        case .zk(let proof):
            let bits = proof.securityBitsMin
            return [bits == 0 ? "as strong as the model's key" : "at least \(bits) bits"]
                + (proof.isInputHidden ? ["it hides the input"] : [])
        }
    }

    var warnings: [String] {
        switch self {
        case .plain, .signed, .reexecuted(.chain), .zk: return []
        case .tee(let tee):
            var warnings: [String] = []
            if !tee.isProduction {
                warnings.append("development roots are not excluded; add production")
            }
            if tee.ageSecondsMax == nil {
                warnings.append("a machine counts until its record expires; add age=SECONDS")
            }
            if tee.types.contains(.snp), tee.worstStatus < .outOfDate {
                warnings.append(
                    "AMD signs no list of current versions: snp counts only as the trust "
                        + "registry's admin has set least versions, and never without")
            }
            if tee.worstStatus > .upToDate {
                warnings.append("platforms with known weaknesses count (\(tee.worstStatus.name))")
            }
            if tee.types.types.contains(.nvgpu) {
                warnings.append("a GPU vouches for no program and no CPU: ask for a CPU's too")
            }
            return warnings
        case .reexecuted(.chainOrTwo):
            return ["two executors that the admin chose are enough; chain asks for its own run"]
        case .reexecuted(.executors(_, let count)):
            return count == 1 ? ["one executor is enough: it need not collude with anybody"] : []
        }
    }
}

extension TEERequirement {
    fileprivate var conditions: [String] {
        let names = types.types.map(\.name).joined(separator: ", ")
        let age = ageSecondsMax.map { seconds in
            "attested at most \(seconds) s before the block, by the date that evidence bears; "
                + "without one, by its registration or the statement's notBefore"
        }
        let measured =
            switch measurement {
            case .list(TrustLists.measurements): "measured as the admin's list says"
            case .list(let list): "measured as list \(list) says"
            case .exactly(let hash): "measured as \(hash)"
            }
        return [
            "one of \(names)", measured, age ?? "attested, and the record not expired",
            "TCB status \(worstStatus.name)" + (worstStatus == .upToDate ? "" : " or better"),
        ] + (isProduction ? ["under a vendor's root"] : ["under any root that the chain trusts"])
    }
}

extension AddressGroup {
    fileprivate var words: String {
        switch self {
        case .these(let addresses): addresses.map(\.hex).joined(separator: ", ")
        case .list(let list): "members of list \(list)"
        }
    }
}

extension ReexecutedRequirement {
    /// How many executors are enough; nil where the chain must run.
    var executorCount: Int? {
        switch self {
        case .chain: nil
        case .chainOrTwo: 2
        case .executors(_, let count): count
        }
    }
}

/// What one way to meet a leaf costs.
struct LeafCost {
    let leaf: String
    var gas: UInt64?
    var bytes: UInt64?
    var nanoseconds: UInt64?
    let what: String

    /// A document about the statement itself, as large as they usually are.
    static func document(_ type: TEEType) -> LeafCost {
        let usual = EvidenceCost.usual(type)
        return LeafCost(
            leaf: EvidenceKind.tee.name, gas: usual.gas, bytes: 2 + UInt64(usual.bytes),
            what: "a document about the statement, \(type.name), of about that size"
                + (usual.collateralBytes == 0 ? "" : ", by the chain's collateral"))
    }

    var cells: [String] {
        [
            leaf, gas.map { "\($0)" } ?? "?", bytes.map { "\($0)" } ?? "?",
            nanoseconds.map { LeafCost.time($0) } ?? "", what,
        ]
    }

    /// Milliseconds with one decimal, as they are estimates.
    private static func time(_ nanoseconds: UInt64) -> String {
        let tenths = (nanoseconds + 50_000) / 100_000
        return "~\(tenths / 10).\(tenths % 10) ms"
    }

    var json: JSON {
        var object = JSONObject([("what", .string(what))])
        object["gas"] = gas.map { .number(JSONNumber($0)) }
        object["bytes"] = bytes.map { .number(JSONNumber($0)) }
        object["nanoseconds"] = nanoseconds.map { .number(JSONNumber($0)) }
        return .object(object)
    }
}

extension Requirement {
    /// The ways to meet it; gas is that of the check alone, without calldata and reads of slots.
    /// - Parameter model: nil where no node was asked.
    func costs(_ model: ExplainedCosts?) -> [LeafCost] {
        let kind = kind.name
        func signatures(_ schemes: SchemeSet, _ head: UInt64, _ whose: String) -> [LeafCost] {
            SignatureScheme.allCases.filter { schemes.contains($0) }.map { scheme in
                LeafCost(
                    leaf: kind, gas: ModelCosts.signatureGas(scheme),
                    bytes: head + scheme.signatureBytesMax,
                    what: "\(whose) signature, \(scheme.name)")
            }
        }
        switch self {
        case .plain: return [LeafCost(leaf: kind, gas: 0, bytes: 0, what: "nothing")]
        case .signed(let signed):
            return signatures(signed.schemes, signed.group == nil ? 0 : 21, "one")
        case .tee(let tee):
            return signatures(.all, 33, "an attested key's")
                + tee.types.types.map(LeafCost.document)
        case .reexecuted(let run):
            var costs: [LeafCost] = []
            switch run {
            case .chain, .chainOrTwo:
                costs.append(
                    LeafCost(leaf: kind, gas: model?.runGas, what: "the chain's own run"))
            case .executors: break
            }
            guard let count = run.executorCount.map({ UInt64($0) }) else { return costs }
            return costs
                + [
                    LeafCost(
                        leaf: kind, gas: count * ModelCosts.signatureGas(.secp256k1),
                        bytes: count * (21 + SignatureScheme.secp256k1.signatureBytesMax),
                        what: "\(count) executors' signatures, secp256k1")
                ]
        case .zk(let proof):
            let isHidden = proof.isInputHidden
            return [
                LeafCost(
                    leaf: kind, gas: isHidden ? model?.hiddenProofGas : model?.proofGas,
                    bytes: model?.proofBytesMax,
                    nanoseconds: isHidden ? model?.hiddenProofNanoseconds : model?.proofNanoseconds,
                    what: "checking a proof, at most so long, made in about that time")
            ]
        }
    }
}

extension SignatureScheme {
    fileprivate var signatureBytesMax: UInt64 {
        switch self {
        case .secp256k1: 65
        case .p256: 64
        case .rsaPSS: 512
        }
    }
}
