internal import Crypto
internal import EVM
public import Ledger
internal import Payments
public import Primitives
internal import Trie

/// Blocks of signed transfers over a state with many accounts, for measuring imports.
public struct TransferWorkload {
    /// Who pays whom.
    public enum Variant: String, Sendable, CaseIterable {
        /// Tokens, every sender and every recipient once.
        case distinct
        /// Tokens, every sender once, to one account.
        case hotRecipient = "hot-recipient"
        /// Tokens, all from one account.
        case hotSender = "hot-sender"
        /// Wei, every sender once, to one account.
        case ether
        /// Calls that raise one slot: each needs the one before.
        case counter
    }

    public let config: ChainConfig
    public let parent: Block
    /// The state before the blocks.
    public let nodes = MemoryNodes()
    private let token: Address
    private let keys: [PrivateKey]
    /// The addresses of the keys.
    private let senders: [Address]
    private let natives: [NativePrecompile]

    private static let counter = Address(truncating: 0xc0de_c0de)
    /// Where the token keeps its balances: `contracts/UsdcLikeToken.vy`.
    private static let balancesSlot: UInt256 = 0

    /// - Parameters:
    ///   - genesis: of a chain with a token.
    ///   - accounts: senders; as many recipients stand beside them.
    public init(_ genesis: Genesis, accounts: Int) throws {
        guard let token = genesis.config.token else {
            throw FixtureError("the genesis has no token")
        }
        config = genesis.config
        natives = Natives.all(config: config)
        self.token = token
        keys = try (1...accounts).map { number in
            try PrivateKey(UInt256(number).bigEndianBytes)
        }
        senders = keys.map(\.address)
        let changes = TransferWorkload.start(genesis, token: token, senders: senders)
        let commit = try StateCommit(changes, onto: MerkleTrie.emptyRoot, nodes: nodes)
        nodes.insert(commit)
        var genesis = genesis
        genesis.gasLimit = 2_000_000_000
        parent = Block(
            header: genesis.header(stateRoot: commit.root), transactions: [], withdrawals: [])
    }

    /// The genesis with ether and tokens for all, and the counter.
    private static func start(
        _ genesis: Genesis, token: Address, senders: [Address]
    ) -> [AccountChange] {
        let funded = Set(senders)
        var changes = genesis.changes.filter { !funded.contains($0.address) }
        let none = Keccak.emptyHash
        var tokens: [(slot: UInt256, value: UInt256)] = []
        for (index, sender) in senders.enumerated() {
            for address in [sender, recipient(index)] {
                changes.append(
                    AccountChange(
                        address: address,
                        account: Account(balance: UInt256(1) << 80, codeHash: none)))
                tokens.append((balanceSlot(of: address), 1 << 40))
            }
        }
        // PUSH0 SLOAD PUSH1 1 ADD PUSH0 SSTORE STOP
        let code: [UInt8] = [0x5f, 0x54, 0x60, 0x01, 0x01, 0x5f, 0x55, 0x00]
        changes.append(
            AccountChange(
                address: counter, account: Account(nonce: 1, codeHash: Keccak.hash(code)),
                code: code))
        if let place = changes.firstIndex(where: { $0.address == token }) {
            let slots = Set(tokens.map(\.slot))
            let others = changes[place].storage.filter { !slots.contains($0.slot) }
            changes[place].storage = (others + tokens).sorted { $0.slot < $1.slot }
        }
        return changes.sorted { $0.address < $1.address }
    }

    private static func recipient(_ index: Int) -> Address {
        Address(truncating: Keccak.hash(UInt256(index).bigEndianBytes).word)
    }

    private static func balanceSlot(of account: Address) -> UInt256 {
        Keccak.hash(balancesSlot, account.word).word
    }

    /// The state that the blocks start from.
    public var state: TrieState {
        TrieState(
            root: parent.header.stateRoot, nodes: nodes, codes: nodes, ancestors: { _ in .zero })
    }

    /// A valid block of signed transactions, as many as there are senders.
    public func block(_ variant: Variant) throws -> Block {
        let draft = BlockDraft(
            after: parent.header, parentHash: parent.header.hash, config: config,
            timestamp: parent.header.timestamp + 1, beneficiary: Address(truncating: 0xfee))
        var processor = BlockProcessor(draft, config: config, on: state, natives: natives)
        for index in keys.indices {
            let place = variant == .hotSender ? 0 : index
            let result = try processor.add(
                transaction(variant, index).signed(with: keys[place]),
                from: senders[place])
            guard result.succeeded else {
                throw FixtureError("\(variant): transaction \(index) \(result.outcome.status)")
            }
        }
        var header = try processor.finish()
        header.stateRoot = try StateCommit(
            processor.journal.changes(), onto: parent.header.stateRoot, nodes: nodes
        ).root
        return Block(header: header, transactions: processor.transactions, withdrawals: [])
    }

    private func transaction(_ variant: Variant, _ index: Int) -> Transaction {
        let payee = TransferWorkload.recipient(variant == .hotRecipient ? 0 : index)
        var transaction = Transaction(
            kind: .dynamicFee, chainID: config.chainID,
            nonce: variant == .hotSender ? UInt64(index) : 0, maxPriorityFeePerGas: 1_000_000,
            maxFeePerGas: 100_000_000_000, gasLimit: 100_000, to: token)
        switch variant {
        case .distinct, .hotRecipient, .hotSender:
            // `transfer(address,uint256)`
            transaction.input =
                [0xa9, 0x05, 0x9c, 0xbb] + payee.word.bigEndianBytes
                + UInt256(1).bigEndianBytes
        case .ether:
            transaction.to = TransferWorkload.recipient(0)
            transaction.value = 1
        case .counter: transaction.to = TransferWorkload.counter
        }
        return transaction
    }

    /// Imports a block on the state as it was before it.
    public func run(
        _ block: Block, workers: any Workers, onPhase: ((BlockImport.Phase) -> Void)? = nil
    ) throws -> BlockImport.Outcome {
        var blocks = BlockImport(config: config, natives: natives, workers: workers)
        blocks.onPhase = onPhase
        return try blocks.execute(
            block, ancestors: [parent], isMerged: true, on: state, nodes: nodes)
    }
}
