public import Codec
internal import EVM
internal import Ledger
internal import Primitives

/// The last block of a published test, to be imported again and again: most fill their gas with
/// one instruction or precompile.
///
/// Source: execution-spec-tests `tests/benchmark`.
public struct BlockWorkload {
    public let name: String
    /// Gas that the last block uses.
    public let gasUsed: UInt64
    /// The last block's transactions as message calls for an EVM that knows no blocks: `env`,
    /// `pre`, `calls` of all blocks, and in `skip` how many come before the last block's. Nil when
    /// one of them makes a contract.
    public let calls: JSONObject?
    private let chain: ForkedChain
    private let last: [UInt8]
    private let head: Hash

    /// The workloads of a file whose names are wanted. Cost: imports all blocks but the last ones.
    ///
    /// - Throws: `WorkloadError` when the file is none, or a test of it is refused.
    public static func all(
        _ file: [UInt8], isWanted: (String) -> Bool
    ) throws(WorkloadError) -> [BlockWorkload] {
        let json: JSON
        do { json = try JSON(parsing: file, limits: FixtureLimits.json) } catch {
            throw WorkloadError("no JSON: \(error)")
        }
        var workloads: [BlockWorkload] = []
        for (name, test) in json.object?.entries ?? [] where isWanted(name) {
            do throws(FixtureError) {
                workloads.append(try BlockWorkload(name, test))
            } catch {
                throw WorkloadError("\(name): \(error.message)")
            }
        }
        return workloads
    }

    private init(_ name: String, _ test: JSON) throws(FixtureError) {
        self.name = BlockWorkload.short(name)
        guard let network = test["network"]?.string,
            let config = NetworkName.config(network, schedules: test["config"]?["blobSchedule"])
        else { throw FixtureError("unknown network \(test["network"]?.string ?? "")") }
        var chain = try ForkedChain(test, config, workers: SerialWorkers())
        var blocks: [Block] = []
        let entries = test["blocks"]?.array ?? []
        for (index, entry) in entries.enumerated() {
            let bytes = try Fixture.bytes(entry["rlp"], "rlp")
            do { blocks.append(try Block(decoding: bytes)) } catch {
                throw FixtureError("block \(index): \(error)")
            }
            if index < entries.count - 1, let refusal = chain.add(bytes) {
                throw FixtureError("block \(index): \(refusal)")
            }
        }
        guard let last = blocks.last else { throw FixtureError("no blocks") }
        self.chain = chain
        self.last = try Fixture.bytes(entries.last?["rlp"], "rlp")
        gasUsed = last.header.gasUsed
        head = try Fixture.hash(test["lastblockhash"], "lastblockhash")
        calls = BlockWorkload.calls(
            of: blocks, pre: try Fixture.member(test, "pre"), chainID: config.chainID)
    }

    /// Imports the last block on the state that those before it left: decoding, signatures,
    /// execution and roots.
    ///
    /// - Throws: `WorkloadError` when the block is refused or has another hash than published.
    public func run() throws(WorkloadError) {
        var copy = chain
        if let refusal = copy.add(last) { throw WorkloadError("\(name): \(refusal)") }
        guard copy.head == head else { throw WorkloadError("\(name): the head is \(copy.head)") }
    }

    /// `not_op 100M` for `…::test_not_op[fork_Osaka-blockchain_test-benchmark-gas-value_100M]`.
    private static func short(_ name: String) -> String {
        guard let test = name.split(separator: ":").last, let bracket = test.firstIndex(of: "[")
        else { return name }
        let dull: Set<Substring> = ["blockchain_test", "benchmark", "gas"]
        let told = test[bracket...].dropFirst().dropLast().split(separator: "-")
            .filter { !dull.contains($0) && !$0.hasPrefix("fork_") }
            .map { $0.hasPrefix("value_") ? $0.dropFirst("value_".count) : $0 }
        let function = test[..<bracket]
        let start = function.hasPrefix("test_") ? function.dropFirst("test_".count) : function
        return ([start] + told).joined(separator: " ")
    }

    private static func calls(
        of blocks: [Block], pre: JSON, chainID: UInt64
    ) -> JSONObject? {
        var calls: [JSON] = []
        for transaction in blocks.flatMap(\.transactions) {
            guard let sender = transaction.recoverSender(), let to = transaction.to else {
                return nil
            }
            calls.append([
                "from": .string("\(sender)"), "to": .string("\(to)"),
                "data": .string(Hex.encodePrefixed(transaction.input)),
                "value": .string(transaction.value.hexQuantity),
                "gas": .string(UInt256(transaction.gasLimit).hexQuantity),
            ])
        }
        let header = blocks.last?.header
        let json: JSON = [
            "env": [
                "number": .string(UInt256(header?.number ?? 0).hexQuantity),
                "timestamp": .string(UInt256(header?.timestamp ?? 0).hexQuantity),
                "coinbase": .string("\(header?.beneficiary ?? .zero)"),
                "gasLimit": .string(UInt256(header?.gasLimit ?? 0).hexQuantity),
                "random": .string("\(header?.mixHash ?? .zero)"),
                "chainId": .string(UInt256(chainID).hexQuantity),
            ],
            "pre": pre, "calls": .array(calls),
            "skip": .number(JSONNumber(blocks.dropLast().map(\.transactions.count).reduce(0, +))),
        ]
        return json.object
    }
}
