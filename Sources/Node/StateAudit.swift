internal import Codec
internal import EVM
internal import Crypto
internal import Ledger
internal import Primitives
internal import Trie

/// Checks that a state can be read whole before anything is served from it.
///
/// Every node must be there and hash to its name, every leaf must decode, every code must be
/// there: so the root is recomputed from the leaves up. States of more than
/// `Limits.recomputedAccounts` accounts are checked that far; the rest is checked as it is read.
struct StateAudit {
    private let chain: ChainStore
    private var accountsLeft = Limits.recomputedAccounts
    private(set) var accounts = 0
    private(set) var slots = 0

    private init(_ chain: ChainStore) { self.chain = chain }

    /// - Returns: how many accounts and slots were read.
    @discardableResult
    static func check(
        root: Hash, in chain: ChainStore
    ) throws(NodeError) -> (accounts: Int, slots: Int) {
        var audit = StateAudit(chain)
        if root != MerkleTrie.emptyRoot {
            try audit.walk(root) { audit, leaf throws(NodeError) in try audit.visit(leaf) }
        }
        return (audit.accounts, audit.slots)
    }

    private mutating func visit(_ leaf: [UInt8]) throws(NodeError) {
        let entry: StateAccount
        do {
            entry = try StateAccount(decoding: leaf)
        } catch {
            throw .damaged("an account of the state does not decode: \(error)")
        }
        accounts += 1
        accountsLeft -= 1
        let codeHash = entry.account.codeHash
        if codeHash != Keccak.emptyHash {
            guard let code = chain.storedCode(codeHash) else {
                throw .damaged("the code \(codeHash) is missing")
            }
            guard Keccak.hash(code) == codeHash else {
                throw .damaged("the code \(codeHash) does not hash to its name")
            }
        }
        guard entry.storageRoot != MerkleTrie.emptyRoot else { return }
        try walk(entry.storageRoot) { audit, leaf throws(NodeError) in
            audit.slots += 1
            do {
                _ = try StateAccount.decode(word: leaf)
            } catch {
                throw .damaged("a slot of the state does not decode: \(error)")
            }
        }
    }

    private typealias Visitor = (inout StateAudit, [UInt8]) throws(NodeError) -> Void

    /// Visits every leaf under the node. A path has at most 64 nibbles, so the depth is bounded.
    private mutating func walk(_ root: Hash, _ visit: Visitor) throws(NodeError) {
        guard let rlp = chain.node(root) else {
            throw .damaged("the node \(root) of the state is missing")
        }
        guard Keccak.hash(rlp) == root else {
            throw .damaged("the node \(root) of the state does not hash to its name")
        }
        try walk(rlp: rlp, depth: 0, visit)
    }

    private mutating func walk(
        rlp: [UInt8], depth: Int, _ visit: Visitor
    ) throws(NodeError) {
        guard accountsLeft > 0 else { return }
        guard depth <= 64 else { throw .damaged("a path of the state is too long") }
        let items: [[UInt8]]
        do {
            items = try StateAudit.items(of: rlp)
        } catch {
            throw .damaged("a node of the state does not decode: \(error)")
        }
        if items.count == 2, let flag = StateAudit.payload(items[0]).first, flag & 0x20 != 0 {
            try visit(&self, StateAudit.payload(items[1]))
            return
        }
        for child in items.count == 2 ? items[1...] : items.prefix(16) {
            guard let first = child.first, first != 0x80 else { continue }
            if first >= 0xc0 {
                try walk(rlp: child, depth: depth + 1, visit)
            } else {
                let name = Hash(StateAudit.payload(child))
                guard let node = chain.node(name), Keccak.hash(node) == name else {
                    throw .damaged("the node \(name) of the state is missing or damaged")
                }
                try walk(rlp: node, depth: depth + 1, visit)
            }
        }
    }

    private static func items(of rlp: [UInt8]) throws(RLPError) -> [[UInt8]] {
        var outer = RLPReader(rlp)
        var list = try outer.readList()
        try outer.finish()
        var items: [[UInt8]] = []
        while !list.isAtEnd { items.append(Array(try list.readRaw())) }
        guard items.count == 2 || items.count == 17 else { throw .unexpectedList }
        for item in items where item.first.map({ $0 > 0x80 && $0 < 0xc0 }) == true {
            // A reference must be a hash; values and paths are read by their own rules.
            if items.count == 17, item.count != 33, item != items[16] { throw .unexpectedString }
        }
        return items
    }

    private static func payload(_ item: [UInt8]) -> [UInt8] {
        var reader = RLPReader(item)
        return (try? reader.readBytes()).map { Array($0) } ?? []
    }
}
