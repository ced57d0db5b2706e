import Crypto
import Files
import Ledger
import Payments
import Primitives
import Simulation
import Store
import Testing

@Suite struct ScenarioTests {
    private func play(
        _ scenario: Scenario, on store: any KeyValueStore = MemoryStore()
    ) throws -> ScenarioResult {
        let root = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
        let genesis = try Genesis(parsing: Files.read("/\(root)/genesis/dev.json"))
        let wallet = try HDWallet(
            mnemonic: "test test test test test test test test test test test junk")
        let payers = try (0..<10).map { try wallet.key(path: HDWallet.ethereumPath($0)) }
        let provider = try PrivateKey([UInt8](repeating: 0x11, count: 32))
        var run = try ScenarioRun(
            scenario, genesis: genesis, store: store, payers: payers, provider: provider)
        return try run.play()
    }

    @Test func sameSeedMakesTheSameBlocksInMemoryAndOnDisk() throws {
        let scenario = Scenario(models: 3, inferences: 40, seed: 7, settlementsPerBlock: 9)
        let first = try play(scenario)
        #expect(first.settled == 40)
        #expect(first.called > 0)
        #expect(first.blocks >= 6)
        let folder = try Files.makeTemporaryFolder()
        defer { try? Files.remove(folder) }
        let store = try LevelDBStore(path: folder + "/chain")
        defer { store.close() }
        #expect(try play(scenario, on: store) == first)
        var other = scenario
        other.seed = 8
        #expect(try play(other).headHash != first.headHash)
    }

    /// Pins the blocks: consensus changes show here, and debug and release must agree.
    @Test func blocksAreWhatTheyWere() throws {
        let result = try play(
            Scenario(
                models: 2, inferences: 10, seed: 1, settlementsPerBlock: 4, callPercent: 100))
        #expect(result.settled == 10)
        #expect(result.called == 10)
        #expect(
            result.headHash.hex
                == "0xc2070e997838ee387361a7fe8fdfed8f1f26774399e9ddfb70203f6103c81de9")
    }
}
