import Crypto
import EVM
import Files
import Ledger
import Node
import Primitives
import Store
import Testing

/// A chain for tests: the development genesis, a clock that stands still, funded keys.
enum TestNode {
    static let start: UInt64 = 1_800_000_000
    static let chainID: UInt64 = 31_337
    static let receiver = Address(truncating: 0xbeef)
    private static let mnemonic = "test test test test test test test test test test test junk"

    static func genesis(_ profile: String = "dev") throws -> Genesis {
        let root = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
        return try Genesis(parsing: try Files.read("/\(root)/genesis/\(profile).json"))
    }

    static func open(
        _ store: any KeyValueStore = MemoryStore(), sealing: Sealing = .instant,
        clock: ManualClock = ManualClock(TestNode.start)
    ) throws -> Node {
        try Node(genesis: try genesis(), store: store, clock: clock, sealing: sealing)
    }

    /// Keys of accounts with 10,000 ether each.
    static func keys(_ count: Int) throws -> [PrivateKey] {
        let wallet = try HDWallet(mnemonic: mnemonic)
        return try (0..<count).map { try wallet.key(path: HDWallet.ethereumPath(UInt32($0))) }
    }

    /// A transfer of one wei to an account that nothing else touches.
    static func transfer(
        _ key: PrivateKey, nonce: UInt64, value: UInt256 = 1, gas: UInt64 = 21_000,
        maxFee: UInt256 = 100_000_000_000
    ) -> Transaction {
        Transaction(
            kind: .dynamicFee, chainID: chainID, nonce: nonce, maxPriorityFeePerGas: 1,
            maxFeePerGas: maxFee, gasLimit: gas, to: receiver, value: value
        ).signed(with: key)
    }

    /// A creation whose code runs in circles until all its gas is gone.
    static func burner(_ key: PrivateKey, nonce: UInt64) -> Transaction {
        Transaction(
            kind: .dynamicFee, chainID: chainID, nonce: nonce, maxPriorityFeePerGas: 1,
            maxFeePerGas: 100_000_000_000, gasLimit: Ledger.Limits.transactionGasMax, to: nil,
            input: [0x5b, 0x5f, 0x56]
        ).signed(with: key)
    }
}

extension Node {
    /// All blocks after the genesis, oldest first.
    func blocks() throws -> [Block] {
        try (0..<head.header.number).map { try #require(block(number: $0 + 1)) }
    }

    func block(number: UInt64) -> Block? { chain.hash(of: number).flatMap { chain.block($0) } }

    func balance(of address: Address) -> UInt256 {
        state(of: head.header).account(address)?.balance ?? .zero
    }

    func nonce(of address: Address) -> UInt64 {
        state(of: head.header).account(address)?.nonce ?? 0
    }

    /// The error that submitting gives, or nil.
    func refusal(of transaction: Transaction) -> SubmissionError? {
        do {
            _ = try submit(transaction)
            return nil
        } catch {
            return error
        }
    }
}
