internal import Codec
internal import Crypto
internal import EVM
internal import Ledger
internal import Primitives
internal import Trie

/// Transactions of every kind: one encoding each; hashes and signers never trap.
func fuzzTransaction(_ bytes: [UInt8]) throws(FuzzFailure) -> FuzzOutcome {
    try .of {
        let transaction = try Transaction(decoding: bytes)
        try FuzzFailure.require(transaction.encoded == bytes, "a transaction has two encodings")
        try FuzzFailure.require(
            transaction.hash == Keccak.hash(bytes), "a transaction's hash is not its bytes'")
        _ = transaction.recoverSender()
        for authorization in transaction.authorizations { _ = authorization.recoverAuthority() }
    }
}

/// Transactions with blobs beside them: one encoding each, and checking never traps.
func fuzzPooledTransaction(_ bytes: [UInt8]) throws(FuzzFailure) -> FuzzOutcome {
    try .of {
        let pooled = try PooledTransaction(decoding: bytes)
        try FuzzFailure.require(pooled.encoded == bytes, "a pooled transaction has two encodings")
        guard let sidecar = pooled.sidecar else { return }
        try? sidecar.checkForm(hashes: pooled.transaction.blobHashes, in: .osaka)
        try? sidecar.checkProofs()
    }
}

/// Compressed points, as KZG has them: one encoding each.
func fuzzG1Point(_ bytes: [UInt8]) throws(FuzzFailure) -> FuzzOutcome {
    try .of {
        guard bytes.count == KZG.pointBytes,
            let point = BLS12381.G1Point(compressed: bytes, at: 0)
        else { throw KZGError.malformedPoint(.commitment, index: 0) }
        try FuzzFailure.require(
            point.isInfinity || point.isOnCurve, "a compressed point is not on the curve")
        try FuzzFailure.require(point.compressed == bytes, "a point has two encodings")
        _ = point.isInSubgroup
    }
}

func fuzzHeader(_ bytes: [UInt8]) throws(FuzzFailure) -> FuzzOutcome {
    try .of {
        let header = try Header(decoding: bytes)
        try FuzzFailure.require(header.encoded == bytes, "a header has two encodings")
    }
}

/// Blocks whole, and their bodies apart, as the store keeps them.
func fuzzBlock(_ bytes: [UInt8]) throws(FuzzFailure) -> FuzzOutcome {
    try .of {
        let block = try Block(decoding: bytes)
        try FuzzFailure.require(block.encoded == bytes, "a block has two encodings")
        let apart = try? Block(header: block.header, body: block.encodedBody)
        try FuzzFailure.require(apart == block, "a body does not round-trip")
    }
}

/// Genesis files: accounts and slots ascend, and the header that follows reads back.
func fuzzGenesis(_ bytes: [UInt8]) throws(FuzzFailure) -> FuzzOutcome {
    try .of {
        let genesis = try Genesis(parsing: bytes)
        for (left, right) in zip(genesis.allocations, genesis.allocations.dropFirst()) {
            try FuzzFailure.require(left.address < right.address, "accounts do not ascend")
        }
        for allocation in genesis.allocations {
            for (left, right) in zip(allocation.storage, allocation.storage.dropFirst()) {
                try FuzzFailure.require(left.key < right.key, "slots do not ascend")
            }
        }
        let header = genesis.header(stateRoot: Hash(1))
        let again = try? Header(decoding: header.encoded)
        try FuzzFailure.require(again == header, "a genesis header does not round-trip")
        _ = genesis.config.blobSchedule(timestamp: .max)
    }
}

/// A list of a key and proof nodes under the root that the first node has: the checker and the
/// trie agree about what they prove, and the trie proves it with the same nodes.
func fuzzTrieProof(_ bytes: [UInt8]) throws(FuzzFailure) -> FuzzOutcome {
    try .of {
        var outer = RLPReader(bytes)
        var list = try outer.readList()
        try outer.finish()
        let key = Array(try list.readBytes())
        var items = try list.readList()
        try list.finish()
        var proof: [[UInt8]] = []
        while !items.isAtEnd { proof.append(Array(try items.readBytes())) }
        let root = proof.first.map { Keccak.hash($0) } ?? MerkleTrie.emptyRoot
        let proven = try TrieProof.verify(root: root, key: key, proof: proof)
        let trie = MerkleTrie(root: root, source: ProofNodes(proof))
        try FuzzFailure.require(
            try trie.value(for: key) == proven, "the trie holds another value than is proven")
        if root != MerkleTrie.emptyRoot {
            try FuzzFailure.require(
                try trie.proof(for: key) == proof, "the trie gives another proof")
        }
        try changeProven(trie, key: key)
    }
}

/// A change of what was proven holds, or names a node that the proof lacks: a branch that
/// collapses needs one beside the path.
private func changeProven(_ trie: MerkleTrie, key: [UInt8]) throws(FuzzFailure) {
    for value in [[], [1]] as [[UInt8]] {
        var trie = trie
        var held: [UInt8]?
        do throws(TrieError) {
            try trie.update(key: key, value: value)
            held = try trie.value(for: key)
        } catch {
            continue
        }
        try FuzzFailure.require(held ?? [] == value, "a trie forgets a change")
        _ = trie.commit()
    }
}

private final class ProofNodes: TrieNodeSource {
    private let held: [Hash: [UInt8]]

    init(_ nodes: [[UInt8]]) {
        var held: [Hash: [UInt8]] = [:]
        for node in nodes { held[Keccak.hash(node)] = node }
        self.held = held
    }

    func node(_ hash: Hash) -> [UInt8]? { held[hash] }
}

/// Bytecode: any code ends within its gas, twice in the same way. The length decides whether it
/// is called, called without leave to change anything, or run as init code.
func fuzzBytecode(_ bytes: [UInt8]) throws(FuzzFailure) -> FuzzOutcome {
    let code = CodeSource(bytes)
    let first = code.run()
    try FuzzFailure.require(first.gasLeft <= CodeSource.gas, "code ends with more gas")
    try FuzzFailure.require(code.run() == first, "code ends in two ways")
    return switch first.status {
    case .success: .accepted
    case .revert: .refused("revert")
    case .halted(let halt): .refused(caseName(of: halt))
    }
}

/// A state of one contract, which holds the code.
private final class CodeSource: StateSource {
    static let gas: UInt64 = 100_000
    private static let contract = Address(truncating: 0xc0de)
    private static let caller = Address(truncating: 0xca11)

    private let bytes: [UInt8]
    private let hash: Hash

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        hash = Keccak.hash(bytes)
    }

    func account(_ address: Address) -> Account? {
        switch address {
        case CodeSource.contract: Account(nonce: 1, balance: 1_000_000, codeHash: hash)
        case CodeSource.caller: Account(balance: 1_000_000, codeHash: Keccak.emptyHash)
        default: nil
        }
    }

    func storage(_ address: Address, _ slot: UInt256) -> UInt256 { slot & 3 }

    func hasStorage(_ address: Address) -> Bool { address == CodeSource.contract }

    func code(_ hash: Hash) -> [UInt8] { hash == self.hash ? bytes : [] }

    func blockHash(_ number: UInt64) -> Hash { Hash(UInt256(number)) }

    func run() -> Outcome {
        let journal = Journal(source: self)
        journal.beginTransaction()
        let block = BlockContext(
            chainID: 1, number: 1000, timestamp: 1_770_000_000,
            beneficiary: Address(truncating: 0xfee), gasLimit: 30_000_000, baseFee: 7)
        var machine = Machine(
            revision: .osaka, block: block,
            transaction: TransactionContext(origin: CodeSource.caller), journal: journal)
        var message = Message(
            caller: CodeSource.caller, recipient: CodeSource.contract, value: 1,
            input: Array(bytes.prefix(64)), gas: CodeSource.gas)
        switch bytes.count % 4 {
        case 2:
            message.value = .zero
            message.isStatic = true
        case 3:
            message.kind = .create
            message.recipient = ContractAddress.create(by: CodeSource.caller, nonce: 0)
            message.codeAddress = message.recipient
            message.input = bytes
        default: break
        }
        return machine.execute(message)
    }
}
