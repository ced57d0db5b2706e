internal import Codec
internal import Crypto
internal import EVM
internal import Ledger
public import Primitives
internal import Trie

/// Runs official blockchain tests: a genesis and blocks, some of which must be refused.
///
/// Source: ethereum/tests `BlockchainTests`, execution-spec-tests `blockchain_test`.
public enum BlockTest {
    /// All cases of one file. A file that cannot be read is one failed case.
    ///
    /// - Parameter workers: share what is independent in a block.
    public static func run(
        _ bytes: [UInt8], file: String, workers: any Workers = SerialWorkers()
    ) -> [CaseResult] {
        let json: JSON
        do {
            json = try JSON(parsing: bytes, limits: FixtureLimits.json)
        } catch {
            return [.broken(file, in: file, "no JSON: \(error)")]
        }
        guard let tests = json.object else { return [.broken(file, in: file, "no object")] }
        return tests.entries.map { name, test in
            do throws(FixtureError) {
                return try run(test, name: name, file: file, workers)
            } catch {
                return .broken(name, in: file, error.message)
            }
        }
    }

    private static func run(
        _ test: JSON, name: String, file: String, _ workers: any Workers
    ) throws(FixtureError) -> CaseResult {
        guard let network = test["network"]?.string,
            let config = NetworkName.config(network, schedules: test["config"]?["blobSchedule"])
        else { throw FixtureError("unknown network \(test["network"]?.string ?? "")") }
        var chain = try ForkedChain(test, config, workers: workers)
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
