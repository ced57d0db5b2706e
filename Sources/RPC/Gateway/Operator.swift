internal import Codec
internal import Crypto
internal import EVM
internal import Ledger
internal import Node
internal import Payments
internal import Primitives
internal import Registry
internal import Synchronization

/// Why a transaction of the operator came to nothing. No money has moved.
enum OperatorError: Error, Equatable {
    /// A dry run was refused with this revert data; nothing was sent.
    case refused([UInt8])
    case halted(Halt)
    case notSubmitted(SubmissionError)
    case invalid(InvalidTransaction)
    /// In a block, and failed there: something changed since the dry run.
    case failed(Hash)
    /// The chain makes no block by itself: `--no-mining` or `--block-time`.
    case notSealed(Hash)

    /// For people.
    var text: String {
        switch self {
        case .refused(let data):
            NativeError.describe(revertData: data) ?? RevertReason.message(data)
        case .halted(let halt): RPCServer.text(halt)
        case .notSubmitted(let error): RPCError(error).message
        case .invalid(let error): RPCError(error).message
        case .failed(let hash): "transaction \(hash) failed in its block"
        case .notSealed(let hash): "transaction \(hash) waits for a block"
        }
    }
}

/// A transaction of the operator in its block.
struct SealedTransaction {
    let hash: Hash
    let header: Header
    let record: TransactionRecord
}

/// The account of this node: it sends settlements, pays their gas, and signs statements.
final class Operator: Sendable {
    let node: Node
    private let key: PrivateKey
    let address: Address
    /// What answers for `tee` where the chain trusts the development root.
    let machine: DevelopmentMachine
    private let isRegistered = Mutex(false)

    init(node: Node, key: PrivateKey) {
        self.node = node
        self.key = key
        address = key.address
        // A key of its own that follows from the operator's and tells nothing of it. One hash in
        // 2¹²⁸ is no key; then the operator's own serves.
        let seed = key.sign(Keccak.hash(Array("assay development machine".utf8)))
        let own = try? PrivateKey(Keccak.hash(seed.bytes).bytes)
        machine = DevelopmentMachine(node: node, key: own ?? key, owner: key.address)
    }

    /// Dry run, then the transaction itself, then its block.
    ///
    /// - Parameter gasMax: what the operator pays for at most; more ends as `outOfGas`.
    func send(
        _ input: [UInt8], to target: Address, gasMax: UInt64 = .max
    ) throws(OperatorError) -> SealedTransaction {
        let gas = try estimate(input, to: target, gasMax: gasMax)
        let baseFee = node.nextBlockContext().baseFee
        let hash: Hash
        let submission: Submission
        do {
            (hash, submission) = try node.submit(from: address) { nonce in
                Transaction(
                    kind: .dynamicFee, chainID: node.config.chainID, nonce: nonce,
                    maxPriorityFeePerGas: FeeAdvice.priorityFee,
                    maxFeePerGas: baseFee * 2 + FeeAdvice.priorityFee, gasLimit: gas, to: target,
                    input: input
                ).signed(with: key)
            }
        } catch {
            throw .notSubmitted(error)
        }
        guard case .sealed(let block) = submission, let header = node.chain.header(block),
            let index = node.chain.location(of: hash)?.index,
            let record = node.chain.records(block)?[index]
        else { throw .notSealed(hash) }
        guard record.receipt.succeeded else { throw .failed(hash) }
        return SealedTransaction(hash: hash, header: header, record: record)
    }

    private func estimate(
        _ input: [UInt8], to target: Address, gasMax: UInt64
    ) throws(OperatorError) -> UInt64 {
        let simulation = Simulation(node: node, header: node.head.header)
        let cap = min(simulation.gasCap, gasMax)
        let outcome = try run(input, to: target, from: address, gas: cap)
        switch outcome.status {
        case .success: break
        case .revert: throw .refused(outcome.output)
        case .halted(let halt): throw .halted(halt)
        }
        // A quarter more: slots that are new in the block may have been old in the dry run.
        let used = cap - outcome.gasLeft
        // And what the calldata of a proof must have at least (EIP-7623), were no byte of it zero.
        let floor = 21_000 + 40 * UInt64(input.count)
        return min(cap, max(used + used / 4 + 60_000, floor))
    }

    /// What a call would answer on the newest state.
    func run(
        _ input: [UInt8], to target: Address, from sender: Address, gas: UInt64 = 10_000_000
    ) throws(OperatorError) -> Outcome {
        do {
            return try Simulation(node: node, header: node.head.header).run(
                CallRequest(from: sender, to: target, input: input), gas: gas)
        } catch {
            throw .invalid(error)
        }
    }

    // MARK: Evidence

    /// Commits to the input of a run that a proof is to hide.
    func hide(
        _ input: [Int32], of model: ModelRecord, secret: Hash
    ) throws(GatewayError) -> HiddenRun {
        do {
            return try node.proofs.hide(
                model.graphHash, key: model.weightsRoot, input: input, secret: secret)
        } catch {
            throw GatewayError(error)
        }
    }

    /// `zk` evidence for a statement about a run of the model, and what to tell of a hidden input.
    ///
    /// The node makes it with all its workers, a few at a time, on the thread of the request: the
    /// thread that moves bytes waits for none of it.
    ///
    /// - Parameter hidden: the commitment that the statement names, where the input is hidden.
    func proof(
        of statement: Statement, _ model: ModelRecord, _ answer: ModelAnswer, _ hidden: HiddenRun?
    ) throws(GatewayError) -> (evidence: Evidence, hidden: JSON?) {
        let context = statement.hash(chainID: node.config.chainID)
        let (output, proof): ([Int32], [UInt8])
        var told: JSON?
        do {
            if let hidden {
                let made = try node.proofs.prove(hidden, context: context)
                (output, proof) = (made.output, made.proof)
                told = [
                    "commitment": .string(hidden.commitment.hex),
                    "openingsLeft": .number(JSONNumber(made.openingsLeft)),
                ]
            } else {
                (output, proof) = try node.proofs.prove(
                    model.graphHash, key: model.weightsRoot, input: answer.input,
                    context: context)
            }
        } catch {
            throw GatewayError(error)
        }
        guard output == answer.output else {
            throw .proofFailed("the prover found another output than the engine")
        }
        let evidence = ProofEvidence(
            keyDigest: model.weightsRoot, context: context,
            input: hidden.map { .hidden(commitment: $0.commitment) } ?? .bytes(answer.inputBytes),
            output: answer.outputBytes, proof: proof)
        return (Evidence(kind: .zk, data: evidence.encoded), told)
    }

    /// `signed` evidence for a statement; registers the operator's key when the chain lacks it.
    func signature(of statement: Statement) throws(OperatorError) -> Evidence {
        try register()
        let digest = statement.hash(chainID: node.config.chainID)
        return Evidence(kind: .signed, data: key.sign(digest).bytes)
    }

    private func register() throws(OperatorError) {
        if isRegistered.withLock({ $0 }) { return }
        guard let wanted = ProviderKey(kind: .secp256k1, bytes: address.bytes) else { return }
        let state = node.state(of: node.head.header)
        let known = ProviderKey(of: address) { state.storage(NativeAddress.registry, $0) }
        if known != wanted {
            _ = try send(NativeCalldata.registerProvider(wanted), to: NativeAddress.registry)
        }
        isRegistered.withLock { $0 = true }
    }
}
