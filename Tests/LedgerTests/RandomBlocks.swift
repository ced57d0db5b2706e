import Crypto
import EVM
import Files
import Ledger
import Primitives
import Testing
import Trie

/// Blocks full of conflicts over a small state: everybody pays, calls and destroys everybody.
struct RandomBlocks {
    let config: ChainConfig
    let revision: Revision
    let parent: Block
    let nodes = MemoryNodes()
    private var random: SeededRandom
    private let keys: [PrivateKey]
    private var nonces: [Address: UInt64] = [:]

    static let beneficiary = Address(truncating: 0xfee)

    init(_ revision: Revision, seed: UInt64) throws {
        self.revision = revision
        random = SeededRandom(seed: seed)
        keys = try (1...12).map { try PrivateKey(UInt256($0 + 77).bigEndianBytes) }
        let root = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
        let genesis = try Genesis(parsing: try Files.read("/\(root)/genesis/dev.json"))
        var config = ChainConfig(chainID: 1, always: revision)
        if revision >= .prague { config.depositContract = genesis.config.depositContract }
        self.config = config
        var changes = genesis.changes + Contracts.changes
        for key in keys {
            changes.append(
                AccountChange(
                    address: key.address,
                    account: Account(
                        balance: UInt256(1) << 100, codeHash: Keccak.emptyHash)))
        }
        changes.sort { $0.address < $1.address }
        let commit = try StateCommit(changes, onto: MerkleTrie.emptyRoot, nodes: nodes)
        nodes.insert(commit)
        var header = Header(
            parentHash: .zero, beneficiary: .zero, stateRoot: commit.root,
            transactionsRoot: OrderedRoots.empty, receiptsRoot: OrderedRoots.empty, number: 0,
            gasLimit: 30_000_000, gasUsed: 0, timestamp: 1, extraData: [], mixHash: .zero)
        header.difficulty = revision < .paris ? 131_072 : .zero
        if revision >= .london { header.baseFee = 1_000_000_000 }
        if revision >= .shanghai { header.withdrawalsRoot = OrderedRoots.empty }
        if revision >= .cancun {
            header.blobGasUsed = 0
            header.excessBlobGas = 0
        }
        parent = Block(
            header: header, transactions: [], withdrawals: revision >= .shanghai ? [] : nil)
    }

    var state: TrieState {
        TrieState(
            root: parent.header.stateRoot, nodes: nodes, codes: nodes,
            ancestors: { Hash(UInt256($0)) })
    }

    /// A valid block, made one transaction after the other.
    ///
    /// - Parameter flaw: puts a transaction in that must be refused, at a random place.
    mutating func block(_ count: Int, flaw: Bool = false) throws -> Block {
        nonces = [:]
        var draft = BlockDraft(
            after: parent.header, parentHash: parent.header.hash, config: config,
            timestamp: 13, beneficiary: RandomBlocks.beneficiary)
        if revision < .paris {
            draft.difficulty = BlockDraft.difficulty(
                after: parent.header, timestamp: 13, revision: revision, config: config)
        }
        // Sometimes one of the payers is paid the fees.
        if chance(4) { draft.beneficiary = keys[0].address }
        var processor = BlockProcessor(draft, config: config, on: state)
        if revision < .byzantium {
            let (root, nodes) = (parent.header.stateRoot, nodes)
            processor.intermediateRoot = { journal in
                (try? StateCommit(journal.changes(), onto: root, nodes: nodes))?.root ?? .zero
            }
        }
        while processor.transactions.count < count {
            let key = keys[below(keys.count)]
            let transaction = transaction(key)
            do {
                _ = try processor.add(transaction, from: key.address)
                nonces[key.address, default: 0] = processor.journal.nonce(of: key.address)
            } catch .gasLimitAboveBlock {
                break
            } catch {
                // A nonce that an authorization moved, or a sender that has code: no block's.
                nonces[key.address, default: 0] = processor.journal.nonce(of: key.address)
            }
            for key in keys { nonces[key.address] = processor.journal.nonce(of: key.address) }
        }
        var header = try processor.finish()
        header.stateRoot = try StateCommit(
            processor.journal.changes(), onto: parent.header.stateRoot, nodes: nodes
        ).root
        var transactions = processor.transactions
        if flaw {
            transactions.insert(try flawed(), at: below(transactions.count + 1))
            header.transactionsRoot = OrderedRoots.transactions(transactions)
        }
        return Block(
            header: header, transactions: transactions,
            withdrawals: revision >= .shanghai ? [] : nil)
    }

    // MARK: Transactions

    private mutating func flawed() throws -> Transaction {
        let key = keys[below(keys.count)]
        var transaction = transaction(key)
        switch below(5) {
        case 0: transaction.nonce += 1000
        case 1: transaction.value = .max >> 2
        case 2: transaction.gasLimit = 20_000
        case 3: transaction.gasLimit = 29_999_999
        default:
            transaction = transaction.signed(with: key)
            transaction.r = .zero
            return transaction
        }
        return transaction.signed(with: key)
    }

    private mutating func transaction(_ key: PrivateKey) -> Transaction {
        let isTyped = revision >= .london && chance(2)
        var transaction = Transaction(
            kind: isTyped ? .dynamicFee : .legacy,
            chainID: isTyped ? 1 : nil, nonce: nonces[key.address] ?? 0,
            maxPriorityFeePerGas: chance(5) ? 0 : 1_000_000_000,
            maxFeePerGas: 20_000_000_000, gasLimit: 100_000 + UInt64(below(200_000)),
            to: place())
        if !isTyped { transaction.maxPriorityFeePerGas = transaction.maxFeePerGas }
        if chance(2) { transaction.value = UInt256(below(1000)) }
        let word = place().word.bigEndianBytes
        switch below(12) {
        case 0, 1, 2: transaction.gasLimit = chance(3) ? 21_000 : transaction.gasLimit
        case 3: transaction.to = Contracts.counter
        case 4:
            transaction.to = Contracts.reader
            transaction.input = word
        case 5:
            transaction.to = chance(2) ? Contracts.child : Contracts.killer
            transaction.input = word
        case 6: transaction.to = Contracts.factory
        case 7: transaction.to = chance(2) ? Contracts.reverter : Contracts.looper
        case 8:
            transaction.to = Contracts.payer
            transaction.input = word
        case 9:
            transaction.to = nil
            transaction.input = chance(3) ? [0x60, 0x00, 0x60, 0x00, 0xfd] : Contracts.initcode
        case 10 where revision >= .prague: delegate(&transaction)
        default:
            // Runs out of gas within a call that has written.
            transaction.to = Contracts.counter
            transaction.gasLimit = 21_000 + UInt64(below(30_000))
        }
        return transaction.signed(with: key)
    }

    /// Lets one or two accounts, perhaps a sender of this block, run another's code (EIP-7702).
    private mutating func delegate(_ transaction: inout Transaction) {
        transaction.kind = .setCode
        transaction.chainID = 1
        transaction.maxPriorityFeePerGas = 1_000_000_000
        transaction.gasLimit = 300_000
        for _ in 0...below(2) {
            let key = keys[below(keys.count)]
            let targets = [Contracts.counter, Contracts.killer, Contracts.payer, Address.zero]
            transaction.authorizations.append(
                Transaction.Authorization(
                    chainID: 1, address: targets[below(targets.count)],
                    nonce: (nonces[key.address] ?? 0) + UInt64(below(2)), yParity: 0, r: .zero,
                    s: .zero
                ).signed(with: key))
        }
    }

    private mutating func place() -> Address {
        switch below(8) {
        case 0: RandomBlocks.beneficiary
        case 1: Address(truncating: 3)
        case 2: Address(truncating: UInt256(0x1000 + below(3)))
        case 3: Contracts.child
        case 4: Contracts.counter
        default: keys[below(keys.count)].address
        }
    }

    private mutating func below(_ bound: Int) -> Int { Int(random.next() % UInt64(bound)) }
    private mutating func chance(_ odds: Int) -> Bool { below(odds) == 0 }
}

/// Contracts that make transactions depend on each other; opcodes of the first revision but for
/// the factory's `CREATE2`.
private enum Contracts {
    /// Adds one to slot 0.
    static let counter = Address(truncating: 0xc0_0001)
    /// Stores the balance of the account in its input at that account's slot.
    static let reader = Address(truncating: 0xc0_0002)
    /// Destroys itself in favour of the account in its input.
    static let killer = Address(truncating: 0xc0_0003)
    static let reverter = Address(truncating: 0xc0_0004)
    static let looper = Address(truncating: 0xc0_0005)
    /// Sends its value on to the account in its input.
    static let payer = Address(truncating: 0xc0_0006)
    /// Makes `child`, when there is none.
    static let factory = Address(truncating: 0xc0_0007)

    /// Adds seven to slot 0, which a child that was destroyed has lost, and is a killer.
    static let initcode: [UInt8] = [
        0x60, 0x07, 0x60, 0x00, 0x54, 0x01, 0x60, 0x00, 0x55, 0x63, 0x60, 0x00, 0x35, 0xff, 0x60,
        0x00, 0x52, 0x60, 0x04, 0x60, 0x1c, 0xf3,
    ]
    static let child = ContractAddress.create2(
        by: factory, salt: .zero, codeHash: Keccak.hash(initcode))

    private static let codes: [(Address, [UInt8])] = [
        (counter, [0x60, 0x00, 0x54, 0x60, 0x01, 0x01, 0x60, 0x00, 0x55, 0x00]),
        (reader, [0x60, 0x00, 0x35, 0x31, 0x60, 0x00, 0x35, 0x55, 0x00]),
        (killer, [0x60, 0x00, 0x35, 0xff]),
        (reverter, [0x60, 0x01, 0x60, 0x00, 0x55, 0x60, 0x00, 0x60, 0x00, 0xfd]),
        (looper, [0x5b, 0x60, 0x00, 0x56]),
        (
            payer,
            [
                0x60, 0x00, 0x60, 0x00, 0x60, 0x00, 0x60, 0x00, 0x34, 0x60, 0x00, 0x35, 0x5a, 0xf1,
                0x00,
            ]
        ),
        (
            factory,
            [0x75] + initcode + [
                0x60, 0x00, 0x52, 0x60, 0x00, 0x60, 0x16, 0x60, 0x0a, 0x34, 0xf5, 0x60, 0x00, 0x55,
                0x00,
            ]
        ),
    ]

    static var changes: [AccountChange] {
        codes.map { address, code in
            AccountChange(
                address: address,
                account: Account(nonce: 1, balance: 5, codeHash: Keccak.hash(code)),
                storage: address == killer ? [(0, 9), (5, 6)] : [], code: code)
        }
    }
}
