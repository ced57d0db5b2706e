/// The quadratic field Fp2 that carries a tower Fp2 ⊂ Fp6 ⊂ Fp12 with w⁶ = ξ, for a pairing.
package protocol TowerField: CurveField {
    /// The prime field below.
    associatedtype Prime: Equatable, Sendable

    /// ξ, neither a square nor a cube.
    static var residue: Self { get }
    /// ξ^(i(p-1)/6) for i in 0...5: what the p-th power does to wⁱ.
    static var frobeniusFactors: [Self] { get }
    /// ξ^(i(p²-1)/6) for i in 0...5, which are in Fp: what the p²-th power does to wⁱ.
    static var frobeniusSquaredFactors: [Prime] { get }

    /// The conjugate, which is also the p-th power.
    var conjugate: Self { get }
    /// The product with ξ.
    var timesResidue: Self { get }
    static func * (left: Self, right: Prime) -> Self
}
