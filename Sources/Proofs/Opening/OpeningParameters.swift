/// How a stack of an opening lies in rows, and how its claim begins.
public struct StackShape: Sendable, Equatable, Hashable {
    /// Columns as a power of two: the low variables of the stack's multilinear extension.
    public let logColumns: Int
    /// Whether the claim has a tensor factor eq(point) on all column variables, the point fresh.
    public let isPrefolded: Bool
    /// Whether each leaf begins with 16 random bytes.
    ///
    /// In front of a stack of masks: that it hides this one.
    public let isSalted: Bool
    /// Whether the columns are limbs of what hides the other salted stacks.
    public let isMask: Bool

    public init(
        logColumns: Int, isPrefolded: Bool = false, isSalted: Bool = false, isMask: Bool = false
    ) {
        self.logColumns = logColumns
        self.isPrefolded = isPrefolded
        self.isSalted = isSalted
        self.isMask = isMask
    }

    public var columns: Int { 1 << logColumns }
    /// As parameters' bytes have them.
    var flags: UInt8 { (isPrefolded ? 1 : 0) | (isSalted ? 2 : 0) | (isMask ? 4 : 0) }
    /// Bytes of salt in front of a leaf.
    public var saltBytes: Int { isSalted ? 16 : 0 }
    /// Rounds of the sumcheck in which this stack binds columns.
    public var columnRounds: Int { isPrefolded || isMask ? 0 : logColumns }
}

/// Everything about an opening that is fixed before a proof: shapes, rate, queries and folds.
///
/// A value of this type is within limits and proves `ProofLimits.securityBits`; weaker ones cannot
/// be made or decoded.
public struct OpeningParameters: Sendable, Equatable, Hashable {
    /// Names for what `ProofError.parameterOutOfRange` speaks of.
    public enum Field: Sendable, Equatable {
        case version, logBlowup, queryCount, workBits, logRows, stackCount, logColumns, stackFlags
        case foldCount, foldLog, clearLog
    }

    /// The rate of the codes is 2^−logBlowup.
    public let logBlowup: Int
    /// Positions at which all oracles are opened.
    public let queryCount: Int
    /// Zeros of the hash of the nonce that precedes the positions.
    public let workBits: Int
    /// Rows of every stack, as a power of two.
    public let logRows: Int
    public let stacks: [StackShape]
    /// Variables that each fold of the combined vector binds; without folds it is sent as it is.
    public let folds: [Int]

    public init(
        logBlowup: Int, queryCount: Int, workBits: Int = 0, logRows: Int, stacks: [StackShape],
        folds: [Int] = []
    ) throws(ProofError) {
        self.logBlowup = logBlowup
        self.queryCount = queryCount
        self.workBits = workBits
        self.logRows = logRows
        self.stacks = stacks
        self.folds = folds
        try checkRanges()
        let bits = securityBits
        guard bits >= ProofLimits.securityBits else {
            throw .weakParameters(bits: bits, required: ProofLimits.securityBits)
        }
    }

    private func checkRanges() throws(ProofError) {
        try check(.logBlowup, logBlowup, in: 1...ProofLimits.logBlowupMax)
        try check(.queryCount, queryCount, in: 1...ProofLimits.queryCountMax)
        try check(.workBits, workBits, in: 0...ProofLimits.workBitsMax)
        try check(.logRows, logRows, in: 0...ProofLimits.logRowsMax)
        try check(.logRows, logRows + logBlowup, in: 1...BabyBear.twoAdicity)
        try check(.stackCount, stacks.count, in: 1...ProofLimits.stackCountMax)
        for stack in stacks {
            try check(.logColumns, stack.logColumns, in: 0...ProofLimits.logColumnsMax)
        }
        try checkMasks()
        try check(.foldCount, folds.count, in: 0...ProofLimits.logRowsMax)
        for fold in folds { try check(.foldLog, fold, in: 1...ProofLimits.foldLogMax) }
        try check(.clearLog, clearLog, in: 0...ProofLimits.clearLogMax)
    }

    /// A stack of masks is the last and salted; it has columns for all masks, and rows for those of
    /// the columns' rounds besides what queries show.
    private func checkMasks() throws(ProofError) {
        for (index, stack) in stacks.enumerated() where stack.isMask {
            let isLegal =
                stack.isSalted && !stack.isPrefolded && index == stacks.count - 1
                && stack.columns >= maskCount * Extension.degree
                && rows >= columnMask.count - 1 + queryCount
            guard isLegal else { throw .parameterOutOfRange(.stackFlags, Int(stack.flags)) }
        }
    }

    private func check(
        _ field: Field, _ value: Int, in range: ClosedRange<Int>
    ) throws(ProofError) {
        guard range.contains(value) else { throw .parameterOutOfRange(field, value) }
    }

    /// The code of every column of every stack, and of the combined vector: made anew, with its
    /// tables.
    public var code: RowCode { RowCode(logRows: logRows, logBlowup: logBlowup) }
    public var rows: Int { 1 << logRows }
    /// Points of the code's domain: leaves of every stack's tree.
    public var codewordRows: Int { 1 << (logRows + logBlowup) }

    /// Size of the last vector, sent as it is, as a power of two.
    public var clearLog: Int { logRows - folds.reduce(0, +) }

    /// Rounds of the sumcheck before all stacks have joined.
    public var columnRounds: Int { stacks.map(\.columnRounds).max() ?? 0 }

    /// Rounds that pass before a stack joins: its part of the claim is halved in each.
    public func roundsBefore(_ stack: Int) -> Int { columnRounds - stacks[stack].columnRounds }

    /// The stack of masks, if the opening hides anything.
    public var maskStack: Int? { stacks.last?.isMask == true ? stacks.count - 1 : nil }

    /// The stacks that are hidden, in order.
    public var hiddenStacks: [Int] {
        guard let maskStack else { return [] }
        return stacks.indices.filter { $0 < maskStack && stacks[$0].isSalted }
    }

    /// Vectors of the stack of masks: the polynomial's, the one that hides it, one for each hidden
    /// stack.
    public var maskCount: Int { 2 + hiddenStacks.count }

    /// What hides the rounds that bind columns.
    package var columnMask: SumMask {
        SumMask(degrees: [Int](repeating: 2, count: columnRounds))
    }
}

// MARK: Bytes

extension OpeningParameters {
    private static let version: UInt8 = 1

    /// Version, log blow-up, queries (two bytes), work, log rows, stacks (count; log columns and
    /// flags each), folds (count; log each). All else is one byte.
    public var bytes: [UInt8] {
        var writer = ProofWriter()
        writer.append(OpeningParameters.version)
        writer.append(UInt8(logBlowup))
        writer.append(UInt16(queryCount))
        writer.append(UInt8(workBits))
        writer.append(UInt8(logRows))
        writer.append(UInt8(stacks.count))
        for stack in stacks {
            writer.append(UInt8(stack.logColumns))
            writer.append(stack.flags)
        }
        writer.append(UInt8(folds.count))
        for fold in folds { writer.append(UInt8(fold)) }
        return writer.bytes
    }

    /// Reads what `bytes` wrote; refuses ranges and weakness as the other initialiser does.
    public init(reader: inout ProofReader) throws(ProofError) {
        let version = try reader.readByte()
        guard version == OpeningParameters.version else {
            throw .parameterOutOfRange(.version, Int(version))
        }
        let logBlowup = Int(try reader.readByte())
        let queryCount = Int(try reader.readUInt16())
        let workBits = Int(try reader.readByte())
        let logRows = Int(try reader.readByte())
        var stacks: [StackShape] = []
        for _ in 0..<(try reader.readByte()) {
            let logColumns = Int(try reader.readByte())
            let flags = try reader.readByte()
            guard flags < 8 else { throw .parameterOutOfRange(.stackFlags, Int(flags)) }
            stacks.append(
                StackShape(
                    logColumns: logColumns, isPrefolded: flags & 1 != 0, isSalted: flags & 2 != 0,
                    isMask: flags & 4 != 0))
        }
        var folds: [Int] = []
        for _ in 0..<(try reader.readByte()) { folds.append(Int(try reader.readByte())) }
        try self.init(
            logBlowup: logBlowup, queryCount: queryCount, workBits: workBits, logRows: logRows,
            stacks: stacks, folds: folds)
    }
}
