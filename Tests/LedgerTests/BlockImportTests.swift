import EVM
import Ledger
import Primitives
import Testing
import Threads

/// Any number of workers comes to the same bytes.
@Suite struct BlockImportTests {
    private static let pools = [1, 2, 4, 7].map { ThreadPool(count: $0) }

    @Test(arguments: [
        Revision.homestead, .spuriousDragon, .byzantium, .istanbul, .london, .shanghai, .cancun,
        .osaka,
    ])
    func workersAgree(revision: Revision) throws {
        var count = 0
        var held = 0
        for seed in 0..<12 as Range<UInt64> {
            var blocks = try RandomBlocks(revision, seed: seed * 31 + UInt64(revision.rawValue))
            let block = try blocks.block(20 + Int(seed) * 12)
            let expected = try #require(try? run(block, blocks, SerialWorkers()).get())
            for pool in BlockImportTests.pools {
                let isEager = !seed.isMultiple(of: 3)
                let found = try #require(
                    try? run(block, blocks, pool, isEager: isEager).get())
                expectSame(expected, found)
                count += found.speculated.count
                held += found.speculated.held
            }
        }
        // Without conflicts, or with nothing else, this would show little.
        if revision >= .byzantium {
            #expect(held > count / 20)
            #expect(held < count)
        } else {
            #expect(count == 0)
        }
    }

    @Test(arguments: [Revision.byzantium, .london, .osaka])
    func workersRefuseAlike(revision: Revision) throws {
        var reasons: Set<String> = []
        for seed in 0..<20 as Range<UInt64> {
            var blocks = try RandomBlocks(revision, seed: seed + 1000)
            let block = try blocks.block(100, flaw: true)
            let expected = refusal(run(block, blocks, SerialWorkers()))
            reasons.insert("\(expected, default: "none")".prefix { $0 != "," }.description)
            for pool in BlockImportTests.pools {
                #expect(refusal(run(block, blocks, pool)) == expected)
            }
        }
        #expect(reasons.count > 3)
    }

    private func run(
        _ block: Block, _ blocks: RandomBlocks, _ workers: any Workers, isEager: Bool = true
    ) -> Result<BlockImport.Outcome, InvalidBlock> {
        do throws(InvalidBlock) {
            var blockImport = BlockImport(config: blocks.config, workers: workers)
            blockImport.runsAheadAlways = isEager
            return .success(
                try blockImport.execute(
                    block, ancestors: [blocks.parent], isMerged: blocks.revision >= .paris,
                    on: blocks.state, nodes: blocks.nodes))
        } catch {
            return .failure(error)
        }
    }

    private func refusal(_ result: Result<BlockImport.Outcome, InvalidBlock>) -> InvalidBlock? {
        if case .failure(let error) = result { error } else { nil }
    }

    private func expectSame(_ first: BlockImport.Outcome, _ second: BlockImport.Outcome) {
        #expect(first.commit.root == second.commit.root)
        #expect(first.commit.nodes.elementsEqual(second.commit.nodes) { $0 == $1 })
        #expect(first.commit.codes.elementsEqual(second.commit.codes) { $0 == $1 })
        #expect(
            first.commit.accounts.elementsEqual(second.commit.accounts) {
                $0.address == $1.address && $0.account == $1.account
                    && $0.storageCleared == $1.storageCleared
                    && $0.storage.elementsEqual($1.storage) { $0 == $1 }
            })
        #expect(first.receipts == second.receipts)
        #expect(first.results == second.results)
        #expect(first.senders == second.senders)
    }
}
