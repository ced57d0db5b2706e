internal import Crypto
internal import Primitives

/// A table and the entries that occur in it.
struct TableFacts {
    let table: IntegerTable
    let range: ClosedRange<Int64>

    init(_ table: IntegerTable) {
        self.table = table
        range = Int64(table.values.min() ?? 0)...Int64(table.values.max() ?? 0)
    }
}

// Tables and linear layers: each is whole, used, in order of first use, and there once.
extension GraphAnalysis.Work {
    mutating func add(tables parts: [IntegerTable]) throws(GraphError) {
        guard parts.count <= limits.nodeCountMax else {
            throw .tooMany("tables", max: limits.nodeCountMax)
        }
        var seen: Set<Hash> = []
        for (index, table) in parts.enumerated() {
            guard table.input != .signed32, table.output != .signed32 else {
                throw .unknownElementType(3)
            }
            guard table.values.count == 1 << table.input.bitCount else { throw .invalidShape }
            let facts = TableFacts(table)
            for value in [facts.range.lowerBound, facts.range.upperBound]
            where !table.output.bounds.contains(value) {
                throw .valueOutOfRange(value)
            }
            // Hashes instead of parts: comparing many with one long beginning would take long.
            guard seen.insert(SHA256.hash(GraphWriter.bytes(of: table))).inserted else {
                throw .repeatedPart("table", index)
            }
            tables.append(facts)
            weightCount += table.values.count
        }
    }

    mutating func add(linears parts: [IntegerLinear]) throws(GraphError) {
        guard parts.count <= limits.nodeCountMax else {
            throw .tooMany("linears", max: limits.nodeCountMax)
        }
        var seen: Set<Hash> = []
        for (index, linear) in parts.enumerated() {
            guard !linear.weights.isEmpty, !linear.bias.isEmpty,
                linear.weights.count.isMultiple(of: linear.bias.count),
                linear.weights.count <= limits.bytesMax, linear.bias.count <= limits.bytesMax
            else { throw .invalidShape }
            guard seen.insert(SHA256.hash(GraphWriter.bytes(of: linear))).inserted else {
                throw .repeatedPart("linear", index)
            }
            linears.append(LinearOutline(linear))
            weightCount += linear.weights.count + linear.bias.count
        }
    }

    /// The same for layers of which only the outline is known; equal ones cannot be told apart.
    mutating func add(outlines parts: [LinearOutline]) throws(GraphError) {
        guard parts.count <= limits.nodeCountMax else {
            throw .tooMany("linears", max: limits.nodeCountMax)
        }
        for outline in parts {
            guard outline.isConsistent else { throw .invalidShape }
            linears.append(outline)
            weightCount += outline.outputCount * (outline.innerCount + 1)
        }
    }

    /// Checks the numbers that a node uses, and that they are not the first of a later part's.
    mutating func use(_ operation: IntegerOperation, at index: Int) throws(GraphError) {
        if let table = operation.table {
            guard tables.indices.contains(table) else { throw .undefinedTable(table, node: index) }
            guard table <= usedTableCount else {
                throw .partOutOfOrder("table", table, node: index)
            }
            usedTableCount = max(usedTableCount, table + 1)
        }
        if let linear = operation.linear {
            guard linears.indices.contains(linear) else {
                throw .undefinedLinear(linear, node: index)
            }
            guard linear <= usedLinearCount else {
                throw .partOutOfOrder("linear", linear, node: index)
            }
            usedLinearCount = max(usedLinearCount, linear + 1)
        }
    }

    func checkUse() throws(GraphError) {
        guard usedTableCount == tables.count else {
            throw .unusedPart("table", usedTableCount)
        }
        guard usedLinearCount == linears.count else {
            throw .unusedPart("linear", usedLinearCount)
        }
    }
}
