public import Primitives

/// Why a payment is refused; the raw values go over the wire.
/// - Source: SDK `x402` 2.25.0, `mechanisms/evm/constants.py`; the last five: x402 specification
///   version 2, section 9, for what the SDK answers with an exception.
public enum VerifyReason: String, Error, Sendable, CaseIterable {
    case unsupportedScheme = "unsupported_scheme"
    case networkMismatch = "network_mismatch"
    /// The network is no EVM chain's name.
    case failedToGetNetworkConfig = "invalid_exact_evm_failed_to_get_network_config"
    case missingDomain = "missing_eip712_domain"
    case recipientMismatch = "invalid_exact_evm_payload_recipient_mismatch"
    case valueMismatch = "invalid_exact_evm_payload_authorization_value_mismatch"
    case validBefore = "invalid_exact_evm_payload_authorization_valid_before"
    case validAfter = "invalid_exact_evm_payload_authorization_valid_after"
    case signature = "invalid_exact_evm_payload_signature"
    /// The signature, or what it signs, cannot be read.
    case failedToVerifySignature = "invalid_exact_evm_failed_to_verify_signature"
    /// No key's signature, and an account without code.
    case undeployedSmartWallet = "invalid_exact_evm_payload_undeployed_smart_wallet"
    case factoryNotAllowed = "eip6492_factory_not_allowed"
    case assetNotDeployed = "asset_not_deployed_contract"
    case nonceAlreadyUsed = "invalid_exact_evm_nonce_already_used"
    case insufficientBalance = "invalid_exact_evm_insufficient_balance"
    case transferNotSupported = "invalid_exact_evm_eip3009_not_supported"
    case tokenNameMismatch = "invalid_exact_evm_token_name_mismatch"
    case tokenVersionMismatch = "invalid_exact_evm_token_version_mismatch"
    case simulationFailed = "invalid_exact_evm_transaction_simulation_failed"
    /// A payload of another way to transfer, such as Permit2.
    case unsupportedPayloadType = "unsupported_payload_type"
    case invalidPayload = "invalid_payload"
    case invalidRequirements = "invalid_payment_requirements"
    case invalidVersion = "invalid_x402_version"
    /// An EVM chain, but not this one.
    case invalidNetwork = "invalid_network"
}

/// A good payment, ready to settle.
public struct VerifiedPayment: Sendable, Equatable {
    /// The payer as the client wrote it; answers echo this text.
    public let payer: String
    public let transfer: TransferAuthorization
    public let token: Address
    /// As the token takes it: a key's has v = 27 or 28.
    public let signature: [UInt8]
    /// The call that must come first when the payer is a wallet not yet deployed.
    public let deployment: WalletDeployment?

    public init(
        payer: String, transfer: TransferAuthorization, token: Address, signature: [UInt8],
        deployment: WalletDeployment? = nil
    ) {
        self.payer = payer
        self.transfer = transfer
        self.token = token
        self.signature = signature
        self.deployment = deployment
    }
}

/// A verifier's verdict.
public enum VerifyOutcome: Sendable, Equatable {
    case valid(VerifiedPayment)
    /// `payer` is who the payload says pays; empty where it says nothing.
    case invalid(VerifyReason, message: String?, payer: String)

    /// The facilitator's answer.
    public var response: VerifyResponse {
        switch self {
        case .valid(let payment):
            VerifyResponse(isValid: true, payer: payment.payer)
        case .invalid(let reason, let message, let payer):
            VerifyResponse(
                isValid: false, invalidReason: reason.rawValue, invalidMessage: message,
                payer: payer)
        }
    }
}
