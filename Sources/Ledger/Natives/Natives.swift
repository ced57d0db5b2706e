public import EVM

/// The chain's own precompiles.
public enum Natives {
    /// All of them, for a chain with these settings.
    public static func all(config: ChainConfig) -> [NativePrecompile] {
        guard config.hasNatives else { return [] }
        return [
            RegistryNative.precompile, VerifierNative.precompile,
            SettlementNative(token: config.token).precompile(), UsageNative.precompile,
        ]
    }
}
