public import Codec
internal import Crypto
public import Primitives

/// What evidence is about: a provider says that a model, given an input, gave an output.
///
/// Hash: the EIP-712 digest of `Statement(bytes32 modelId,bytes32 systemHash,bytes32 requestHash,`
/// `bytes32 inputHash,bytes32 outputHash,bytes32 policyHash,address provider,uint64 notBefore,`
/// `uint64 notAfter)` in the domain ("Assay", "1", chain id, the verifier precompile). JSON: an
/// object of exactly those members; hashes and address are `0x` hex, times decimal strings.
public struct Statement: Sendable, Equatable {
    public let modelID: Hash
    /// Hash of the system text or configuration; zero where the model has none.
    public let systemHash: Hash
    public let requestHash: Hash
    /// SHA-256 of the input's canonical bytes; where a proof hides the input, the commitment to it.
    public let inputHash: Hash
    public let outputHash: Hash
    public let policyHash: Hash
    public let provider: Address
    /// The first block timestamp, in seconds, at which the statement may settle.
    public let notBefore: UInt64
    /// The last one.
    public let notAfter: UInt64

    public init(
        modelID: Hash, systemHash: Hash, requestHash: Hash, inputHash: Hash, outputHash: Hash,
        policyHash: Hash, provider: Address, notBefore: UInt64, notAfter: UInt64
    ) {
        self.modelID = modelID
        self.systemHash = systemHash
        self.requestHash = requestHash
        self.inputHash = inputHash
        self.outputHash = outputHash
        self.policyHash = policyHash
        self.provider = provider
        self.notBefore = notBefore
        self.notAfter = notAfter
    }

    private static let typeHash = EIP712.typeHash(
        "Statement(bytes32 modelId,bytes32 systemHash,bytes32 requestHash,bytes32 inputHash,"
            + "bytes32 outputHash,bytes32 policyHash,address provider,uint64 notBefore,"
            + "uint64 notAfter)")

    public var structHash: Hash {
        EIP712.structHash(
            Statement.typeHash,
            [
                modelID.word, systemHash.word, requestHash.word, inputHash.word, outputHash.word,
                policyHash.word, provider.word, UInt256(notBefore), UInt256(notAfter),
            ])
    }

    /// The EIP-712 digest: what `signed` evidence signs.
    public func hash(chainID: UInt64) -> Hash {
        EIP712.digest(
            domainSeparator: Statement.domainSeparator(chainID: chainID), structHash: structHash)
    }

    /// The domain of everything that the verifier precompile checks.
    static func domainSeparator(chainID: UInt64) -> Hash {
        EIP712.domainSeparator(
            name: "Assay", version: "1", chainID: chainID,
            verifyingContract: NativeAddress.verifier)
    }

    /// Whether it may settle in a block of that timestamp; both ends of the window are inside.
    public func isCurrent(at timestamp: UInt64) -> Bool {
        notBefore <= timestamp && timestamp <= notAfter
    }
}

extension Statement {
    public init(json: JSON) throws(DocumentError) { try self.init(json: json, at: "") }

    init(json: JSON, at path: String) throws(DocumentError) {
        let fields = try DocumentFields(
            json, path,
            members: [
                "modelId", "systemHash", "requestHash", "inputHash", "outputHash", "policyHash",
                "provider", "notBefore", "notAfter",
            ])
        self.init(
            modelID: try fields.hash("modelId"), systemHash: try fields.hash("systemHash"),
            requestHash: try fields.hash("requestHash"), inputHash: try fields.hash("inputHash"),
            outputHash: try fields.hash("outputHash"), policyHash: try fields.hash("policyHash"),
            provider: try fields.address("provider"), notBefore: try fields.uint64("notBefore"),
            notAfter: try fields.uint64("notAfter"))
    }

    public var json: JSON {
        [
            "modelId": .string(modelID.hex), "systemHash": .string(systemHash.hex),
            "requestHash": .string(requestHash.hex), "inputHash": .string(inputHash.hex),
            "outputHash": .string(outputHash.hex), "policyHash": .string(policyHash.hex),
            "provider": .string(provider.hex), "notBefore": .string(String(notBefore)),
            "notAfter": .string(String(notAfter)),
        ]
    }
}
