internal import Crypto
public import Primitives

/// Evidence of kind `zk`: input, output and the proof that the model makes one of the other.
///
/// Bytes, all integers little-endian:
///
/// | bytes | what |
/// |---|---|
/// | 1 | version, 1 |
/// | 32 | digest of the verification key: the model's weights root |
/// | 32 | context: the statement's EIP-712 digest, so that the proof is of that request alone |
/// | 4, n | length of the input, and the input's canonical bytes |
/// | 4, n | length of the output, and the output's canonical bytes |
/// | rest | the proof, which must not be empty |
///
/// Key digest and context bind nothing by themselves: the proof does, of which they are a part.
/// They stand here so that whoever refuses the proof of another model, request or chain can say so,
/// and so that a file of these bytes can be checked by itself. One piece has one encoding.
public struct ProofEvidence: Sendable, Equatable {
    public let keyDigest: Hash
    public let context: Hash
    /// Of all inputs of the graph, as `IntegerGraph.inputBytes` gives them.
    public let input: [UInt8]
    /// Of all results, as `IntegerGraph.outputBytes` gives them.
    public let output: [UInt8]
    public let proof: [UInt8]

    public init(
        keyDigest: Hash, context: Hash, input: [UInt8], output: [UInt8], proof: [UInt8]
    ) {
        self.keyDigest = keyDigest
        self.context = context
        self.input = input
        self.output = output
        self.proof = proof
    }

    public static let version: UInt8 = 1
    /// Bytes before the input.
    private static let headBytes = 1 + 2 * Hash.byteCount
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
            "version \(version) is not \(ProofEvidence.version)"
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
        var bytes = [ProofEvidence.version] + keyDigest.bytes + context.bytes
        bytes.reserveCapacity(bytes.count + 8 + input.count + output.count + proof.count)
        for part in [input, output] {
            for shift in [0, 8, 16, 24] {
                bytes.append(UInt8(truncatingIfNeeded: part.count >> shift))
            }
            bytes += part
        }
        return bytes + proof
    }

    public init(decoding bytes: [UInt8]) throws(ProofEvidenceError) {
        let head = ProofEvidence.headBytes
        guard let version = bytes.first else { throw .truncated(wanted: head, left: 0) }
        guard version == ProofEvidence.version else { throw .unsupportedVersion(version) }
        guard bytes.count >= head else { throw .truncated(wanted: head, left: bytes.count) }
        keyDigest = Hash(bytes[1..<33])
        context = Hash(bytes[33..<65])
        var position = head
        input = try ProofEvidence.part(of: bytes, at: &position)
        output = try ProofEvidence.part(of: bytes, at: &position)
        guard position < bytes.count else { throw .missingProof }
        proof = Array(bytes[position...])
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
        let inputHash = SHA256.hash(input)
        guard inputHash == statement.inputHash else {
            throw .wrongInput(expected: statement.inputHash, got: inputHash)
        }
        let outputHash = SHA256.hash(output)
        guard outputHash == statement.outputHash else {
            throw .wrongOutput(expected: statement.outputHash, got: outputHash)
        }
    }
}
