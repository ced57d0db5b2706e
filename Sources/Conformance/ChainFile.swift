internal import Codec
internal import EVM
internal import Ledger
public import Primitives

/// Imports a chain as clients export it: a genesis and the RLP of its blocks, one after another.
///
/// Source: ethereum/execution-apis `tests/` (`genesis.json`, `chain.rlp`, `headfcu.json`).
public struct ChainFile {
    private var genesis: [UInt8]?
    private var blocks: [UInt8]?
    private var choice: [UInt8]?

    private let workers: any Workers

    /// - Parameter workers: share what is independent in a block.
    public init(workers: any Workers = SerialWorkers()) { self.workers = workers }

    /// Whether the file is a part of such a chain, which is kept.
    public mutating func take(_ bytes: [UInt8], file: String) -> Bool {
        switch file.split(separator: "/").last {
        case "genesis.json": genesis = bytes
        case "chain.rlp": blocks = bytes
        case "headfcu.json": choice = bytes
        case "forkenv.json", "openrpc.json": break
        default: return false
        }
        return true
    }

    /// One case for each block and one for the head; none when no chain was taken.
    public func run() -> [CaseResult] {
        guard let blocks else { return [] }
        guard let genesis else { return [.broken("chain", in: "chain.rlp", "no genesis.json")] }
        do throws(FixtureError) {
            return try run(genesis, blocks)
        } catch {
            return [.broken("chain", in: "chain.rlp", error.message)]
        }
    }

    private func run(_ file: [UInt8], _ bytes: [UInt8]) throws(FixtureError) -> [CaseResult] {
        let genesis: Genesis
        do { genesis = try Genesis(parsing: file) } catch {
            throw FixtureError("genesis.json: \(error)")
        }
        var chain = try ForkedChain(
            genesis.config,
            genesis: { root in
                let header = genesis.header(stateRoot: root)
                return Block(
                    header: header, transactions: [],
                    withdrawals: header.withdrawalsRoot == nil ? nil : [])
            }, accounts: genesis.changes, workers: workers)
        var results: [CaseResult] = []
        var reader = RLPReader(bytes)
        while !reader.isAtEnd {
            let name = "block \(results.count + 1)"
            let encoded: [UInt8]
            do { encoded = Array(try reader.readRaw()) } catch {
                throw FixtureError("\(name) is no RLP: \(error)")
            }
            let refusal = chain.add(encoded)
            results.append(
                CaseResult(
                    name: name, file: "chain.rlp", pass: refusal == nil, got: refusal,
                    want: "accepted"))
        }
        if let choice {
            let json = try? JSON(parsing: choice)
            let wanted = json?["params"]?[0]?["headBlockHash"]?.string ?? ""
            results.append(
                CaseResult(
                    name: "head", file: "headfcu.json", pass: chain.head.hex == wanted,
                    got: chain.head.hex, want: wanted))
        }
        return results
    }
}
