import Crypto
import EVM
import Inference
import Ledger
import Payments
import Primitives
import Proofs
import Synchronization
import TestSupport
import Testing
import Threads

/// Models that keep every verdict, and tell how many there are.
private final class RememberedModels: ModelSource {
    private struct Verdict {
        let evidence: ProofEvidence
        let key: Hash
        let refusal: ProofRefusal?
    }

    private let models: MemoryModels
    private let verdicts = Mutex<[Verdict]>([])
    private let asked = Mutex(0)

    init(_ models: MemoryModels) { self.models = models }

    /// Proofs that were checked.
    var checked: Int { verdicts.withLock(\.count) }
    /// How often somebody asked about one.
    var questions: Int { asked.withLock { $0 } }
    let keepsVerdicts = true

    func byteCount(of graph: Hash) throws(ModelSourceError) -> Int {
        try models.byteCount(of: graph)
    }

    func graph(_ hash: Hash) throws(ModelSourceError) -> IntegerGraph { try models.graph(hash) }

    func output(
        of graph: IntegerGraph, for input: [Int32]
    ) throws(ModelSourceError) -> [Int32] { try models.output(of: graph, for: input) }

    func key(of graph: Hash) throws(ModelSourceError) -> VerificationKey {
        try models.key(of: graph)
    }

    func verify(_ evidence: ProofEvidence, by key: VerificationKey) throws(ProofRefusal) {
        asked.withLock { $0 += 1 }
        let known = verdicts.withLock { verdicts in
            verdicts.first { $0.evidence == evidence && $0.key == key.digest }
        }
        if let known {
            if let refusal = known.refusal { throw refusal }
            return
        }
        var refusal: ProofRefusal?
        do { try evidence.verify(by: key) } catch { refusal = error }
        verdicts.withLock { verdicts in
            verdicts.append(Verdict(evidence: evidence, key: key.digest, refusal: refusal))
        }
        if let refusal { throw refusal }
    }
}

/// Proofs that are checked before the block that carries them runs.
@Suite(.timeLimit(.minutes(5))) struct ProofsAheadTests {
    private let proven: Proven
    private let good: ProofEvidence

    init() throws {
        proven = try Proven()
        good = try proven.proof()
    }

    private var statement: Statement { proven.bargain.statement }

    private func with(proof: [UInt8]) -> ProofEvidence {
        ProofEvidence(
            keyDigest: good.keyDigest, context: good.context, input: good.input,
            output: good.output, proof: proof)
    }

    /// A proof whose last byte is another.
    private var spoiled: ProofEvidence {
        with(proof: good.proof.dropLast() + [(good.proof.last ?? 0) ^ 1])
    }

    private func settlement(of evidence: ProofEvidence) -> [UInt8] {
        var proven = proven
        proven.give(evidence)
        return proven.bargain.calldata
    }

    private func question(_ evidence: ProofEvidence, kind: EvidenceKind = .zk) -> [UInt8] {
        NativeCalldata.verifyPolicy(
            Policy.kind(.zk).encoded, statement, [Evidence(kind: kind, data: evidence.encoded)])
    }

    private struct Call {
        var to: Address? = NativeAddress.verifier
        let input: [UInt8]
        var value: UInt256 = .zero
        var gas: UInt64 = 16_000_000
    }

    private func draft(at time: UInt64? = nil) -> BlockDraft {
        let chain = proven.bargain.chain
        return BlockDraft(
            after: chain.parent, parentHash: chain.parentHash, config: chain.genesis.config,
            timestamp: time ?? chain.now, beneficiary: Address(truncating: 0xfee))
    }

    private func scheduled(_ calls: [Call]) -> [SignedTransaction] {
        let chain = proven.bargain.chain
        let nonce = chain.state.account(Bargain.sender)?.nonce ?? 0
        return calls.enumerated().map { index, call in
            SignedTransaction(
                Transaction(
                    kind: .dynamicFee, chainID: chain.genesis.config.chainID,
                    nonce: nonce + UInt64(index), maxPriorityFeePerGas: 1,
                    maxFeePerGas: 100_000_000_000, gasLimit: call.gas, to: call.to,
                    value: call.value, input: call.input), sender: Bargain.sender)
        }
    }

    /// Proofs that are checked before any transaction runs.
    private func checkedAhead(
        _ calls: [Call], at time: UInt64? = nil, gasLimit: UInt64? = nil,
        workers: any Workers = BackwardWorkers()
    ) -> Int {
        let chain = proven.bargain.chain
        let models = RememberedModels(chain.models)
        var draft = draft(at: time)
        if let gasLimit { draft.gasLimit = gasLimit }
        var processor = BlockProcessor(
            draft, config: chain.genesis.config, on: chain.state,
            natives: Natives.all(config: chain.genesis.config, models: models), models: models,
            workers: workers)
        processor.schedule(scheduled(calls))
        return models.checked
    }

    @Test func findsProofsInDirectCallsOfBothNatives() {
        let settle = Call(to: NativeAddress.settlement, input: settlement(of: good))
        let verify = Call(input: question(spoiled))
        #expect(checkedAhead([settle, verify]) == 2)
        // One alone is checked as soon in its turn, and with one worker nothing is won.
        #expect(checkedAhead([settle]) == 0)
        #expect(checkedAhead([settle, verify], workers: SerialWorkers()) == 0)
        // One proof is checked once, whoever carries it.
        #expect(checkedAhead([settle, settle, Call(input: question(good))]) == 1)
    }

    /// Nobody pays for what is done ahead, so it is not done for calls that cannot get so far.
    @Test func leavesAloneWhatCannotGetToItsProof() throws {
        let verify = Call(input: question(spoiled))
        let other = try proven.proof(input: [9, 9])
        let foreign = try proven.proof(of: Bargain.graph(8))
        let distant = try proven.proof(context: Hash(1))
        let long = [UInt8](repeating: 0, count: proven.key.proofBytesMax + 1)
        for call in [
            Call(to: NativeAddress.registry, input: question(good)),
            Call(to: nil, input: question(good)), Call(input: question(good), value: 1),
            Call(input: question(good), gas: proven.key.gas), Call(input: []),
            Call(input: [1, 2, 3, 4]), Call(input: Array(question(good).prefix(500))),
            Call(input: question(good, kind: .signed)), Call(input: question(other)),
            Call(input: question(foreign)), Call(input: question(distant)),
            Call(input: question(with(proof: []))), Call(input: question(with(proof: long))),
        ] {
            #expect(checkedAhead([verify, call]) <= 1)
        }
        let both = [verify, Call(input: question(good))]
        #expect(checkedAhead(both) == 2)
        #expect(checkedAhead(both, at: statement.notAfter + 1) == 0)
        // The block has no room for the calldata of the second.
        let least = scheduled(both).map { IntrinsicGas.floor($0.transaction, in: .osaka) }
        #expect(checkedAhead(both, gasLimit: least[0] + least[1] - 1) == 0)
        #expect(checkedAhead(both, gasLimit: least[0] + least[1]) == 2)
    }

    /// Workers, and whether anything was known before, change no byte.
    @Test func blocksAreTheSameWithAndWithoutIt() throws {
        let chain = proven.bargain.chain
        let config = chain.genesis.config
        let calls = [
            Call(to: NativeAddress.settlement, input: settlement(of: spoiled)),
            Call(input: question(good)),
            Call(to: NativeAddress.settlement, input: settlement(of: good)),
            Call(to: NativeAddress.settlement, input: settlement(of: good)),
            Call(input: question(spoiled)),
            Call(to: NativeAddress.settlement, input: settlement(of: spoiled)),
        ]
        func run(
            _ models: any ModelSource, ahead: Bool, _ workers: any Workers, _ isEager: Bool
        ) throws -> (header: Header, results: [TransactionResult]) {
            var draft = draft()
            draft.gasLimit = 1_000_000_000
            var processor = BlockProcessor(
                draft, config: config, on: chain.state,
                natives: Natives.all(config: config, models: models),
                models: ahead ? models : NoModels(), workers: workers, runsAheadAlways: isEager)
            let transactions = scheduled(calls)
            processor.schedule(transactions)
            for index in transactions.indices { _ = try processor.addScheduled(index) }
            return (try processor.finish(), processor.results)
        }
        let plain = try run(chain.models, ahead: false, SerialWorkers(), false)
        #expect(plain.results.map(\.succeeded) == [false, true, true, false, true, false])
        let data = plain.results.map { NativeError.describe(revertData: $0.outcome.output) ?? "" }
        #expect(data[0].hasPrefix("InvalidProof("))
        #expect(data[3].hasPrefix("AlreadySettled("))
        #expect(data[5].hasPrefix("AlreadySettled("))
        for workers in [
            SerialWorkers(), ThreadPool(count: 2), ThreadPool(count: 3), BackwardWorkers(),
        ] as [any Workers] {
            for (ahead, isEager) in [(true, false), (true, true), (false, false), (false, true)] {
                let models = RememberedModels(chain.models)
                for _ in 0..<2 {
                    let found = try run(models, ahead: ahead, workers, isEager)
                    #expect(found.header == plain.header)
                    #expect(found.results == plain.results)
                }
                #expect(models.questions > models.checked)
                let unkept = try run(chain.models, ahead: ahead, workers, isEager)
                #expect(unkept.header == plain.header)
            }
        }
    }
}
