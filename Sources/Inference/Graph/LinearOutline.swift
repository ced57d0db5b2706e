/// A linear layer without its weights: for each output the bias and the sums of the negative and
/// of the positive weights, from which all intervals follow.
///
/// A layer with one weight an output is known from these numbers.
public struct LinearOutline: Sendable, Hashable {
    public let innerCount: Int
    public let bias: [Int32]
    /// At most 2²⁸ · 2⁷ in magnitude.
    public let negativeSums: [Int64]
    public let positiveSums: [Int64]

    static let bytesPerOutput = 20

    public var outputCount: Int { bias.count }

    init(innerCount: Int, bias: [Int32], negativeSums: [Int64], positiveSums: [Int64]) {
        self.innerCount = innerCount
        self.bias = bias
        self.negativeSums = negativeSums
        self.positiveSums = positiveSums
    }

    public init(_ linear: IntegerLinear) {
        let inner = linear.innerCount
        var negativeSums: [Int64] = []
        var positiveSums: [Int64] = []
        for output in linear.bias.indices {
            var negative: Int64 = 0
            var positive: Int64 = 0
            for index in output * inner..<(output + 1) * inner {
                let weight = Int64(linear.weights[index])
                negative &+= min(weight, 0)
                positive &+= max(weight, 0)
            }
            negativeSums.append(negative)
            positiveSums.append(positive)
        }
        self.init(
            innerCount: inner, bias: linear.bias, negativeSums: negativeSums,
            positiveSums: positiveSums)
    }

    /// Whether some eight-bit weights have these sums.
    var isConsistent: Bool {
        guard (1...InferenceLimits.standard.bytesMax).contains(innerCount), !bias.isEmpty,
            outputCount <= InferenceLimits.standard.bytesMax / innerCount
        else { return false }
        let inner = Int64(innerCount)
        return bias.indices.allSatisfy { output in
            let (negative, positive) = (negativeSums[output], positiveSums[output])
            guard (-128 * inner...0).contains(negative), (0...127 * inner).contains(positive) else {
                return false
            }
            // Each weight counts on one side only.
            let negativeCount = (-negative + 127) / 128
            return negativeCount + (positive + 126) / 127 <= inner
        }
    }

    /// The layer itself, where each output has one weight.
    public var whole: IntegerLinear? {
        guard innerCount == 1 else { return nil }
        return IntegerLinear(
            weights: bias.indices.map { Int8(negativeSums[$0] + positiveSums[$0]) }, bias: bias)
    }

    /// The exact range of each output's accumulator when every input lies in `interval`.
    public func accumulatorIntervals(
        over interval: ClosedRange<Int64>
    ) -> [ClosedRange<Int64>] {
        bias.indices.map { output in
            let (negative, positive) = (negativeSums[output], positiveSums[output])
            let low = positive * interval.lowerBound + negative * interval.upperBound
            let high = positive * interval.upperBound + negative * interval.lowerBound
            return low + Int64(bias[output])...high + Int64(bias[output])
        }
    }
}
