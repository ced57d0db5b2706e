public import Primitives

/// What a verifier asks of the chain's state; the caller answers, all from one state.
///
/// `nil` says that the token's call fails or answers something else than the type asked for.
public protocol TokenView {
    /// `name()`.
    func name(ofToken token: Address) -> String?
    /// `version()`.
    func version(ofToken token: Address) -> String?
    /// `balanceOf(account)`.
    func balance(of account: Address, token: Address) -> UInt256?
    /// `authorizationState(authorizer, nonce)`: true when used or canceled (EIP-3009).
    func authorizationState(of authorizer: Address, nonce: Hash, token: Address) -> Bool?
    /// Whether an account has code; a delegation counts (EIP-7702).
    func hasCode(at account: Address) -> Bool
    /// Whether an account's `isValidSignature(digest, signature)` gives the magic value
    /// (EIP-1271). With a deployment, asked after the factory was called (EIP-6492); then false
    /// where no account comes of it.
    func accepts(
        _ signature: WalletSignature, of digest: Hash, by account: Address
    ) -> Bool
}
