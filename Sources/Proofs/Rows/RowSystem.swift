/// All sites of a statement and the tables they read: what prover and verifier agree on beforehand.
///
/// Nothing of it comes from a proof. Constraint k of all sites in order has the k-th power of λ.
public struct RowSystem: Sendable {
    public let sites: [RowSite]
    public let tables: [PublicTable]
    /// Whether a `RowMask` hides the sums: sites have a variable at least, and rounds that bind a
    /// site's last one twice its degree.
    public let isMasked: Bool

    /// Variables of the largest site: rounds of the zero-check.
    public let variableCount: Int
    /// Elements of each round's message: the highest degree of a site that still has rows.
    public let roundDegrees: [Int]
    /// Which powers of λ each site takes.
    public let powerRanges: [Range<Int>]

    /// - Throws: the first rule of `RowError`'s second part that is broken.
    /// - Precondition: every site has a variable if the system is masked.
    public init(
        sites: [RowSite], tables: [PublicTable], isMasked: Bool = false
    ) throws(RowError) {
        precondition(
            !isMasked || sites.allSatisfy { $0.variableCount > 0 }, "a mask needs a variable")
        try RowSystem.checkTables(sites, tables)
        self.sites = sites
        self.tables = tables
        self.isMasked = isMasked
        let variables = sites.map(\.variableCount).max() ?? 0
        variableCount = variables
        roundDegrees = (0..<variables).map { round in
            sites.reduce(0) { degree, site in
                guard site.variableCount > round else { return degree }
                let isLast = site.variableCount == round + 1
                return max(degree, isMasked && isLast ? 2 * site.degree : site.degree)
            }
        }
        var ranges: [Range<Int>] = []
        for site in sites {
            let start = ranges.last?.upperBound ?? 0
            ranges.append(start..<start + site.constraintCount)
        }
        powerRanges = ranges
    }

    /// Constraints of all sites: powers of λ.
    public var constraintCount: Int { powerRanges.last?.upperBound ?? 0 }

    /// Look-ups of all rows and entries of all public tables: terms of the balance.
    public var termCount: UInt64 {
        sites.reduce(0) { $0 + UInt64($1.rowCount * $1.lookups.count) }
            + tables.reduce(0) { $0 + UInt64($1.entryCount) }
    }

    /// Elements of all rounds' messages, the sum of a mask in front of them.
    public var messageCount: Int { roundDegrees.reduce(isMasked ? 1 : 0, +) }

    /// 1, λ, λ², … for every constraint.
    public func powers(_ lambda: Extension) -> [Extension] { lambda.powers(constraintCount) }

    // MARK: Tables

    /// Per tag: the tuples' length, and the most that reads can add to one entry's count.
    private struct TableUse {
        var tupleCount: Int
        var isSupplied: Bool
        var reads: UInt64 = 0
    }

    private static func checkTables(
        _ sites: [RowSite], _ tables: [PublicTable]
    ) throws(RowError) {
        var uses: [UInt32: TableUse] = [:]
        for table in tables {
            guard uses[table.tag] == nil else { throw .tagTwice(table.tag) }
            uses[table.tag] = TableUse(tupleCount: table.tupleCount, isSupplied: true)
        }
        for site in sites {
            for lookup in site.lookups {
                var use =
                    uses[lookup.table]
                    ?? TableUse(tupleCount: lookup.tuple.count, isSupplied: false)
                guard use.tupleCount == lookup.tuple.count else {
                    throw .tupleMismatch(
                        tag: lookup.table, expected: use.tupleCount, got: lookup.tuple.count)
                }
                if lookup.numerator.isConstant {
                    // At most 2⁵⁷ for one look-up of a site: the sum is checked before it grows on.
                    use.reads += UInt64(site.rowCount) * UInt64(lookup.numerator.constant.canonical)
                    guard use.reads < UInt64(BabyBear.modulus) else {
                        throw .tooManyReads(tag: lookup.table, count: use.reads)
                    }
                } else {
                    use.isSupplied = true
                }
                uses[lookup.table] = use
            }
        }
        if let tag = uses.keys.sorted().first(where: { uses[$0]?.isSupplied == false }) {
            throw .noTable(tag: tag)
        }
    }
}
