internal import Codec
internal import Crypto
internal import HTTP
internal import Ledger
internal import Node
internal import Payments
internal import Primitives

/// The x402 facilitator: verifies payments and sends them to the token.
///
/// Answers are 200 with the verdict in the body, as the reference facilitator gives them; 400 only
/// for bytes that are no request. Source: x402 specification v2, section 7.
struct Facilitator {
    let node: Node
    let sender: Operator
    let verifier: ExactVerifier
    private let underWay: PaymentsUnderWay

    init(node: Node, sender: Operator, underWay: PaymentsUnderWay) {
        self.underWay = underWay
        self.node = node
        self.sender = sender
        verifier = ExactVerifier(chainID: node.config.chainID)
    }

    /// `GET /supported`.
    func supported() -> HTTPResponse {
        let network = X402Network(chainID: node.config.chainID)
        var kinds = [
            SupportedKind(version: .v2, scheme: X402Scheme.exact, network: network.caip2)
        ]
        if let name = network.v1Name {
            kinds.append(SupportedKind(version: .v1, scheme: X402Scheme.exact, network: name))
        }
        let signers = SupportedResponse.Signers(
            family: "eip155:*", addresses: [sender.address.checksummed])
        return .json(200, SupportedResponse(kinds: kinds, signers: [signers]).body)
    }

    /// `POST /verify`.
    func verify(_ body: [UInt8]) -> HTTPResponse {
        let request: FacilitatorRequest
        do { request = try FacilitatorRequest(body: body) } catch {
            return Facilitator.refused(error)
        }
        return .json(200, check(request).response.body)
    }

    private func check(_ request: FacilitatorRequest) -> VerifyOutcome {
        verifier.verify(
            request, now: node.nextTimestamp, view: StateTokenView(node: node))
    }

    /// `POST /settle`: verifies anew, then answers when the transfer is in a durable block.
    func settle(_ body: [UInt8]) -> HTTPResponse {
        let request: FacilitatorRequest
        do { request = try FacilitatorRequest(body: body) } catch {
            return Facilitator.refused(error)
        }
        let network = request.requirements.network
        switch check(request) {
        case .invalid(let reason, let message, let payer):
            let answer = SettleResponse(
                success: false, errorReason: reason.rawValue, errorMessage: message, payer: payer,
                transaction: "", network: network)
            return .json(200, answer.body)
        case .valid(let payment):
            let transfer = payment.transfer
            let id = SettlementReceipt.id(
                asset: payment.token, payer: transfer.from, nonce: transfer.nonce)
            let answer =
                underWay.reserving(id) { send(payment, network: network) }
                ?? SettleResponse(
                    success: false, errorReason: VerifyReason.nonceAlreadyUsed.rawValue,
                    payer: payment.payer, transaction: "", network: network)
            return .json(200, answer.body)
        }
    }

    private func send(_ payment: VerifiedPayment, network: String) -> SettleResponse {
        do {
            let sealed = try sender.send(
                TokenCall.transferWithAuthorization(
                    payment.transfer, signedWith: payment.signature),
                to: payment.token, gasMax: Limits.transferGas)
            return SettleResponse(
                success: true, payer: payment.payer, transaction: sealed.hash.hex,
                network: network)
        } catch {
            let (reason, hash) = Facilitator.reason(error)
            return SettleResponse(
                success: false, errorReason: reason, errorMessage: error.text,
                payer: payment.payer, transaction: hash?.hex ?? "", network: network)
        }
    }

    /// The protocol's word for a transaction that came to nothing.
    static func reason(_ error: OperatorError) -> (String, Hash?) {
        switch error {
        case .refused, .halted: (VerifyReason.simulationFailed.rawValue, nil)
        case .failed(let hash): ("transaction_failed", hash)
        case .notSealed(let hash): ("settlement_pending", hash)
        case .notSubmitted, .invalid: ("unexpected_settle_error", nil)
        }
    }

    private static func refused(_ error: X402Error) -> HTTPResponse {
        let body: JSON = ["error": "invalid_request", "message": .string("\(error)")]
        return .json(400, body.serialized)
    }
}
