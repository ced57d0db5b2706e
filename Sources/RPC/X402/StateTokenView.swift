internal import Codec
internal import EVM
internal import Ledger
internal import Node
internal import Payments
internal import Primitives

/// What a payment verifier asks of the chain, answered from the state after one block by calls
/// that leave nothing behind.
struct StateTokenView: TokenView {
    let node: Node
    let header: Header

    /// The longest text a token may have as its name or version.
    private static let textBytesMax = PaymentLimits.tokenTextBytesMax
    private static let gas: UInt64 = 10_000_000

    init(node: Node) {
        self.node = node
        header = node.head.header
    }

    private func call(_ input: [UInt8], _ target: Address) -> [UInt8]? {
        let simulation = Simulation(node: node, header: header)
        let request = CallRequest(from: .zero, to: target, input: input)
        guard let outcome = try? simulation.run(request, gas: Self.gas), outcome.isSuccess else {
            return nil
        }
        return outcome.output
    }

    private func word(_ input: [UInt8], _ target: Address) -> UInt256? {
        guard let output = call(input, target), output.count >= 32 else { return nil }
        return UInt256(bigEndian: output[0..<32])
    }

    private func text(_ input: [UInt8], _ target: Address) -> String? {
        guard let output = call(input, target) else { return nil }
        var reader = ABIReader(output)
        return try? reader.readString(max: Self.textBytesMax)
    }

    func name(ofToken token: Address) -> String? { text(TokenCall.name, token) }

    func version(ofToken token: Address) -> String? { text(TokenCall.version, token) }

    func balance(of account: Address, token: Address) -> UInt256? {
        word(TokenCall.balance(of: account), token)
    }

    func authorizationState(of authorizer: Address, nonce: Hash, token: Address) -> Bool? {
        guard let word = word(TokenCall.authorizationState(of: authorizer, nonce: nonce), token)
        else { return nil }
        return word.isZero ? false : word == 1 ? true : nil
    }

    func hasCode(at account: Address) -> Bool {
        let state = node.state(of: header)
        return state.account(account).map { !state.code($0.codeHash).isEmpty } ?? false
    }

    /// EIP-1271 for wallets that are there; those that are not yet (EIP-6492) are refused, since
    /// this facilitator deploys none.
    func accepts(
        _ signature: WalletSignature, of digest: Hash, by account: Address
    ) -> Bool {
        guard signature.deployment == nil || hasCode(at: account) else { return false }
        var writer = ABIWriter()
        writer.write(digest)
        writer.writeBytes(signature.inner)
        let magic = UInt256(0x1626_ba7e) << 224
        return word([0x16, 0x26, 0xba, 0x7e] + writer.encoded, account) == magic
    }

    /// The EIP-712 domain's name and version of a token.
    func domain(of token: Address) -> (name: String, version: String)? {
        guard let name = name(ofToken: token), let version = version(ofToken: token) else {
            return nil
        }
        return (name, version)
    }
}
