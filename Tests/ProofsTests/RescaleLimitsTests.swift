import Inference
import Primitives
import Testing

@testable import Proofs

/// What a rescaling may be, against all that it could be.
@Suite struct RescaleLimitsTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let interval: ClosedRange<Int64>
        let shift: Int
        let low: Int32
        let high: Int32
        let cuts: (above: Bool, below: Bool)
        /// Sign, offset and bits of each check.
        let checks: [[Int64]]

        var testDescription: String { "\(interval) >> \(shift) in \(low)...\(high)" }
    }

    static let cases: [Case] = [
        Case(
            interval: -20...27, shift: 2, low: -8, high: 7, cuts: (false, false),
            checks: [[1, 5, 4]]),
        Case(
            interval: 6...6, shift: 2, low: 0, high: 7, cuts: (false, false), checks: [[1, -2, 0]]),
        Case(
            interval: -9...60, shift: 2, low: -8, high: 4, cuts: (true, false),
            checks: [[-1, 4, 3]]),
        Case(
            interval: 40...60, shift: 2, low: -8, high: 4, cuts: (true, false),
            checks: [[-1, 4, 0]]),
        Case(
            interval: -60...9, shift: 3, low: -2, high: 9, cuts: (false, true),
            checks: [[1, 2, 2]]),
        Case(
            interval: -60 ... -40, shift: 3, low: -2, high: 9, cuts: (false, true),
            checks: [[1, 2, 0]]),
        Case(
            interval: -60...60, shift: 1, low: -4, high: 3, cuts: (true, true),
            checks: [[1, 4, 3]]),
        Case(
            interval: -60...60, shift: 1, low: -3, high: 6, cuts: (true, true),
            checks: [[1, 3, 4], [-1, 6, 4]]),
        Case(
            interval: -60...60, shift: 2, low: 5, high: 5, cuts: (true, true),
            checks: [[1, -5, 0]]),
    ]

    private func limits(_ own: Case) -> RescaleLimits {
        RescaleLimits(
            [own.interval], shifts: [own.shift],
            Requantisation(shifts: [UInt8(own.shift)], low: own.low, high: own.high))
    }

    @Test(arguments: cases)
    func knowsWhatLimitsCut(_ own: Case) {
        let limits = limits(own)
        #expect(limits.cutsAbove == own.cuts.above)
        #expect(limits.cutsBelow == own.cuts.below)
        #expect(limits.valueChecks.map { [$0.sign, $0.offset, Int64($0.bits)] } == own.checks)
        #expect(limits.isUnique)
    }

    /// Every row that passes the checks and the constraints has the value that rescaling gives: all
    /// remainders, values and cuts are tried.
    @Test(arguments: cases)
    func onlyTheRightValuePasses(_ own: Case) {
        let limits = limits(own)
        let scale = Int64(1) << Int64(own.shift)
        let (low, high) = (Int64(own.low), Int64(own.high))
        var found: [Int64: Set<Int64>] = [:]
        let cutMax = Int64(1) << Int64(limits.cutBits[0]) - 1
        for value in Int64(-80)...80 {
            let passes = limits.valueChecks.allSatisfy {
                (0..<Int64(1) << Int64($0.bits)).contains($0.sign * value + $0.offset)
            }
            guard passes else { continue }
            for above in 0...(limits.cutsAbove && value == high ? cutMax : 0) {
                for below in 0...(limits.cutsBelow && value == low ? cutMax - above : 0) {
                    for remainder in 0..<scale {
                        let sum = remainder + scale * (value + above - below) - scale / 2
                        found[sum, default: []].insert(value)
                    }
                }
            }
        }
        for sum in own.interval {
            let right = Requantisation.apply(
                Int32(sum), shift: UInt8(own.shift), low: own.low, high: own.high)
            #expect(found[sum] == [Int64(right)], "\(sum)")
        }
    }

    @Test func channelsHaveCutsOfTheirOwn() {
        let limits = RescaleLimits(
            [-100...100, -1000...50, 0...7], shifts: [1, 3, 2],
            Requantisation(shifts: [1, 3, 2], low: -10, high: 10))
        #expect(limits.cutsAbove && limits.cutsBelow && limits.isUnique)
        // Heads -50...50, -125...6 and 0...2.
        #expect(limits.cutBits == [6, 7, 0])
    }

    /// Cut-off numbers so large that two rows could stand for one element of the field.
    @Test(
        arguments: [
            ((1 << 29) - 1, 1, -128, 127, true), ((1 << 29) - 1, 8, -32768, 32767, true),
            // Heads of ±128 leave cuts of up to 255 on both sides: 638 · 2²² is more than p.
            ((1 << 29) - 1, 22, 0, 127, false), ((1 << 28) - 1, 22, 0, 127, true),
        ] as [(most: Int64, shift: Int, low: Int32, high: Int32, isUnique: Bool)])
    func refusesWhatCouldWrap(
        _ row: (most: Int64, shift: Int, low: Int32, high: Int32, isUnique: Bool)
    ) {
        let limits = RescaleLimits(
            [-row.most...row.most], shifts: [row.shift],
            Requantisation(shifts: [UInt8(row.shift)], low: row.low, high: row.high))
        #expect(limits.isUnique == row.isUnique)
    }
}
