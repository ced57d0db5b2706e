public import Codec
internal import Crypto
internal import Primitives

/// The payload of an `exact` payment: a transfer authorization of EIP-3009 and its signature.
///
/// All members are texts as the client wrote them; `ExactVerifier` judges them in the SDK's order.
/// As in the SDK an absent member reads as the empty text, and numbers may also be JSON integers.
public struct ExactEVMPayload: X402Document {
    public struct Authorization: Sendable, Equatable {
        public var from: String
        public var to: String
        /// Atomic units, decimal.
        public var value: String
        /// Seconds, decimal.
        public var validAfter: String
        public var validBefore: String
        /// `0x` and 32 bytes in hex.
        public var nonce: String

        public init(
            from: String, to: String, value: String, validAfter: String, validBefore: String,
            nonce: String
        ) {
            self.from = from
            self.to = to
            self.value = value
            self.validAfter = validAfter
            self.validBefore = validBefore
            self.nonce = nonce
        }
    }

    public var authorization: Authorization
    /// `0x` hex; nil when there is none.
    public var signature: String?

    public init(authorization: Authorization, signature: String?) {
        self.authorization = authorization
        self.signature = signature
    }

    /// The payload for a signed transfer; addresses are written with their checksum.
    public init(_ transfer: TransferAuthorization, signature: [UInt8]) {
        self.init(
            authorization: Authorization(
                from: transfer.from.checksummed, to: transfer.to.checksummed,
                value: transfer.value.decimal, validAfter: transfer.validAfter.decimal,
                validBefore: transfer.validBefore.decimal, nonce: transfer.nonce.hex),
            signature: Hex.encodePrefixed(signature))
    }

    public init(json: JSON) throws(X402Error) {
        let members = try X402Members(json, at: "payload")
        let path = members.path(of: "authorization")
        let inner: JSON =
            members.has("authorization") ? try members.value("authorization") : [:]
        let fields = try X402Members(inner, at: path)
        func text(_ name: String) throws(X402Error) -> String {
            fields.has(name) ? try fields.string(name) : ""
        }
        func number(_ name: String) throws(X402Error) -> String {
            if fields.has(name), let number = try fields.value(name).number { return number.text }
            return try text(name)
        }
        self.init(
            authorization: Authorization(
                from: try text("from"), to: try text("to"), value: try number("value"),
                validAfter: try number("validAfter"), validBefore: try number("validBefore"),
                nonce: try text("nonce")),
            signature: try members.optionalString("signature"))
    }

    public var json: JSON {
        .message([
            (
                "authorization",
                .message([
                    ("from", .string(authorization.from)), ("to", .string(authorization.to)),
                    ("value", .string(authorization.value)),
                    ("validAfter", .string(authorization.validAfter)),
                    ("validBefore", .string(authorization.validBefore)),
                    ("nonce", .string(authorization.nonce)),
                ])
            ),
            ("signature", signature.json),
        ])
    }
}
