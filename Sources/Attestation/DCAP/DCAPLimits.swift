/// What DCAP evidence may cost its reader.
public enum DCAPLimits {
    public static let quoteBytesMax = 32 << 10
    /// TCB info and QE identity, each.
    public static let documentBytesMax = 16 << 10
    public static let issuerChainBytesMax = 8 << 10
    public static let crlBytesMax = 64 << 10
    public static let revokedSerialsMax = 4096
    /// TCB levels of a platform, of a module or of the quoting enclave, each.
    public static let levelsMax = 64
    public static let modulesMax = 16
    public static let advisoriesMax = 128
    public static let advisoryBytesMax = 64
    /// Collateral in the form that a chain keeps.
    public static let encodedBytesMax = 256 << 10
    static let jsonDepthMax = 8
    static let jsonItemsMax = 16_384
}
