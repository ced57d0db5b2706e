/// Bounds of what native precompiles read from calldata.
public enum NativeLimits {
    /// The longest output that a settlement may show.
    public static let outputBytesMax = 16 << 10
    /// The longest evidence of one kind: a proof of 256 KiB with its input and output.
    public static let evidenceBytesMax = 320 << 10
    /// The longest policy.
    public static let policyBytesMax = 512
    /// The longest attestation of a key, and the longest document among evidence.
    public static let attestationBytesMax = 32 << 10
    /// The longest collateral of a vendor as it is uploaded: PEM, JSON and revocation lists.
    public static let collateralBytesMax = 256 << 10
    /// The longest canonical form of it that the state keeps: as long as a contract may be
    /// (EIP-170).
    public static let collateralCodeBytesMax = 24_576
    /// What one run of a model may cost that the chain runs again for a settlement: at most about
    /// a tenth of a second.
    public static let reexecutionGasMax: UInt64 = 10_000_000
    /// The longest reason of a change in the registry.
    public static let reasonBytesMax = 256
}
