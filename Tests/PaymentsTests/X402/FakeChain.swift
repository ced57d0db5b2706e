import Codec
import Payments
import Primitives
import Testing

/// A chain with one token, as test vectors describe it.
struct FakeChain: TokenView {
    var token: Address
    var hasToken = true
    /// Whether the token has EIP-3009.
    var hasTransfers = true
    var name: String? = "USDC"
    var version: String? = "2"
    var balances: [Address: UInt256] = [:]
    var usedNonces: Set<Hash> = []
    /// Accounts with code, and whether they accept every signature.
    var wallets: [Address: Bool] = [:]
    /// Whether a wallet that a factory deploys accepts; nil where the factory deploys none.
    var deployedWallet: Bool?

    func name(ofToken token: Address) -> String? { token == self.token ? name : nil }
    func version(ofToken token: Address) -> String? { token == self.token ? version : nil }

    func balance(of account: Address, token: Address) -> UInt256? {
        token == self.token ? balances[account] ?? .zero : nil
    }

    func authorizationState(of authorizer: Address, nonce: Hash, token: Address) -> Bool? {
        token == self.token && hasTransfers ? usedNonces.contains(nonce) : nil
    }

    func hasCode(at account: Address) -> Bool {
        account == token ? hasToken : wallets[account] != nil
    }

    func accepts(_ signature: WalletSignature, of digest: Hash, by account: Address) -> Bool {
        signature.deployment == nil ? wallets[account] ?? false : deployedWallet ?? false
    }
}

extension FakeChain {
    /// The state of a shared vector.
    init(vector state: JSON) throws {
        self.init(token: try Address(hex: try #require(state.at("contracts", "token").string)))
        let fields = state.at("token")
        hasToken = fields["missing"]?.bool != true
        hasTransfers = fields["eip3009"]?.bool ?? true
        name = fields["name"]?.string
        version = fields["version"]?.string
        for entry in fields["balances"]?.object?.entries ?? [] {
            let balance = try UInt256(decimal: try #require(entry.value.string))
            balances[try Address(hex: entry.key)] = balance
        }
        for used in fields["usedAuthorizations"]?.array ?? [] {
            let nonce = used.string ?? used[1]?.string
            usedNonces.insert(try Hash(hex: try #require(nonce)))
        }
        for entry in state["accountsWithCode"]?.object?.entries ?? [] {
            let accepts = entry.value["erc1271"]?.string == "accept"
            if entry.key == "counterfactual" {
                deployedWallet = accepts
            } else {
                wallets[try Address(hex: entry.key)] = accepts
            }
        }
    }
}
