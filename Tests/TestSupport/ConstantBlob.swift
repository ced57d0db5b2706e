internal import Primitives

/// A blob whose numbers are all one. Its polynomial is the constant 1, so its commitment is the
/// generator of G1, and every proof is the point at infinity.
public enum ConstantBlob {
    public static let bytes = (0..<4096).flatMap { _ in
        [UInt8](repeating: 0, count: 31) + [1]
    }

    /// The generator, compressed: EIP-2537 gives its coordinates.
    public static func commitment() throws -> [UInt8] {
        try Hex.decode(
            "97f1d3a73197d7942695638c4fa9ac0fc3688c4f9774b905a14e3a3f171bac58"
                + "6c55e83ff97a1aeffb3af00adb22c6bb")
    }

    public static let proof = [0xc0] + [UInt8](repeating: 0, count: 47)
}
