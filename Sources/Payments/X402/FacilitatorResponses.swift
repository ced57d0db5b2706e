public import Codec

/// A facilitator's verdict; status 200 whether valid or not.
public struct VerifyResponse: X402Document {
    public var isValid: Bool
    public var invalidReason: String?
    public var invalidMessage: String?
    public var payer: String?
    public var extensions: JSONObject?
    public var extra: JSONObject?

    public init(
        isValid: Bool, invalidReason: String? = nil, invalidMessage: String? = nil,
        payer: String? = nil, extensions: JSONObject? = nil, extra: JSONObject? = nil
    ) {
        self.isValid = isValid
        self.invalidReason = invalidReason
        self.invalidMessage = invalidMessage
        self.payer = payer
        self.extensions = extensions
        self.extra = extra
    }

    public init(json: JSON) throws(X402Error) {
        let members = try X402Members(json, at: "")
        self.init(
            isValid: try members.bool("isValid"),
            invalidReason: try members.optionalString("invalidReason"),
            invalidMessage: try members.optionalString("invalidMessage"),
            payer: try members.optionalString("payer"),
            extensions: try members.optionalObject("extensions"),
            extra: try members.optionalObject("extra"))
    }

    public var json: JSON {
        .message([
            ("isValid", .bool(isValid)), ("invalidReason", invalidReason.json),
            ("invalidMessage", invalidMessage.json), ("payer", payer.json),
            ("extensions", extensions.json), ("extra", extra.json),
        ])
    }
}

/// The outcome of a settlement: a facilitator's answer, and the header `PAYMENT-RESPONSE`.
public struct SettleResponse: X402Document {
    public var success: Bool
    public var errorReason: String?
    public var errorMessage: String?
    public var payer: String?
    /// The transaction's hash; empty when none was sent.
    public var transaction: String
    public var network: String
    /// What was settled, where that may differ from what was required.
    public var amount: String?
    public var extensions: JSONObject?
    public var extra: JSONObject?

    public init(
        success: Bool, errorReason: String? = nil, errorMessage: String? = nil,
        payer: String? = nil, transaction: String, network: String, amount: String? = nil,
        extensions: JSONObject? = nil, extra: JSONObject? = nil
    ) {
        self.success = success
        self.errorReason = errorReason
        self.errorMessage = errorMessage
        self.payer = payer
        self.transaction = transaction
        self.network = network
        self.amount = amount
        self.extensions = extensions
        self.extra = extra
    }

    public init(json: JSON) throws(X402Error) {
        let members = try X402Members(json, at: "")
        self.init(
            success: try members.bool("success"),
            errorReason: try members.optionalString("errorReason"),
            errorMessage: try members.optionalString("errorMessage"),
            payer: try members.optionalString("payer"),
            transaction: try members.string("transaction"),
            network: try members.string("network"),
            amount: try members.optionalString("amount"),
            extensions: try members.optionalObject("extensions"),
            extra: try members.optionalObject("extra"))
    }

    public var json: JSON {
        .message([
            ("success", .bool(success)), ("errorReason", errorReason.json),
            ("errorMessage", errorMessage.json), ("payer", payer.json),
            ("transaction", .string(transaction)), ("network", .string(network)),
            ("amount", amount.json), ("extensions", extensions.json), ("extra", extra.json),
        ])
    }
}
