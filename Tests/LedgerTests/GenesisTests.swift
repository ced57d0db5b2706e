import Codec
import Files
import Ledger
import Primitives
import Testing
import Trie

@Suite struct GenesisTests {
    /// Roots and hashes in `genesis/roots.json` come from the PyPI packages `trie` and `rlp`.
    @Test(arguments: ["dev", "base-sepolia", "opengradient"])
    func profilesHaveTheirPublishedRoots(_ profile: String) throws {
        let chain = try TestChain(profile)
        let root = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
        let roots = try JSON(parsing: Files.read("/\(root)/genesis/roots.json"))
        let entry = try #require(roots[profile])
        #expect(chain.parent.stateRoot.hex == entry["stateRoot"]?.string)
        #expect(chain.parentHash.hex == entry["hash"]?.string)
        #expect(chain.genesis.config.hasNatives)
    }

    /// The development root's keys follow from a seed that everybody knows.
    @Test(arguments: [1, 10, 137, 8453, 42_161] as [UInt64])
    func refusesADevelopmentRootWhereMoneyIsReal(_ chainID: UInt64) throws {
        for (profile, own) in [("dev", 31337), ("base-sepolia", 84532), ("opengradient", 10740)] {
            for trustsDevelopment in [true, false] {
                let text = String(
                    decoding: try TestChain.file(profile, trustsDevelopment: trustsDevelopment),
                    as: UTF8.self)
                let moved = Array(
                    text.replacing("\"chainId\": \(own)", with: "\"chainId\": \(chainID)").utf8)
                if trustsDevelopment {
                    #expect(throws: GenesisError.self) { try Genesis(parsing: moved) }
                } else {
                    #expect(try Genesis(parsing: moved).config.chainID == chainID)
                }
            }
        }
    }

    @Test func refusesWhatIsNoGenesis() {
        #expect(throws: GenesisError.missing("config")) { try Genesis(parsing: Array("{}".utf8)) }
        #expect(throws: GenesisError.self) { try Genesis(parsing: Array("[1]".utf8)) }
        #expect(throws: GenesisError.self) { try Genesis(parsing: [0xff]) }
    }

    static let refusals: [(json: String, because: GenesisError)] = [
        (#"{"config":{},"gasLimit":1,"alloc":{}}"#, .missing("config.chainId")),
        (#"{"config":{"chainId":1},"alloc":{}}"#, .missing("gasLimit")),
        (#"{"config":{"chainId":1},"gasLimit":1}"#, .missing("alloc")),
        (
            #"{"config":{"chainId":1,"shanghaiTime":5,"cancunTime":4},"gasLimit":1,"alloc":{}}"#,
            .forksOutOfOrder("config.cancunTime")
        ),
        (
            #"{"config":{"chainId":1,"assay":{"natives":"yes"}},"gasLimit":1,"alloc":{}}"#,
            .invalid("config.assay.natives", got: "no truth value")
        ),
        (
            #"{"config":{"chainId":1,"assay":true},"gasLimit":1,"alloc":{}}"#,
            .invalid("config.assay", got: "no object")
        ),
        (
            #"{"config":{"chainId":1,"blobSchedule":[]},"gasLimit":1,"alloc":{}}"#,
            .invalid("config.blobSchedule", got: "no object")
        ),
        (account("5"), .invalid("alloc.\(name)", got: "no object")),
        (account(#"{"storage":[1]}"#), .invalid("alloc.\(name).storage", got: "no object")),
        // Two spellings of one slot, one of them with the word that means absence.
        (
            account(##"{"storage":{"0x1":"0x2","0x01":"0x0"}}"##),
            .invalid("alloc.\(name).storage", got: "0x1 twice")
        ),
        (
            account(##"{},"0x\##(name)":{}"##),
            .invalid("alloc", got: "0x\(name) twice")
        ),
    ]

    private static let name = String(repeating: "ab", count: 20)

    private static func account(_ json: String) -> String {
        #"{"config":{"chainId":1},"gasLimit":1,"alloc":{"\#(name)":\#(json)}}"#
    }

    @Test(arguments: refusals.indices)
    func refuses(_ index: Int) {
        let row = Self.refusals[index]
        #expect(throws: row.because) { try Genesis(parsing: Array(row.json.utf8)) }
    }

    @Test func zeroWordsAreNoSlots() throws {
        let json = Self.account(##"{"balance":"7","storage":{"0x02":"0x00","0x01":"0x05"}}"##)
        let genesis = try Genesis(parsing: Array(json.utf8))
        #expect(genesis.allocations[0].balance == 7)
        #expect(genesis.allocations[0].storage.map(\.key) == [1])
        #expect(genesis.allocations[0].storage.map(\.value) == [5])
    }
}
