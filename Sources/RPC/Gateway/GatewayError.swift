internal import Codec
internal import HTTP
internal import Ledger
internal import Node
internal import Payments
internal import Primitives

/// Why the gateway does not answer a request with an output.
struct GatewayError: Error, Equatable {
    let status: Int
    /// One word for programs.
    let code: String
    /// What is wrong and what to do, for people.
    let message: String

    var response: HTTPResponse {
        let body: JSON = ["error": .string(code), "message": .string(message)]
        return .json(status, body.serialized)
    }

    static func unknownModel(_ name: String) -> GatewayError {
        GatewayError(
            status: 404, code: "unknown_model",
            message: "no model \(name) is registered; GET /v1/models lists what is")
    }

    static func revoked(_ name: String, _ version: String) -> GatewayError {
        GatewayError(
            status: 410, code: "model_revoked",
            message: "\(name)@\(version) was revoked by its owner; choose another version")
    }

    static func graphMissing(_ hash: String) -> GatewayError {
        GatewayError(
            status: 503, code: "graph_missing",
            message: "this node lacks the graph \(hash); send it with PUT /v1/blobs/\(hash)")
    }

    static func graphDamaged(_ why: String) -> GatewayError {
        GatewayError(status: 503, code: "graph_damaged", message: why)
    }

    static func invalidRequest(_ why: String) -> GatewayError {
        GatewayError(status: 400, code: "invalid_request", message: why)
    }

    static func invalidInput(_ why: String) -> GatewayError {
        GatewayError(status: 400, code: "invalid_input", message: why)
    }

    /// - Parameter gives: the kinds of evidence that this provider has for the model.
    static func policyNotOffered(_ missing: String, gives: EvidenceSet) -> GatewayError {
        let names = gives.kinds.map(\.name)
        let list = names.dropLast().joined(separator: ", ") + " and " + (names.last ?? "")
        var remedies: [String] = []
        if !gives.contains(.zk) {
            remedies.append("zk for models that are registered with a weights root")
        }
        if !gives.contains(.tee) {
            remedies.append("tee on chains whose genesis trusts the development root")
        }
        let remedy =
            remedies.isEmpty ? "" : "; it has " + remedies.joined(separator: ", and ")
        return GatewayError(
            status: 422, code: "policy_not_offered",
            message: "for this model the provider gives \(list) evidence\(remedy); "
                + "the policy also needs \(missing)")
    }

    static func invalidSecret(_ why: String) -> GatewayError {
        GatewayError(
            status: 400, code: "invalid_secret",
            message: "to hide the input write {\"input\": …, \"hidden\": {\"secret\": \"0x…\"}} "
                + "with 32 random bytes that serve no other input: \(why)")
    }

    static func hiddenNeedsProof(_ policy: Policy) -> GatewayError {
        GatewayError(
            status: 422, code: "hidden_needs_proof",
            message: "only a proof hides an input, and the policy \(policy) asks for none; "
                + "add ?policy=zk, or leave out hidden")
    }

    static func noHiddenForm(_ name: String, _ version: String) -> GatewayError {
        GatewayError(
            status: 422, code: "no_hidden_form",
            message: "proofs of \(name)@\(version) cannot hide their input: a node of its graph "
                + "has no committed form, or the graph is too large")
    }

    static let secretUsed = GatewayError(
        status: 409, code: "secret_used",
        message: "the secret hides another input, or one of another model, and one secret serves "
            + "one input; nothing was charged, ask with another secret")

    static func secretSpent(max: Int) -> GatewayError {
        GatewayError(
            status: 409, code: "secret_spent",
            message: "the secret has served \(max) proofs, which is as many as hide the input; "
                + "nothing was charged, ask with another secret")
    }

    static func proofFailed(_ why: String) -> GatewayError {
        GatewayError(
            status: 500, code: "proof_failed",
            message: "the proof could not be made: \(why); nothing was charged")
    }

    static let proversBusy = GatewayError(
        status: 503, code: "provers_busy",
        message: "too many proofs are under way here; nothing was charged, ask again in a moment")

    static func notFound(_ what: String) -> GatewayError {
        GatewayError(status: 404, code: "not_found", message: "\(what) is not known here")
    }

    static func unavailable(_ why: String) -> GatewayError {
        GatewayError(status: 503, code: "unavailable", message: why)
    }
}

extension GatewayError {
    init(_ error: ProofMakerError) {
        switch error {
        case .busy: self = .proversBusy
        case .secretUsed: self = .secretUsed
        case .openingsSpent(let max): self = .secretSpent(max: max)
        case .noHiddenForm: self = .proofFailed("the model has no hidden form")
        case .source(.missing(let hash)): self = .graphMissing(hash.hex)
        case .source(let why): self = .proofFailed("\(why)")
        case .failed(let why): self = .proofFailed(why)
        }
    }
}
