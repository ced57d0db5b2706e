/// A chain as the protocol names it: `eip155:84532` in version 2, `base-sepolia` in version 1.
public struct X402Network: Sendable, Hashable {
    public let chainID: UInt64

    public init(chainID: UInt64) { self.chainID = chainID }

    /// The names of version 1, by the SDK's table. No other chain has one.
    /// - Source: SDK `x402` 2.25.0, `mechanisms/evm/v1/constants.py`.
    public static let v1Names: [(name: String, chainID: UInt64)] = [
        ("base", 8453), ("base-sepolia", 84532), ("ethereum", 1), ("polygon", 137),
        ("polygon-amoy", 80002), ("avalanche", 43114), ("avalanche-fuji", 43113),
        ("abstract", 2741), ("abstract-testnet", 11124), ("iotex", 4689), ("sei", 1329),
        ("sei-testnet", 1328), ("peaq", 3338), ("story", 1513), ("educhain", 656476),
        ("skale-base-sepolia", 1_444_673_419), ("megaeth", 4326), ("monad", 143),
        ("monad-testnet", 10143), ("stable", 988), ("stable-testnet", 2201), ("celo", 42220),
        ("flare", 14),
    ]

    /// Reads `eip155:` and a chain id in decimal (CAIP-2).
    public init(caip2 text: String) throws(X402Error) {
        let prefix = Array("eip155:".utf8)
        let digits = text.utf8.dropFirst(prefix.count)
        guard text.utf8.starts(with: prefix),
            let first = digits.first, digits.count == 1 || first != UInt8(ascii: "0"),
            digits.allSatisfy({ $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }),
            let chainID = UInt64(Substring(digits))
        else { throw .unknownNetwork(text) }
        self.init(chainID: chainID)
    }

    /// Reads a name of version 1.
    public init(v1Name text: String) throws(X402Error) {
        guard let row = X402Network.v1Names.first(where: { $0.name.isSame(as: text) }) else {
            throw .unknownNetwork(text)
        }
        self.init(chainID: row.chainID)
    }

    /// Reads the spelling of one version.
    public init(_ text: String, version: X402Version) throws(X402Error) {
        switch version {
        case .v1: try self.init(v1Name: text)
        case .v2: try self.init(caip2: text)
        }
    }

    /// `eip155:` and the chain id.
    public var caip2: String { "eip155:\(chainID)" }

    /// The name in version 1; nil where the chain has none.
    public var v1Name: String? {
        X402Network.v1Names.first { $0.chainID == chainID }?.name
    }
}
