public import Primitives
internal import Proofs
internal import Synchronization

/// An input that proofs hide, committed to once.
///
/// Each proof shows some positions of the commitment's codeword, so a commitment serves a number of
/// proofs that its key fixes and no more: `ProverError.openingsSpent` refuses the next one. A proof
/// of the same statement has the same bytes, shows nothing new, and does not count twice.
public final class HiddenInput: Sendable {
    public let input: [Int32]
    /// What a statement has in place of the input.
    public let commitment: Hash
    /// The key's that the commitment is for.
    public let keyDigest: Hash
    let stack: StackCommitment
    private let secret: Hash
    private let openingsMax: Int
    private let statements: Mutex<[Hash]>

    /// - Parameters:
    ///   - secret: 32 random bytes for this input alone, which its owner keeps.
    ///   - statements: of proofs that were made before, which count.
    init(
        _ input: [Int32], secret: Hash, key: VerificationKey, statements: [Hash],
        workers: some Workers
    ) throws(ProverError) {
        self.input = input
        self.secret = secret
        keyDigest = key.digest
        openingsMax = key.hiddenOpeningsMax
        do throws(ProofError) {
            stack = try key.inputStack(input, secret: secret, workers: workers)
        } catch { throw .key(error) }
        commitment = stack.root
        self.statements = Mutex(statements)
    }

    /// Digests of the statements that were proved.
    public var provedStatements: [Hash] { statements.withLock { $0 } }

    /// Proofs of other statements that are left.
    public var openingsLeft: Int { max(0, openingsMax - statements.withLock { $0.count }) }

    /// The randomness of a statement's proof; takes one of the openings if it is a new one.
    func open(_ statement: ProofStatement, _ header: ProofHeader) throws(ProverError) -> Hash {
        let digest = header.digest(statement, keyDigest, secret: .zero)
        let isWithin = statements.withLock { statements in
            if statements.contains(digest) { return true }
            guard statements.count < openingsMax else { return false }
            statements.append(digest)
            return true
        }
        guard isWithin else { throw .openingsSpent(max: openingsMax) }
        return header.digest(statement, keyDigest, secret: secret)
    }
}
