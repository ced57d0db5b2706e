internal import Attestation
internal import EVM
internal import Payments
internal import Primitives
internal import Registry

extension Genesis {
    /// Chains where money is real, by their ids: Ethereum, OP, Flare, Cronos, BNB, Gnosis,
    /// Unichain, Polygon, Sonic, X Layer, opBNB, zkSync, World, HyperEVM, Polygon zkEVM, Base,
    /// Mode, Arbitrum, Celo, Avalanche, Ink, Linea, Berachain, Blast, Scroll, Zora.
    static let productionChains: Set<UInt64> = [
        1, 10, 14, 25, 56, 100, 130, 137, 146, 196, 204, 324, 480, 999, 1101, 8453, 34_443, 42_161,
        42_220, 43_114, 57_073, 59_144, 80_094, 81_457, 534_352, 7_777_777,
    ]

    /// Refuses a development root among those that a production chain would trust.
    func checkRoots() throws(GenesisError) {
        guard config.hasNatives, Genesis.productionChains.contains(config.chainID),
            let trust = allocations.first(where: { $0.address == NativeAddress.trust })
        else { return }
        for family in TrustAnchors.Family.allCases {
            let roots = TrustRoot.all(family: family.rawValue) { slot in
                trust.storage.first { $0.key == slot }?.value ?? .zero
            }
            if let root = roots.first(where: \.isDevelopment) {
                throw .developmentRoot(chainID: config.chainID, root.hash)
            }
        }
    }
}
