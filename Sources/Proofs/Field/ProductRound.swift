internal import CKernels
public import Inference

/// The prover's message in one round of a sumcheck over Σ a[i] · b[i].
///
/// With the lowest variable left free the sum is s(X) = Σ_i a_i(X) · b_i(X) over pairs, of degree
/// two. The claim is s(0) + s(1), so that two numbers fix it.
public struct ProductRound: Sendable, Equatable {
    /// s(0) = Σ a[2i] · b[2i].
    public var atZero: Extension
    /// The coefficient of X²: Σ (a[2i + 1] − a[2i]) · (b[2i + 1] − b[2i]).
    public var atInfinity: Extension

    public init(atZero: Extension, atInfinity: Extension) {
        self.atZero = atZero
        self.atInfinity = atInfinity
    }

    public static let zero = ProductRound(atZero: .zero, atInfinity: .zero)

    public static func + (left: ProductRound, right: ProductRound) -> ProductRound {
        ProductRound(
            atZero: left.atZero + right.atZero, atInfinity: left.atInfinity + right.atInfinity)
    }

    public static func += (left: inout ProductRound, right: ProductRound) { left = left + right }

    /// s(r), given that s(0) + s(1) is the claim.
    public func value(at r: Extension, claim: Extension) -> Extension {
        // s(1) = claim − s(0), so the linear coefficient is claim − 2 s(0) − s(∞).
        let linear = claim - atZero - atZero - atInfinity
        return atZero + r * (linear + r * atInfinity)
    }
}

extension ExtensionBuffer {
    /// The message for Σ self[i] · other[i] with the lowest variable free.
    ///
    /// Elements behind a count are zeros. Only the pairs of `range` are summed (all when nil); add
    /// the parts of several workers.
    public func productRound(
        _ other: ExtensionBuffer, pairs range: Range<Int>? = nil, level: KernelLevel = .best
    ) -> ProductRound {
        let count = min(self.count, other.count)
        let range = range ?? 0..<(max(self.count, other.count) + 1) / 2
        precondition(0 <= range.lowerBound, "pairs exist")
        guard level == .swift else {
            let pairs = wholePairs(range, count)
            return unsafe ProductRound { out in
                unsafe assay_extension_round(
                    level.rawValue, words, other.words, pairs.lowerBound, pairs.upperBound, out)
            }
        }
        var round = ProductRound.zero
        for pair in range where 2 * pair < count {
            let (low, high) = self.pair(pair)
            let (otherLow, otherHigh) = other.pair(pair)
            round.atZero += low * otherLow
            round.atInfinity += (high - low) * (otherHigh - otherLow)
        }
        return round
    }

    /// Binds the lowest variable of both factors to r and gives the message of the next round.
    ///
    /// `pairs` are those of the *next* round: four elements of each factor that become two. Outputs
    /// are written for these pairs only.
    public func foldThenRound(
        _ other: ExtensionBuffer, by r: Extension, into out: ExtensionBuffer,
        _ otherOut: ExtensionBuffer, pairs range: Range<Int>? = nil, level: KernelLevel = .best
    ) -> ProductRound {
        precondition(count == other.count, "both factors have one size")
        precondition(out.count == (count + 1) / 2, "the outputs have half the size")
        precondition(otherOut.count == out.count, "the outputs have half the size")
        let range = range ?? 0..<(out.count + 1) / 2
        precondition(0 <= range.lowerBound, "pairs exist")
        guard level == .swift else {
            let pairs = wholePairs(range, out.count)
            return unsafe r.withWords { r in
                unsafe ProductRound { sums in
                    unsafe assay_extension_fold_round(
                        level.rawValue, r, words, other.words, pairs.lowerBound,
                        pairs.upperBound, out.words, otherOut.words, sums)
                }
            }
        }
        let outputs = 2 * range.lowerBound..<min(2 * range.upperBound, out.count)
        foldLow(by: r, into: out, range: outputs, level: level)
        other.foldLow(by: r, into: otherOut, range: outputs, level: level)
        return out.productRound(otherOut, pairs: range, level: level)
    }

    /// Elements of a pair, zeros behind the count.
    fileprivate func pair(_ index: Int) -> (low: Extension, high: Extension) {
        (
            2 * index < count ? self[2 * index] : .zero,
            2 * index + 1 < count ? self[2 * index + 1] : .zero
        )
    }
}

extension FieldBuffer {
    /// The message for Σ self[i] · other[i] with the lowest variable free.
    ///
    /// Elements behind a count are zeros. Only the pairs of `range` are summed (all when nil); add
    /// the parts of several workers.
    public func productRound(
        _ other: ExtensionBuffer, pairs range: Range<Int>? = nil, level: KernelLevel = .best
    ) -> ProductRound {
        let count = min(self.count, other.count)
        let range = range ?? 0..<(max(self.count, other.count) + 1) / 2
        precondition(0 <= range.lowerBound, "pairs exist")
        guard level == .swift else {
            let pairs = wholePairs(range, count)
            return unsafe ProductRound { out in
                unsafe assay_field_round(
                    level.rawValue, words, other.words, pairs.lowerBound, pairs.upperBound, out)
            }
        }
        var round = ProductRound.zero
        for pair in range where 2 * pair < count {
            let low = self[2 * pair]
            let high = 2 * pair + 1 < self.count ? self[2 * pair + 1] : .zero
            let (otherLow, otherHigh) = other.pair(pair)
            round.atZero += otherLow.scaled(by: low)
            round.atInfinity += (otherHigh - otherLow).scaled(by: high - low)
        }
        return round
    }
}

/// The pairs of a range that lie below a count of elements, the last ones filled up to a whole
/// block: zeros lie behind a count, and whole vectors are faster.
private func wholePairs(_ range: Range<Int>, _ count: Int) -> Range<Int> {
    let needed = (count + 1) / 2
    guard range.upperBound >= needed else { return range }
    let upper = (count + 15) / 16 * 8
    return min(range.lowerBound, upper)..<upper
}

extension ProductRound {
    /// The round that a kernel writes as twelve words.
    fileprivate init(_ fill: (UnsafeMutablePointer<UInt32>) -> Void) {
        self = .zero
        unsafe withUnsafeTemporaryAllocation(of: UInt32.self, capacity: 2 * Extension.degree) {
            guard let words = $0.baseAddress else { return }
            unsafe fill(words)
            for limb in 0..<Extension.degree {
                unsafe atZero[limb] = BabyBear(montgomery: words[limb])
                unsafe atInfinity[limb] = BabyBear(montgomery: words[Extension.degree + limb])
            }
        }
    }
}
