internal import Codec
internal import EVM
internal import Ledger
internal import Primitives
internal import Trie

/// The blocks of one test, with forks.
struct ForkedChain {
    private let config: ChainConfig
    private let workers: any Workers
    private let nodes = MemoryNodes()
    private var blocks: [Hash: (block: Block, total: UInt256)] = [:]
    private(set) var head: Hash

    /// The chain of a blockchain test: `pre`, and the RLP of the genesis block.
    init(
        _ test: JSON, _ config: ChainConfig, workers: any Workers
    ) throws(FixtureError) {
        let bytes = try Fixture.bytes(test["genesisRLP"], "genesisRLP")
        let genesis: Block
        do { genesis = try Block(decoding: bytes) } catch {
            throw FixtureError("genesisRLP: \(error)")
        }
        try self.init(
            config, genesis: { _ in genesis },
            accounts: try Fixture.accounts(try Fixture.member(test, "pre")), workers: workers)
    }

    /// - Parameter genesis: the first block over a state root.
    init(
        _ config: ChainConfig, genesis: (Hash) -> Block, accounts: [AccountChange],
        workers: any Workers
    ) throws(FixtureError) {
        self.config = config
        self.workers = workers
        let commit: StateCommit
        do {
            commit = try StateCommit(accounts, onto: MerkleTrie.emptyRoot, nodes: nodes)
        } catch {
            throw FixtureError("the genesis state: \(error)")
        }
        let block = genesis(commit.root)
        guard commit.root == block.header.stateRoot else {
            throw FixtureError("the genesis accounts have root \(commit.root)")
        }
        nodes.insert(commit)
        head = block.header.hash
        blocks[head] = (block, block.header.difficulty)
    }

    /// Why the block is refused, or nil when it is in.
    mutating func add(_ bytes: [UInt8]) -> String? {
        let block: Block
        do { block = try Block(decoding: bytes) } catch { return "\(error)" }
        let parentHash = block.header.parentHash
        guard let parent = blocks[parentHash] else { return "unknown parent \(parentHash)" }
        let isMerged = config.terminalTotalDifficulty.map { parent.total >= $0 } ?? false
        let known = ancestorHashes(of: parentHash)
        let state = TrieState(root: parent.block.header.stateRoot, nodes: nodes, codes: nodes) {
            known[$0] ?? .zero
        }
        do {
            var blocks = BlockImport(config: config, workers: workers)
            // Published blocks are small: each is to show that running ahead changes nothing.
            blocks.runsAheadAlways = true
            let outcome = try blocks.execute(
                block, ancestors: ancestors(of: parentHash), isMerged: isMerged, on: state,
                nodes: nodes)
            nodes.insert(outcome.commit)
        } catch {
            return "\(error)"
        }
        let hash = block.header.hash
        let total = parent.total + block.header.difficulty
        blocks[hash] = (block, total)
        // Before the merge the heaviest chain wins, then whoever comes last was chosen.
        let headTotal = blocks[head]?.total ?? .zero
        if isMerged || total > headTotal { head = hash }
        return nil
    }

    private func ancestors(of hash: Hash) -> [Block] {
        var family: [Block] = []
        var next = hash
        while family.count < 8, let entry = blocks[next] {
            family.append(entry.block)
            next = entry.block.header.parentHash
        }
        return family
    }

    /// The 256 hashes that instructions can see.
    private func ancestorHashes(of hash: Hash) -> [UInt64: Hash] {
        var hashes: [UInt64: Hash] = [:]
        var next = hash
        while hashes.count < 256, let entry = blocks[next] {
            hashes[entry.block.header.number] = next
            next = entry.block.header.parentHash
        }
        return hashes
    }
}
