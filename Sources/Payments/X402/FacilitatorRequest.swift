public import Codec

/// The body of a facilitator's `POST /verify` and `POST /settle`.
public struct FacilitatorRequest: X402Document {
    public let payload: X402Payload
    /// The server's own requirements; of the payload's version.
    public let requirements: X402Requirements

    /// A request of version 1.
    public init(_ payload: PaymentPayloadV1, requirements: PaymentRequirementsV1) {
        self.payload = .v1(payload)
        self.requirements = .v1(requirements)
    }

    /// A request of version 2.
    public init(_ payload: PaymentPayload, requirements: PaymentRequirements) {
        self.payload = .v2(payload)
        self.requirements = .v2(requirements)
    }

    public init(json: JSON) throws(X402Error) {
        let members = try X402Members(json, at: "")
        let version = try members.version()
        payload = try X402Payload(
            try members.value("paymentPayload"), at: members.path(of: "paymentPayload"))
        guard payload.version == version else {
            throw .versionMismatch(expected: version.rawValue, got: payload.version.rawValue)
        }
        requirements = try X402Requirements(
            try members.value("paymentRequirements"), version: version,
            at: members.path(of: "paymentRequirements"))
    }

    public var json: JSON {
        .message([
            ("x402Version", payload.version.json), ("paymentPayload", payload.json),
            ("paymentRequirements", requirements.json),
        ])
    }
}

public typealias VerifyRequest = FacilitatorRequest
public typealias SettleRequest = FacilitatorRequest
