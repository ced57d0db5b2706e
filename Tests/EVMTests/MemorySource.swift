import Crypto
import EVM
import Primitives

/// A state in memory for tests.
final class MemorySource: StateSource {
    private var accounts: [Address: Account] = [:]
    private var slots: [Address: [UInt256: UInt256]] = [:]
    private var codes: [Hash: [UInt8]] = [:]
    private(set) var accountReads = 0
    var blockHashes: [UInt64: Hash] = [:]

    func set(
        _ address: Address, balance: UInt256 = .zero, nonce: UInt64 = 0, code: [UInt8] = [],
        storage: [UInt256: UInt256] = [:]
    ) {
        let hash = Keccak.hash(code)
        accounts[address] = Account(nonce: nonce, balance: balance, codeHash: hash)
        codes[hash] = code
        slots[address] = storage
    }

    func account(_ address: Address) -> Account? {
        accountReads += 1
        return accounts[address]
    }

    func storage(_ address: Address, _ slot: UInt256) -> UInt256 {
        slots[address]?[slot] ?? .zero
    }

    func hasStorage(_ address: Address) -> Bool {
        slots[address]?.contains { !$0.value.isZero } ?? false
    }

    func code(_ hash: Hash) -> [UInt8] { codes[hash] ?? [] }

    func blockHash(_ number: UInt64) -> Hash { blockHashes[number] ?? .zero }
}
