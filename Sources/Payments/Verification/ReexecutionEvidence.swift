internal import Crypto
public import Primitives

/// Evidence of kind `reexecuted`: somebody else ran the model and got the same output.
///
/// Bytes, one of:
///
/// | bytes | what |
/// |---|---|
/// | 1, rest | `00`, the input's canonical bytes: the chain itself runs the graph |
/// | 1, 20, rest | `01`, an executor's address, its signature over `digest(of:by:chainID:)` |
public enum ReexecutionEvidence: Sendable, Equatable {
    /// The input hashes to the statement's `inputHash`; the run decides.
    case chain(input: [UInt8])
    case executor(Address, signature: [UInt8])

    public static let chainForm: UInt8 = 0
    public static let executorForm: UInt8 = 1

    public init(decoding data: [UInt8]) throws(EvidenceError) {
        guard let form = data.first else { throw .invalidLength(0) }
        switch form {
        case ReexecutionEvidence.chainForm: self = .chain(input: Array(data[1...]))
        case ReexecutionEvidence.executorForm:
            let head = 1 + Address.byteCount
            guard data.count > head, SignedEvidence.isSignature(bytes: data.count - head) else {
                throw .invalidLength(data.count)
            }
            self = .executor(Address(data[1..<head]), signature: Array(data[head...]))
        default: throw .unknownForm(form)
        }
    }

    /// What `init(decoding:)` reads.
    public var encoded: [UInt8] {
        switch self {
        case .chain(let input): [ReexecutionEvidence.chainForm] + input
        case .executor(let address, let signature):
            [ReexecutionEvidence.executorForm] + address.bytes + signature
        }
    }

    private static let typeHash = EIP712.typeHash(
        "Reexecution(bytes32 statementHash,address executor)")

    /// What an executor signs: the EIP-712 digest of `Reexecution(bytes32 statementHash,`
    /// `address executor)` in the domain of statements.
    ///
    /// - Parameter statement: the statement's digest, `Statement.hash(chainID:)`.
    public static func digest(of statement: Hash, by executor: Address, chainID: UInt64) -> Hash {
        EIP712.digest(
            domainSeparator: Statement.domainSeparator(chainID: chainID),
            structHash: EIP712.structHash(typeHash, [statement.word, executor.word]))
    }
}
