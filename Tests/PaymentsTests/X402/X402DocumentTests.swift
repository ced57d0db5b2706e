import Codec
import Payments
import Primitives
import Testing

/// A message that must be refused, and why.
struct MessageRefusal: Sendable, CustomTestStringConvertible {
    let text: String
    let error: X402Error

    var testDescription: String { text }
}

@Suite struct X402DocumentTests {
    static let requirements =
        #"{"scheme":"exact","network":"eip155:1","asset":"a","amount":"1","payTo":"b","#
        + #""maxTimeoutSeconds":60,"extra":{"n":null,"m":[1.50]}}"#
    static let payload =
        #"{"x402Version":2,"payload":{"signature":"0x"},"accepted":"# + requirements
        + #","resource":{"url":"u","tags":["t"]},"extensions":{"e":{"info":null}}}"#
    static let payloadV1 = #"{"x402Version":1,"scheme":"exact","network":"base","payload":{}}"#

    private func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

    @Test(arguments: [
        MessageRefusal(text: "", error: .invalidJSON(.unexpectedEnd(at: 0))),
        MessageRefusal(text: "{", error: .invalidJSON(.unexpectedEnd(at: 1))),
        MessageRefusal(text: "[]", error: .wrongType("", expected: .object)),
        MessageRefusal(text: "{}", error: .missingVersion("x402Version")),
        MessageRefusal(text: #"{"x402Version":3}"#, error: .unknownVersion("3")),
        MessageRefusal(text: #"{"x402Version":"2"}"#, error: .unknownVersion("\"2\"")),
        MessageRefusal(text: #"{"x402Version":2.0}"#, error: .unknownVersion("2.0")),
        MessageRefusal(text: #"{"x402Version":-1}"#, error: .unknownVersion("-1")),
        MessageRefusal(text: #"{"x402Version":null}"#, error: .unknownVersion("null")),
        MessageRefusal(text: #"{"x402Version":2}"#, error: .missing("payload")),
        MessageRefusal(
            text: #"{"x402Version":2,"payload":[]}"#,
            error: .wrongType("payload", expected: .object)),
        MessageRefusal(text: #"{"x402Version":2,"payload":{}}"#, error: .missing("accepted")),
        MessageRefusal(
            text: #"{"x402Version":2,"payload":{},"accepted":{}}"#,
            error: .missing("accepted.scheme")),
        MessageRefusal(
            text: payload.replacing(#""amount":"1""#, with: #""amount":1"#),
            error: .wrongType("accepted.amount", expected: .string)),
        MessageRefusal(
            text: payload.replacing(":60", with: ":60.5"),
            error: .wrongType("accepted.maxTimeoutSeconds", expected: .integer)),
        MessageRefusal(
            text: payload.replacing(#"{"n":null,"m":[1.50]}"#, with: "null"),
            error: .wrongType("accepted.extra", expected: .object)),
        MessageRefusal(
            text: payload.replacing(#"["t"]"#, with: #"["t",1]"#),
            error: .wrongType("resource.tags.1", expected: .string)),
        MessageRefusal(
            text: payload.replacing(#""url":"u","#, with: ""), error: .missing("resource.url")),
        MessageRefusal(text: #"{"x402Version":1}"#, error: .missing("scheme")),
        MessageRefusal(
            text: payloadV1.replacing("{}", with: "7"),
            error: .wrongType("payload", expected: .object)),
    ])
    func refusesPayloads(_ row: MessageRefusal) {
        #expect(throws: row.error) { try X402Payload(body: bytes(row.text)) }
        #expect(throws: row.error) { try X402Payload(header: Base64.encode(bytes(row.text))) }
    }

    @Test(arguments: [
        MessageRefusal(text: "{}", error: .missingVersion("x402Version")),
        MessageRefusal(text: #"{"x402Version":2}"#, error: .missing("paymentPayload")),
        MessageRefusal(
            text: #"{"x402Version":2,"paymentPayload":{}}"#,
            error: .missingVersion("paymentPayload.x402Version")),
        MessageRefusal(
            text: #"{"x402Version":1,"paymentPayload":"# + payload + "}",
            error: .versionMismatch(expected: 1, got: 2)),
        MessageRefusal(
            text: #"{"x402Version":1,"paymentPayload":"# + payloadV1 + "}",
            error: .missing("paymentRequirements")),
        MessageRefusal(
            text: #"{"x402Version":1,"paymentPayload":"# + payloadV1
                + #","paymentRequirements":"# + requirements + "}",
            error: .missing("paymentRequirements.maxAmountRequired")),
    ])
    func refusesRequests(_ row: MessageRefusal) {
        #expect(throws: row.error) { try VerifyRequest(body: bytes(row.text)) }
    }

    @Test func refusesOtherMessages() {
        func refuses<Document: X402Document>(
            _ type: Document.Type, _ text: String, _ error: X402Error
        ) {
            #expect(throws: error, "\(text)") { try Document(body: bytes(text)) }
        }
        refuses(PaymentRequired.self, #"{"x402Version":2}"#, .missing("accepts"))
        refuses(
            PaymentRequired.self, #"{"x402Version":1,"accepts":[]}"#,
            .versionMismatch(expected: 2, got: 1))
        refuses(
            PaymentRequired.self, #"{"x402Version":2,"accepts":[1]}"#,
            .wrongType("accepts.0", expected: .object))
        refuses(
            PaymentRequired.self, #"{"x402Version":2,"accepts":[{}],"error":null}"#,
            .missing("accepts.0.scheme"))
        refuses(
            PaymentRequired.self, #"{"x402Version":2,"accepts":[],"error":1}"#,
            .wrongType("error", expected: .string))
        refuses(
            PaymentRequiredV1.self, #"{"x402Version":2,"accepts":[]}"#,
            .versionMismatch(expected: 1, got: 2))
        refuses(VerifyResponse.self, "{}", .missing("isValid"))
        refuses(
            VerifyResponse.self, #"{"isValid":1}"#, .wrongType("isValid", expected: .boolean))
        refuses(SettleResponse.self, #"{"success":true}"#, .missing("transaction"))
        refuses(
            SettleResponse.self, #"{"success":true,"transaction":null,"network":""}"#,
            .wrongType("transaction", expected: .string))
        refuses(
            SupportedResponse.self, #"{"kinds":[{"x402Version":9}]}"#, .unknownVersion("9"))
        refuses(
            SupportedResponse.self, #"{"kinds":[],"signers":{"e":[1]}}"#,
            .wrongType("signers.e.0", expected: .string))
        refuses(
            SupportedResponse.self, #"{"kinds":[],"extensions":null}"#,
            .wrongType("extensions", expected: .array))
        refuses(
            ExactEVMPayload.self, #"{"authorization":null}"#,
            .wrongType("payload.authorization", expected: .object))
        refuses(
            ExactEVMPayload.self, #"{"authorization":{"to":7}}"#,
            .wrongType("payload.authorization.to", expected: .string))
    }

    @Test func refusesHeadersThatAreNoBase64() {
        func refuses(_ text: String, _ error: X402Error) {
            #expect(throws: error) { try PaymentPayload(header: text) }
        }
        refuses("e30", .invalidBase64(.wrongLength(3)))
        refuses("e3 =", .invalidBase64(.invalidCharacter(0x20, at: 2)))
        refuses("_-__", .invalidBase64(.invalidCharacter(0x5f, at: 0)))
        refuses("e31=", .invalidBase64(.nonCanonical))
        refuses("=e30", .invalidBase64(.invalidPadding))
        refuses("e30=", .missingVersion("x402Version"))
        refuses("", .invalidJSON(.unexpectedEnd(at: 0)))
    }

    @Test func readsAtTheLimitsAndRefusesOneOver() throws {
        let max = PaymentLimits.headerCharactersMax
        let fitting = [UInt8](repeating: 0x20, count: max / 4 * 3 - 2) + bytes("{}")
        #expect(throws: X402Error.missingVersion("x402Version")) {
            try PaymentPayload(header: Base64.encode(fitting))
        }
        #expect(throws: X402Error.headerTooLong(characters: max + 4, max: max)) {
            try PaymentPayload(header: Base64.encode([0x20] + fitting))
        }
        let bodyMax = PaymentLimits.bodyBytesMax
        let body = [UInt8](repeating: 0x20, count: bodyMax - 2) + bytes("{}")
        #expect(throws: X402Error.missing("isValid")) { try VerifyResponse(body: body) }
        #expect(throws: X402Error.bodyTooLong(bytes: bodyMax + 1, max: bodyMax)) {
            try VerifyResponse(body: [0x20] + body)
        }
        // The object around takes one level of depth and the first of the items.
        let depth = PaymentLimits.jsonDepthMax
        func nested(_ count: Int) -> [UInt8] {
            bytes(
                #"{"isValid":true,"zzz":"# + String(repeating: "[", count: count)
                    + String(repeating: "]", count: count) + "}")
        }
        #expect(try VerifyResponse(body: nested(depth - 1)).isValid)
        #expect(throws: X402Error.self) { try VerifyResponse(body: nested(depth)) }
        let items = PaymentLimits.jsonItemsMax
        func wide(_ count: Int) -> [UInt8] {
            bytes(
                #"{"isValid":true,"zzz":[0"# + String(repeating: ",0", count: count - 1) + "]}")
        }
        #expect(try VerifyResponse(body: wide(items - 3)).isValid)
        #expect(throws: X402Error.self) { try VerifyResponse(body: wide(items - 2)) }
    }

    @Test func keepsWhatIsFreeAndDropsWhatIsUnknown() throws {
        let text = Self.payload.replacing(#""payload""#, with: #""later":[{}],"payload""#)
        let payment = try PaymentPayload(body: bytes(text))
        #expect(String(decoding: payment.body, as: UTF8.self) == Self.payload)
        #expect(payment.accepted.extra["m"]?[0]?.number?.text == "1.50")
        #expect(payment.accepted.extra["n"]?.isNull == true)
        #expect(payment.extensions?["e"]?["info"]?.isNull == true)
        #expect(payment.resource?.tags == ["t"])
    }

    /// The spellings of an integer that the SDK's reader takes.
    @Test(arguments: [
        ("60", 60), ("60.0", 60), (#""60""#, 60), (#""060""#, 60), (#""60.0""#, 60), ("-3", -3),
        ("9223372036854775807", Int64.max),
    ])
    func readsIntegersAsTheSDKDoes(_ spelling: String, _ value: Int64) throws {
        let text = Self.requirements.replacing(":60", with: ":\(spelling)")
        #expect(try PaymentRequirements(body: bytes(text)).maxTimeoutSeconds == value)
    }

    @Test(arguments: [
        "true", "null", "6e1", #""""#, #""sixty""#, #""+60""#, "60.5", "[]",
        "9223372036854775808",
    ])
    func refusesOtherIntegers(_ spelling: String) {
        let text = Self.requirements.replacing(":60", with: ":\(spelling)")
        #expect(throws: X402Error.wrongType("maxTimeoutSeconds", expected: .integer)) {
            try PaymentRequirements(body: bytes(text))
        }
    }

    @Test func everyMessageRoundTrips() throws {
        func check<Document: X402Document>(_ message: Document) throws {
            #expect(try Document(header: message.header) == message)
            #expect(try Document(body: message.body) == message)
            #expect(try Document(json: message.json).json == message.json)
        }
        let offer = try PaymentRequirements(body: bytes(Self.requirements))
        let old = PaymentRequirementsV1(
            scheme: "exact", network: "base", maxAmountRequired: "1", resource: "u",
            description: "Ω \"\\\u{1}", mimeType: "m", payTo: "b", maxTimeoutSeconds: 1,
            asset: "a", outputSchema: JSONObject([(key: "s", value: .null)]), extra: JSONObject())
        let resource = ResourceInfo(
            url: "u", description: "d", mimeType: "m", serviceName: "s", tags: [], iconURL: "i")
        let payment = try PaymentPayload(body: bytes(Self.payload))
        let oldPayment = try PaymentPayloadV1(body: bytes(Self.payloadV1))
        try check(offer)
        try check(old)
        try check(resource)
        try check(payment)
        try check(oldPayment)
        try check(X402Payload.v1(oldPayment))
        try check(VerifyRequest(payment, requirements: offer))
        try check(SettleRequest(oldPayment, requirements: old))
        try check(PaymentRequiredV1(error: "e", accepts: [old, old]))
        try check(
            PaymentRequired(
                error: "e", resource: resource, accepts: [offer],
                extensions: payment.extensions))
        try check(PaymentRequired(accepts: []))
        try check(
            VerifyResponse(
                isValid: false, invalidReason: "r", invalidMessage: "m", payer: "",
                extensions: JSONObject(), extra: payment.extensions))
        try check(
            SettleResponse(
                success: true, errorReason: "r", errorMessage: "m", payer: "p", transaction: "",
                network: "n", amount: "1", extensions: JSONObject(), extra: JSONObject()))
        try check(
            SupportedResponse(
                kinds: [
                    SupportedKind(version: .v2, scheme: "exact", network: "eip155:1"),
                    SupportedKind(
                        version: .v1, scheme: "exact", network: "base", extra: JSONObject()),
                ], extensions: ["x"],
                signers: [.init(family: "eip155:*", addresses: ["0x1", "0x2"])]))
        try check(SupportedResponse(kinds: []))
        try check(
            ExactEVMPayload(
                TransferAuthorization(
                    from: Address(truncating: 1), to: Address(truncating: 2), value: .max,
                    validAfter: 0, validBefore: .max, nonce: Hash(3)),
                signature: [1, 2, 3]))
    }

    @Test func readsTheSchemeOfAPayload() throws {
        let payment = try X402Payload(body: bytes(Self.payload))
        #expect(try payment.exact().signature == "0x")
        let upto = Self.payload.replacing("exact", with: "upto")
        #expect(throws: X402Error.unknownScheme("upto")) {
            try X402Payload(body: bytes(upto)).exact()
        }
    }
}

/// What hostile bytes must never do: anything but a typed error or a message.
@Suite struct HostileHeaderTests {
    /// A header and its reader, which gives what it writes again.
    struct Sample: Sendable {
        let header: String
        let reread: @Sendable (String) throws(X402Error) -> Bool

        init<Document: X402Document>(_ message: Document) {
            header = message.header
            reread = { text throws(X402Error) in
                let message = try Document(header: text)
                return try Document(header: message.header) == message
            }
        }
    }

    static func samples() throws -> [Sample] {
        let payment = try PaymentPayload(body: Array(X402DocumentTests.payload.utf8))
        return [
            Sample(payment),
            Sample(X402Payload.v2(payment)),
            Sample(try PaymentPayloadV1(body: Array(X402DocumentTests.payloadV1.utf8))),
            Sample(PaymentRequired(error: "é", accepts: [payment.accepted, payment.accepted])),
            Sample(SettleResponse(success: true, transaction: "0x12", network: "eip155:1")),
            Sample(VerifyRequest(payment, requirements: payment.accepted)),
        ]
    }

    @Test func truncatedHeadersAreRefused() throws {
        for sample in try Self.samples() {
            for count in 0..<sample.header.utf8.count {
                let text = String(sample.header.prefix(count))
                #expect(throws: X402Error.self) { try sample.reread(text) }
            }
        }
    }

    @Test func truncatedJSONIsRefused() throws {
        for sample in try Self.samples() {
            let bytes = try Base64.decode(sample.header)
            for count in 0..<bytes.count {
                let text = Base64.encode(Array(bytes[..<count]))
                #expect(throws: X402Error.self) { try sample.reread(text) }
            }
        }
    }

    /// Every bit of the text and every bit of the JSON within.
    @Test func flippedBitsGiveAnErrorOrAMessage() throws {
        var refused = 0
        var read = 0
        func flip(_ bytes: [UInt8], _ run: ([UInt8]) throws(X402Error) -> Bool) {
            for index in bytes.indices {
                for bit in 0..<8 {
                    var changed = bytes
                    changed[index] ^= 1 << bit
                    do {
                        let isSame = try run(changed)
                        #expect(isSame, "byte \(index), bit \(bit)")
                        read += 1
                    } catch { refused += 1 }
                }
            }
        }
        for sample in try Self.samples() {
            flip(Array(sample.header.utf8)) { bytes throws(X402Error) in
                try sample.reread(String(decoding: bytes, as: UTF8.self))
            }
            flip(try Base64.decode(sample.header)) { bytes throws(X402Error) in
                try sample.reread(Base64.encode(bytes))
            }
        }
        #expect(refused > 5_000 && read > 1_000, "\(refused) refused, \(read) read")
    }
}
