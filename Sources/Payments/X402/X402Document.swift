public import Codec

/// A message of the x402 protocol: JSON in a body, or base64 of JSON in a header.
///
/// Readers take what the reference SDK takes: unknown members are passed over, optional members may
/// be null, and free-form objects (`extra`, `extensions`, `payload`) are kept as they are. Stricter
/// than the SDK on purpose: duplicate names, spellings in snake case, text outside the base64
/// alphabet and a missing `x402Version` are refused. Writers give the SDK's members in the SDK's
/// order and leave out what is nil.
/// - Source: x402 specification, versions 1 and 2; SDK `x402` 2.25.0, `schemas`.
public protocol X402Document: Sendable, Equatable {
    init(json: JSON) throws(X402Error)
    var json: JSON { get }
}

extension X402Document {
    /// Reads a header's value: canonical base64 of JSON.
    public init(header text: String) throws(X402Error) {
        let max = PaymentLimits.headerCharactersMax
        let count = text.utf8.count
        guard count <= max else { throw .headerTooLong(characters: count, max: max) }
        let bytes: [UInt8]
        do { bytes = try Base64.decode(text) } catch { throw .invalidBase64(error) }
        try self.init(body: bytes)
    }

    /// Reads the bytes of a body.
    public init(body bytes: [UInt8]) throws(X402Error) {
        let max = PaymentLimits.bodyBytesMax
        guard bytes.count <= max else { throw .bodyTooLong(bytes: bytes.count, max: max) }
        let limits = JSONLimits(
            bytesMax: max, depthMax: PaymentLimits.jsonDepthMax,
            itemsMax: PaymentLimits.jsonItemsMax)
        let json: JSON
        do { json = try JSON(parsing: bytes, limits: limits) } catch { throw .invalidJSON(error) }
        try self.init(json: json)
    }

    /// The value of a header: base64 of the compact JSON.
    public var header: String { Base64.encode(body) }

    /// The compact JSON.
    public var body: [UInt8] { json.serialized }
}

/// The headers that carry messages. Names of HTTP headers are compared without regard to case.
public enum X402Header {
    /// Server to client, status 402: `PaymentRequired`.
    public static let paymentRequired = "PAYMENT-REQUIRED"
    /// Client to server, version 2: `PaymentPayload`.
    public static let paymentSignature = "PAYMENT-SIGNATURE"
    /// Server to client, version 2: `SettleResponse`.
    public static let paymentResponse = "PAYMENT-RESPONSE"
    /// Client to server, version 1: `PaymentPayloadV1`.
    public static let payment = "X-PAYMENT"
    /// Server to client, version 1: `SettleResponse`.
    public static let paymentResponseV1 = "X-PAYMENT-RESPONSE"
}

/// A version of the protocol.
public enum X402Version: Int, Sendable, CaseIterable {
    case v1 = 1
    case v2 = 2
}

/// A scheme of payment, as far as this target names them.
public enum X402Scheme {
    /// The amount is what the requirements say, no more and no less.
    public static let exact = "exact"
}
