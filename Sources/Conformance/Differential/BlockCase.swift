internal import Codec
internal import Crypto
internal import EVM
internal import Ledger
internal import Primitives
internal import Trie

/// A block on a small state: sealed here, then checked whole here and by the peer.
struct BlockCase: Sendable, Equatable {
    /// What a parent left, so that fees follow from it.
    struct Parent: Sendable, Equatable {
        var gasUsed: UInt64 = 15_000_000
        /// Wei.
        var baseFee: UInt256 = 7
        var blobGasUsed: UInt64 = 0
        var excessBlobGas: UInt64 = 0
    }

    /// The block's own fees follow from its parent.
    var world: CaseWorld
    var parent: Parent
    var transactions: [CaseTransaction]
    var withdrawals: [Withdrawal]
    /// Whether the first transaction that is refused is put in nevertheless.
    var keepsRefused = false
    var damage: BlockDamage?

    /// Rules of Osaka, with the deposit contract of the main network (EIP-6110).
    static let config: ChainConfig = {
        var config = ChainConfig(chainID: 1, always: .osaka)
        config.depositContract = depositContract
        return config
    }()

    static let depositContract = Address(
        truncating: UInt256(limbs: 0x9cbe05303d7705fa, 0x219ab540356cbb83, 0, 0))

    /// The state and block that a sealed one stands on, and its encoding.
    struct Sealed {
        let parent: Block
        let encoded: [UInt8]
        let nodes: MemoryNodes
        /// Whether nothing was done to make it wrong.
        let isSound: Bool
        let transactionCount: Int
        /// EIP-7685: at most one of each type.
        let requestCount: Int
    }

    // MARK: Sealing

    private func parentBlock(_ root: Hash) -> Block {
        var header = Header(
            parentHash: .zero, beneficiary: .zero, stateRoot: root,
            transactionsRoot: MerkleTrie.emptyRoot, receiptsRoot: MerkleTrie.emptyRoot,
            number: world.block.number - 1, gasLimit: world.block.gasLimit,
            gasUsed: parent.gasUsed, timestamp: world.block.timestamp - 12)
        header.baseFee = parent.baseFee
        header.withdrawalsRoot = MerkleTrie.emptyRoot
        header.blobGasUsed = parent.blobGasUsed
        header.excessBlobGas = parent.excessBlobGas
        header.parentBeaconBlockRoot = .zero
        header.requestsHash = Header.noRequests
        return Block(header: header, transactions: [], withdrawals: [])
    }

    private func draft(after parent: Header) -> BlockDraft {
        var draft = BlockDraft(
            after: parent, parentHash: parent.hash, config: BlockCase.config,
            timestamp: world.block.timestamp, beneficiary: world.block.beneficiary,
            withdrawals: withdrawals)
        draft.prevRandao = world.block.prevRandao
        draft.parentBeaconBlockRoot = Keccak.hash(world.block.prevRandao.word)
        return draft
    }

    /// What the block's transactions pay at least: the base fee and the price of blob gas.
    mutating func takeFees() {
        let draft = draft(after: parentBlock(.zero).header)
        world.block.baseFee = draft.baseFee
        world.block.excessBlobGas = draft.excessBlobGas
    }

    /// Nil when the state has no root, which no world that is made here lacks.
    func sealed(tracer: (any Tracer)? = nil) -> Sealed? {
        let nodes = MemoryNodes()
        guard
            let start = try? StateCommit(
                world.changes, onto: MerkleTrie.emptyRoot, nodes: nodes)
        else { return nil }
        nodes.insert(start)
        let parent = parentBlock(start.root)
        let draft = draft(after: parent.header)
        var processor = BlockProcessor(
            draft, config: BlockCase.config, on: state(parent.header.hash))
        processor.tracer = tracer
        var included: [[UInt8]] = []
        var isSound = true
        for var entry in transactions {
            // What came before decides the nonce, also once some of it is dropped.
            entry.transaction.nonce = processor.journal.nonce(of: entry.sender)
            let encoded = entry.encoded
            if case .success((let transaction, let sender)) = CaseTransaction.read(encoded),
                (try? processor.add(transaction, from: sender)) != nil
            {
                included.append(encoded)
            } else if keepsRefused, isSound {
                included.append(encoded)
                isSound = false
            }
        }
        processor.tracer = nil
        var header = parent.header
        header.number += 1
        header.parentHash = parent.header.hash
        if let closed = try? processor.finish() { header = closed } else { isSound = false }
        let changes = processor.journal.changes()
        guard let commit = try? StateCommit(changes, onto: start.root, nodes: nodes) else {
            return nil
        }
        header.stateRoot = commit.root
        var parts = BlockParts(
            header: header, transactions: included, withdrawals: withdrawals)
        if !isSound { parts.updateRoots() }
        damage?.apply(to: &parts)
        var encoded = parts.encoded
        damage?.apply(to: &encoded)
        return Sealed(
            parent: parent, encoded: encoded, nodes: nodes, isSound: isSound && damage == nil,
            transactionCount: processor.transactions.count,
            requestCount: processor.requests.count)
    }

    /// Blocks before the parent have the hash zero, as a blockchain test without them has it.
    private func state(_ parentHash: Hash) -> MemoryState {
        let number = world.block.number - 1
        let state = MemoryState { $0 == number ? parentHash : .zero }
        state.apply(world.changes)
        return state
    }

    // MARK: Checking

    /// Whether the block is in, in the form that the peer answers in.
    func run(tracer: (any Tracer)?) -> JSON {
        guard let sealed = sealed(tracer: tracer) else { return ["error": "no state root"] }
        do throws(CaseRefusal) {
            let root = try check(sealed)
            return [
                "status": "accepted", "root": .string(root.hex),
                "transactions": .number(JSONNumber(sealed.transactionCount)),
                "requests": .number(JSONNumber(sealed.requestCount)),
            ]
        } catch {
            // Whoever seals a block accepts it.
            if sealed.isSound { return ["error": .string("refused our own: \(error.name)")] }
            return ["status": "refused", "reason": .string(error.name)]
        }
    }

    private func check(_ sealed: Sealed) throws(CaseRefusal) -> Hash {
        let block: Block
        do { block = try Block(decoding: sealed.encoded) } catch {
            throw CaseRefusal("malformed")
        }
        let parentHash = sealed.parent.header.hash
        guard block.header.parentHash == parentHash else { throw CaseRefusal("unknownParent") }
        do {
            return try BlockImport(config: BlockCase.config).execute(
                block, ancestors: [sealed.parent], isMerged: true, on: state(parentHash),
                nodes: sealed.nodes
            ).commit.root
        } catch {
            throw CaseRefusal(error)
        }
    }

    var question: JSON {
        guard let sealed = sealed() else { return ["kind": "block"] }
        return [
            "kind": "block", "pre": world.json,
            "parent": .string(Hex.encode(sealed.parent.header.encoded)),
            "block": .string(Hex.encode(sealed.encoded)),
        ]
    }

    // MARK: Making it smaller

    mutating func minimise(_ minimiser: inout Minimiser<BlockCase>) {
        minimiser.drop(\.transactions)
        minimiser.drop(\.withdrawals)
        minimiser.drop(\.world.accounts)
        minimiser.set(\.damage, to: nil)
        minimiser.set(\.keepsRefused, to: false)
        for index in minimiser.best.transactions.indices {
            let path: WritableKeyPath<BlockCase, Transaction> =
                \.transactions[index].transaction
            minimiser.drop(path.appending(path: \.accessList))
            minimiser.drop(path.appending(path: \.authorizations))
            minimiser.drop(path.appending(path: \.blobHashes))
            minimiser.set(path.appending(path: \.value), to: .zero)
            minimiser.shorten(path.appending(path: \.input))
        }
        minimiser.simplify(world: \.world)
        minimiser.set(\.parent, to: Parent())
        self = minimiser.best
    }
}
