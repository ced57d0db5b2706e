/// Every limit of proofs, in one place.
public enum ProofLimits {
    /// Security that parameters must prove, in bits.
    public static let securityBits = 100
    /// Stacks that one opening covers.
    public static let stackCountMax = 8
    /// Elements of a row of a stack, as a power of two.
    public static let logColumnsMax = 14
    /// Rows of a stack, as a power of two.
    public static let logRowsMax = 22
    /// Points of a code's domain for each coefficient, as a power of two: from 1.
    public static let logBlowupMax = 6
    public static let queryCountMax = 512
    /// Zeros that the hash of a nonce must have.
    public static let workBitsMax = 24
    /// Variables that one fold binds.
    public static let foldLogMax = 6
    /// Elements of the last vector, as a power of two.
    public static let clearLogMax = 12
}
