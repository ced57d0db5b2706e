public import Codec

/// One way to pay for a resource, version 2.
///
/// Nothing is judged when read: amounts and addresses are texts until a verifier needs them.
public struct PaymentRequirements: X402Document {
    public var scheme: String
    /// CAIP-2: `eip155:84532`.
    public var network: String
    /// The token's address.
    public var asset: String
    /// Atomic units as a decimal string.
    public var amount: String
    public var payTo: String
    public var maxTimeoutSeconds: Int64
    /// What the scheme wants beside; for `exact` the token's EIP-712 `name` and `version`.
    public var extra: JSONObject

    public init(
        scheme: String, network: String, asset: String, amount: String, payTo: String,
        maxTimeoutSeconds: Int64, extra: JSONObject
    ) {
        self.scheme = scheme
        self.network = network
        self.asset = asset
        self.amount = amount
        self.payTo = payTo
        self.maxTimeoutSeconds = maxTimeoutSeconds
        self.extra = extra
    }

    public init(json: JSON) throws(X402Error) { try self.init(json, at: "") }

    init(_ json: JSON, at path: String) throws(X402Error) {
        let members = try X402Members(json, at: path)
        self.init(
            scheme: try members.string("scheme"), network: try members.string("network"),
            asset: try members.string("asset"), amount: try members.string("amount"),
            payTo: try members.string("payTo"),
            maxTimeoutSeconds: try members.integer("maxTimeoutSeconds"),
            extra: members.has("extra") ? try members.object("extra") : JSONObject())
    }

    public var json: JSON {
        .message([
            ("scheme", .string(scheme)), ("network", .string(network)),
            ("asset", .string(asset)), ("amount", .string(amount)), ("payTo", .string(payTo)),
            ("maxTimeoutSeconds", .number(JSONNumber(maxTimeoutSeconds))),
            ("extra", .object(extra)),
        ])
    }
}

/// One way to pay for a resource, version 1.
public struct PaymentRequirementsV1: X402Document {
    public var scheme: String
    /// A name: `base-sepolia`.
    public var network: String
    /// Atomic units as a decimal string.
    public var maxAmountRequired: String
    /// The URL that is paid for.
    public var resource: String
    public var description: String?
    public var mimeType: String?
    public var payTo: String
    public var maxTimeoutSeconds: Int64
    /// The token's address.
    public var asset: String
    public var outputSchema: JSONObject?
    public var extra: JSONObject?

    public init(
        scheme: String, network: String, maxAmountRequired: String, resource: String,
        description: String? = nil, mimeType: String? = nil, payTo: String,
        maxTimeoutSeconds: Int64, asset: String, outputSchema: JSONObject? = nil,
        extra: JSONObject? = nil
    ) {
        self.scheme = scheme
        self.network = network
        self.maxAmountRequired = maxAmountRequired
        self.resource = resource
        self.description = description
        self.mimeType = mimeType
        self.payTo = payTo
        self.maxTimeoutSeconds = maxTimeoutSeconds
        self.asset = asset
        self.outputSchema = outputSchema
        self.extra = extra
    }

    public init(json: JSON) throws(X402Error) { try self.init(json, at: "") }

    init(_ json: JSON, at path: String) throws(X402Error) {
        let members = try X402Members(json, at: path)
        self.init(
            scheme: try members.string("scheme"), network: try members.string("network"),
            maxAmountRequired: try members.string("maxAmountRequired"),
            resource: try members.string("resource"),
            description: try members.optionalString("description"),
            mimeType: try members.optionalString("mimeType"),
            payTo: try members.string("payTo"),
            maxTimeoutSeconds: try members.integer("maxTimeoutSeconds"),
            asset: try members.string("asset"),
            outputSchema: try members.optionalObject("outputSchema"),
            extra: try members.optionalObject("extra"))
    }

    public var json: JSON {
        .message([
            ("scheme", .string(scheme)), ("network", .string(network)),
            ("maxAmountRequired", .string(maxAmountRequired)), ("resource", .string(resource)),
            ("description", description.json), ("mimeType", mimeType.json),
            ("payTo", .string(payTo)),
            ("maxTimeoutSeconds", .number(JSONNumber(maxTimeoutSeconds))),
            ("asset", .string(asset)), ("outputSchema", outputSchema.json),
            ("extra", extra.json),
        ])
    }
}

/// Requirements of either version, with what both say under one name.
public enum X402Requirements: Sendable, Equatable {
    case v1(PaymentRequirementsV1)
    case v2(PaymentRequirements)

    init(_ json: JSON, version: X402Version, at path: String) throws(X402Error) {
        switch version {
        case .v1: self = .v1(try PaymentRequirementsV1(json, at: path))
        case .v2: self = .v2(try PaymentRequirements(json, at: path))
        }
    }

    public var json: JSON {
        switch self {
        case .v1(let requirements): requirements.json
        case .v2(let requirements): requirements.json
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
        case .v1(let requirements): requirements.scheme
        case .v2(let requirements): requirements.scheme
        }
    }

    public var network: String {
        switch self {
        case .v1(let requirements): requirements.network
        case .v2(let requirements): requirements.network
        }
    }

    /// Atomic units as a decimal string.
    public var amount: String {
        switch self {
        case .v1(let requirements): requirements.maxAmountRequired
        case .v2(let requirements): requirements.amount
        }
    }

    public var asset: String {
        switch self {
        case .v1(let requirements): requirements.asset
        case .v2(let requirements): requirements.asset
        }
    }

    public var payTo: String {
        switch self {
        case .v1(let requirements): requirements.payTo
        case .v2(let requirements): requirements.payTo
        }
    }

    public var extra: JSONObject {
        switch self {
        case .v1(let requirements): requirements.extra ?? JSONObject()
        case .v2(let requirements): requirements.extra
        }
    }
}
