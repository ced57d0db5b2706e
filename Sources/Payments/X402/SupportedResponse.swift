public import Codec

/// One kind of payment a facilitator takes.
public struct SupportedKind: X402Document {
    public var version: X402Version
    public var scheme: String
    public var network: String
    public var extra: JSONObject?

    public init(
        version: X402Version, scheme: String, network: String, extra: JSONObject? = nil
    ) {
        self.version = version
        self.scheme = scheme
        self.network = network
        self.extra = extra
    }

    public init(json: JSON) throws(X402Error) { try self.init(json, at: "") }

    init(_ json: JSON, at path: String) throws(X402Error) {
        let members = try X402Members(json, at: path)
        self.init(
            version: try members.version(), scheme: try members.string("scheme"),
            network: try members.string("network"),
            extra: try members.optionalObject("extra"))
    }

    public var json: JSON {
        .message([
            ("x402Version", version.json), ("scheme", .string(scheme)),
            ("network", .string(network)), ("extra", extra.json),
        ])
    }
}

/// A facilitator's answer to `GET /supported`.
public struct SupportedResponse: X402Document {
    /// The signers of one family of chains.
    public struct Signers: Sendable, Equatable {
        /// `eip155:*`.
        public var family: String
        public var addresses: [String]

        public init(family: String, addresses: [String]) {
            self.family = family
            self.addresses = addresses
        }
    }

    public var kinds: [SupportedKind]
    /// Keys of extensions.
    public var extensions: [String]
    /// In the order they were written; no family twice.
    public var signers: [Signers]

    public init(kinds: [SupportedKind], extensions: [String] = [], signers: [Signers] = []) {
        self.kinds = kinds
        self.extensions = extensions
        self.signers = signers
    }

    public init(json: JSON) throws(X402Error) {
        let members = try X402Members(json, at: "")
        kinds = try members.documents("kinds", SupportedKind.init(_:at:))
        extensions =
            members.has("extensions")
            ? try members.strings(try members.array("extensions"), "extensions") : []
        signers = []
        guard members.has("signers") else { return }
        let families = try members.object("signers")
        let inner = try X402Members(.object(families), at: members.path(of: "signers"))
        for entry in families.entries {
            let addresses = try inner.strings(try inner.array(entry.key), entry.key)
            signers.append(Signers(family: entry.key, addresses: addresses))
        }
    }

    public var json: JSON {
        var families = JSONObject()
        for entry in signers {
            families[entry.family] = .array(entry.addresses.map { .string($0) })
        }
        return .message([
            ("kinds", .array(kinds.map(\.json))),
            ("extensions", .array(extensions.map { .string($0) })),
            ("signers", .object(families)),
        ])
    }
}
