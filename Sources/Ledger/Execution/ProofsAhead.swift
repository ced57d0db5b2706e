internal import EVM
internal import Payments
internal import Primitives
internal import Proofs
internal import Registry

/// Checks the proofs that a block's transactions carry before any of them runs, so that workers
/// share what execution would do one after another.
///
/// A verdict follows from key and evidence alone, and the model source keeps it: execution asks
/// for it by the same two and pays the same gas, known or not. What is missed here, a proof that
/// comes by way of a contract or whose model is registered in the same block, is checked in its
/// turn. So nothing but the block's duration depends on this.
///
/// Nobody has paid yet. So a proof is checked only if everything about it fits that costs less to
/// look at, and only for transactions that one block can hold: the calldata of a proof costs many
/// times the gas of its check.
struct ProofsAhead {
    private let models: any ModelSource
    private let chainID: UInt64
    private let revision: Revision
    private let draft: BlockDraft
    private let workers: any Workers

    /// Transactions whose calldata a worker reads at a time.
    private static let grain = 16

    /// Nil where nothing is won: with one worker, or where nobody keeps a verdict.
    init?(
        _ draft: BlockDraft, config: ChainConfig, revision: Revision, models: any ModelSource,
        workers: any Workers
    ) {
        guard workers.count > 1, models.keepsVerdicts, config.hasNatives else { return nil }
        self.models = models
        chainID = config.chainID
        self.revision = revision
        self.draft = draft
        self.workers = workers
    }

    /// Leaves the verdicts in the model source.
    ///
    /// - Parameter state: on which the block starts.
    func check(_ transactions: [SignedTransaction], on state: any StateSource) {
        let transactions = candidates(transactions)
        guard transactions.count > 1 else { return }
        let carried = workers.map(transactions.count, grain: ProofsAhead.grain) { index in
            CarriedProof(transactions[index])
        }
        let jobs = zip(transactions, carried).compactMap { transaction, proof in
            proof.flatMap { job($0, of: transaction, on: state) }
        }
        // A single proof is checked as soon in its turn.
        guard jobs.count > 1 else { return }
        let (models, chainID) = (models, chainID)
        _ = workers.map(jobs.count) { index in jobs[index].run(models, chainID: chainID) }
    }

    /// Those that may carry a proof, as many as one block has gas for.
    private func candidates(_ transactions: [SignedTransaction]) -> [Transaction] {
        var gasLeft = draft.gasLimit
        return transactions.compactMap { signed in
            let transaction = signed.transaction
            guard CarriedProof.isPossible(in: transaction) else { return nil }
            let least =
                revision >= .prague
                ? IntrinsicGas.floor(transaction, in: revision)
                : IntrinsicGas.of(transaction, in: revision)
            guard least <= transaction.gasLimit, least <= gasLeft else { return nil }
            gasLeft -= least
            return transaction
        }
    }

    private struct Job: Sendable {
        let proof: CarriedProof
        let key: VerificationKey

        /// Whether the proof holds.
        func run(_ models: any ModelSource, chainID: UInt64) -> Bool {
            do {
                try proof.evidence.check(
                    proof.statement, digest: proof.statement.hash(chainID: chainID),
                    key: key.digest)
                try models.verify(proof.evidence, by: key)
                return true
            } catch {
                // Execution finds the same and says why.
                return false
            }
        }
    }

    /// What there is to check, if the call gets so far.
    private func job(
        _ proof: CarriedProof, of transaction: Transaction, on state: any StateSource
    ) -> Job? {
        let (statement, evidence) = (proof.statement, proof.evidence)
        guard statement.isCurrent(at: draft.timestamp),
            let commitment = ModelRecord.commitment(
                of: statement.modelID, from: { state.storage(NativeAddress.registry, $0) }),
            let terms = ProofTerms(
                of: statement.modelID, from: { state.storage(NativeAddress.verifier, $0) }),
            let gas = terms.gas(of: evidence), gas <= transaction.gasLimit,
            evidence.proof.count <= terms.proofBytesMax,
            evidence.keyDigest == commitment.weightsRoot,
            let key = try? models.key(commitment.weightsRoot, of: commitment.graphHash),
            key.digest == commitment.weightsRoot
        else { return nil }
        return Job(proof: proof, key: key)
    }
}
