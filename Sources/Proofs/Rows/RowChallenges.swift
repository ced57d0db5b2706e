/// The challenges of the look-ups: where fractions are taken, and how tuples become one element.
///
/// The fingerprint of a tuple is tag + γ·t₁ + γ²·t₂ + γ³·t₃.
public struct RowChallenges: Sendable, Hashable {
    public let alpha: Extension
    /// γ, γ², γ³.
    public let gammas: [Extension]

    public init(alpha: Extension, gamma: Extension) {
        self.alpha = alpha
        let square = gamma * gamma
        gammas = [gamma, square, square * gamma]
    }

    /// Draws α and γ; everything that is looked up has been absorbed before.
    public init(_ transcript: inout Transcript) {
        self.init(
            alpha: transcript.challenge("look-up alpha"),
            gamma: transcript.challenge("look-up gamma"))
    }

    public var gamma: Extension { gammas[0] }

    /// α − fingerprint, for one to three values.
    public func denominator(_ tag: UInt32, _ tuple: [Extension]) -> Extension {
        zip(tuple, gammas).reduce(alpha - Extension(BabyBear(tag))) { $0 - $1.0 * $1.1 }
    }
}
