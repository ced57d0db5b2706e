/// A linear functional on a stack, as the sum of runs of coefficients.
///
/// A prover writes it out; a verifier takes its multilinear extension at a point without that: runs
/// of the same coefficients that begin at equal places modulo a power of two share the work, so
/// that a site costs one product a row whatever its columns.
package final class Functional {
    /// Coefficients `factor · source[from ..< from + count]` from a position on.
    private struct Run {
        let factor: Extension
        let source: ExtensionBuffer
        let from: Int
        let count: Int
        let position: Int
    }

    /// Elements of the stack, as a power of two.
    let logSize: Int
    private var runs: [Run] = []
    /// Equal coefficients.
    private var constants: [(value: Extension, range: Range<Int>)] = []
    private var singles: [(value: Extension, position: Int)] = []
    /// Coefficients `factor · source[i]` at `positions[i]`, negative ones left out.
    private var scatters: [(factor: Extension, source: ExtensionBuffer, positions: [Int32])] = []

    init(logSize: Int) { self.logSize = logSize }

    func add(
        _ factor: Extension, times source: ExtensionBuffer, from: Int = 0, count: Int,
        at position: Int
    ) {
        precondition(position >= 0 && position + count <= 1 << logSize, "the run is in the stack")
        precondition(from >= 0 && from + count <= source.count, "the coefficients are there")
        runs.append(
            Run(factor: factor, source: source, from: from, count: count, position: position))
    }

    func add(_ value: Extension, to range: Range<Int>) {
        precondition(range.upperBound <= 1 << logSize, "the range is in the stack")
        constants.append((value, range))
    }

    func add(_ value: Extension, at position: Int) { singles.append((value, position)) }

    func add(_ factor: Extension, times source: ExtensionBuffer, at positions: [Int32]) {
        precondition(positions.count <= source.count, "the coefficients are there")
        scatters.append((factor, source, positions))
    }

    // MARK: The prover's side

    /// All coefficients.
    package func coefficients() -> ExtensionBuffer {
        let buffer = ExtensionBuffer(count: 1 << logSize)
        for run in runs {
            buffer.add(
                run.factor, times: run.source, from: run.from, count: run.count, at: run.position)
        }
        for constant in constants { buffer.add(constant.value, to: constant.range) }
        for single in singles { buffer[single.position] += single.value }
        for scatter in scatters {
            for (index, position) in scatter.positions.enumerated() where position >= 0 {
                buffer[Int(position)] += scatter.factor * scatter.source[index]
            }
        }
        return buffer
    }

    // MARK: The verifier's side

    /// The multilinear extension at a point, lowest coordinate first.
    func value(at point: [Extension]) -> Extension {
        precondition(point.count == logSize, "the point has the stack's variables")
        var sum = Extension.zero
        var tables: [Int: (low: ExtensionBuffer, high: BlockTable)] = [:]
        for group in groups() {
            let log = group.log
            let own =
                tables[log]
                ?? (
                    ExtensionBuffer.eq(Array(point[..<log])),
                    BlockTable(
                        Array(point[log...]), isWhole: logSize - log <= Functional.wholeLog)
                )
            tables[log] = own
            sum += value(of: group, low: own.low, high: own.high)
        }
        for constant in constants {
            let mass =
                RowPoint.mass(point[...], count: constant.range.upperBound)
                - RowPoint.mass(point[...], count: constant.range.lowerBound)
            sum += constant.value * mass
        }
        return sum + singlesValue(at: point)
    }

    private func singlesValue(at point: [Extension]) -> Extension {
        let count = scatters.reduce(singles.count) { $0 + $1.positions.count }
        guard count > 0 else { return .zero }
        let table = BlockTable(point, isWhole: count << Functional.tableLog > 1 << logSize)
        var sum = Extension.zero
        for single in singles { sum += single.value * table[single.position] }
        for scatter in scatters {
            let values = ExtensionBuffer(count: scatter.positions.count)
            for (index, position) in scatter.positions.enumerated() where position >= 0 {
                values[index] = table[Int(position)]
            }
            sum += scatter.factor * values.dot(scatter.source)
        }
        return sum
    }

    private static let tableLog = 4

    /// Runs with the same coefficients and the same place within blocks of `2^log`.
    private struct Group {
        let log: Int
        var runs: [Run]
    }

    /// A run's blocks: at least 32 of them, as columns are laid out.
    static func blockLog(_ count: Int) -> Int {
        max(0, Int.bitWidth - 1 - count.leadingZeroBitCount - 5)
    }

    private func groups() -> [Group] {
        var groups: [Group] = []
        var places: [RunKey: Int] = [:]
        for run in runs {
            let log = Functional.blockLog(run.count)
            let key = RunKey(
                source: ObjectIdentifier(run.source), from: run.from, count: run.count,
                offset: run.position & (1 << log - 1))
            if let place = places[key] {
                groups[place].runs.append(run)
            } else {
                places[key] = groups.count
                groups.append(Group(log: log, runs: [run]))
            }
        }
        return groups
    }

    private struct RunKey: Hashable {
        let source: ObjectIdentifier
        let from: Int
        let count: Int
        let offset: Int
    }

    private func value(
        of group: Group, low: ExtensionBuffer, high: BlockTable
    ) -> Extension {
        let first = group.runs[0]
        let log = group.log
        // The sums of the coefficients over each block that a run touches.
        var sums: [Extension] = []
        var done = 0
        var offset = first.position & (1 << log - 1)
        while done < first.count {
            let count = min(1 << log - offset, first.count - done)
            sums.append(first.source.dot(from: first.from + done, low, from: offset, count: count))
            done += count
            offset = 0
        }
        let blocks = ExtensionBuffer(sums)
        return group.runs.reduce(Extension.zero) {
            $0 + $1.factor * high.dot(blocks, from: $1.position >> log)
        }
    }

    /// Tables of so many variables are written out.
    private static let wholeLog = 12
}

/// Values of `eq(point, ·)`: all of them, or a product each.
private struct BlockTable {
    private let low: ExtensionBuffer
    private let high: ExtensionBuffer?
    private let split: Int

    init(_ point: [Extension], isWhole: Bool) {
        split = isWhole ? point.count : (point.count + 1) / 2
        low = ExtensionBuffer.eq(Array(point[..<split]))
        high = isWhole ? nil : ExtensionBuffer.eq(Array(point[split...]))
    }

    subscript(index: Int) -> Extension {
        guard let high else { return low[index] }
        return low[index & (1 << split - 1)] * high[index >> split]
    }

    /// Σ values[i] · table[start + i].
    func dot(_ values: ExtensionBuffer, from start: Int) -> Extension {
        guard high != nil else {
            return values.dot(from: 0, low, from: start, count: values.count)
        }
        return (0..<values.count).reduce(Extension.zero) { $0 + values[$1] * self[start + $1] }
    }
}
