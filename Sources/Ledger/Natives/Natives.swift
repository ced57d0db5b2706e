public import EVM

/// The chain's own precompiles.
public enum Natives {
    /// All of them, for a chain with these settings.
    ///
    /// - Parameter models: where registrations and inferences find their graphs.
    public static func all(
        config: ChainConfig, models: any ModelSource = NoModels()
    ) -> [NativePrecompile] {
        guard config.hasNatives else { return [] }
        return [
            RegistryNative.precompile(models: models), VerifierNative.precompile,
            SettlementNative(token: config.token).precompile(), UsageNative.precompile,
            InferenceNative(models: models).precompile(), InferenceHubNative.precompile,
        ]
    }
}
