internal import Crypto
internal import Primitives

// The SDK simulates the transfer on the chain. Here the token's rules are applied to the answers
// of the caller's view, in the token's order.

/// Why the token would revert.
enum TransferRevert {
    case notSupported
    case notYetValid
    case expired
    case nonceUsed
    case invalidSignature
    case highS
    case toZero
    case insufficientBalance

    /// The reason of version 2, which reads the revert's text; nil for texts it does not know.
    var reason: VerifyReason? {
        switch self {
        case .notYetValid: .validAfter
        case .expired: .validBefore
        case .nonceUsed: .nonceAlreadyUsed
        case .invalidSignature, .highS: .signature
        case .insufficientBalance: .insufficientBalance
        case .notSupported, .toZero: nil
        }
    }

    /// What the node says, with the text of FiatTokenV2_2.
    var message: String {
        switch self {
        case .notSupported: "execution reverted"
        case .notYetValid: "execution reverted: FiatTokenV2: authorization is not yet valid"
        case .expired: "execution reverted: FiatTokenV2: authorization is expired"
        case .nonceUsed: "execution reverted: FiatTokenV2: authorization is used or canceled"
        case .invalidSignature: "execution reverted: FiatTokenV2: invalid signature"
        case .highS: "execution reverted: ECRecover: invalid signature 's' value"
        case .toZero: "execution reverted: ERC20: transfer to the zero address"
        case .insufficientBalance:
            "execution reverted: ERC20: transfer amount exceeds balance"
        }
    }
}

extension ExactVerifier {
    /// The rules that need the token: it exists, and it would carry the transfer out.
    func checkState(
        _ claim: Claim, signed: Hash?, _ version: X402Version, now: UInt64,
        _ view: some TokenView
    ) throws(Refusal) -> VerifiedPayment {
        guard view.hasCode(at: claim.terms.asset) else { throw Refusal(.assetNotDeployed) }
        guard claim.nonce.count == Hash.byteCount else {
            throw Refusal(
                .failedToVerifySignature,
                "invalid nonce length: got \(claim.nonce.count) bytes, want 32")
        }
        let transfer = TransferAuthorization(
            from: claim.from, to: claim.to, value: claim.value, validAfter: claim.validAfter,
            validBefore: claim.validBefore, nonce: Hash(claim.nonce))
        let signature = claim.signature.normalized
        if let revert = simulate(claim, transfer, signature, signed, now: now, view) {
            switch version {
            case .v2:
                let reason = revert.reason ?? diagnose(claim, transfer, view)
                throw Refusal(reason, revert.message)
            case .v1: throw Refusal(diagnose(claim, transfer, view))
            }
        }
        let isDeployed = claim.signature.deployment == nil || view.hasCode(at: claim.from)
        return VerifiedPayment(
            payer: claim.payer, transfer: transfer, token: claim.terms.asset,
            signature: signature.inner,
            deployment: isDeployed ? nil : claim.signature.deployment)
    }

    /// What `transferWithAuthorization` would revert with; nil when it would succeed.
    /// - Source: circlefin/stablecoin-evm, `FiatTokenV2_2`, `EIP3009`, `SignatureChecker`.
    private func simulate(
        _ claim: Claim, _ transfer: TransferAuthorization, _ signature: WalletSignature,
        _ signed: Hash?, now: UInt64, _ view: some TokenView
    ) -> TransferRevert? {
        let token = claim.terms.asset
        guard
            let isUsed = view.authorizationState(
                of: transfer.from, nonce: transfer.nonce, token: token)
        else { return .notSupported }
        guard UInt256(now) > transfer.validAfter else { return .notYetValid }
        guard UInt256(now) < transfer.validBefore else { return .expired }
        guard !isUsed else { return .nonceUsed }
        // The token hashes with its own name and version, whatever the requirements say.
        let digest = claim.digest(
            name: view.name(ofToken: token) ?? claim.terms.name,
            version: view.version(ofToken: token) ?? claim.terms.version, chainID: chainID)
        if view.hasCode(at: transfer.from) {
            let bare = WalletSignature(inner: signature.inner)
            guard view.accepts(bare, of: digest, by: transfer.from) else {
                return .invalidSignature
            }
        } else if signature.deployment != nil {
            guard view.accepts(signature, of: digest, by: transfer.from) else {
                return .invalidSignature
            }
        } else {
            guard isLowS(signature.inner) else { return .highS }
            // One recovery is enough unless the token hashes otherwise.
            guard
                digest == signed
                    || ExactVerifier.signer(of: digest, signature.inner) == transfer.from
            else { return .invalidSignature }
        }
        guard !transfer.to.isZero else { return .toZero }
        guard let balance = view.balance(of: transfer.from, token: token),
            balance >= transfer.value
        else { return .insufficientBalance }
        return nil
    }

    private func isLowS(_ signature: [UInt8]) -> Bool {
        do { return try Signature(bytes65: signature).isLowS } catch { return false }
    }

    /// The SDK's second look when a revert's text says nothing to it.
    private func diagnose(
        _ claim: Claim, _ transfer: TransferAuthorization, _ view: some TokenView
    ) -> VerifyReason {
        let terms = claim.terms
        guard
            let isUsed = view.authorizationState(
                of: transfer.from, nonce: transfer.nonce, token: terms.asset)
        else { return .transferNotSupported }
        guard !isUsed else { return .nonceAlreadyUsed }
        if !terms.name.isEmpty, let name = view.name(ofToken: terms.asset),
            !name.isSame(as: terms.name)
        {
            return .tokenNameMismatch
        }
        if !terms.version.isEmpty, let version = view.version(ofToken: terms.asset),
            !version.isSame(as: terms.version)
        {
            return .tokenVersionMismatch
        }
        if let balance = view.balance(of: transfer.from, token: terms.asset),
            balance < transfer.value
        {
            return .insufficientBalance
        }
        return .simulationFailed
    }
}
