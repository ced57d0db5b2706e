package import Primitives

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

    /// All coefficients; workers share by positions.
    package func coefficients(workers: some Workers = SerialWorkers()) -> ExtensionBuffer {
        let buffer = ExtensionBuffer(unwritten: 1 << logSize)
        let (runs, constants) = (runs, constants)
        workers.split(buffer.count, grain: Functional.elementsPerPiece) { range in
            // Written while it is in the cache.
            for start in stride(
                from: range.lowerBound, to: range.upperBound, by: Functional.elementsPerPiece)
            {
                let part = start..<min(start + Functional.elementsPerPiece, range.upperBound)
                buffer.clear(blocks: part.lowerBound / 16..<(part.upperBound + 15) / 16)
                for run in runs {
                    let own = (run.position..<run.position + run.count).clamped(to: part)
                    if own.isEmpty { continue }
                    buffer.add(
                        run.factor, times: run.source,
                        from: run.from + own.lowerBound - run.position, count: own.count,
                        at: own.lowerBound)
                }
                for constant in constants {
                    buffer.add(constant.value, to: constant.range.clamped(to: part))
                }
            }
        }
        for single in singles { buffer[single.position] += single.value }
        for scatter in scatters {
            let count = scatter.positions.count
            let products = ExtensionBuffer(count: count)
            products.add(scatter.factor, times: scatter.source, count: count)
            buffer.scatter(products, at: scatter.positions)
        }
        return buffer
    }

    private static let elementsPerPiece = 4096

    // MARK: The verifier's side

    /// The multilinear extension at a point, lowest coordinate first.
    func value(at point: [Extension]) -> Extension {
        precondition(point.count == logSize, "the point has the stack's variables")
        let whole = BlockTable(point[...])
        var tables: [Int: (low: ExtensionBuffer, high: BlockTable)] = [:]
        var sum = Extension.zero
        for group in groups() {
            let log = group.log
            let own =
                tables[log]
                ?? (
                    ExtensionBuffer.eq(Array(point[..<log])),
                    log == 0 ? whole : BlockTable(point[log...])
                )
            tables[log] = own
            sum += value(of: group, low: own.0, high: own.1)
        }
        if !constants.isEmpty {
            let prefixes = BlockSums(whole)
            for constant in constants {
                let mass =
                    prefixes.sum(below: constant.range.upperBound)
                    - prefixes.sum(below: constant.range.lowerBound)
                sum += constant.value * mass
            }
        }
        for single in singles { sum += single.value * whole[single.position] }
        for scatter in scatters {
            let values = whole.gathered(at: scatter.positions)
            sum += scatter.factor * values.dot(scatter.source, count: values.count)
        }
        return sum
    }

    /// Runs with the same coefficients and the same place within blocks of `2^log`.
    private struct Group {
        let log: Int
        /// The first of them.
        let run: Run
        var places: [(factor: Extension, position: Int)]
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
                groups[place].places.append((run.factor, run.position))
            } else {
                places[key] = groups.count
                groups.append(
                    Group(log: log, run: run, places: [(run.factor, run.position)]))
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
        let first = group.run
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
        var sum = Extension.zero
        for place in group.places {
            sum += place.factor * high.dot(blocks, from: place.position >> log)
        }
        return sum
    }
}

/// Values of `eq(point, ·)` as products of two tables: of the low coordinates and of the high ones.
private struct BlockTable {
    let low: ExtensionBuffer
    let high: ExtensionBuffer
    let split: Int

    init(_ point: ArraySlice<Extension>) {
        split = min(point.count, max(BlockTable.splitMin, (point.count + 1) / 2))
        low = ExtensionBuffer.eq(Array(point.prefix(split)))
        high = ExtensionBuffer.eq(Array(point.dropFirst(split)))
    }

    /// Short runs should seldom cross from one part into the next.
    private static let splitMin = 9

    subscript(index: Int) -> Extension {
        low[index & (1 << split - 1)] * high[index >> split]
    }

    /// Σ values[i] · table[start + i].
    func dot(_ values: ExtensionBuffer, from start: Int) -> Extension {
        var sum = Extension.zero
        var done = 0
        while done < values.count {
            let position = (start + done) & (1 << split - 1)
            let count = min(1 << split - position, values.count - done)
            sum +=
                high[(start + done) >> split]
                * values.dot(from: done, low, from: position, count: count)
            done += count
        }
        return sum
    }

    /// The values at positions, zero where they are negative.
    func gathered(at positions: [Int32]) -> ExtensionBuffer {
        let values = low.gathered(at: positions, mask: 1 << split - 1)
        values.multiply(by: high.gathered(at: positions, shift: split))
        return values
    }
}

/// Sums of `eq(point, ·)` from the first entry on.
private struct BlockSums {
    private let table: BlockTable
    private let low: [Extension]
    private let high: [Extension]

    init(_ table: BlockTable) {
        self.table = table
        low = BlockSums.sums(table.low)
        high = BlockSums.sums(table.high)
    }

    private static func sums(_ table: ExtensionBuffer) -> [Extension] {
        var sums = [Extension.zero]
        sums.reserveCapacity(table.count + 1)
        for index in 0..<table.count { sums.append(sums[index] + table[index]) }
        return sums
    }

    /// The low table's sum is one, so that whole parts weigh as their entry of the high table.
    func sum(below index: Int) -> Extension {
        let (part, rest) = (index >> table.split, index & (1 << table.split - 1))
        guard rest > 0 else { return high[part] }
        return high[part] + table.high[part] * low[rest]
    }
}
