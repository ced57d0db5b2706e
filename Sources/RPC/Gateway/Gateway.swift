internal import Codec
internal import Crypto
internal import HTTP
internal import Inference
internal import Ledger
internal import Node
internal import Payments
internal import Primitives
internal import Proofs
internal import Registry
internal import Store

/// Paid inference over HTTP: 402 with an offer, then the answer for a payment bound to it.
///
/// The model runs after the payment is verified and before it settles; the answer leaves only when
/// the settlement is in a durable block. A payment under way is reserved, so that two requests
/// cannot run on one; one that settled is spent in the state. One that somebody else sent to the
/// token waits at its escrow address and is served as if it had not been sent.
final class Gateway: Sendable {
    private let node: Node
    private let provider: Operator
    private let catalog: ModelCatalog
    private let verifier: ExactVerifier
    private let offers = OfferBook()
    private let underWay: PaymentsUnderWay

    /// How long an offer can be paid and its statement settled, in seconds of the chain.
    private static let timeoutSeconds: UInt64 = 300

    init(
        node: Node, provider: Operator, catalog: ModelCatalog, underWay: PaymentsUnderWay
    ) {
        self.underWay = underWay
        self.node = node
        self.provider = provider
        self.catalog = catalog
        verifier = ExactVerifier(chainID: node.config.chainID)
    }

    /// `POST /v1/models/{name}/infer?policy=…`.
    func infer(_ http: HTTPRequest, model reference: String) throws(GatewayError) -> HTTPResponse {
        let record = try catalog.find(reference)
        let input = try ModelInput(body: http.body)
        let request = try understand(http, model: record, hiding: input.secret)
        guard let token = node.config.token,
            let domain = StateTokenView(node: node).domain(of: token)
        else { throw .unavailable("this chain has no payment token; start it with --genesis dev") }
        let header = Gateway.paymentHeader(http)
        guard let header else {
            return paymentRequired(request, token, domain, error: "Payment required")
        }
        let payload: X402Payload
        do { payload = try header.read() } catch {
            return paymentRequired(
                request, token, domain, error: "the header \(header.name) is no payment: \(error)")
        }
        guard let terms = terms(of: payload),
            let offer = matching(terms, payload, request, token, domain)
        else {
            return paymentRequired(
                request, token, domain, error: "No matching payment requirements")
        }
        let view = DepositView(of: payload, for: offer, node: node)
        switch verify(payload, offer, request, view) {
        case .invalid(let reason, _, _):
            return paymentRequired(request, token, domain, error: reason.rawValue)
        case .valid(let verified):
            return try serve(verified, view, payload.version, offer, request, input.numbers)
        }
    }

    // MARK: Before the payment

    private func understand(
        _ http: HTTPRequest, model record: ModelRecord, hiding secret: Hash?
    ) throws(GatewayError) -> InferenceRequest {
        var policy = Policy.kind(.signed)
        if let text = http.queryValue("policy") {
            do { policy = try Policy(text: text) } catch {
                throw .invalidRequest("the policy is not valid: \(error)")
            }
        }
        let plan = try plan(for: policy, of: record, isHidden: secret != nil)
        let evidence = try evidence(by: plan, isHidden: secret != nil)
        if let secret { try checkHiding(record, secret) }
        // Nobody should sign a payment for what this node cannot run.
        let isHere: Bool
        do { isHere = try node.blobs.contains(record.graphHash) } catch {
            throw .graphDamaged("\(error)")
        }
        guard isHere else { throw .graphMissing(record.graphHash.hex) }
        let target = http.canonicalTarget
        return InferenceRequest(
            model: record, policy: policy, evidence: evidence,
            ageSecondsMax: plan.ageSecondsMax, secret: secret,
            requestHash: RequestHash.of(method: http.method, path: target, body: http.body),
            url: "http://" + (http.header("Host") ?? "localhost") + target)
    }

    /// What this provider can give for the model, measured by policy and floor.
    private func plan(
        for policy: Policy, of record: ModelRecord, isHidden: Bool
    ) throws(GatewayError) -> EvidencePlan {
        let bytes = record.floor(at: node.nextTimestamp)
        let floor = bytes.isEmpty ? nil : try? Policy(decoding: bytes)
        var plan = EvidencePlan(policy, floor: floor)
        let signer = EvidenceFacts.Signer(
            address: provider.address, scheme: .secp256k1, isProvider: true)
        plan.offer(.signed, EvidenceFacts(signers: [signer]))
        let asked = policy.kinds.union(floor?.kinds ?? EvidenceSet())
        if isHidden, !asked.contains(.zk) { throw .hiddenNeedsProof(policy) }
        let lists = policy.lists.union(floor?.lists ?? PolicyLists())
        if let machine = provider.machine.fact(among: lists.measurements) {
            plan.offer(.tee, EvidenceFacts(machines: [machine]))
        }
        let state = node.state(of: node.head.header)
        let run = ChainRun.gas(of: record.id) { state.storage(NativeAddress.inference, $0) }
        // The chain's run would show the input that the client hides.
        if run != nil, !isHidden { plan.offer(.reexecuted, EvidenceFacts(isRunByChain: true)) }
        if record.weightsRoot != .zero {
            // Reading a key takes a while the first time.
            let bits = asked.contains(.zk) ? try proofKey(of: record).securityBits : 0
            let proof = EvidenceFacts.Proof(securityBits: bits, isInputHidden: isHidden)
            plan.offer(.zk, EvidenceFacts(proofs: [proof]))
        }
        return plan
    }

    /// The least evidence that meets the policy and the floor.
    private func evidence(
        by plan: EvidencePlan, isHidden: Bool
    ) throws(GatewayError) -> EvidenceSet {
        if let choice = plan.cheapest(with: isHidden ? .zk : nil) { return choice }
        // Where all would be met, only what hides the input is missing.
        let missing = plan.missing ?? "zk"
        node.refusals.add(missing, at: .request)
        throw .policyNotOffered(missing, gives: plan.gives.union(EvidenceSet(.plain)))
    }

    private func proofKey(of record: ModelRecord) throws(GatewayError) -> VerificationKey {
        do {
            return try node.models.key(record.weightsRoot, of: record.graphHash)
        } catch {
            switch error {
            case .missing(let hash): throw .graphMissing(hash.hex)
            case .notAGraph, .notProvable: throw .graphDamaged("\(error)")
            }
        }
    }

    /// Whether proofs of the model hide inputs, and the secret can serve one more.
    private func checkHiding(_ record: ModelRecord, _ secret: Hash) throws(GatewayError) {
        let openings = try proofKey(of: record).hiddenOpeningsMax
        guard openings > 0 else { throw .noHiddenForm(record.name, record.version) }
        guard !node.proofs.isSpent(secret) else { throw .secretSpent(max: openings) }
    }

    private func offer(
        _ terms: Terms, _ request: InferenceRequest, _ token: Address,
        _ domain: (name: String, version: String)
    ) -> Offer {
        // A chain that sealed many blocks at once runs ahead of the client's clock.
        let ahead = node.nextTimestamp - min(node.nextTimestamp, node.clock.now())
        return Offer(
            terms: terms, policy: request.policy, isInputHidden: request.secret != nil,
            amount: request.model.price(at: node.nextTimestamp), token: token, domain: domain,
            chainID: node.config.chainID,
            timeoutSeconds: Int64(clamping: Gateway.timeoutSeconds + ahead))
    }

    private func terms(_ request: InferenceRequest, salt: Hash) -> Terms {
        Terms(
            modelID: request.model.id, requestHash: request.requestHash,
            policyHash: request.policy.hash, provider: provider.address, salt: salt)
    }

    private func paymentRequired(
        _ request: InferenceRequest, _ token: Address,
        _ domain: (name: String, version: String), error: String,
        settlement: SettleResponse? = nil
    ) -> HTTPResponse {
        var random = SystemRandomNumberGenerator()
        let salt = Hash(
            UInt256(limbs: random.next(), random.next(), random.next(), random.next()))
        let offer = offer(terms(request, salt: salt), request, token, domain)
        offers.insert(offer.terms, escrow: offer.escrow)
        let description = "\(request.model.name)@\(request.model.version), \(request.policy)"
        let required = PaymentRequired(
            error: error,
            resource: ResourceInfo(
                url: request.url, description: description, mimeType: "application/json"),
            accepts: [offer.requirements])
        let old = PaymentRequiredV1(
            error: error,
            accepts: [offer.requirementsV1(url: request.url, description: description)].compactMap {
                $0
            })
        var response = HTTPResponse.json(402, old.body)
        response.headers.append((name: X402Header.paymentRequired, value: required.header))
        response.headers.append((name: "Cache-Control", value: "no-store"))
        if let settlement {
            response.headers.append((name: X402Header.paymentResponse, value: settlement.header))
        }
        return response
    }

    // MARK: The payment

    private struct PaymentHeader {
        let name: String
        let text: String

        func read() throws(X402Error) -> X402Payload {
            let payload = try X402Payload(header: text)
            let wanted = name == X402Header.payment ? X402Version.v1 : .v2
            guard payload.version == wanted else {
                throw .versionMismatch(expected: wanted.rawValue, got: payload.version.rawValue)
            }
            return payload
        }
    }

    private static func paymentHeader(_ http: HTTPRequest) -> PaymentHeader? {
        for name in [X402Header.paymentSignature, X402Header.payment] {
            if let text = http.header(name) { return PaymentHeader(name: name, text: text) }
        }
        return nil
    }

    private func terms(of payload: X402Payload) -> Terms? {
        switch payload {
        case .v2(let payment): Offer.echoedTerms(payment.accepted)
        case .v1:
            (try? payload.exact())
                .flatMap { try? Address(hex: $0.authorization.to) }
                .flatMap { offers.terms(escrow: $0) }
        }
    }

    /// The offer that a payment names, when it is one that this gateway makes for this request.
    private func matching(
        _ terms: Terms, _ payload: X402Payload, _ request: InferenceRequest, _ token: Address,
        _ domain: (name: String, version: String)
    ) -> Offer? {
        guard terms == self.terms(request, salt: terms.salt) else { return nil }
        let offer = offer(terms, request, token, domain)
        guard case .v2(let payment) = payload else { return offer }
        // The timeout is advice and moves with the clock; all else is as it was offered.
        var wanted = offer.requirements
        wanted.maxTimeoutSeconds = payment.accepted.maxTimeoutSeconds
        return wanted.isMatched(by: payment.accepted) ? offer : nil
    }

    private func verify(
        _ payload: X402Payload, _ offer: Offer, _ request: InferenceRequest, _ view: DepositView
    ) -> VerifyOutcome {
        let requirements: X402Requirements
        switch payload.version {
        case .v2: requirements = .v2(offer.requirements)
        case .v1:
            guard let old = offer.requirementsV1(url: request.url, description: "") else {
                return .invalid(.invalidNetwork, message: nil, payer: "")
            }
            requirements = .v1(old)
        }
        return verifier.verify(
            payload, against: requirements, now: node.nextTimestamp, view: view)
    }

    // MARK: The answer

    private func serve(
        _ verified: VerifiedPayment, _ view: DepositView, _ version: X402Version,
        _ offer: Offer, _ request: InferenceRequest, _ input: [FixedPoint]
    ) throws(GatewayError) -> HTTPResponse {
        let transfer = verified.transfer
        let payment = view.settling(
            Payment(
                asset: offer.token, payer: transfer.from, amount: transfer.value,
                validAfter: transfer.validAfter, validBefore: transfer.validBefore,
                nonce: transfer.nonce, signature: verified.signature))
        let response = try underWay.reserving(payment.receiptID) { () throws(GatewayError) in
            try run(payment, verified, version, offer, request, input)
        }
        return response
            ?? paymentRequired(
                request, offer.token, offer.domain,
                error: VerifyReason.nonceAlreadyUsed.rawValue)
    }

    /// Runs the model and settles; the payment is reserved.
    private func run(
        _ payment: Payment, _ verified: VerifiedPayment, _ version: X402Version, _ offer: Offer,
        _ request: InferenceRequest, _ input: [FixedPoint]
    ) throws(GatewayError) -> HTTPResponse {
        let answer = try catalog.withEngine(of: request.model) { engine throws(GatewayError) in
            try ModelAnswer(&engine, input: input)
        }
        let network =
            version == .v2
            ? X402Network(chainID: offer.chainID).caip2
            : X402Network(chainID: offer.chainID).v1Name ?? ""
        // Nothing has been paid yet: a proof that cannot be made costs the client nothing.
        let hidden = try request.secret.map { (secret) throws(GatewayError) in
            try provider.hide(answer.input, of: request.model, secret: secret)
        }
        let statement = statement(
            offer, request.model, answer, inputHash: hidden?.commitment ?? answer.inputHash)
        let proof =
            request.evidence.contains(.zk)
            ? try provider.proof(of: statement, request.model, answer, hidden) : nil
        do {
            let pieces = try evidence(for: request, statement, answer, proof?.evidence)
            let sealed = try settle(payment, offer, statement, pieces, answer)
            let settled = SettleResponse(
                success: true, payer: verified.payer, transaction: sealed.hash.hex,
                network: network)
            return Gateway.paid(
                answer, request, proof?.hidden, payment.receiptID, sealed, settled, version)
        } catch {
            let (reason, hash) = Facilitator.reason(error)
            let failed = SettleResponse(
                success: false, errorReason: reason, errorMessage: error.text,
                payer: verified.payer, transaction: hash?.hex ?? "", network: network)
            return paymentRequired(
                request, offer.token, offer.domain, error: reason + ": " + error.text,
                settlement: failed)
        }
    }

    /// The pieces that the request is given, in the order of their kinds.
    private func evidence(
        for request: InferenceRequest, _ statement: Statement, _ answer: ModelAnswer,
        _ proof: Evidence?
    ) throws(OperatorError) -> [Evidence] {
        var pieces: [Evidence] = []
        if request.evidence.contains(.signed) {
            pieces.append(try provider.signature(of: statement))
        }
        if request.evidence.contains(.tee) {
            pieces.append(
                try provider.machine.evidence(
                    for: statement.hash(chainID: node.config.chainID),
                    ageSecondsMax: request.ageSecondsMax, by: provider))
        }
        if request.evidence.contains(.reexecuted) {
            let run = ReexecutionEvidence.chain(input: answer.inputBytes)
            pieces.append(Evidence(kind: .reexecuted, data: run.encoded))
        }
        if let proof { pieces.append(proof) }
        return pieces
    }

    private func statement(
        _ offer: Offer, _ model: ModelRecord, _ answer: ModelAnswer, inputHash: Hash
    ) -> Statement {
        let now = node.nextTimestamp
        return Statement(
            modelID: offer.terms.modelID, systemHash: model.systemHash(at: now),
            requestHash: offer.terms.requestHash, inputHash: inputHash,
            outputHash: answer.outputHash,
            policyHash: offer.terms.policyHash, provider: provider.address, notBefore: now,
            notAfter: now + Gateway.timeoutSeconds)
    }

    private func settle(
        _ payment: Payment, _ offer: Offer, _ statement: Statement, _ evidence: [Evidence],
        _ answer: ModelAnswer
    ) throws(OperatorError) -> SealedTransaction {
        try provider.send(
            NativeCalldata.settle(
                terms: offer.terms, payment: payment, statement: statement,
                policy: offer.policy.encoded, evidence: evidence,
                output: answer.outputBytes.count <= NativeLimits.outputBytesMax
                    ? answer.outputBytes : []),
            to: NativeAddress.settlement)
    }

    private static func paid(
        _ answer: ModelAnswer, _ request: InferenceRequest, _ hidden: JSON?, _ id: Hash,
        _ sealed: SealedTransaction, _ settled: SettleResponse, _ version: X402Version
    ) -> HTTPResponse {
        var body = answer.json
        body["model"] = [
            "name": .string(request.model.name), "version": .string(request.model.version),
            "modelId": .string(request.model.id.hex),
        ]
        if let hidden { body["hidden"] = hidden }
        body["receipt"] = [
            "receiptId": .string(id.hex), "transaction": .string(sealed.hash.hex),
            "blockNumber": .string(String(sealed.header.number)),
            "blockHash": .string(sealed.header.hash.hex),
            "url": .string("/v1/receipts/\(id.hex)"),
        ]
        var response = HTTPResponse.json(200, JSON.object(body).serialized)
        let name =
            version == .v2 ? X402Header.paymentResponse : X402Header.paymentResponseV1
        response.headers.append((name: name, value: settled.header))
        response.headers.append((name: "Cache-Control", value: "private, no-store"))
        return response
    }
}
