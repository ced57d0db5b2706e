/// The challenges of the look-ups: where fractions are taken, and how tuples become one element.
///
/// The fingerprint of a tuple is t₁ + γ·t₂ + γ²·t₃ + γ³·tag. The first value has no factor, so a
/// look-up of one value, the commonest, costs the prover no product.
public struct RowChallenges: Sendable, Hashable {
    public let alpha: Extension
    /// What a tuple's values are multiplied by: 1, γ, γ².
    public let weights: [Extension]
    /// γ³.
    public let tagWeight: Extension

    public init(alpha: Extension, gamma: Extension) {
        self.alpha = alpha
        let square = gamma * gamma
        weights = [.one, gamma, square]
        tagWeight = square * gamma
    }

    /// Draws α and γ; everything that is looked up has been absorbed before.
    public init(_ transcript: inout Transcript) {
        self.init(
            alpha: transcript.challenge("look-up alpha"),
            gamma: transcript.challenge("look-up gamma"))
    }

    public var gamma: Extension { weights[1] }

    /// α − fingerprint, for up to three values.
    public func denominator(_ tag: UInt32, _ tuple: [Extension]) -> Extension {
        let start = alpha - tagWeight.scaled(by: BabyBear(tag))
        return zip(tuple, weights).reduce(start) { $0 - $1.0 * $1.1 }
    }
}
