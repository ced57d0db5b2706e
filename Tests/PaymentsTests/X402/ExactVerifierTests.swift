import Codec
import Crypto
import Payments
import Primitives
import Testing

/// Payments broken in one or two ways, judged by the published SDK; see `tools/make-x402-cases`.
@Suite struct ExactVerifierCaseTests {
    /// Where this verifier differs on purpose: it is stricter, or the SDK raises.
    static let differences: [String: VerifyReason] = [
        "value-no-number": .invalidPayload,
        "expiry-no-number": .invalidPayload,
        "amount-no-number": .invalidRequirements,
        "asset-no-address": .invalidRequirements,
        "authorization-no-object": .invalidPayload,
        // The SDK finds out when it verifies the signature, this verifier when it reads.
        "signature-number": .invalidPayload,
    ]

    @Test func everyCaseHasTheVerdictOfTheSDK() throws {
        let file = try TestFiles.fixture("exact.json")
        let now = try #require(file["now"]?.uint64)
        let factory = try Address(hex: try #require(file["factory"]?.string))
        var counts: [String: Int] = [:]
        for row in try #require(file["cases"]?.array) {
            let name = try #require(row["name"]?.string)
            let words = name.split(separator: " ").map(String.init)
            var whole = try #require(file.at("bases")[words[0]])
            for change in try #require(row["set"]?.array) {
                let path = try #require(change[0]?.array).compactMap(\.string)
                whole = whole.setting(path[...], to: try #require(change[1]))
            }
            let state = whole.at("state")
            let request = try VerifyRequest(json: whole.at("request"))
            let verifier = ExactVerifier(
                chainID: 84532,
                allowedFactories: state["factoryIsAllowed"]?.bool == true ? [factory] : [])
            let outcome = verifier.verify(request, now: now, view: try chain(state, request))
            var wanted = row.at("expected")
            if let reason = difference(words, wanted) {
                wanted = ["isValid": false, "invalidReason": .string(reason.rawValue)]
            }
            let got = outcome.response
            #expect(got.isValid == wanted["isValid"]?.bool, "\(name): \(got)")
            #expect(got.invalidReason == wanted["invalidReason"]?.string, "\(name): \(got)")
            if let payer = wanted["payer"] { #expect(got.payer == payer.string, "\(name)") }
            counts[got.invalidReason ?? "valid", default: 0] += 1
        }
        #expect(counts.values.reduce(0, +) == 882)
        // Each reason of the SDK is reached, and each of ours but three (see the tests below).
        let missing = VerifyReason.allCases.filter { counts[$0.rawValue] == nil }
        #expect(missing == [.unsupportedPayloadType, .invalidVersion, .invalidNetwork])
    }

    /// The verdict that differs; nil where it is the SDK's.
    private func difference(_ words: [String], _ wanted: JSON) -> VerifyReason? {
        if words.count == 2, let reason = Self.differences[words[1]] { return reason }
        // Version 1 of the SDK never asks whether the token exists.
        let isLate =
            wanted["isValid"]?.bool == true
            || Self.simulated.contains(wanted["invalidReason"]?.string ?? "")
            || words.contains("nonce-31")
        return words[0] == "v1" && words.contains("token-missing") && isLate
            ? .assetNotDeployed : nil
    }

    private static let simulated: Set<String> = Set(
        [
            VerifyReason.nonceAlreadyUsed, .insufficientBalance, .transferNotSupported,
            .tokenNameMismatch, .tokenVersionMismatch, .simulationFailed,
        ].map(\.rawValue))

    private func chain(_ state: JSON, _ request: VerifyRequest) throws -> FakeChain {
        let token = try Address(hex: "0x036CbD53842c5426634e7929541eC2318f3dCF7e")
        let payer = try Address(hex: "0x1563915e194D8CfBA1943570603F7606A3115508")
        var chain = FakeChain(token: token)
        chain.hasToken = state["tokenIsMissing"]?.bool == false
        chain.hasTransfers = state["hasTransfers"]?.bool == true
        chain.name = state["name"]?.string
        chain.version = state["version"]?.string
        chain.balances[payer] = try UInt256(decimal: try #require(state["balance"]?.string))
        if state["nonceIsUsed"]?.bool == true,
            let nonce = try? Hash(
                hex: try ExactEVMPayload(json: .object(request.payload.payload))
                    .authorization.nonce)
        {
            chain.usedNonces = [nonce]
        }
        switch state["wallet"]?.string {
        case "accepts": chain.wallets[payer] = true
        case "rejects": chain.wallets[payer] = false
        default: break
        }
        chain.deployedWallet = state["factoryDeploys"]?.bool == true ? true : nil
        return chain
    }
}

@Suite struct ExactVerifierTests {
    let token = Address(truncating: 0x70c)
    let payee = Address(truncating: 0xbee)
    let now: UInt64 = 1_770_000_000

    private func payment(
        value: UInt256 = 500, nonce: Hash = Hash(9), chainID: UInt64 = 84532
    ) throws -> (payload: PaymentPayload, chain: FakeChain) {
        let key = try PrivateKey([UInt8](repeating: 0x22, count: 32))
        let transfer = TransferAuthorization(
            from: key.address, to: payee, value: value, validAfter: 0,
            validBefore: UInt256(now + 60), nonce: nonce)
        let digest = transfer.digest(name: "T", version: "1", chainID: chainID, asset: token)
        let exact = ExactEVMPayload(transfer, signature: key.sign(digest).bytes)
        var chain = FakeChain(token: token)
        chain.name = "T"
        chain.version = "1"
        chain.balances[key.address] = 500
        let payload = PaymentPayload(
            payload: try #require(exact.json.object), accepted: requirements())
        return (payload, chain)
    }

    private func requirements(network: String = "eip155:84532") -> PaymentRequirements {
        PaymentRequirements(
            scheme: "exact", network: network, asset: token.hex, amount: "500", payTo: payee.hex,
            maxTimeoutSeconds: 60,
            extra: JSONObject([(key: "name", value: "T"), (key: "version", value: "1")]))
    }

    private func reason(_ outcome: VerifyOutcome) -> VerifyReason? {
        guard case .invalid(let reason, _, _) = outcome else { return nil }
        return reason
    }

    @Test func givesWhatSettles() throws {
        let (payload, chain) = try payment()
        let verifier = ExactVerifier(chainID: 84532)
        let outcome = verifier.verify(
            .v2(payload), against: .v2(requirements()), now: now, view: chain)
        guard case .valid(let good) = outcome else {
            Issue.record("\(outcome)")
            return
        }
        #expect(good.transfer.to == payee && good.transfer.value == 500)
        #expect(good.token == token && good.deployment == nil && good.signature.count == 65)
        #expect(good.payer == good.transfer.from.checksummed)
        #expect(outcome.response == VerifyResponse(isValid: true, payer: good.payer))
    }

    /// What a client says it accepted changes nothing but scheme and network.
    @Test func neverTrustsWhatWasAccepted() throws {
        var (payload, chain) = try payment(value: 1)
        payload.accepted.amount = "1"
        let verifier = ExactVerifier(chainID: 84532)
        func verdict(_ payload: PaymentPayload) -> VerifyReason? {
            reason(
                verifier.verify(.v2(payload), against: .v2(requirements()), now: now, view: chain))
        }
        #expect(verdict(payload) == .valueMismatch)
        (payload, chain) = try payment()
        payload.accepted.amount = "1"
        payload.accepted.payTo = "0x00"
        payload.accepted.asset = "nothing"
        payload.accepted.extra = JSONObject()
        payload.accepted.maxTimeoutSeconds = -1
        #expect(verdict(payload) == nil)
    }

    @Test func refusesOtherChainsVersionsAndSchemes() throws {
        var (payload, chain) = try payment(chainID: 8453)
        payload.accepted.network = "eip155:8453"
        let verifier = ExactVerifier(chainID: 84532)
        func verdict(
            _ payload: X402Payload, _ requirements: X402Requirements
        ) -> VerifyReason? {
            reason(verifier.verify(payload, against: requirements, now: now, view: chain))
        }
        let elsewhere = requirements(network: "eip155:8453")
        #expect(verdict(.v2(payload), .v2(elsewhere)) == .invalidNetwork)
        #expect(verdict(.v2(payload), .v2(requirements())) == .networkMismatch)
        let old = PaymentPayloadV1(scheme: "exact", network: "base", payload: payload.payload)
        #expect(verdict(.v1(old), .v2(elsewhere)) == .invalidVersion)
        var upto = requirements()
        upto.scheme = "upto"
        payload.accepted.network = upto.network
        #expect(verdict(.v2(payload), .v2(upto)) == .unsupportedScheme)
        let permit: JSON = ["permit2Authorization": ["from": "0xab"], "signature": "0x"]
        payload.payload = try #require(permit.object)
        let outcome = verifier.verify(
            .v2(payload), against: .v2(requirements()), now: now, view: chain)
        #expect(outcome == .invalid(.unsupportedPayloadType, message: nil, payer: "0xab"))
    }

    @Test func integersHaveOneSpelling() throws {
        let verifier = ExactVerifier(chainID: 84532)
        for text in ["0500", " 500", "+500", "5e2", "500.0", "0x1f4", "5_00", "-0", "٥٠٠"] {
            let (payload, chain) = try payment()
            let changed = JSON.object(payload.payload)
                .setting("authorization", "value", to: .string(text))
            var other = payload
            other.payload = try #require(changed.object)
            let outcome = verifier.verify(
                .v2(other), against: .v2(requirements()), now: now, view: chain)
            #expect(reason(outcome) == .invalidPayload, "\(text)")
            var terms = requirements()
            terms.amount = text
            let outcome2 = verifier.verify(
                .v2(payload), against: .v2(terms), now: now, view: chain)
            #expect(reason(outcome2) == .invalidRequirements, "\(text)")
        }
    }

    /// At the last moment a clock can name, and with the largest numbers, nothing overflows.
    @Test func bearsTheLargestNumbers() throws {
        let (payload, chain) = try payment()
        let verifier = ExactVerifier(chainID: 84532)
        let outcome = verifier.verify(
            .v2(payload), against: .v2(requirements()), now: .max, view: chain)
        #expect(reason(outcome) == .validBefore)
    }
}
