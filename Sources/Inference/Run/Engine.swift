public import Primitives

/// Runs an integer graph, bit for bit the same on every machine.
///
/// All memory is taken at the start and reused by every run. One engine serves one caller at a
/// time; copies and other engines of the same plan share its weights.
public struct Engine: Sendable {
    public let plan: Plan
    private var arena: Memory
    /// What steps gather their operands in, one area for each worker.
    private var scratch: Memory
    private var reference: ReferenceEngine?

    public var graph: IntegerGraph { plan.graph }
    public var level: KernelLevel { plan.level }

    public init(_ graph: IntegerGraph, level: KernelLevel = .best) {
        self.init(Plan(graph, level: level))
    }

    public init(_ plan: Plan) {
        self.plan = plan
        let isReference = plan.level == .swift
        arena = Memory(byteCount: isReference ? 0 : plan.arenaBytes)
        scratch = Memory(byteCount: isReference ? 0 : plan.scratchBytes)
        reference = isReference ? ReferenceEngine(plan.graph) : nil
    }

    /// Bytes that this engine holds beside its plan.
    public var byteCount: Int { arena.byteCount + scratch.byteCount }

    /// The outputs, one after another, for the inputs, one after another, at the graph's scales.
    ///
    /// - Parameter workers: share the large steps; any number gives the same bytes.
    /// - Throws: `wrongInputCount`; `inputOutOfRange` for an integer outside the range of its
    ///   input.
    public mutating func run(
        _ input: [Int32], workers: any Workers = SerialWorkers()
    ) throws(RunError) -> [Int32] {
        try plan.graph.inputs.check(input)
        if var engine = reference.take() {
            defer { reference = engine }
            return try engine.run(input)
        }
        let workerCount = min(workers.count, Plan.workerCountMax)
        scratch.grow(to: plan.scratchBytes * workerCount)
        let plan = plan
        return unsafe arena.withBytes { arena in
            unsafe scratch.withBytes { scratch in
                unsafe plan.run(
                    input, arena: arena, scratch: scratch,
                    workers: workerCount > 1 ? workers : SerialWorkers())
            }
        }
    }

    /// What a tensor held at the end of the last run; wants a plan that keeps tensors.
    mutating func values(of tensor: Int) -> [Int32] {
        let plan = plan
        return unsafe arena.withBytes { arena in
            unsafe plan.data.withBytes { data in
                let run = unsafe PlanRun(
                    level: plan.level.rawValue, arena: arena, data: data, scratch: arena,
                    scratchBytes: 0)
                return unsafe plan.values(of: [tensor], run)
            }
        }
    }
}

extension [TensorType] {
    /// Whether integers are an input of these types: as many as they take, each in its range.
    func check(_ input: [Int32]) throws(RunError) {
        let wanted = reduce(0) { $0 + $1.elementCount }
        guard input.count == wanted else {
            throw .wrongInputCount(wanted: wanted, got: input.count)
        }
        var start = 0
        for type in self {
            let (low, high) = (Int32(type.range.lowerBound), Int32(type.range.upperBound))
            let end = start + type.elementCount
            for index in start..<end where input[index] < low || input[index] > high {
                throw .inputOutOfRange(index: index, value: Int64(input[index]))
            }
            start = end
        }
    }
}

/// Bytes aligned for vectors of eight; all zero at the start. Copies are values.
struct Memory: Sendable {
    private var words: [UInt64]

    init(byteCount: Int) { words = [UInt64](repeating: 0, count: (byteCount + 7) / 8) }

    var byteCount: Int { words.count * 8 }

    mutating func grow(to byteCount: Int) {
        let missing = (byteCount + 7) / 8 - words.count
        if missing > 0 { words += [UInt64](repeating: 0, count: missing) }
    }

    @unsafe mutating func withBytes<Result>(
        _ body: (UnsafeMutableRawPointer) -> Result
    ) -> Result {
        // An empty array has no base; nothing is read or written there.
        if words.isEmpty { words = [0] }
        return unsafe words.withUnsafeMutableBytes { bytes in
            guard let base = bytes.baseAddress else { preconditionFailure("not empty") }
            return unsafe body(base)
        }
    }
}
