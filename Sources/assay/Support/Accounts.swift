internal import Crypto
internal import Ledger
internal import Primitives

/// The keys a local chain starts with.
enum Accounts {
    /// Known to everybody: never send anything of worth to its accounts.
    static let mnemonic = "test test test test test test test test test test test junk"
    static let count = 10
    /// The account of the node itself, in every genesis profile: 32 bytes of 0x11, likewise public.
    static let operatorKey = [UInt8](repeating: 0x11, count: 32)
    static let balance = UInt256(10_000) * UInt256(1_000_000_000_000_000_000)

    static func keys(mnemonic: String, count: Int) throws -> [PrivateKey] {
        do {
            let wallet = try HDWallet(mnemonic: mnemonic)
            return try (0..<count).map { try wallet.key(path: HDWallet.ethereumPath(UInt32($0))) }
        } catch let error as HDWalletError {
            throw Failure(
                "the mnemonic is not valid", why: "\(error)",
                remedy: "give 12 to 24 words in quotes")
        }
    }

    static func key(hex text: String?, default index: UInt32) throws -> PrivateKey {
        guard let text else {
            return try keys(mnemonic: mnemonic, count: Int(index) + 1)[Int(index)]
        }
        do {
            return try PrivateKey(
                try Hex.decode(text.hasPrefix("0x") ? text.dropFirst(2) : text[...]))
        } catch {
            throw Failure(
                "the key is not valid", why: "a key is 32 bytes in hex, not zero and below n",
                remedy: "give --key 0x and 64 digits")
        }
    }

    /// Gives accounts that the genesis lacks their ether; such a chain has a genesis of its own.
    static func fund(_ keys: [PrivateKey], in genesis: inout Genesis) {
        let known = Set(genesis.allocations.map(\.address))
        for key in keys where !known.contains(key.address) {
            genesis.allocations.append(
                Genesis.Allocation(
                    address: key.address, balance: balance))
        }
        genesis.allocations.sort { $0.address < $1.address }
    }
}
