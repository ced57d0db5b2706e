internal import Crypto
public import Primitives

public struct ProofStatement: Sendable {
    public let context: Hash
    public let input: [Int32]
    public let output: [Int32]

    public init(context: Hash, input: [Int32], output: [Int32]) {
        self.context = context
        self.input = input
        self.output = output
    }
}

public enum ProofVerifier {
    public static func verify(
        _ proof: [UInt8], _ statement: ProofStatement, key: VerificationKey
    ) throws(ProofError) {
        guard proof.count == 64 else { throw .truncated(wanted: 64, left: proof.count) }
        guard proof == ProofVerifier.stub(statement, key) else { throw .foldedClaimMismatch }
    }

    public static func stub(_ statement: ProofStatement, _ key: VerificationKey) -> [UInt8] {
        var bytes = key.digest.bytes + statement.context.bytes
        for value in statement.input + statement.output {
            for shift in [0, 8, 16, 24] as [Int32] {
                bytes.append(UInt8(truncatingIfNeeded: value >> shift))
            }
        }
        let hash = SHA256.hash(bytes).bytes
        return hash + hash
    }
}
