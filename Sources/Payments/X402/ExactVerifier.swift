internal import Codec
internal import Crypto
public import Primitives

/// The rules by which an `exact` payment by EIP-3009 is good, in the SDK's order.
///
/// Pure: time and state come from the caller. What counts is the server's requirements; of the
/// offer a payload echoes only scheme and network are looked at, and both must agree.
///
/// Where the SDK raises an exception (its server then answers 500) the reason is one of the
/// specification's: `invalid_payload`, `invalid_payment_requirements`. Stricter than the SDK:
/// integers are canonical decimals, the network must be this chain, an asset without code is
/// refused in version 1 too.
/// - Source: SDK `x402` 2.25.0, `mechanisms/evm/exact/facilitator.py`, `exact/v1/facilitator.py`.
public struct ExactVerifier: Sendable {
    public let chainID: UInt64
    /// Who may be called to deploy a payer's wallet (EIP-6492).
    public let allowedFactories: [Address]

    /// A payment must stay good for this long, in seconds.
    public static let secondsLeftMin: UInt64 = 6

    public init(chainID: UInt64, allowedFactories: [Address] = []) {
        self.chainID = chainID
        self.allowedFactories = allowedFactories
    }

    /// Judges a payment. `now` is in seconds and stands for the time of the block that settles.
    public func verify(
        _ request: FacilitatorRequest, now: UInt64, view: some TokenView
    ) -> VerifyOutcome {
        verify(request.payload, against: request.requirements, now: now, view: view)
    }

    /// Judges a payment. `now` is in seconds and stands for the time of the block that settles.
    public func verify(
        _ payload: X402Payload, against requirements: X402Requirements, now: UInt64,
        view: some TokenView
    ) -> VerifyOutcome {
        let json = JSON.object(payload.payload)
        let other = json["permit2Authorization"]
        let payer = (other ?? json["authorization"])?["from"]?.string
        do throws(Refusal) {
            guard payload.version == requirements.version else {
                throw Refusal(.invalidVersion)
            }
            let exact: ExactEVMPayload
            do { exact = try ExactEVMPayload(json: json) } catch {
                throw Refusal(.invalidPayload, "\(error)")
            }
            try checkOffer(payload, requirements)
            guard other == nil else { throw Refusal(.unsupportedPayloadType) }
            let terms = try readTerms(requirements)
            try checkTransfer(exact.authorization, requirements, now: now)
            let claim = try readClaim(exact, terms)
            let signed = try checkSignature(claim, view)
            return .valid(
                try checkState(claim, signed: signed, payload.version, now: now, view))
        } catch {
            return .invalid(error.reason, message: error.message, payer: payer ?? "")
        }
    }
}

/// The first rule a payment breaks.
struct Refusal: Error {
    let reason: VerifyReason
    let message: String?

    init(_ reason: VerifyReason, _ message: String? = nil) {
        self.reason = reason
        self.message = message
    }
}

// MARK: What is offered

/// What the requirements say about the token.
struct TokenTerms {
    let asset: Address
    let name: String
    let version: String
}

extension ExactVerifier {
    private func checkOffer(
        _ payload: X402Payload, _ requirements: X402Requirements
    ) throws(Refusal) {
        guard payload.scheme.isSame(as: X402Scheme.exact),
            requirements.scheme.isSame(as: X402Scheme.exact)
        else { throw Refusal(.unsupportedScheme) }
        guard payload.network.isSame(as: requirements.network) else {
            throw Refusal(.networkMismatch)
        }
        let text = requirements.network
        let network: X402Network
        do { network = try X402Network(text, version: requirements.version) } catch {
            let message =
                switch requirements.version {
                case .v1: "Unknown v1 network: \(text)"
                case .v2 where text.utf8.starts(with: "eip155:".utf8):
                    "Invalid CAIP-2 network format: \(text)"
                case .v2: "Unsupported network format: \(text) (expected eip155:CHAIN_ID)"
                }
            throw Refusal(.failedToGetNetworkConfig, message)
        }
        guard network.chainID == chainID else {
            throw Refusal(.invalidNetwork, "this chain is \(chainID), not \(network.chainID)")
        }
    }

    private func readTerms(_ requirements: X402Requirements) throws(Refusal) -> TokenTerms {
        guard let asset = Address(loose: requirements.asset) else {
            throw Refusal(.invalidRequirements, "asset is no address: \(requirements.asset)")
        }
        guard let name = ExactVerifier.text(requirements.extra["name"]),
            let version = ExactVerifier.text(requirements.extra["version"])
        else { throw Refusal(.missingDomain) }
        return TokenTerms(asset: asset, name: name, version: version)
    }

    /// A text of the domain; a number stands for its digits, as it does in the SDK.
    private static func text(_ json: JSON?) -> String? { json?.string ?? json?.number?.text }
}

// MARK: What is paid

extension ExactVerifier {
    private func checkTransfer(
        _ transfer: ExactEVMPayload.Authorization, _ requirements: X402Requirements, now: UInt64
    ) throws(Refusal) {
        guard transfer.to.isSameIgnoringCase(as: requirements.payTo) else {
            throw Refusal(.recipientMismatch)
        }
        let value = try ExactVerifier.number(transfer.value, "value")
        let amount: UInt256
        do { amount = try UInt256(decimal: requirements.amount) } catch {
            throw Refusal(.invalidRequirements, "amount is no number: \(requirements.amount)")
        }
        guard value == amount else { throw Refusal(.valueMismatch) }
        let soonest = UInt256(now) + UInt256(ExactVerifier.secondsLeftMin)
        guard try ExactVerifier.number(transfer.validBefore, "validBefore") >= soonest else {
            throw Refusal(.validBefore)
        }
        guard try ExactVerifier.number(transfer.validAfter, "validAfter") <= UInt256(now) else {
            throw Refusal(.validAfter)
        }
    }

    fileprivate static func number(_ text: String, _ name: String) throws(Refusal) -> UInt256 {
        do { return try UInt256(decimal: text) } catch {
            throw Refusal(.invalidPayload, "\(name) is no number: \(text)")
        }
    }
}

// MARK: Who signed

/// A payment with its numbers and bytes read.
struct Claim {
    let payer: String
    let terms: TokenTerms
    let signature: WalletSignature
    let from: Address
    let to: Address
    let value: UInt256
    let validAfter: UInt256
    let validBefore: UInt256
    /// 32 bytes, but that is checked late: the signature is judged over whatever stands here.
    let nonce: [UInt8]

    /// The EIP-712 digest in the domain of a token with that name and version.
    func digest(name: String, version: String, chainID: UInt64) -> Hash {
        let domain = EIP712.domainSeparator(
            name: name, version: version, chainID: chainID, verifyingContract: terms.asset)
        let words = [from.word, to.word, value, validAfter, validBefore]
        let head = TransferAuthorization.typeHash.bytes
        let image = words.reduce(into: head) { $0 += $1.bigEndianBytes } + nonce
        return EIP712.digest(domainSeparator: domain, structHash: Keccak.hash(image))
    }
}

extension ExactVerifier {
    private func readClaim(
        _ exact: ExactEVMPayload, _ terms: TokenTerms
    ) throws(Refusal) -> Claim {
        guard let text = exact.signature, !text.isEmpty else { throw Refusal(.signature) }
        let authorization = exact.authorization
        let bytes = try ExactVerifier.bytes(text, "signature")
        guard bytes.count <= PaymentLimits.signatureBytesMax else {
            throw Refusal(.failedToVerifySignature, "signature has \(bytes.count) bytes")
        }
        guard let from = Address(loose: authorization.from),
            let to = Address(loose: authorization.to)
        else { throw Refusal(.failedToVerifySignature, "from or to is no address") }
        let nonce = try ExactVerifier.bytes(authorization.nonce, "nonce")
        let signature: WalletSignature
        do { signature = try WalletSignature(parsing: bytes) } catch {
            throw Refusal(
                .failedToVerifySignature, "Invalid ERC-6492 signature format: \(error)")
        }
        return Claim(
            payer: authorization.from, terms: terms, signature: signature, from: from, to: to,
            value: try ExactVerifier.number(authorization.value, "value"),
            validAfter: try ExactVerifier.number(authorization.validAfter, "validAfter"),
            validBefore: try ExactVerifier.number(authorization.validBefore, "validBefore"),
            nonce: nonce)
    }

    private static func bytes(_ text: String, _ name: String) throws(Refusal) -> [UInt8] {
        do {
            return text.utf8.starts(with: "0x".utf8)
                ? try Hex.decodePrefixed(text) : try Hex.decode(text)
        } catch {
            throw Refusal(.failedToVerifySignature, "\(name) is no hex: \(error)")
        }
    }

    /// Refuses what no simulation can make good. A contract wallet's refusal is left to the
    /// simulation, as in the SDK: the token asks the wallet again there.
    /// - Returns: the digest that the payer's key signed; nil when no key decides.
    private func checkSignature(
        _ claim: Claim, _ view: some TokenView
    ) throws(Refusal) -> Hash? {
        guard !view.hasCode(at: claim.from) else { return nil }
        if let deployment = claim.signature.deployment {
            guard allowedFactories.contains(deployment.factory) else {
                throw Refusal(.factoryNotAllowed)
            }
            return nil
        }
        let inner = claim.signature.inner
        guard inner.count == Signature.byteCount else { throw Refusal(.undeployedSmartWallet) }
        let v = inner[64] >= 27 ? inner[64] - 27 : inner[64]
        guard v <= 1 else { throw Refusal(.failedToVerifySignature, "Invalid v value: \(v)") }
        let digest = claim.digest(
            name: claim.terms.name, version: claim.terms.version, chainID: chainID)
        // The SDK compares texts, so a payer without `0x` signs nothing.
        guard let signer = ExactVerifier.signer(of: digest, inner),
            signer.checksummed.isSameIgnoringCase(as: claim.payer)
        else { throw Refusal(.signature) }
        return digest
    }

    /// Whose key signed; high s recovers too, since tokens refuse it by their own rule.
    static func signer(of digest: Hash, _ signature: [UInt8]) -> Address? {
        do {
            return Secp256k1.recoverAddress(
                digest: digest, signature: try Signature(bytes65: signature))
        } catch { return nil }
    }
}
