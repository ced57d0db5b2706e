internal import Crypto
internal import EVM
internal import Ledger
internal import Node
internal import Payments
internal import Primitives

/// The token as it would answer had a payment's money not gone to its escrow address yet.
///
/// Anyone may send a payer's authorization to the token. Where its money waits at the escrow
/// address of the very offer that it pays, the chain settles it all the same, so the verifier
/// judges it as any other: by signature, window and amount.
struct DepositView: TokenView {
    private let view: StateTokenView
    /// Bare; nil when no money waits.
    private let deposited: Payment?

    init(of payload: X402Payload, for offer: Offer, node: Node) {
        let view = StateTokenView(node: node)
        self.view = view
        deposited = DepositView.payment(of: payload, for: offer).flatMap { payment in
            let state = node.state(of: view.header)
            let deposit = Deposit(
                of: payment, at: offer.escrow,
                settlement: { state.storage(NativeAddress.settlement, $0) },
                token: { state.storage(offer.token, $0) })
            return deposit == nil ? nil : payment
        }
    }

    /// The payment as the payload's payer and nonce make it.
    private static func payment(of payload: X402Payload, for offer: Offer) -> Payment? {
        guard let authorization = (try? payload.exact())?.authorization,
            let payer = try? Address(hex: authorization.from),
            let nonce = try? Hash(hex: authorization.nonce)
        else { return nil }
        return Payment(
            asset: offer.token, payer: payer, amount: offer.amount, validAfter: .zero,
            validBefore: .zero, nonce: nonce, signature: [])
    }

    /// A verified payment as the chain takes it: a contract wallet's signature is not judged again
    /// for money that waits, and so left out.
    func settling(_ payment: Payment) -> Payment {
        deposited == payment.bare && hasCode(at: payment.payer) ? payment.bare : payment
    }

    func name(ofToken token: Address) -> String? { view.name(ofToken: token) }

    func version(ofToken token: Address) -> String? { view.version(ofToken: token) }

    func balance(of account: Address, token: Address) -> UInt256? {
        guard let balance = view.balance(of: account, token: token) else { return nil }
        guard let deposited, deposited.payer == account, deposited.asset == token else {
            return balance
        }
        // Both are parts of the token's supply, which fits in a word.
        return balance &+ deposited.amount
    }

    func authorizationState(of authorizer: Address, nonce: Hash, token: Address) -> Bool? {
        if let deposited, deposited.payer == authorizer, deposited.nonce == nonce,
            deposited.asset == token
        {
            return false
        }
        return view.authorizationState(of: authorizer, nonce: nonce, token: token)
    }

    func hasCode(at account: Address) -> Bool { view.hasCode(at: account) }

    func accepts(
        _ signature: WalletSignature, of digest: Hash, by account: Address
    ) -> Bool {
        view.accepts(signature, of: digest, by: account)
    }
}
