import Codec
import Files
import Ledger
import Primitives
import Testing
import Trie

@Suite struct GenesisTests {
    /// Roots and hashes in `genesis/roots.json` come from the PyPI packages `trie` and `rlp`.
    @Test(arguments: ["dev", "base-sepolia"])
    func profilesHaveTheirPublishedRoots(_ profile: String) throws {
        let chain = try TestChain(profile)
        let root = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
        let roots = try JSON(parsing: Files.read("/\(root)/genesis/roots.json"))
        let entry = try #require(roots[profile])
        #expect(chain.parent.stateRoot.hex == entry["stateRoot"]?.string)
        #expect(chain.parentHash.hex == entry["hash"]?.string)
        #expect(chain.genesis.config.hasNatives)
    }

    @Test func refusesWhatIsNoGenesis() {
        #expect(throws: GenesisError.missing("config")) { try Genesis(parsing: Array("{}".utf8)) }
        #expect(throws: GenesisError.self) { try Genesis(parsing: Array("[1]".utf8)) }
        #expect(throws: GenesisError.self) { try Genesis(parsing: [0xff]) }
    }
}
