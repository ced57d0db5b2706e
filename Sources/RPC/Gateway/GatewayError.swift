internal import Codec
internal import HTTP
internal import Payments

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
        let remedy =
            gives.contains(.zk)
            ? "" : "; it has zk for models that are registered with a weights root"
        return GatewayError(
            status: 422, code: "policy_not_offered",
            message: "for this model the provider gives \(list) evidence\(remedy); "
                + "the policy also needs \(missing)")
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
