internal import Primitives

extension OpeningParameters {
    /// Bytes that no opening with these parameters exceeds.
    public var byteCountMax: Int {
        var count = messageBytes
        for stack in stacks {
            count += OpeningParameters.treeBytesMax(
                depth: logRows + logBlowup, leafBytes: 4 * stack.columns + stack.saltBytes,
                queryCount: queryCount)
        }
        var depth = logRows + logBlowup
        for fold in folds {
            depth -= fold
            count += OpeningParameters.treeBytesMax(
                depth: depth, leafBytes: Extension.byteCount << fold, queryCount: queryCount)
        }
        return count
    }

    /// Bytes of everything but leaves and siblings.
    var messageBytes: Int {
        let sums =
            2 * (columnRounds + logRows) + stacks.count + folds.reduce(0, +)
            + (maskStack == nil ? 0 : 1)
        return Extension.byteCount * (sums + 1 << clearLog) + folds.count * Hash.byteCount
            + (workBits > 0 ? 8 : 0)
    }

    /// Leaves at most, and siblings at most on every level.
    private static func treeBytesMax(depth: Int, leafBytes: Int, queryCount: Int) -> Int {
        let siblings = (0..<depth).reduce(0) { $0 + min(queryCount, 1 << $1) }
        return min(queryCount, 1 << depth) * leafBytes + siblings * Hash.byteCount
    }

    /// The mean size of what a tree opens at uniform positions.
    static func treeBytes(depth: Int, leafBytes: Int, queryCount: Int) -> Int {
        var siblings = 0
        for level in 0..<depth {
            // Two children for each node that is reached, less those reached themselves.
            siblings += 2 * distinct(queryCount, of: level) - distinct(queryCount, of: level + 1)
        }
        let leaves = distinct(queryCount, of: depth)
        return (leaves * leafBytes + siblings * Hash.byteCount) >> 16
    }

    /// 2¹⁶ times the mean number of values that `count` draws from 2^log hit.
    private static func distinct(_ count: Int, of log: Int) -> Int {
        // 2^log · (1 − (1 − 2^−log)^count), with 32 fractional bits.
        let one = UInt64(1) << 32
        var missed = one
        var square = one - one >> UInt64(log)
        var left = count
        while left > 0 {
            if left & 1 == 1 { missed = (missed * square) >> 32 }
            square = (square * square) >> 32
            left >>= 1
        }
        let hit = Int(one - missed)
        return log <= 16 ? hit >> (16 - log) : hit << (log - 16)
    }
}

// MARK: Choice

/// A stack for which parameters are chosen.
public struct StackRequest: Sendable, Equatable {
    /// Elements as a power of two.
    public let logSize: Int
    public let isPrefolded: Bool
    public let isSalted: Bool
    /// The most column variables that it may have, for a prefolded one those of its tensor factor.
    public let logColumnsMax: Int
    /// Whether every proof encodes it anew, as it does witnesses, unlike weights.
    public let isWitness: Bool

    public init(
        logSize: Int, isPrefolded: Bool = false, isSalted: Bool = false,
        logColumnsMax: Int = ProofLimits.logColumnsMax, isWitness: Bool = true
    ) {
        self.logSize = logSize
        self.isPrefolded = isPrefolded
        self.isSalted = isSalted
        self.logColumnsMax = logColumnsMax
        self.isWitness = isWitness
    }
}

extension OpeningParameters {
    /// How much of a prover's work costs as much as a byte of the proof: some 12 kB are worth a
    /// millisecond.
    private static let workPerByte = 32
    /// The same for work that is done once and not by every proof.
    private static let workOncePerByte = 1024

    /// What `choose` minimises: mean bytes of the proof and, in their unit, work.
    public struct Cost: Sendable, Equatable, Comparable {
        public let proofBytes: Int
        /// Elements that every proof encodes, and eight for each compression that hashes them: some
        /// three nanoseconds each.
        public let work: Int
        /// The same for what is encoded before all proofs.
        public let workOnce: Int

        public var total: Int {
            proofBytes + work / workPerByte + workOnce / workOncePerByte
        }

        public static func < (left: Cost, right: Cost) -> Bool { left.total < right.total }
    }

    /// The work of encoding rows and hashing them into a tree.
    private static func work(depth: Int, leafBytes: Int) -> Int {
        let blocks = (leafBytes + 63) / 64
        return (leafBytes / 4 + 8 * (blocks + 1)) << depth
    }

    /// The cheapest parameters for stacks of these sizes; of equals the ones with the lower rate
    /// exponent, then the fewer rows.
    ///
    /// Everything is integer arithmetic on the sizes: all machines choose alike. Nil when no
    /// parameters within limits hold the stacks.
    public static func choose(
        _ requests: [StackRequest], workBits: Int = 0, logBlowups: ClosedRange<Int> = 1...4
    ) -> OpeningParameters? {
        var best: (parameters: OpeningParameters, cost: Cost)?
        for logBlowup in logBlowups {
            let queryCount = queries(logBlowup: logBlowup, workBits: workBits)
            let folds = cheapestFolds(logBlowup: logBlowup, workBits: workBits)
            for logRows in 0...ProofLimits.logRowsMax {
                let shapes = requests.map { request in
                    StackShape(
                        logColumns: max(0, request.logSize - logRows),
                        isPrefolded: request.isPrefolded, isSalted: request.isSalted)
                }
                guard
                    zip(shapes, requests).allSatisfy({ $0.logColumns <= $1.logColumnsMax }),
                    let folds = folds[logRows],
                    let parameters = try? OpeningParameters(
                        logBlowup: logBlowup, queryCount: queryCount, workBits: workBits,
                        logRows: logRows, stacks: shapes, folds: folds)
                else { continue }
                let cost = parameters.cost(isWitness: requests.map(\.isWitness))
                if let best, best.cost <= cost { continue }
                best = (parameters, cost)
            }
        }
        return best?.parameters
    }

    /// - Parameter isWitness: for each stack, whether every proof encodes it.
    public func cost(isWitness: [Bool]) -> Cost {
        var bytes = messageBytes
        var work = 0
        var workOnce = 0
        let depth = logRows + logBlowup
        for (stack, isWitness) in zip(stacks, isWitness) {
            let leafBytes = 4 * stack.columns + stack.saltBytes
            bytes += OpeningParameters.treeBytes(
                depth: depth, leafBytes: leafBytes, queryCount: queryCount)
            let own = OpeningParameters.work(depth: depth, leafBytes: leafBytes)
            if isWitness { work += own } else { workOnce += own }
        }
        var left = depth
        for fold in folds {
            left -= fold
            let leafBytes = Extension.byteCount << fold
            work += OpeningParameters.work(depth: left, leafBytes: leafBytes)
            bytes += OpeningParameters.treeBytes(
                depth: left, leafBytes: leafBytes, queryCount: queryCount)
        }
        return Cost(proofBytes: bytes, work: work, workOnce: workOnce)
    }

    /// For each n the folds that make the part of a combined vector of 2ⁿ elements cheapest; nil
    /// when no sequence is within limits.
    static func cheapestFolds(logBlowup: Int, workBits: Int = 0) -> [[Int]?] {
        let queryCount = queries(logBlowup: logBlowup, workBits: workBits)
        var best: [(cost: Int, folds: [Int])?] = []
        for log in 0...ProofLimits.logRowsMax {
            var choice: (cost: Int, folds: [Int])?
            if log <= ProofLimits.clearLogMax { choice = (Extension.byteCount << log, []) }
            for fold in 1...ProofLimits.foldLogMax where fold <= log {
                guard let rest = best[log - fold] else { continue }
                let depth = log + logBlowup - fold
                let leafBytes = Extension.byteCount << fold
                let cost =
                    rest.cost + Hash.byteCount + fold * Extension.byteCount
                    + work(depth: depth, leafBytes: leafBytes) / workPerByte
                    + treeBytes(depth: depth, leafBytes: leafBytes, queryCount: queryCount)
                if let choice, choice.cost <= cost { continue }
                choice = (cost, [fold] + rest.folds)
            }
            best.append(choice)
        }
        return best.map { $0?.folds }
    }
}
