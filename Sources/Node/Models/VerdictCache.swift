internal import Crypto
internal import Ledger
internal import Payments
internal import Primitives
internal import Proofs
internal import Threads

/// What was found of proofs lately: by a call that was simulated, ahead of a block, or in it.
///
/// A verdict follows from key and evidence alone, and is kept under a hash of both whole. Nothing
/// enters but what was checked here, so a hit and a miss differ in time only. However many ask
/// about one proof at once, one of them checks it and the others wait.
final class VerdictCache: Sendable {
    private enum Verdict {
        case holds
        case refused(ProofRefusal)
    }

    private struct State {
        var verdicts: [Hash: Verdict] = [:]
        var recency = RecencyList<Hash>()
        /// Proofs that are being checked.
        var checking: Set<Hash> = []
        var checked = 0
        var known = 0
    }

    private let countMax: Int
    private let monitor = Monitor(State())

    init(countMax: Int) { self.countMax = countMax }

    var counts: (checked: Int, known: Int) { monitor.withLock { ($0.checked, $0.known) } }
    var count: Int { monitor.withLock { $0.verdicts.count } }

    /// Checks the evidence as `ProofEvidence.verify` does, unless that was done before.
    func verify(_ evidence: ProofEvidence, by key: VerificationKey) throws(ProofRefusal) {
        let digest = VerdictCache.digest(evidence, key)
        switch known(digest) ?? check(evidence, key, digest) {
        case .holds: return
        case .refused(let refusal): throw refusal
        }
    }

    /// SHA-256 of all that the verifier sees: the key, by its digest, the context, whether the
    /// input is hidden, and input or commitment, output and proof, each after its length.
    static func digest(_ evidence: ProofEvidence, _ key: VerificationKey) -> Hash {
        var stream = SHA256Stream()
        stream.update(Array("assay.verdict.v1".utf8)[...])
        stream.update(key.digest.bytes[...])
        stream.update(evidence.context.bytes[...])
        let input: [UInt8]
        switch evidence.input {
        case .bytes(let bytes):
            stream.update([0])
            input = bytes
        case .hidden(let commitment):
            stream.update([1])
            input = commitment.bytes
        }
        for part in [input, evidence.output, evidence.proof] {
            stream.update((0..<8).map { UInt8(truncatingIfNeeded: part.count >> (8 * $0)) }[...])
            stream.update(part[...])
        }
        return stream.hash
    }

    /// The verdict, once nobody is looking for it; nil when it is for this caller to find.
    private func known(_ digest: Hash) -> Verdict? {
        monitor.wait { state -> Verdict?? in
            if let verdict = state.verdicts[digest] {
                state.recency.touch(digest)
                state.known += 1
                return .some(verdict)
            }
            return state.checking.insert(digest).inserted ? .some(nil) : nil
        }
    }

    private func check(
        _ evidence: ProofEvidence, _ key: VerificationKey, _ digest: Hash
    ) -> Verdict {
        let verdict: Verdict
        do throws(ProofRefusal) {
            try evidence.verify(by: key)
            verdict = .holds
        } catch {
            verdict = .refused(error)
        }
        monitor.withLock { state in
            state.checking.remove(digest)
            state.checked += 1
            state.verdicts[digest] = verdict
            state.recency.touch(digest)
            while state.verdicts.count > countMax,
                let oldest = state.recency.oldest(where: { _ in true })
            {
                state.recency.remove(oldest)
                state.verdicts[oldest] = nil
            }
        }
        monitor.notifyAll()
        return verdict
    }
}
