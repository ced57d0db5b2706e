// Fuzzing of every decoder that outside bytes reach. A harness is one line in `FuzzHarness.all`,
// one function in `Harnesses`, and one folder of inputs, `Tests/FuzzTests/Corpora/<name>`.

/// How a decoder ended, if it ended well.
public enum FuzzOutcome: Sendable, Hashable {
    case accepted
    /// The name of the error's case, without its values.
    case refused(String)

    public var label: String {
        switch self {
        case .accepted: "accepted"
        case .refused(let name): "refused: \(name)"
        }
    }

    /// Accepts when the body returns, and refuses with its error when it throws a refusal.
    /// A broken law passes through.
    public static func of(_ body: () throws -> Void) throws(FuzzFailure) -> FuzzOutcome {
        do {
            try body()
            return .accepted
        } catch let failure as FuzzFailure {
            throw failure
        } catch {
            return .refused(caseName(of: error))
        }
    }
}

/// The name of an enum's case without its values.
func caseName(of value: some Any) -> String {
    let mirror = Mirror(reflecting: value)
    // Errors that describe themselves would tell their values, too.
    if mirror.displayStyle == .enum, let name = mirror.children.first?.label { return name }
    return String(String(describing: value).prefix { $0 != "(" })
}

/// A law that an input broke; each message is found once in the sources.
public struct FuzzFailure: Error, Equatable, Sendable {
    public let message: String

    public init(_ message: String) { self.message = message }

    static func require(_ holds: Bool, _ message: String) throws(FuzzFailure) {
        if !holds { throw FuzzFailure(message) }
    }
}

/// A decoder under test: total, quick, and true to its laws for any bytes.
public struct FuzzHarness: Sendable {
    public let name: String
    /// Neither crashes nor hangs, and throws only when a law is broken.
    public let run: @Sendable ([UInt8]) throws(FuzzFailure) -> FuzzOutcome
    /// Good inputs that are made, not kept: those that follow the code are always up to date.
    let seeds: @Sendable () -> [[UInt8]]

    init(
        _ name: String, seeds: @escaping @Sendable () -> [[UInt8]] = { [] },
        _ run: @escaping @Sendable ([UInt8]) throws(FuzzFailure) -> FuzzOutcome
    ) {
        self.name = name
        self.run = run
        self.seeds = seeds
    }

    public static let all: [FuzzHarness] = [
        FuzzHarness("abi", fuzzABI),
        FuzzHarness("base64", fuzzBase64),
        FuzzHarness("block", fuzzBlock),
        FuzzHarness("bytecode", fuzzBytecode),
        FuzzHarness("cbor", fuzzCBOR),
        FuzzHarness("collateral", seeds: collateralSeeds, fuzzCollateral),
        FuzzHarness("dcap", seeds: dcapSeeds, fuzzDCAP),
        FuzzHarness("der", seeds: derSeeds, fuzzDER),
        FuzzHarness("evidence", fuzzEvidence),
        FuzzHarness("execution-receipt", fuzzExecutionReceipt),
        FuzzHarness("g1-point", fuzzG1Point),
        FuzzHarness("genesis", fuzzGenesis),
        FuzzHarness("header", fuzzHeader),
        FuzzHarness("hex", fuzzHex),
        FuzzHarness("inference-call", fuzzInferenceCall),
        FuzzHarness("integer-graph", fuzzIntegerGraph),
        FuzzHarness("json", fuzzJSON),
        FuzzHarness("mnemonic", fuzzMnemonic),
        FuzzHarness("nitro", seeds: nitroSeeds, fuzzNitro),
        FuzzHarness("onnx", fuzzONNX),
        FuzzHarness("opengradient", seeds: openGradientSeeds, fuzzOpenGradient),
        FuzzHarness("policy", fuzzPolicy),
        FuzzHarness("policy-json", fuzzPolicyJSON),
        FuzzHarness("policy-text", fuzzPolicyText),
        FuzzHarness("pooled-transaction", fuzzPooledTransaction),
        FuzzHarness("proof", seeds: proofSeeds, fuzzProof),
        FuzzHarness("proof-evidence", fuzzProofEvidence),
        FuzzHarness("protobuf", fuzzProtobuf),
        FuzzHarness("receipt", fuzzReceipt),
        FuzzHarness("receipt-document", fuzzReceiptDocument),
        FuzzHarness("receipt-json", fuzzReceiptJSON),
        FuzzHarness("registry-event", fuzzRegistryEvent),
        FuzzHarness("registry-slots", fuzzRegistrySlots),
        FuzzHarness("rlp", fuzzRLP),
        FuzzHarness("snp", seeds: snpSeeds, fuzzSNP),
        FuzzHarness("spdm", seeds: spdmSeeds, fuzzSPDM),
        FuzzHarness("transaction", fuzzTransaction),
        FuzzHarness("trie-proof", fuzzTrieProof),
        FuzzHarness("verification-key", seeds: verificationKeySeeds, fuzzVerificationKey),
        FuzzHarness("wallet-signature", fuzzWalletSignature),
        FuzzHarness("x402-offer", fuzzX402Offer),
        FuzzHarness("x402-payload", fuzzX402Payload),
        FuzzHarness("x402-request", fuzzX402Request),
    ]

    public static func named(_ name: String) -> FuzzHarness? { all.first { $0.name == name } }
}
