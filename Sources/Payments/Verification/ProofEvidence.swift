internal import Crypto
public import Primitives

/// Evidence of kind `zk`: input, output and the proof that the model makes one of the other.
///
/// Bytes, all integers little-endian:
///
/// | bytes | what |
/// |---|---|
/// | 1 | version: 1 with the input, 2 with a commitment that hides it |
/// | 32 | digest of the verification key: the model's weights root |
/// | 32 | context: the statement's EIP-712 digest, so that the proof is of that request alone |
/// | 4, n | version 1: length of the input, and the input's canonical bytes |
/// | 32 | version 2: the commitment to the input, `VerificationKey.inputCommitment` |
/// | 4, n | length of the output, and the output's canonical bytes |
/// | rest | the proof, which must not be empty |
///
/// Key digest and context bind nothing by themselves: the proof does, of which they are a part.
/// They stand here so that whoever refuses the proof of another model, request or chain can say so,
/// and so that a file of these bytes can be checked by itself. One piece has one encoding.
///
/// Version 2 is no weaker for a payer. Either way the statement's `inputHash` is one value that
/// whoever has the request, and nobody else, can compute again: SHA-256 of the input's bytes, or
/// the commitment that input and secret lead to. And either way the proof is of that input alone.
/// What version 2 takes away is that others can try inputs until one hashes to `inputHash`.
public struct ProofEvidence: Sendable, Equatable {
    public let keyDigest: Hash
    public let context: Hash
    public let input: Input
    /// Of all results, as `IntegerGraph.outputBytes` gives them.
    public let output: [UInt8]
    public let proof: [UInt8]

    /// What evidence says of the input.
    public enum Input: Sendable, Equatable {
        /// All inputs of the graph, as `IntegerGraph.inputBytes` gives them.
        case bytes([UInt8])
        /// What hides them.
        case hidden(commitment: Hash)
    }

    public init(
        keyDigest: Hash, context: Hash, input: Input, output: [UInt8], proof: [UInt8]
    ) {
        self.keyDigest = keyDigest
        self.context = context
        self.input = input
        self.output = output
        self.proof = proof
    }

    /// Evidence with a public input.
    public init(
        keyDigest: Hash, context: Hash, input: [UInt8], output: [UInt8], proof: [UInt8]
    ) {
        self.init(
            keyDigest: keyDigest, context: context, input: .bytes(input), output: output,
            proof: proof)
    }

    /// The first byte, where the input is public.
    public static let version: UInt8 = 1
    /// The first byte, where the input is hidden.
    public static let hiddenVersion: UInt8 = 2
    /// Bytes before the input.
    private static let headBytes = 1 + 2 * Hash.byteCount

    /// The input's bytes, if they are public.
    public var publicInput: [UInt8]? {
        if case .bytes(let bytes) = input { bytes } else { nil }
    }

    /// What a statement about this evidence has as `inputHash`: SHA-256 of a public input, or the
    /// commitment itself.
    public var inputHash: Hash {
        switch input {
        case .bytes(let bytes): SHA256.hash(bytes)
        case .hidden(let commitment): commitment
        }
    }
}

/// Why bytes are no evidence of kind `zk`.
public enum ProofEvidenceError: Error, Equatable, Sendable {
    case unsupportedVersion(UInt8)
    case truncated(wanted: Int, left: Int)
    case missingProof

    /// In words. They are part of revert data: every node must give the same.
    public var reason: String {
        switch self {
        case .unsupportedVersion(let version):
            "version \(version) is neither \(ProofEvidence.version) "
                + "nor \(ProofEvidence.hiddenVersion)"
        case .truncated(let wanted, let left): "truncated: \(wanted) bytes wanted, \(left) left"
        case .missingProof: "there is no proof after input and output"
        }
    }
}

/// Why evidence of kind `zk`, though well formed, is not about a statement.
public enum ProofMismatch: Error, Equatable, Sendable {
    /// The proof of another model.
    case wrongKey(expected: Hash, got: Hash)
    /// Of another statement, or on another chain.
    case wrongContext(expected: Hash, got: Hash)
    case wrongInput(expected: Hash, got: Hash)
    case wrongOutput(expected: Hash, got: Hash)
}

extension ProofEvidence {
    public var encoded: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(
            ProofEvidence.headBytes + 4 + Hash.byteCount + (publicInput?.count ?? 0)
                + output.count + proof.count)
        switch input {
        case .bytes(let input):
            bytes.append(ProofEvidence.version)
            bytes += keyDigest.bytes + context.bytes
            ProofEvidence.append(input, to: &bytes)
        case .hidden(let commitment):
            bytes.append(ProofEvidence.hiddenVersion)
            bytes += keyDigest.bytes + context.bytes + commitment.bytes
        }
        ProofEvidence.append(output, to: &bytes)
        return bytes + proof
    }

    public init(decoding bytes: [UInt8]) throws(ProofEvidenceError) {
        guard let version = bytes.first else {
            throw .truncated(wanted: ProofEvidence.headBytes, left: 0)
        }
        let isHidden = version == ProofEvidence.hiddenVersion
        guard isHidden || version == ProofEvidence.version else {
            throw .unsupportedVersion(version)
        }
        var position = ProofEvidence.headBytes
        let head = position + (isHidden ? Hash.byteCount : 0)
        guard bytes.count >= head else { throw .truncated(wanted: head, left: bytes.count) }
        keyDigest = Hash(bytes[1..<33])
        context = Hash(bytes[33..<65])
        if isHidden {
            input = .hidden(commitment: Hash(bytes[position..<head]))
            position = head
        } else {
            input = .bytes(try ProofEvidence.part(of: bytes, at: &position))
        }
        output = try ProofEvidence.part(of: bytes, at: &position)
        guard position < bytes.count else { throw .missingProof }
        proof = Array(bytes[position...])
    }

    private static func append(_ part: [UInt8], to bytes: inout [UInt8]) {
        for shift in [0, 8, 16, 24] {
            bytes.append(UInt8(truncatingIfNeeded: part.count >> shift))
        }
        bytes += part
    }

    /// A length and as many bytes.
    private static func part(
        of bytes: [UInt8], at position: inout Int
    ) throws(ProofEvidenceError) -> [UInt8] {
        guard bytes.count - position >= 4 else {
            throw .truncated(wanted: 4, left: bytes.count - position)
        }
        var count = 0
        for index in 0..<4 { count |= Int(bytes[position + index]) << (8 * index) }
        position += 4
        guard bytes.count - position >= count else {
            throw .truncated(wanted: count, left: bytes.count - position)
        }
        defer { position += count }
        return Array(bytes[position..<position + count])
    }

    /// Checks all but the proof: which model, whose request, what input and output.
    ///
    /// - Parameters:
    ///   - key: the weights root of the model that the statement names.
    ///   - digest: the statement's, on the chain that checks it.
    public func check(
        _ statement: Statement, digest: Hash, key: Hash
    ) throws(ProofMismatch) {
        guard keyDigest == key else { throw .wrongKey(expected: key, got: keyDigest) }
        guard context == digest else { throw .wrongContext(expected: digest, got: context) }
        let inputHash = inputHash
        guard inputHash == statement.inputHash else {
            throw .wrongInput(expected: statement.inputHash, got: inputHash)
        }
        let outputHash = SHA256.hash(output)
        guard outputHash == statement.outputHash else {
            throw .wrongOutput(expected: statement.outputHash, got: outputHash)
        }
    }
}
