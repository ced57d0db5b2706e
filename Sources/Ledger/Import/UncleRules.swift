internal import EVM
internal import Primitives

/// Which uncles a proof-of-work block may name (Yellow Paper 11.1).
struct UncleRules {
    let config: ChainConfig
    /// The block's ancestors, its parent first, at least seven where there are as many.
    let ancestors: [Block]

    private static let countMax = 2
    private static let depthMax = 6

    func check(_ block: Block) throws(InvalidBlock) {
        guard block.uncles.count <= UncleRules.countMax else {
            throw .tooManyUncles(block.uncles.count)
        }
        guard !block.uncles.isEmpty else { return }
        let family = ancestors.prefix(UncleRules.depthMax + 1)
        let hashes = family.map(\.header.hash)
        // What the block or its ancestors have named before is no uncle any more.
        var named = Set(family.flatMap { $0.uncles.map(\.hash) })
        for (index, uncle) in block.uncles.enumerated() {
            let hash = uncle.hash
            guard !hashes.contains(hash) else { throw .invalidUncle(index: index, "an ancestor") }
            guard named.insert(hash).inserted else {
                throw .invalidUncle(index: index, "named before")
            }
            guard let place = hashes.firstIndex(of: uncle.parentHash), place > 0 else {
                throw .invalidUncle(index: index, "no child of an ancestor within reach")
            }
            let parent = family[place].header
            let revision = config.revision(
                number: uncle.number, timestamp: uncle.timestamp, isMerged: false)
            do {
                try HeaderRules(config: config, parent: parent, revision: revision).check(uncle)
            } catch {
                throw .invalidUncle(index: index, "\(error)")
            }
        }
    }
}
