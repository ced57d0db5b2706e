internal import Codec
internal import Crypto
internal import Ledger
internal import Payments
internal import Primitives
internal import Registry
internal import Synchronization

/// One request for inference, as far as it can be understood before it is paid for.
struct InferenceRequest {
    let model: ModelRecord
    let policy: Policy
    /// What is given for it: the least that meets the policy and the model's floor.
    let evidence: EvidenceSet
    /// How old a machine's attestation may be, in seconds; nil for any age.
    let ageSecondsMax: UInt32?
    /// Where the proof is to hide the input: what it is committed to with.
    let secret: Hash?
    let requestHash: Hash
    /// The URL that is paid for.
    let url: String
}

/// What the gateway asks for an inference: terms, and the amount for them.
struct Offer: Equatable {
    let terms: Terms
    let policy: Policy
    let isInputHidden: Bool
    let amount: UInt256
    let token: Address
    let domain: (name: String, version: String)
    let chainID: UInt64
    /// How long a client should make its authorization good for, in seconds.
    let timeoutSeconds: Int64

    static func == (left: Offer, right: Offer) -> Bool {
        left.requirements == right.requirements
    }

    var escrow: Address { terms.escrow(chainID: chainID) }

    /// The offer in version 2. `extra.assay` holds the terms, so that a client can check what its
    /// signature is for: `payTo` follows from them.
    var requirements: PaymentRequirements {
        PaymentRequirements(
            scheme: X402Scheme.exact, network: X402Network(chainID: chainID).caip2,
            asset: token.checksummed, amount: amount.decimal, payTo: escrow.checksummed,
            maxTimeoutSeconds: timeoutSeconds, extra: extra)
    }

    /// The offer in version 1; nil where the chain has no name in it.
    func requirementsV1(url: String, description: String) -> PaymentRequirementsV1? {
        guard let network = X402Network(chainID: chainID).v1Name else { return nil }
        return PaymentRequirementsV1(
            scheme: X402Scheme.exact, network: network, maxAmountRequired: amount.decimal,
            resource: url, description: description, mimeType: "application/json",
            payTo: escrow.checksummed, maxTimeoutSeconds: timeoutSeconds,
            asset: token.checksummed, extra: extra)
    }

    private var extra: JSONObject {
        var extra = JSONObject()
        extra["name"] = .string(domain.name)
        extra["version"] = .string(domain.version)
        var assay = JSONObject([
            ("terms", terms.json), ("termsHash", .string(terms.hash(chainID: chainID).hex)),
            ("policy", .string(policy.text)),
        ])
        // A client that asked for it sees that it was understood before it pays.
        if isInputHidden { assay["inputHidden"] = true }
        extra["assay"] = .object(assay)
        return extra
    }

    /// The terms that a client echoes; nil when there are none.
    static func echoedTerms(_ requirements: PaymentRequirements) -> Terms? {
        guard let json = requirements.extra["assay"]?["terms"] else { return nil }
        return try? Terms(json: json)
    }
}

/// Terms of offers by their escrow address, for clients of version 1, which echo nothing else.
///
/// Holds the newest 65,536 offers: a client that takes longer is offered anew.
final class OfferBook: Sendable {
    private struct State {
        var terms: [Address: Terms] = [:]
        var order: [Address] = []
        var next = 0
    }

    private static let capacity = 65_536
    private let state = Mutex(State())

    func insert(_ terms: Terms, escrow: Address) {
        state.withLock { state in
            if state.order.count < OfferBook.capacity {
                state.order.append(escrow)
            } else {
                state.terms[state.order[state.next]] = nil
                state.order[state.next] = escrow
                state.next = (state.next + 1) % OfferBook.capacity
            }
            state.terms[escrow] = terms
        }
    }

    func terms(escrow: Address) -> Terms? { state.withLock { $0.terms[escrow] } }
}
