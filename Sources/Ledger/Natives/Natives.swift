public import EVM

/// The chain's own precompiles.
public enum Natives {
    /// All of them, for a chain with these settings.
    ///
    /// - Parameter models: where registrations, inferences and proofs find their graphs.
    public static func all(
        config: ChainConfig, models: any ModelSource = NoModels()
    ) -> [NativePrecompile] {
        guard config.hasNatives else { return [] }
        let verifier = VerifierNative(models: models)
        return [
            RegistryNative.precompile(models: models), verifier.precompile(),
            SettlementNative(token: config.token, verifier: verifier).precompile(),
            UsageNative.precompile,
            TrustNative(verifier: verifier).precompile(),
            InferenceNative(models: models).precompile(), InferenceHubNative.precompile,
            TEEVerifierNative.precompile,
        ]
    }
}
