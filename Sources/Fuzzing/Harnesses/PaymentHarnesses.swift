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
    let all = EvidenceSet(rawValue: .max)
    try FuzzFailure.require(policy.isSatisfied(by: all), "all evidence is not enough")
    for evidence in [all, EvidenceSet(), policy.kinds] {
        let isMet = policy.isSatisfied(by: evidence)
        try FuzzFailure.require(
            isMet == (policy.missing(from: evidence) == nil), "nothing is missing, or it is")
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
