public import Codec

/// A client's payment, version 2: the header `PAYMENT-SIGNATURE`.
public struct PaymentPayload: X402Document {
    /// What the scheme wants; see `ExactEVMPayload`.
    public var payload: JSONObject
    /// The offer the client says it takes. A verifier goes by the server's own requirements.
    public var accepted: PaymentRequirements
    public var resource: ResourceInfo?
    public var extensions: JSONObject?

    public init(
        payload: JSONObject, accepted: PaymentRequirements, resource: ResourceInfo? = nil,
        extensions: JSONObject? = nil
    ) {
        self.payload = payload
        self.accepted = accepted
        self.resource = resource
        self.extensions = extensions
    }

    public init(json: JSON) throws(X402Error) { try self.init(json, at: "") }

    init(_ json: JSON, at path: String) throws(X402Error) {
        let members = try X402Members(json, at: path)
        try members.require(.v2)
        self.init(
            payload: try members.object("payload"),
            accepted: try PaymentRequirements(
                try members.value("accepted"), at: members.path(of: "accepted")),
            resource: try members.optionalDocument("resource", ResourceInfo.init(_:at:)),
            extensions: try members.optionalObject("extensions"))
    }

    public var json: JSON {
        .message([
            ("x402Version", X402Version.v2.json), ("payload", .object(payload)),
            ("accepted", accepted.json), ("resource", resource?.json),
            ("extensions", extensions.json),
        ])
    }
}

/// A client's payment, version 1: the header `X-PAYMENT`.
public struct PaymentPayloadV1: X402Document {
    public var scheme: String
    /// A name: `base-sepolia`.
    public var network: String
    /// What the scheme wants; see `ExactEVMPayload`.
    public var payload: JSONObject

    public init(scheme: String, network: String, payload: JSONObject) {
        self.scheme = scheme
        self.network = network
        self.payload = payload
    }

    public init(json: JSON) throws(X402Error) { try self.init(json, at: "") }

    init(_ json: JSON, at path: String) throws(X402Error) {
        let members = try X402Members(json, at: path)
        try members.require(.v1)
        self.init(
            scheme: try members.string("scheme"), network: try members.string("network"),
            payload: try members.object("payload"))
    }

    public var json: JSON {
        .message([
            ("x402Version", X402Version.v1.json), ("scheme", .string(scheme)),
            ("network", .string(network)), ("payload", .object(payload)),
        ])
    }
}

/// A client's payment of either version, told apart by `x402Version`.
public enum X402Payload: X402Document {
    case v1(PaymentPayloadV1)
    case v2(PaymentPayload)

    public init(json: JSON) throws(X402Error) { try self.init(json, at: "") }

    init(_ json: JSON, at path: String) throws(X402Error) {
        switch try X402Members(json, at: path).version() {
        case .v1: self = .v1(try PaymentPayloadV1(json, at: path))
        case .v2: self = .v2(try PaymentPayload(json, at: path))
        }
    }

    public var json: JSON {
        switch self {
        case .v1(let payment): payment.json
        case .v2(let payment): payment.json
        }
    }

    public var version: X402Version {
        switch self {
        case .v1: .v1
        case .v2: .v2
        }
    }

    public var scheme: String {
        switch self {
        case .v1(let payment): payment.scheme
        case .v2(let payment): payment.accepted.scheme
        }
    }

    public var network: String {
        switch self {
        case .v1(let payment): payment.network
        case .v2(let payment): payment.accepted.network
        }
    }

    /// What the scheme wants.
    public var payload: JSONObject {
        switch self {
        case .v1(let payment): payment.payload
        case .v2(let payment): payment.payload
        }
    }

    /// The payload of an `exact` payment by EIP-3009.
    /// - Throws: `unknownScheme` for other schemes, and what keeps the payload from being read.
    public func exact() throws(X402Error) -> ExactEVMPayload {
        guard scheme.isSame(as: X402Scheme.exact) else { throw .unknownScheme(scheme) }
        return try ExactEVMPayload(json: .object(payload))
    }
}
