public import Codec
internal import Crypto
public import Primitives

/// How a payment names its terms. The numbers are part of receipts.
public enum Binding: UInt8, CaseIterable, Sendable {
    /// The transfer goes to the terms' escrow address: any x402 client signs it unknowingly.
    case recipient = 1
    /// That, and the transfer's nonce is the terms' hash: the terms can be paid for once.
    case recipientAndNonce = 2
}

/// What a payer pays for: one request to one model under one policy, answered by one provider.
///
/// Hash: the EIP-712 digest of
/// `Terms(bytes32 modelId,bytes32 requestHash,bytes32 policyHash,address provider,bytes32 salt)`
/// in the domain ("Assay", "1", chain id, the settlement precompile). JSON: an object of exactly
/// `modelId`, `requestHash`, `policyHash`, `provider`, `salt`, all `0x` hex.
public struct Terms: Sendable, Equatable {
    public let modelID: Hash
    /// See `RequestHash`.
    public let requestHash: Hash
    /// See `Policy.hash`.
    public let policyHash: Hash
    /// Whom the settlement pays.
    public let provider: Address
    /// Makes two payments for the same request distinct.
    public let salt: Hash

    public init(
        modelID: Hash, requestHash: Hash, policyHash: Hash, provider: Address, salt: Hash
    ) {
        self.modelID = modelID
        self.requestHash = requestHash
        self.policyHash = policyHash
        self.provider = provider
        self.salt = salt
    }

    private static let typeHash = EIP712.typeHash(
        "Terms(bytes32 modelId,bytes32 requestHash,bytes32 policyHash,address provider,"
            + "bytes32 salt)"
    )

    public var structHash: Hash {
        EIP712.structHash(
            Terms.typeHash,
            [modelID.word, requestHash.word, policyHash.word, provider.word, salt.word])
    }

    /// The EIP-712 digest.
    public func hash(chainID: UInt64) -> Hash {
        let domain = EIP712.domainSeparator(
            name: "Assay", version: "1", chainID: chainID,
            verifyingContract: NativeAddress.settlement)
        return EIP712.digest(domainSeparator: domain, structHash: structHash)
    }

    private static let escrowCodeHash = Keccak.hash(Array("assay.escrow.v1".utf8))

    /// The `payTo` of an offer with these terms: the low 20 bytes of
    /// `keccak256(0xff ‖ settlement address ‖ terms hash ‖ keccak256("assay.escrow.v1"))`.
    ///
    /// Shaped as a CREATE2 address of the settlement precompile, which deploys nothing: nobody has
    /// a key for it, and only the precompile moves what was sent there (EIP-1014).
    public static func escrow(termsHash: Hash) -> Address {
        let image =
            [0xff] + NativeAddress.settlement.bytes + termsHash.bytes + escrowCodeHash.bytes
        return Address(truncating: Keccak.hash(image).word)
    }

    /// Where a payment for these terms goes.
    public func escrow(chainID: UInt64) -> Address {
        Terms.escrow(termsHash: hash(chainID: chainID))
    }
}

extension Terms {
    public init(json: JSON) throws(DocumentError) { try self.init(json: json, at: "") }

    init(json: JSON, at path: String) throws(DocumentError) {
        let fields = try DocumentFields(
            json, path,
            members: ["modelId", "requestHash", "policyHash", "provider", "salt"])
        self.init(
            modelID: try fields.hash("modelId"), requestHash: try fields.hash("requestHash"),
            policyHash: try fields.hash("policyHash"), provider: try fields.address("provider"),
            salt: try fields.hash("salt"))
    }

    public var json: JSON {
        [
            "modelId": .string(modelID.hex), "requestHash": .string(requestHash.hex),
            "policyHash": .string(policyHash.hex), "provider": .string(provider.hex),
            "salt": .string(salt.hex),
        ]
    }
}
