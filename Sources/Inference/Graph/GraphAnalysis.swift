/// What can be said about a graph without running it, from its actual weights.
///
/// Every tensor gets a type and an interval that contains all its integers for all inputs; every
/// accumulating node gets the interval of its accumulators. A graph is refused where an
/// accumulator could reach 2²⁹ or where its decomposition could be ambiguous to a prover.
public struct GraphAnalysis: Sendable {
    /// One for each tensor, with the range of its integers; only inputs have names.
    public let types: [TensorType]
    /// One for each node; nil where it accumulates nothing.
    public let sites: [AccumulatorSite?]
    /// Products and terms of sums.
    public let multiplyCount: UInt64
    /// Numbers that pools and extrema compare, and choices of selections.
    public let compareCount: UInt64
    /// Integers that other moves copy.
    public let moveCount: UInt64
    /// Table entries read.
    public let lookupCount: UInt64
    public let weightCount: UInt64
    public let activationCount: UInt64

    /// Accumulators stay strictly below this in magnitude.
    public static let accumulatorLimit: Int64 = 1 << 29
    /// A prover's field has about 2³¹ elements; heads and remainders together stay below 2³⁰.
    public static let decompositionBitsMax = 30
    public static let scaleExponentRange = -32...48

    init(_ parts: GraphParts, limits: InferenceLimits) throws(GraphError) {
        var work = Work(limits: limits)
        guard !parts.inputs.isEmpty else { throw .noInputs }
        guard !parts.results.isEmpty else { throw .noResults }
        for input in parts.inputs { try work.add(input: input) }
        for constant in parts.constants { try work.add(constant: constant) }
        try work.add(tables: parts.tables)
        if parts.outlines.isEmpty {
            try work.add(linears: parts.linears)
        } else {
            try work.add(outlines: parts.outlines)
        }
        guard parts.nodes.count <= limits.nodeCountMax else {
            throw .tooMany("nodes", max: limits.nodeCountMax)
        }
        for (index, node) in parts.nodes.enumerated() { try work.add(node, at: index) }
        try work.checkUse()
        guard parts.results.count <= limits.tensorCountMax else {
            throw .tooMany("results", max: limits.tensorCountMax)
        }
        for result in parts.results {
            guard work.types.indices.contains(result.tensor) else {
                throw .undefinedTensor(result.tensor, node: parts.nodes.count)
            }
            try work.check(name: result.name)
        }
        types = work.types
        sites = work.sites
        multiplyCount = UInt64(work.multiplyCount)
        compareCount = UInt64(work.compareCount)
        moveCount = UInt64(work.moveCount)
        lookupCount = UInt64(work.lookupCount)
        weightCount = UInt64(work.weightCount)
        activationCount = UInt64(work.activationCount)
    }
}

/// The accumulators of one node, as a prover needs them.
///
/// With `offset(s) = headBase · 2^s + 2^(s-1)`, each accumulator splits in exactly one way as
/// `acc + offset = r + 2^s · h`, `0 ≤ r < 2^s`, `0 ≤ h < 2^headBits`, and `s + headBits ≤ 30`.
/// `headBase` is chosen so that `h - headBase` is the unclamped activation and the activations
/// inside the element type fill one aligned block of `h`.
/// - Source: DESIGN §8, the uniqueness condition of the requantisation argument.
public struct AccumulatorSite: Sendable, Equatable {
    public let interval: ClosedRange<Int64>
    /// Zero, as is `headBits`, where bare accumulators are the result.
    public let headBase: Int64
    public let headBits: Int
}

extension GraphAnalysis {
    /// The analysis while it goes through the graph.
    struct Work {
        let limits: InferenceLimits
        var types: [TensorType] = []
        var sites: [AccumulatorSite?] = []
        var multiplyCount = 0
        var compareCount = 0
        var moveCount = 0
        var lookupCount = 0
        var weightCount = 0
        var activationCount = 0
        /// The tables and linear layers, with what is known of each.
        var tables: [TableFacts] = []
        var linears: [LinearOutline] = []
        /// How many of them earlier nodes use.
        var usedTableCount = 0
        var usedLinearCount = 0
        private var elementCount = 0

        init(limits: InferenceLimits) { self.limits = limits }

        mutating func add(input: TensorType) throws(GraphError) {
            try check(name: input.name)
            guard input.element != .signed32 else { throw .unknownElementType(3) }
            for value in [input.range.lowerBound, input.range.upperBound]
            where !input.element.bounds.contains(value) {
                throw .valueOutOfRange(value)
            }
            activationCount += try append(input)
        }

        mutating func add(constant: IntegerConstant) throws(GraphError) {
            guard constant.element != .signed32 else { throw .unknownElementType(3) }
            guard let low = constant.values.min(), let high = constant.values.max() else {
                throw .invalidShape
            }
            let interval = Int64(low)...Int64(high)
            for value in [interval.lowerBound, interval.upperBound]
            where !constant.element.bounds.contains(value) {
                throw .valueOutOfRange(value)
            }
            let count = try append(
                TensorType(
                    name: "", shape: constant.shape, element: constant.element,
                    scaleExponent: constant.scaleExponent, range: interval))
            guard count == constant.values.count else { throw .invalidShape }
            weightCount += count
        }

        func check(name: String) throws(GraphError) {
            guard name.utf8.count <= limits.nameBytesMax else {
                throw .tooMany("name bytes", max: limits.nameBytesMax)
            }
        }

        /// Adds a tensor after checking its shape and scale; gives its size.
        mutating func append(
            _ type: TensorType
        ) throws(GraphError) -> Int {
            guard types.count < limits.tensorCountMax else {
                throw .tooMany("tensors", max: limits.tensorCountMax)
            }
            guard type.shape.count <= limits.rankMax,
                let count = Shape.elementCount(
                    type.shape, max: limits.elementCountMax - elementCount)
            else { throw .invalidShape }
            guard GraphAnalysis.scaleExponentRange.contains(type.scaleExponent) else {
                throw .scaleOutOfRange(type.scaleExponent)
            }
            elementCount += count
            types.append(type)
            return count
        }

        /// Where the work stood; going back to it forgets all that came after.
        struct Mark {
            fileprivate let counts: [Int]
        }

        var mark: Mark {
            Mark(counts: [
                multiplyCount, compareCount, moveCount, lookupCount, weightCount, activationCount,
                elementCount, usedTableCount, usedLinearCount, types.count, sites.count,
                tables.count, linears.count,
            ])
        }

        mutating func rollback(to mark: Mark) {
            let counts = mark.counts
            (multiplyCount, compareCount, moveCount) = (counts[0], counts[1], counts[2])
            (lookupCount, weightCount, activationCount) = (counts[3], counts[4], counts[5])
            (elementCount, usedTableCount, usedLinearCount) = (counts[6], counts[7], counts[8])
            types.removeSubrange(counts[9]...)
            sites.removeSubrange(counts[10]...)
            tables.removeSubrange(counts[11]...)
            linears.removeSubrange(counts[12]...)
        }

        mutating func count(multiplications: Int, each: Int) throws(GraphError) {
            multiplyCount += try work(multiplications, each, "multiplications")
        }

        mutating func count(comparisons: Int, each: Int) throws(GraphError) {
            compareCount += try work(comparisons, each, "comparisons")
        }

        /// The product of two sizes, if the whole graph's work stays within the limit.
        func work(_ size: Int, _ each: Int, _ what: String) throws(GraphError) -> Int {
            let (product, overflow) = size.multipliedReportingOverflow(by: each)
            let left = limits.multiplyCountMax - multiplyCount - compareCount
            guard !overflow, product <= left else {
                throw .tooMany(what, max: limits.multiplyCountMax)
            }
            return product
        }
    }
}
