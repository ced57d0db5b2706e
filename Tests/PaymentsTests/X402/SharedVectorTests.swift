import Codec
import Crypto
import Payments
import Primitives
import TestSupport
import Testing

/// Every vector made by the Python SDK 2.25.0 in the shared data.
@Suite(.enabled(if: SharedData.folder != nil, "shared data is missing"))
struct SharedVectorTests {
    static let chainID: UInt64 = 84532
    static let factory = "0x1111111111111111111111111111111111111111"

    /// What the SDK answers; `invalidMessage` only where version 2 quotes the node.
    private func check(_ outcome: VerifyOutcome, _ expected: JSON, _ name: String) throws {
        let wanted = try VerifyResponse(json: expected)
        var got = outcome.response
        if wanted.invalidMessage == nil { got.invalidMessage = nil }
        #expect(got == wanted, "\(name)")
    }

    private func outcome(_ vector: JSON, _ request: VerifyRequest) throws -> VerifyOutcome {
        let isAllowed = vector["name"]?.string?.hasSuffix("factory-allowed") == true
        let verifier = ExactVerifier(
            chainID: Self.chainID,
            allowedFactories: isAllowed ? [try Address(hex: Self.factory)] : [])
        return verifier.verify(
            request, now: try #require(vector["now"]?.uint64),
            view: try FakeChain(vector: vector.at("state")))
    }

    @Test(arguments: [("exact-eip3009-v2.json", 26), ("exact-v1.json", 11)])
    func exactPaymentsAreJudgedAsTheSDKDoes(_ file: String, _ countMin: Int) throws {
        var judged = 0
        var settled = 0
        for vector in try TestFiles.vectors(file) {
            let name = try #require(vector["name"]?.string)
            let body = vector.at("verifyRequest")
            let request = try VerifyRequest(json: body)
            #expect(request.json.sorted == body.sorted, "\(name)")
            let outcome = try outcome(vector, request)
            try check(outcome, vector.at("expectedVerifyResponse"), name)
            judged += 1
            guard case .valid(let payment) = outcome else { continue }
            let digest = payment.transfer.digest(
                name: "USDC", version: "2", chainID: Self.chainID, asset: payment.token)
            #expect(digest.hex == vector.at("eip712", "digest").string, "\(name)")
            guard let calls = vector["expectedSettlementCalls"]?.array else { continue }
            #expect(try settlementCalls(payment) == calls.map { $0.at("data").string }, "\(name)")
            settled += 1
        }
        #expect(judged >= countMin)
        #expect(settled > 0)
    }

    /// The calldata that settles a payment: the deployment, then the token's call.
    private func settlementCalls(_ payment: VerifiedPayment) throws -> [String] {
        let call =
            payment.signature.count == 65
            ? TokenCall.transferWithAuthorization(
                payment.transfer, signature: try Signature(bytes65: payment.signature))
            : TokenCall.transferWithAuthorization(
                payment.transfer, signatureBytes: payment.signature)
        let first = payment.deployment.map { [$0.calldata] } ?? []
        return (first + [call]).map { Hex.encodePrefixed($0) }
    }

    /// Other schemes and Permit2 are read and kept, and never found good by the rules of EIP-3009.
    @Test func otherPaymentsAreReadAndRefused() throws {
        var count = 0
        for file in ["exact-permit2-v2.json", "upto-v2.json", "batch-settlement-v2.json"] {
            for vector in try TestFiles.vectors(file) {
                guard let body = vector["verifyRequest"] else { continue }
                let name = try #require(vector["name"]?.string)
                let request = try VerifyRequest(json: body)
                #expect(request.json.sorted == body.sorted, "\(name)")
                let outcome = ExactVerifier(chainID: Self.chainID).verify(
                    request, now: try #require(vector["now"]?.uint64),
                    view: FakeChain(token: try Address(hex: request.requirements.asset)))
                guard case .invalid(let reason, _, _) = outcome else {
                    Issue.record("\(name) is valid")
                    continue
                }
                let isExact =
                    request.payload.scheme == "exact" && request.requirements.scheme == "exact"
                #expect(
                    reason == .unsupportedScheme && !isExact
                        || [.unsupportedPayloadType, .networkMismatch].contains(reason) && isExact,
                    "\(name): \(reason)")
                if name == "permit2-scheme" {
                    let wanted = vector.at("expectedVerifyResponse", "invalidReason").string
                    #expect(reason.rawValue == wanted)
                }
                count += 1
            }
        }
        #expect(count >= 40)
    }

    @Test func responsesRoundTrip() throws {
        var count = 0
        for file in [
            "exact-eip3009-v2.json", "exact-v1.json", "exact-permit2-v2.json", "upto-v2.json",
            "batch-settlement-v2.json",
        ] {
            for vector in try TestFiles.vectors(file) {
                if let json = vector["expectedVerifyResponse"] {
                    #expect(try VerifyResponse(json: json).json == json)
                    count += 1
                }
                if let json = vector["expectedSettleResponse"], json["success"] != nil {
                    #expect(try SettleResponse(json: json).json == json)
                    count += 1
                }
                if let json = vector["settleRequest"] {
                    #expect(try SettleRequest(json: json).json.sorted == json.sorted)
                    count += 1
                }
            }
        }
        #expect(count >= 100)
    }

    @Test func headersAreThoseOfTheSDK() throws {
        var names: [String] = []
        for vector in try TestFiles.vectors("http-headers.json") {
            let name = try #require(vector["name"]?.string)
            let value = vector.at("value").string ?? ""
            switch name {
            case "header-payment-required-v2":
                let message = try PaymentRequired(header: value)
                #expect(message.header == value)
                #expect(String(decoding: message.body, as: UTF8.self) == vector["json"]?.string)
            case "header-payment-signature-v2":
                let message = try PaymentPayload(header: value)
                #expect(message.header == value)
                #expect(try X402Payload(header: value) == .v2(message))
                #expect(try X402Payload(header: value).header == value)
            case "header-x-payment-v1":
                let message = try PaymentPayloadV1(header: value)
                #expect(message.header == value)
                #expect(try X402Payload(header: value) == .v1(message))
            case "body-402-v1":
                let body = Array(try #require(vector["body"]?.string).utf8)
                let message = try PaymentRequiredV1(body: body)
                #expect(message.json.sorted == (try JSON(parsing: body)).sorted)
            case _ where name.hasPrefix("header-payment-response"):
                let message = try SettleResponse(header: value)
                #expect(message.json == vector["object"])
                #expect(try SettleResponse(header: message.header) == message)
            default: continue
            }
            names.append(name)
        }
        #expect(names.count == 8, "\(names)")
    }

    /// Captured traffic of a client, a server, a facilitator.
    @Test func capturedTrafficIsRead() throws {
        let scenarios = try #require(try TestFiles.shared("e2e-trace.json")["scenarios"]?.object)
        var counts = (required: 0, payments: 0, settled: 0, calls: 0)
        for (name, scenario) in scenarios.entries {
            for exchange in try #require(scenario["http"]?.array) {
                if let value = exchange.at("headers", "payment-required").string {
                    #expect(try PaymentRequired(header: value).header == value, "\(name)")
                    counts.required += 1
                }
                if let value = exchange.at("request", "headers", "payment-signature").string {
                    #expect(try X402Payload(header: value).header == value, "\(name)")
                    counts.payments += 1
                }
                if let value = exchange.at("headers", "payment-response").string {
                    let message = try SettleResponse(header: value)
                    let json = try JSON(parsing: try Base64.decode(value))
                    #expect(message.json == json, "\(name)")
                    counts.settled += 1
                }
            }
            for call in try #require(scenario["facilitatorCalls"]?.array) {
                let request = call.at("request")
                #expect(
                    try VerifyRequest(json: request).json.sorted == request.sorted, "\(name)")
                let response = call.at("response")
                if call.at("path").string == "/verify" {
                    #expect(try VerifyResponse(json: response).json.sorted == response.sorted)
                } else {
                    #expect(try SettleResponse(json: response).json.sorted == response.sorted)
                }
                counts.calls += 1
            }
        }
        #expect(counts.required >= 10 && counts.payments >= 10)
        #expect(counts.settled >= 7 && counts.calls >= 16)
    }
}
