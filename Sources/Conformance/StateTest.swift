internal import Codec
internal import Crypto
internal import EVM
internal import Ledger
internal import Primitives
internal import Trie

/// One case of a state test, ready to run.
public struct StateCase: Sendable {
    private let body: @Sendable () -> CaseResult

    init(_ body: @escaping @Sendable () -> CaseResult) { self.body = body }

    /// A case whose verdict is known before it runs.
    init(_ verdict: CaseResult) { body = { verdict } }

    public func run() -> CaseResult { body() }
}

/// Runs the cases of official state tests: one transaction on one state.
///
/// Source: ethereum/tests `GeneralStateTests`, execution-spec-tests `state_test`.
public enum StateTest {
    /// All cases of one file, read and ready to run, on any thread each. A file that cannot be
    /// read is one failed case.
    public static func cases(_ bytes: [UInt8], file: String) -> [StateCase] {
        let json: JSON
        do {
            json = try JSON(parsing: bytes, limits: FixtureLimits.json)
        } catch {
            return [StateCase(.broken(file, in: file, "no JSON: \(error)"))]
        }
        guard let tests = json.object else {
            return [StateCase(.broken(file, in: file, "no object"))]
        }
        return tests.entries.flatMap { name, test in cases(test, name: name, file: file) }
    }

    /// Runs all cases of one file.
    public static func run(_ bytes: [UInt8], file: String) -> [CaseResult] {
        cases(bytes, file: file).map { $0.run() }
    }

    private static func cases(_ test: JSON, name: String, file: String) -> [StateCase] {
        guard let post = test["post"]?.object else {
            return [StateCase(.broken(name, in: file, "no member post"))]
        }
        let start: Start
        do { start = try Start(test) } catch {
            return [StateCase(.broken(name, in: file, error.message))]
        }
        return post.entries.flatMap { fork, entries in
            (entries.array ?? []).enumerated().map { index, entry in
                let label = "\(name) [\(fork) \(index)]"
                return StateCase {
                    do throws(FixtureError) {
                        return try run(
                            test, start, fork: fork, entry: entry, name: label, file: file)
                    } catch {
                        return .broken(label, in: file, error.message)
                    }
                }
            }
        }
    }

    /// The state that all cases of one test start from. Nothing changes it after `init`.
    private struct Start: @unchecked Sendable {
        let state = MemoryState { Keccak.hash(Array(String($0).utf8)) }
        private let nodes = MemoryNodes()
        private let root: Hash

        init(_ test: JSON) throws(FixtureError) {
            let pre = try Fixture.accounts(try Fixture.member(test, "pre"))
            state.apply(pre)
            do {
                let commit = try StateCommit(pre, onto: MerkleTrie.emptyRoot, nodes: nodes)
                nodes.insert(commit)
                root = commit.root
            } catch {
                throw FixtureError("the state root cannot be computed: \(error)")
            }
        }

        func root(after changes: [AccountChange]) throws(FixtureError) -> Hash {
            do { return try StateCommit(changes, onto: root, nodes: nodes).root } catch {
                throw FixtureError("the state root cannot be computed: \(error)")
            }
        }
    }

    private static func run(
        _ test: JSON, _ start: Start, fork: String, entry: JSON, name: String, file: String
    ) throws(FixtureError) -> CaseResult {
        guard let rules = ForkName.rules(fork) else { throw FixtureError("unknown fork \(fork)") }
        let block = try context(test, rules)
        let (transaction, sender) = try self.transaction(test, entry)
        let journal = Journal(source: start.state)
        var refusal: String?
        var logs: [Log] = []
        if let transaction {
            var processor = TransactionProcessor(
                revision: rules.revision, block: block, blobSchedule: rules.blobs,
                precompiles: PrecompileTable(rules.revision), journal: journal)
            do {
                logs = try processor.process(
                    transaction, from: sender, gasLeft: block.gasLimit
                ).logs
            } catch {
                refusal = "\(error)"
            }
        } else {
            refusal = "the transaction does not decode"
        }
        // The newer fillers, which list the accounts too, make no block of a refused transaction.
        if refusal == nil || entry["state"] == nil {
            payZeroReward(in: journal, block, rules.revision)
        }
        let root = try start.root(after: journal.changes())
        return verdict(
            entry, name: name, file: file, root: root, logs: logs, refusal: refusal)
    }

    /// Test fillers pay a block reward of zero: before EIP-161 that makes the account.
    private static func payZeroReward(
        in journal: Journal, _ block: BlockContext, _ revision: Revision
    ) {
        journal.beginTransaction()
        journal.touch(block.beneficiary)
        if revision < .spuriousDragon { journal.addBalance(.zero, to: block.beneficiary) }
        journal.finishTransaction(revision: revision)
    }

    private static func verdict(
        _ entry: JSON, name: String, file: String, root: Hash, logs: [Log], refusal: String?
    ) -> CaseResult {
        let wanted = entry["expectException"]?.string
        if let wanted, refusal == nil {
            return CaseResult(
                name: name, file: file, pass: false, got: "accepted", want: wanted)
        }
        if wanted == nil, let refusal {
            return CaseResult(
                name: name, file: file, pass: false, got: refusal, want: "accepted")
        }
        let wantedRoot = entry["hash"]?.string ?? ""
        guard root.hex == wantedRoot else {
            return CaseResult(
                name: name, file: file, pass: false, got: root.hex, want: wantedRoot,
                error: "state root")
        }
        let logsHash = Keccak.hash(LogList.encode(logs)).hex
        let wantedLogs = entry["logs"]?.string ?? logsHash
        return CaseResult(
            name: name, file: file, pass: logsHash == wantedLogs, got: logsHash,
            want: wantedLogs, error: logsHash == wantedLogs ? nil : "logs hash")
    }

    // MARK: Reading

    private static func context(
        _ test: JSON, _ rules: ForkName.Rules
    ) throws(FixtureError) -> BlockContext {
        let env = try Fixture.member(test, "env")
        let isMerged = rules.revision >= .paris
        let random = try env["currentRandom"].map { json throws(FixtureError) in
            try Fixture.hash(json, "currentRandom")
        }
        let baseFee = try env["currentBaseFee"].map { json throws(FixtureError) in
            try Fixture.word(json, "currentBaseFee")
        }
        let excess = try env["currentExcessBlobGas"].map { json throws(FixtureError) in
            try Fixture.uint64(json, "currentExcessBlobGas")
        }
        let chainID = try test["config"]?["chainid"].map { json throws(FixtureError) in
            try Fixture.uint64(json, "chainid")
        }
        return BlockContext(
            chainID: chainID ?? 1,
            number: try Fixture.uint64(env["currentNumber"], "currentNumber"),
            timestamp: try Fixture.uint64(env["currentTimestamp"], "currentTimestamp"),
            beneficiary: try Fixture.address(env["currentCoinbase"], "currentCoinbase"),
            gasLimit: try Fixture.uint64(env["currentGasLimit"], "currentGasLimit"),
            baseFee: rules.revision >= .london ? baseFee ?? 10 : .zero,
            difficulty: isMerged
                ? .zero : try Fixture.word(env["currentDifficulty"], "currentDifficulty"),
            prevRandao: isMerged ? random ?? .zero : .zero,
            blobBaseFee: rules.blobs.map {
                FeeMarket.blobBaseFee(excess: excess ?? 0, fraction: $0.baseFeeUpdateFraction)
            } ?? 1)
    }

    /// The transaction that the entry's indexes pick; nil when its bytes do not decode.
    private static func transaction(
        _ test: JSON, _ entry: JSON
    ) throws(FixtureError) -> (Transaction?, Address) {
        let fields = try Fixture.member(test, "transaction")
        let sender = try sender(fields)
        if let bytes = entry["txbytes"]?.string, !bytes.isEmpty,
            let raw = try? Hex.decodePrefixed(bytes)
        {
            let decoded = try? Transaction(
                decoding: raw, bytesMax: Limits.blockTransactionBytesMax)
            if let decoded, let recovered = decoded.recoverSender(allowsHighS: true) {
                guard recovered == sender else {
                    throw FixtureError("recovered \(recovered), the fixture says \(sender)")
                }
            }
            return (decoded, sender)
        }
        return (try TransactionFields.read(fields, entry), sender)
    }

    private static func sender(_ fields: JSON) throws(FixtureError) -> Address {
        if let sender = fields["sender"] { return try Fixture.address(sender, "sender") }
        let secret = try Fixture.bytes(fields["secretKey"], "secretKey")
        guard let key = try? PrivateKey(secret) else { throw FixtureError("secretKey is no key") }
        return key.address
    }
}
