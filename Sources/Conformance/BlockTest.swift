internal import Codec
internal import Crypto
internal import EVM
internal import Ledger
internal import Primitives
internal import Trie

/// Runs official blockchain tests: a genesis and blocks, some of which must be refused.
///
/// Source: ethereum/tests `BlockchainTests`, execution-spec-tests `blockchain_test`.
public enum BlockTest {
    /// All cases of one file. A file that cannot be read is one failed case.
    public static func run(_ bytes: [UInt8], file: String) -> [CaseResult] {
        let json: JSON
        do {
            json = try JSON(parsing: bytes, limits: FixtureLimits.json)
        } catch {
            return [.broken(file, in: file, "no JSON: \(error)")]
        }
        guard let tests = json.object else { return [.broken(file, in: file, "no object")] }
        return tests.entries.map { name, test in
            do throws(FixtureError) {
                return try run(test, name: name, file: file)
            } catch {
                return .broken(name, in: file, error.message)
            }
        }
    }

    private static func run(
        _ test: JSON, name: String, file: String
    ) throws(FixtureError) -> CaseResult {
        guard let network = test["network"]?.string,
            let config = NetworkName.config(network, schedules: test["config"]?["blobSchedule"])
        else { throw FixtureError("unknown network \(test["network"]?.string ?? "")") }
        var chain = try TestChain(test, config)
        for (index, entry) in (test["blocks"]?.array ?? []).enumerated() {
            let wanted = exception(entry)
            let bytes = try Fixture.bytes(entry["rlp"], "rlp")
            let refusal = chain.add(bytes)
            if let refusal, wanted == nil {
                return CaseResult(
                    name: name, file: file, pass: false, got: "block \(index): \(refusal)",
                    want: "accepted")
            }
            if refusal == nil, let wanted {
                return CaseResult(
                    name: name, file: file, pass: false, got: "block \(index): accepted",
                    want: wanted)
            }
        }
        let wanted = try Fixture.hash(test["lastblockhash"], "lastblockhash")
        return CaseResult(
            name: name, file: file, pass: chain.head == wanted, got: chain.head.hex,
            want: wanted.hex, error: chain.head == wanted ? nil : "head")
    }

    /// Why a block must be refused; older files name it by the client that found it.
    private static func exception(_ entry: JSON) -> String? {
        for (name, value) in entry.object?.entries ?? [] where name.hasPrefix("expectException") {
            return value.string ?? ""
        }
        return nil
    }
}

/// The blocks of one test, with forks.
private struct TestChain {
    private let config: ChainConfig
    private let nodes = MemoryNodes()
    private var blocks: [Hash: (block: Block, total: UInt256)] = [:]
    private(set) var head: Hash

    init(_ test: JSON, _ config: ChainConfig) throws(FixtureError) {
        self.config = config
        let pre = try Fixture.accounts(try Fixture.member(test, "pre"))
        let genesis: Block
        do {
            genesis = try Block(decoding: try Fixture.bytes(test["genesisRLP"], "genesisRLP"))
        } catch let error as FixtureError {
            throw error
        } catch {
            throw FixtureError("genesisRLP: \(error)")
        }
        let commit: StateCommit
        do {
            commit = try StateCommit(pre, onto: MerkleTrie.emptyRoot, nodes: nodes)
        } catch {
            throw FixtureError("the genesis state: \(error)")
        }
        guard commit.root == genesis.header.stateRoot else {
            throw FixtureError("the state of pre has root \(commit.root)")
        }
        nodes.insert(commit)
        head = genesis.header.hash
        blocks[head] = (genesis, genesis.header.difficulty)
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
            let outcome = try BlockImport(config: config).execute(
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
