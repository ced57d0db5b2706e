internal import Attestation
internal import Codec
internal import Crypto
internal import Payments
internal import Primitives

/// Policies as bytes: one encoding each, the same policy as JSON and as text.
func fuzzPolicy(_ bytes: [UInt8]) throws(FuzzFailure) -> FuzzOutcome {
    try .of {
        let policy = try Policy(decoding: bytes)
        try FuzzFailure.require(policy.encoded == bytes, "a policy has two encodings")
        try checkForms(of: policy)
    }
}

func fuzzPolicyJSON(_ bytes: [UInt8]) throws(FuzzFailure) -> FuzzOutcome {
    try .of { try checkForms(of: try Policy(json: try JSON(parsing: bytes))) }
}

func fuzzPolicyText(_ bytes: [UInt8]) throws(FuzzFailure) -> FuzzOutcome {
    let text = String(decoding: bytes, as: UTF8.self)
    return try .of { try checkForms(of: try Policy(text: text)) }
}

/// What was read is canonical, its three forms read alike, and its meaning holds together.
private func checkForms(of policy: Policy) throws(FuzzFailure) {
    let decoded = try? Policy(decoding: policy.encoded)
    try FuzzFailure.require(decoded == policy, "a policy that was read is not canonical")
    let json = try? Policy(json: policy.json)
    try FuzzFailure.require(json == policy, "a policy does not round-trip as JSON")
    let text = try? Policy(text: policy.text)
    try FuzzFailure.require(text == policy, "a policy does not round-trip as text")
    try FuzzFailure.require(policy.shortfall(from: policy) == nil || policy.isWide, "below itself")
    let all = policy.everything
    try FuzzFailure.require(policy.isSatisfied(by: all), "all evidence is not enough")
    for facts in [all, EvidenceFacts(), EvidenceFacts(signers: all.signers, proofs: all.proofs)] {
        let isMet = policy.isSatisfied(by: facts)
        try FuzzFailure.require(
            isMet == (policy.missing(from: facts) == nil), "nothing is missing, or it is")
        try FuzzFailure.require(
            !isMet || policy.isSatisfied(by: facts.union(all)), "more facts broke a policy")
    }
}

extension Policy {
    /// Whether it may have too many ways to be met to be compared.
    fileprivate var isWide: Bool {
        switch self {
        case .leaf: false
        case .anyOf(let parts), .allOf(let parts), .atLeast(_, let parts):
            parts.count > 4 || parts.contains { $0.isWide }
        }
    }

    /// A fact for each leaf, which meets it.
    fileprivate var everything: EvidenceFacts {
        switch self {
        case .leaf(let requirement): requirement.fact
        case .anyOf(let parts), .allOf(let parts), .atLeast(_, let parts):
            parts.reduce(EvidenceFacts()) { $0.union($1.everything) }
        }
    }
}

extension Requirement {
    /// Facts that just meet it.
    fileprivate var fact: EvidenceFacts {
        switch self {
        case .plain: return EvidenceFacts()
        case .signed(let signed):
            let schemes = SignatureScheme.allCases.filter { signed.schemes.contains($0) }
            let parties = signed.group?.parties(1) ?? [(.zero, [])]
            return EvidenceFacts(
                signers: parties.map { address, lists in
                    EvidenceFacts.Signer(
                        address: address, scheme: schemes.first ?? .secp256k1,
                        isProvider: signed.group == nil, lists: lists)
                })
        case .tee(let tee):
            let (measurement, lists): (Hash, Set<Hash>) =
                switch tee.measurement {
                case .exactly(let hash): (hash, [])
                case .list(let list): (.zero, [list])
                }
            return EvidenceFacts(machines: [
                EvidenceFacts.Machine(
                    type: tee.types.types.first ?? .nitro,
                    ageSeconds: tee.ageSecondsMax.map(UInt64.init) ?? .max,
                    measurement: measurement, lists: lists, status: tee.worstStatus,
                    isDevelopment: !tee.isProduction)
            ])
        case .reexecuted(.executors(let group, let count)):
            return EvidenceFacts(
                executors: group.parties(count).map {
                    EvidenceFacts.Executor(address: $0.0, lists: $0.1)
                })
        case .reexecuted: return EvidenceFacts(isRunByChain: true)
        case .zk(let proof):
            return EvidenceFacts(proofs: [
                EvidenceFacts.Proof(
                    securityBits: Int(proof.securityBitsMin), isInputHidden: proof.isInputHidden)
            ])
        }
    }
}

extension AddressGroup {
    fileprivate func parties(_ count: Int) -> [(Address, Set<Hash>)] {
        switch self {
        case .these(let addresses): addresses.prefix(count).map { ($0, []) }
        case .list(let list): (0..<count).map { (Address(truncating: UInt256($0)), [list]) }
        }
    }
}

/// Evidence of the three kinds that signatures and documents decide, each read of the same bytes:
/// one encoding each, and checking by any key never traps. Refused where no kind takes the bytes.
func fuzzEvidence(_ bytes: [UInt8]) throws(FuzzFailure) -> FuzzOutcome {
    try .of {
        let signed = try? SignedEvidence(decoding: bytes)
        let tee = try? TEEEvidence(decoding: bytes)
        let run = try? ReexecutionEvidence(decoding: bytes)
        try FuzzFailure.require(signed == nil || signed?.encoded == bytes, "signed reads twice")
        try FuzzFailure.require(tee == nil || tee?.encoded == bytes, "tee reads twice")
        try FuzzFailure.require(run == nil || run?.encoded == bytes, "reexecuted reads twice")
        for kind in EvidenceKind.allCases {
            let evidence = Evidence(kind: kind, data: bytes)
            let identity = try? evidence.identity(provider: .zero)
            let isRead =
                switch kind {
                case .plain, .zk: identity != nil
                case .signed: (signed != nil) == (identity != nil)
                case .tee: identity == nil || tee != nil
                case .reexecuted: (run != nil) == (identity != nil)
                }
            try FuzzFailure.require(isRead, "an identity of evidence that does not read")
        }
        let keys: [SignerKey] = [
            .secp256k1(.zero), .p256(x: 1, y: 2),
            .rsaPSS(modulus: [UInt8](repeating: 0x81, count: 256)),
        ]
        for key in keys {
            let holds: Void? = try? signed?.verify(digest: .zero, key: key)
            try FuzzFailure.require(holds == nil, "a signature by a key that nobody has")
        }
        if signed == nil, tee == nil, run == nil { _ = try SignedEvidence(decoding: bytes) }
    }
}

/// Evidence of kind `zk`: one encoding each, and checking never traps.
func fuzzProofEvidence(_ bytes: [UInt8]) throws(FuzzFailure) -> FuzzOutcome {
    try .of {
        let evidence = try ProofEvidence(decoding: bytes)
        try FuzzFailure.require(evidence.encoded == bytes, "evidence of a proof has two encodings")
        let statement = Statement(
            modelID: .zero, systemHash: .zero, requestHash: .zero,
            inputHash: evidence.inputHash, outputHash: SHA256.hash(evidence.output),
            policyHash: .zero, provider: .zero, notBefore: 0, notAfter: 0)
        let isAbout: Void? = try? evidence.check(
            statement, digest: evidence.context, key: evidence.keyDigest)
        try FuzzFailure.require(isAbout != nil, "evidence of a proof is not about itself")
    }
}

/// Settlement receipts as RLP: one encoding each, the same receipt as JSON.
func fuzzReceipt(_ bytes: [UInt8]) throws(FuzzFailure) -> FuzzOutcome {
    try .of {
        let receipt = try SettlementReceipt(decoding: bytes)
        try FuzzFailure.require(receipt.encoded == bytes, "a receipt has two encodings")
        let json = try? SettlementReceipt(json: receipt.json)
        try FuzzFailure.require(json == receipt, "a receipt does not round-trip as JSON")
    }
}

/// Settlement receipts as JSON: what is read is written alike, and as bytes.
func fuzzReceiptJSON(_ bytes: [UInt8]) throws(FuzzFailure) -> FuzzOutcome {
    try .of {
        let receipt = try SettlementReceipt(json: try JSON(parsing: bytes))
        let again = try? SettlementReceipt(json: receipt.json)
        try FuzzFailure.require(again == receipt, "JSON of a receipt does not round-trip")
        let decoded = try? SettlementReceipt(decoding: receipt.encoded)
        try FuzzFailure.require(decoded == receipt, "a receipt from JSON has no bytes")
    }
}
