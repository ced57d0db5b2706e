/// Bounds of what native precompiles read from calldata.
public enum NativeLimits {
    /// The longest output that a settlement may show.
    public static let outputBytesMax = 16 << 10
    /// The longest evidence of one kind: a proof of 256 KiB with its input and output.
    public static let evidenceBytesMax = 320 << 10
    /// The longest policy.
    public static let policyBytesMax = 512
    /// The longest reason of a change in the registry.
    public static let reasonBytesMax = 256
}
