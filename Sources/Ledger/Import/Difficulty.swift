internal import EVM
internal import Primitives

/// The difficulty that a proof-of-work block must state. The work itself is not checked.
///
/// Source: Yellow Paper 4.3.4; EIP-2, EIP-100, and the delays of the bomb.
enum Difficulty {
    private static let minimum = UInt256(131_072)

    static func next(
        after parent: Header, timestamp: UInt64, revision: Revision, config: ChainConfig
    ) -> UInt256 {
        let step = parent.difficulty / 2048
        let base: UInt256
        if revision < .homestead {
            base =
                timestamp < parent.timestamp + 13
                ? parent.difficulty + step : subtract(step, from: parent.difficulty)
        } else {
            base = adjusted(parent, timestamp: timestamp, step: step, revision: revision)
        }
        let number = parent.number + 1
        let delay = config.bombDelays.last { $0.number <= number }?.delay ?? 0
        let periods = (number > delay ? number - delay : 0) / 100_000
        guard periods > 1 else { return max(base, minimum) }
        return max(base, minimum) + (UInt256.one << Int(clamping: periods - 2))
    }

    private static func adjusted(
        _ parent: Header, timestamp: UInt64, step: UInt256, revision: Revision
    ) -> UInt256 {
        let elapsed = Int64(clamping: timestamp - parent.timestamp)
        let factor: Int64
        if revision >= .byzantium {
            let uncles: Int64 = parent.unclesHash == Header.noUncles ? 1 : 2
            factor = max(uncles - elapsed / 9, -99)
        } else {
            factor = max(1 - elapsed / 10, -99)
        }
        let change = step * UInt256(factor.magnitude)
        return factor >= 0 ? parent.difficulty + change : subtract(change, from: parent.difficulty)
    }

    private static func subtract(_ change: UInt256, from difficulty: UInt256) -> UInt256 {
        change < difficulty ? max(difficulty - change, minimum) : minimum
    }
}
