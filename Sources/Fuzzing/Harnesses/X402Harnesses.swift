internal import Codec
internal import Crypto
internal import Ledger
internal import Payments

/// The header in the bytes: base64 as it stands, or JSON that is still to be encoded, so that
/// mutations reach what lies in the base64.
private func header(of bytes: [UInt8]) -> String {
    bytes.first == UInt8(ascii: "{")
        ? Base64.encode(bytes) : String(decoding: bytes, as: UTF8.self)
}

/// A payment header of either version: what is read is written as a header that reads alike.
func fuzzX402Payload(_ bytes: [UInt8]) throws(FuzzFailure) -> FuzzOutcome {
    let text = header(of: bytes)
    return try .of {
        let payload = try X402Payload(header: text)
        let again = try? X402Payload(header: payload.header)
        try FuzzFailure.require(again == payload, "a payment header does not round-trip")
        let exact = try payload.exact()
        let exactAgain = try? ExactEVMPayload(json: exact.json)
        try FuzzFailure.require(exactAgain == exact, "an exact payload does not round-trip")
    }
}

/// An offer's header, version 2.
func fuzzX402Offer(_ bytes: [UInt8]) throws(FuzzFailure) -> FuzzOutcome {
    let text = header(of: bytes)
    return try .of {
        let offer = try PaymentRequired(header: text)
        let again = try? PaymentRequired(header: offer.header)
        try FuzzFailure.require(again == offer, "an offer does not round-trip")
    }
}

/// The body of a facilitator's request.
func fuzzX402Request(_ bytes: [UInt8]) throws(FuzzFailure) -> FuzzOutcome {
    try .of {
        let request = try FacilitatorRequest(body: bytes)
        let again = try? FacilitatorRequest(body: request.body)
        try FuzzFailure.require(again == request, "a facilitator request does not round-trip")
        _ = try request.payload.exact()
    }
}

/// A wallet's signature, plain or wrapped: the parts are no longer than the whole.
func fuzzWalletSignature(_ bytes: [UInt8]) throws(FuzzFailure) -> FuzzOutcome {
    try .of {
        let signature = try WalletSignature(parsing: bytes)
        try FuzzFailure.require(
            signature.inner.count <= bytes.count, "a signature is longer than its wrapper")
        let calldata = signature.deployment?.calldata.count ?? 0
        try FuzzFailure.require(
            calldata <= bytes.count, "a deployment is longer than its wrapper")
    }
}

/// A settlement with its evidence and proofs: what is read is written alike.
func fuzzReceiptDocument(_ bytes: [UInt8]) throws(FuzzFailure) -> FuzzOutcome {
    try .of {
        let document = try ReceiptDocument(json: try JSON(parsing: bytes))
        let again = try? ReceiptDocument(json: document.json)
        try FuzzFailure.require(again == document, "a receipt document does not round-trip")
        // Whatever it claims, the check ends with findings or a refusal.
        _ = try? document.verify(trusting: nil)
        _ = try? document.verify(trusting: Keccak.hash(document.header))
    }
}

/// A transaction's receipt in its consensus encoding: one encoding each.
func fuzzExecutionReceipt(_ bytes: [UInt8]) throws(FuzzFailure) -> FuzzOutcome {
    try .of {
        let receipt = try Receipt(decoding: bytes)
        try FuzzFailure.require(receipt.encoded == bytes, "a receipt of a run has two encodings")
    }
}
