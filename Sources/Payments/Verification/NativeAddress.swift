public import Primitives

/// Where the chain's own precompiles stand.
public enum NativeAddress {
    public static let registry = native(1)
    public static let verifier = native(2)
    public static let settlement = native(3)
    public static let usage = native(4)

    /// `0x00000000000000000000000000000000A55A000n`.
    private static func native(_ index: UInt64) -> Address {
        Address(truncating: UInt256(0xa55a_0000 | index))
    }
}
