public import Attestation
internal import Codec
internal import Crypto
internal import EVM
public import Payments
public import Primitives
public import Proofs

/// Why a native precompile refuses a call: a Solidity custom error each, so that a caller can tell.
public enum NativeError: Error, Equatable, Sendable {
    // Any native.
    case unknownFunction([UInt8])
    case invalidCalldata(String)
    case notPayable

    // Registry.
    case invalidRecord(String)
    case nameTaken(Hash)
    case unknownModel(Hash)
    case notOwner(Address)
    case modelRevoked(Hash)
    case invalidProviderKey
    /// The name has `newest`, and versions grow.
    case versionNotNewer(newest: String)
    /// A later version asks for less evidence than the one before it; the text names what it drops.
    case floorWeakened(String)
    case changeTooSoon(until: UInt64, now: UInt64)
    case changeInThePast(from: UInt64, now: UInt64)
    case unknownSystem(Hash)
    /// The name is offered to `to`, or to nobody, who is the zero address.
    case nameNotOffered(to: Address)
    /// The root is not the digest of the verification key that follows from the graph.
    case wrongWeightsRoot(expected: Hash, got: Hash)
    /// No verification key can be made of the graph.
    case notProvable(ProofReason)

    // Evidence and policies.
    case invalidPolicy(String)
    case wrongPolicy(expected: Hash, got: Hash)
    case unknownProvider(Address)
    case unknownEvidence(UInt8)
    /// A kind that this chain cannot check: it never counts as met.
    case unsupportedEvidence(EvidenceKind)
    case duplicateEvidence(EvidenceKind)
    /// Bytes that are no evidence of the kind.
    case invalidEvidence(EvidenceKind, String)
    /// A well-formed signature that does not hold.
    case invalidSignature(EvidenceKind)
    case wrongSigner(expected: Address, got: Address)
    /// The model was registered without a weights root.
    case modelHasNoProofs(Hash)
    /// The proof of another model.
    case wrongKey(expected: Hash, got: Hash)
    /// The proof of another statement, or for another chain.
    case wrongContext(expected: Hash, got: Hash)
    case wrongInput(expected: Hash, got: Hash)
    /// A proof that is about the right things and does not hold, and the rule that it breaks.
    case invalidProof(ProofReason)

    // Settlement.
    case wrongModel(expected: Hash, got: Hash)
    case wrongSystem(expected: Hash, got: Hash)
    case wrongRequest(expected: Hash, got: Hash)
    case wrongProvider(expected: Address, got: Address)
    case wrongOutput(expected: Hash, got: Hash)
    case statementNotCurrent(notBefore: UInt64, notAfter: UInt64, now: UInt64)
    case paymentNotYetValid(validAfter: UInt256, now: UInt64)
    case paymentExpired(validBefore: UInt256, now: UInt64)
    case wrongAsset(expected: Address, got: Address)
    case priceNotMet(price: UInt256, amount: UInt256)
    /// The payer asked for more than the evidence gives; the text names what is missing.
    case policyNotMet(String)
    /// The model's owner did.
    case floorNotMet(String)
    case alreadySettled(Hash)
    /// The nonce is canceled, or its money did not go to this escrow address or not in this amount.
    case authorizationUsed(payer: Address, nonce: Hash)
    case transferFailed([UInt8])
    case unknownReceipt(Hash)
    /// The money waits at the escrow address, but the payment's signature was not checked for it.
    case invalidDeposit(String)
    case noDeposit(Hash)
    case notYetReclaimable(at: UInt64, now: UInt64)

    // Attestation and trust.
    /// An attestation that does not hold, and the rule that it breaks.
    case invalidAttestation(AttestationReason)
    case unknownTEEType(UInt8)
    /// The admin has stopped all evidence of the type.
    case teeTypeRefused(UInt8, since: UInt64)
    /// The admin has stopped all evidence from that machine.
    case platformRefused(Hash, since: UInt64)
    /// The machine's keeper can look into it.
    case debugEvidence
    /// The free field of the evidence carries something else.
    case wrongBinding(expected: Hash, got: Hash)
    case unknownAttestedKey(Hash)
    case attestedKeyExpired(Hash, notAfter: UInt64, now: UInt64)
    case attestedKeyRevoked(Hash, at: UInt64)
    /// A key has been registered by this evidence before.
    case evidenceUsed(Hash)
    /// The measurement is not on the admin's list.
    case measurementNotListed(Hash)
    /// The executor is not on the admin's list.
    case notAnExecutor(Address)
    /// The chain has no collateral for this platform.
    case unknownCollateral(Hash)
    /// The chain has newer collateral.
    case collateralRolledBack(Hash)
    case notAdmin(Address)
    case unknownRoot(family: UInt8, Hash)
    case invalidLifetime(min: UInt64, max: UInt64)
    case unknownList(Hash)
    case listExists(Hash)
    /// A run costs more than the chain runs for a settlement.
    case tooCostlyToReexecute(gas: UInt64, max: UInt64)
    /// The two statements do not contradict each other, and why not.
    case noDisagreement(String)
    case alreadyReported(at: UInt64)
}

/// A value in a custom error.
enum ErrorArgument {
    case word(UInt256)
    case text(String)
    case bytes([UInt8])

    static func address(_ address: Address) -> ErrorArgument { .word(address.word) }
    static func hash(_ hash: Hash) -> ErrorArgument { .word(hash.word) }
    static func number(_ number: UInt64) -> ErrorArgument { .word(UInt256(number)) }
}

extension NativeError {
    /// Canonical signature and arguments.
    var parts: (signature: String, arguments: [ErrorArgument]) {
        switch self {
        case .unknownFunction(let selector):
            (
                "UnknownFunction(bytes4)",
                [.word(UInt256(bigEndian: selector) << (8 * (32 - selector.count)))]
            )
        case .invalidCalldata(let why): ("InvalidCalldata(string)", [.text(why)])
        case .notPayable: ("NotPayable()", [])
        case .invalidRecord(let why): ("InvalidRecord(string)", [.text(why)])
        case .nameTaken(let id): ("NameTaken(bytes32)", [.hash(id)])
        case .unknownModel(let id): ("UnknownModel(bytes32)", [.hash(id)])
        case .notOwner(let owner): ("NotOwner(address)", [.address(owner)])
        case .modelRevoked(let id): ("ModelRevoked(bytes32)", [.hash(id)])
        case .invalidProviderKey: ("InvalidProviderKey()", [])
        default: registryParts ?? evidenceParts ?? settlementParts
        }
    }

    private var registryParts: (signature: String, arguments: [ErrorArgument])? {
        switch self {
        case .versionNotNewer(let newest): ("VersionNotNewer(string)", [.text(newest)])
        case .floorWeakened(let missing): ("FloorWeakened(string)", [.text(missing)])
        case .changeTooSoon(let until, let now):
            ("ChangeTooSoon(uint64,uint64)", [.number(until), .number(now)])
        case .changeInThePast(let from, let now):
            ("ChangeInThePast(uint64,uint64)", [.number(from), .number(now)])
        case .unknownSystem(let id): ("UnknownSystem(bytes32)", [.hash(id)])
        case .nameNotOffered(let to): ("NameNotOffered(address)", [.address(to)])
        case .wrongWeightsRoot(let expected, let got):
            ("WrongWeightsRoot(bytes32,bytes32)", [.hash(expected), .hash(got)])
        case .notProvable(let why): ("NotProvable(string)", [.text(why.rawValue)])
        default: nil
        }
    }

    private var evidenceParts: (signature: String, arguments: [ErrorArgument])? {
        switch self {
        case .invalidPolicy(let why): ("InvalidPolicy(string)", [.text(why)])
        case .wrongPolicy(let expected, let got):
            ("WrongPolicy(bytes32,bytes32)", [.hash(expected), .hash(got)])
        case .unknownProvider(let provider): ("UnknownProvider(address)", [.address(provider)])
        case .unknownEvidence(let kind): ("UnknownEvidence(uint8)", [.number(UInt64(kind))])
        case .unsupportedEvidence(let kind):
            ("UnsupportedEvidence(uint8)", [.number(UInt64(kind.rawValue))])
        case .duplicateEvidence(let kind):
            ("DuplicateEvidence(uint8)", [.number(UInt64(kind.rawValue))])
        case .invalidEvidence(let kind, let why):
            ("InvalidEvidence(uint8,string)", [.number(UInt64(kind.rawValue)), .text(why)])
        case .invalidSignature(let kind):
            ("InvalidSignature(uint8)", [.number(UInt64(kind.rawValue))])
        case .wrongSigner(let expected, let got):
            ("WrongSigner(address,address)", [.address(expected), .address(got)])
        default: proofParts ?? NativeError.trustParts(self)
        }
    }

    private var proofParts: (signature: String, arguments: [ErrorArgument])? {
        switch self {
        case .modelHasNoProofs(let id): ("ModelHasNoProofs(bytes32)", [.hash(id)])
        case .wrongKey(let expected, let got):
            ("WrongKey(bytes32,bytes32)", [.hash(expected), .hash(got)])
        case .wrongContext(let expected, let got):
            ("WrongContext(bytes32,bytes32)", [.hash(expected), .hash(got)])
        case .wrongInput(let expected, let got):
            ("WrongInput(bytes32,bytes32)", [.hash(expected), .hash(got)])
        case .invalidProof(let why):
            ("InvalidProof(uint16,string)", [.number(UInt64(why.code)), .text(why.rawValue)])
        default: nil
        }
    }

    private var settlementParts: (signature: String, arguments: [ErrorArgument]) {
        switch self {
        case .wrongModel(let expected, let got):
            ("WrongModel(bytes32,bytes32)", [.hash(expected), .hash(got)])
        case .wrongSystem(let expected, let got):
            ("WrongSystem(bytes32,bytes32)", [.hash(expected), .hash(got)])
        case .wrongRequest(let expected, let got):
            ("WrongRequest(bytes32,bytes32)", [.hash(expected), .hash(got)])
        case .wrongProvider(let expected, let got):
            ("WrongProvider(address,address)", [.address(expected), .address(got)])
        case .wrongOutput(let expected, let got):
            ("WrongOutput(bytes32,bytes32)", [.hash(expected), .hash(got)])
        case .statementNotCurrent(let notBefore, let notAfter, let now):
            (
                "StatementNotCurrent(uint64,uint64,uint64)",
                [.number(notBefore), .number(notAfter), .number(now)]
            )
        case .paymentNotYetValid(let validAfter, let now):
            ("PaymentNotYetValid(uint256,uint64)", [.word(validAfter), .number(now)])
        case .paymentExpired(let validBefore, let now):
            ("PaymentExpired(uint256,uint64)", [.word(validBefore), .number(now)])
        case .wrongAsset(let expected, let got):
            ("WrongAsset(address,address)", [.address(expected), .address(got)])
        case .priceNotMet(let price, let amount):
            ("PriceNotMet(uint256,uint256)", [.word(price), .word(amount)])
        case .policyNotMet(let missing): ("PolicyNotMet(string)", [.text(missing)])
        case .floorNotMet(let missing): ("FloorNotMet(string)", [.text(missing)])
        case .alreadySettled(let id): ("AlreadySettled(bytes32)", [.hash(id)])
        case .authorizationUsed(let payer, let nonce):
            ("AuthorizationUsed(address,bytes32)", [.address(payer), .hash(nonce)])
        case .transferFailed(let reason): ("TransferFailed(bytes)", [.bytes(reason)])
        case .unknownReceipt(let id): ("UnknownReceipt(bytes32)", [.hash(id)])
        case .invalidDeposit(let why): ("InvalidDeposit(string)", [.text(why)])
        case .noDeposit(let id): ("NoDeposit(bytes32)", [.hash(id)])
        case .notYetReclaimable(let at, let now):
            ("NotYetReclaimable(uint64,uint64)", [.number(at), .number(now)])
        default: preconditionFailure("an error without a signature")
        }
    }

    /// Selector and ABI-encoded arguments.
    public var revertData: [UInt8] {
        let (signature, arguments) = parts
        return NativeError.revertData(signature, arguments)
    }

    static func revertData(_ signature: String, _ arguments: [ErrorArgument]) -> [UInt8] {
        var writer = ABIWriter()
        for argument in arguments {
            switch argument {
            case .word(let word): writer.write(word)
            case .text(let text): writer.writeString(text)
            case .bytes(let bytes): writer.writeBytes(bytes)
            }
        }
        return ABISignature.selector(signature) + writer.encoded
    }

    /// As a native precompile throws it.
    var failure: NativeFailure { .revert(revertData) }
}
