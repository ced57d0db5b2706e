/// A table whose entries both sides know; its multiplicities are a committed column.
public struct PublicTable: Sendable {
    /// Below the modulus; told apart from all other tables of a system.
    public let tag: UInt32
    /// One to three columns of equally many entries.
    public let columns: [[BabyBear]]
    /// The same for kernels.
    private let buffers: [FieldBuffer]

    /// - Throws: `tableShape`, `tagTooLarge`.
    public init(tag: UInt32, columns: [[BabyBear]]) throws(RowError) {
        guard tag < BabyBear.modulus else { throw .tagTooLarge(tag) }
        guard let first = columns.first, !first.isEmpty, columns.count <= RowLimits.tupleMax,
            first.count <= RowLimits.tableEntriesMax,
            columns.allSatisfy({ $0.count == first.count })
        else { throw .tableShape(tag: tag) }
        self.tag = tag
        self.columns = columns
        buffers = columns.map { FieldBuffer($0) }
    }

    /// The integers of a range, one a tuple.
    public static func range(tag: UInt32, _ values: Range<Int64>) throws(RowError) -> PublicTable {
        guard values.count <= RowLimits.tableEntriesMax else { throw .tableShape(tag: tag) }
        return try PublicTable(tag: tag, columns: [values.map { BabyBear(signed: $0) }])
    }

    public var entryCount: Int { columns[0].count }
    public var tupleCount: Int { columns.count }

    /// One entry's tuple.
    public func entry(_ index: Int) -> [BabyBear] { columns.map { $0[index] } }

    /// 1 / (α − fingerprint) of each entry: the functional on the multiplicities whose value is the
    /// table's side of the balance.
    ///
    /// Cost: a few products an entry.
    /// - Throws: `zeroTableDenominator` when α is an entry's fingerprint.
    public func weights(_ challenges: RowChallenges) throws(RowError) -> ExtensionBuffer {
        let denominators = ExtensionBuffer(count: entryCount)
        denominators.add(challenges.denominator(tag, []), to: 0..<entryCount)
        for (column, weight) in zip(buffers, challenges.weights) {
            denominators.add(-weight, times: column)
        }
        if let zero = denominators.invert() {
            throw .zeroTableDenominator(tag: tag, entry: zero)
        }
        return denominators
    }
}
