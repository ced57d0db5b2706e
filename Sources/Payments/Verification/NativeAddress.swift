public import Primitives

/// Where the chain's own precompiles stand.
public enum NativeAddress {
    public static let registry = native(1)
    public static let verifier = native(2)
    public static let settlement = native(3)
    public static let usage = native(4)
    public static let trust = native(5)
    /// OpenGradient's inference precompile.
    public static let inference = Address(truncating: 0xf4)
    /// OpenGradient's attestation precompile.
    public static let teeVerifier = Address(truncating: 0x900)
    /// OpenGradient's `InferenceHub`, `0x8383C9bD7462F12Eb996DD02F78234C0421A6FaE`.
    public static let inferenceHub = Address(
        truncating: UInt256(limbs: 0xf782_34c0_421a_6fae, 0x7462_f12e_b996_dd02, 0x8383_c9bd, 0))

    /// `0x00000000000000000000000000000000A55A000n`.
    private static func native(_ index: UInt64) -> Address {
        Address(truncating: UInt256(0xa55a_0000 | index))
    }
}
