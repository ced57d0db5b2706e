/// Every bound of the machine, in one place.
public enum Limits {
    /// Words on one frame's stack.
    public static let stackWords = 1024
    /// The deepest frame; the outermost has depth 0.
    public static let callDepth = 1024
    /// Bytes of deployed code (EIP-170).
    public static let codeBytes = 24_576
    /// Bytes of init code (EIP-3860).
    public static let initcodeBytes = 49_152
    /// Bytes of memory over all live frames. Growing past it counts as out of gas; its price is
    /// above 10¹³ gas, so no block reaches it.
    public static let memoryBytes = 1 << 32
    /// Bytes of analysed code that a cache keeps.
    public static let cachedCodeBytes = 64 << 20
    /// Bytes of each length-prefixed MODEXP operand (EIP-7823; older revisions pay by formula).
    public static let modexpOperandBytes = 1024
    /// Native precompiles nested through calls back into EVM code. Each level holds native stack.
    public static let nativeDepth = 64
}
