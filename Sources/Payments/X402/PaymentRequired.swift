public import Codec

/// What is paid for, version 2.
public struct ResourceInfo: X402Document {
    public var url: String
    public var description: String?
    public var mimeType: String?
    public var serviceName: String?
    public var tags: [String]?
    public var iconURL: String?

    public init(
        url: String, description: String? = nil, mimeType: String? = nil,
        serviceName: String? = nil, tags: [String]? = nil, iconURL: String? = nil
    ) {
        self.url = url
        self.description = description
        self.mimeType = mimeType
        self.serviceName = serviceName
        self.tags = tags
        self.iconURL = iconURL
    }

    public init(json: JSON) throws(X402Error) { try self.init(json, at: "") }

    init(_ json: JSON, at path: String) throws(X402Error) {
        let members = try X402Members(json, at: path)
        self.init(
            url: try members.string("url"),
            description: try members.optionalString("description"),
            mimeType: try members.optionalString("mimeType"),
            serviceName: try members.optionalString("serviceName"),
            tags: try members.optionalStrings("tags"),
            iconURL: try members.optionalString("iconUrl"))
    }

    public var json: JSON {
        .message([
            ("url", .string(url)), ("description", description.json),
            ("mimeType", mimeType.json), ("serviceName", serviceName.json),
            ("tags", tags.map { .array($0.map { .string($0) }) }), ("iconUrl", iconURL.json),
        ])
    }
}

/// The answer of status 402, version 2: the header `PAYMENT-REQUIRED`.
public struct PaymentRequired: X402Document {
    public var error: String?
    public var resource: ResourceInfo?
    public var accepts: [PaymentRequirements]
    /// By key, `{"info": …, "schema": …}` each.
    public var extensions: JSONObject?

    public init(
        error: String? = nil, resource: ResourceInfo? = nil, accepts: [PaymentRequirements],
        extensions: JSONObject? = nil
    ) {
        self.error = error
        self.resource = resource
        self.accepts = accepts
        self.extensions = extensions
    }

    public init(json: JSON) throws(X402Error) {
        let members = try X402Members(json, at: "")
        try members.require(.v2)
        self.init(
            error: try members.optionalString("error"),
            resource: try members.optionalDocument("resource", ResourceInfo.init(_:at:)),
            accepts: try members.documents("accepts", PaymentRequirements.init(_:at:)),
            extensions: try members.optionalObject("extensions"))
    }

    public var json: JSON {
        .message([
            ("x402Version", X402Version.v2.json), ("error", error.json),
            ("resource", resource?.json), ("accepts", .array(accepts.map(\.json))),
            ("extensions", extensions.json),
        ])
    }
}

/// The answer of status 402, version 1: its body.
public struct PaymentRequiredV1: X402Document {
    public var error: String?
    public var accepts: [PaymentRequirementsV1]

    public init(error: String? = nil, accepts: [PaymentRequirementsV1]) {
        self.error = error
        self.accepts = accepts
    }

    public init(json: JSON) throws(X402Error) {
        let members = try X402Members(json, at: "")
        try members.require(.v1)
        self.init(
            error: try members.optionalString("error"),
            accepts: try members.documents("accepts", PaymentRequirementsV1.init(_:at:)))
    }

    public var json: JSON {
        .message([
            ("x402Version", X402Version.v1.json), ("error", error.json),
            ("accepts", .array(accepts.map(\.json))),
        ])
    }
}
