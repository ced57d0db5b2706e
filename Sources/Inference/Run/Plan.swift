internal import CKernels
internal import Primitives

/// How a graph runs on this machine: its steps, where each tensor lies, and the packed weights.
///
/// Made once for a model and shared by all its engines. Tensors that are not alive at the same
/// time share memory.
public final class Plan: Sendable {
    public let graph: IntegerGraph
    public let level: KernelLevel
    let steps: [PlanStep]
    /// Where each tensor lies.
    let places: [Place]
    /// Constants, packed weights, biases, shifts and tables.
    let data: PlanData
    /// Of the tensors of one run, with room behind for reads past an end.
    let arenaBytes: Int
    /// What one worker needs beside.
    let scratchBytes: Int

    /// Steps with fewer multiplications are not worth waking another thread.
    private let sharedMultiplyCount: Int

    static let workerCountMax = 16

    public convenience init(_ graph: IntegerGraph, level: KernelLevel = .best) {
        self.init(graph, level: level, keepsTensors: false)
    }

    /// - Parameter keepsTensors: every tensor stays readable after a run.
    init(
        _ graph: IntegerGraph, level: KernelLevel, sharedMultiplyCount: Int = 1 << 20,
        keepsTensors: Bool = false
    ) {
        precondition(level.isAvailable, "this machine has the instructions")
        self.graph = graph
        self.level = level
        self.sharedMultiplyCount = sharedMultiplyCount
        guard level != .swift else {
            (steps, places, data, arenaBytes, scratchBytes) = ([], [], PlanData(), 0, 0)
            return
        }
        var builder = PlanBuilder(graph, level, keepsTensors: keepsTensors)
        builder.build()
        (steps, places, data) = (builder.steps, builder.places, builder.data)
        (arenaBytes, scratchBytes) = (builder.arenaBytes, builder.scratchBytes)
    }

    /// Bytes that the plan holds beside its graph.
    public var byteCount: Int { data.byteCount }

    /// About what each engine holds beside the plan.
    public var engineByteCount: Int {
        level == .swift
            ? graph.analysis.types.reduce(0) { $0 + $1.elementCount } * 4
            : arenaBytes + scratchBytes + 256
    }

    /// `input` was checked.
    @unsafe func run(
        _ input: [Int32], arena: UnsafeMutableRawPointer, scratch: UnsafeMutableRawPointer,
        workers: any Workers
    ) -> [Int32] {
        unsafe data.withBytes { data in
            let run = unsafe PlanRun(
                level: level.rawValue, arena: arena, data: data, scratch: scratch,
                scratchBytes: scratchBytes)
            unsafe load(input, run)
            for step in steps {
                let (most, work) = step.parts
                let parts = work < sharedMultiplyCount ? 1 : min(most, workers.count)
                if parts <= 1 {
                    unsafe step.run(run, part: 0, of: 1, worker: 0)
                } else {
                    nonisolated(unsafe) let run = unsafe run
                    workers.run(parts) { part, worker in
                        unsafe step.run(run, part: part, of: parts, worker: worker)
                    }
                }
            }
            return unsafe results(run)
        }
    }

    @unsafe private func load(_ input: [Int32], _ run: PlanRun) {
        unsafe input.withUnsafeBufferPointer { input in
            var start = 0
            for (index, type) in graph.inputs.enumerated() {
                let target = unsafe run.target(places[index])
                for position in 0..<type.elementCount {
                    let value = unsafe input[start + position]
                    switch type.element {
                    case .unsigned8, .signed8:
                        unsafe target.storeBytes(
                            of: UInt8(truncatingIfNeeded: value), toByteOffset: position,
                            as: UInt8.self)
                    case .signed16:
                        unsafe target.storeBytes(
                            of: Int16(truncatingIfNeeded: value), toByteOffset: position * 2,
                            as: Int16.self)
                    case .signed32:
                        unsafe target.storeBytes(
                            of: value, toByteOffset: position * 4, as: Int32.self)
                    }
                }
                start += type.elementCount
            }
        }
    }

    @unsafe private func results(_ run: PlanRun) -> [Int32] {
        unsafe values(of: graph.results.map(\.tensor), run)
    }

    /// What tensors hold, one after another.
    @unsafe func values(of tensors: [Int], _ run: PlanRun) -> [Int32] {
        var output: [Int32] = []
        output.reserveCapacity(
            tensors.reduce(0) { $0 + graph.analysis.types[$1].elementCount })
        for tensor in tensors {
            let type = graph.analysis.types[tensor]
            let source = unsafe run.source(places[tensor])
            for position in 0..<type.elementCount {
                switch type.element {
                case .unsigned8:
                    output.append(
                        Int32(unsafe source.load(fromByteOffset: position, as: UInt8.self)))
                case .signed8:
                    output.append(
                        Int32(unsafe source.load(fromByteOffset: position, as: Int8.self)))
                case .signed16:
                    output.append(
                        Int32(unsafe source.load(fromByteOffset: position * 2, as: Int16.self)))
                case .signed32:
                    output.append(unsafe source.load(fromByteOffset: position * 4, as: Int32.self))
                }
            }
        }
        return output
    }
}

/// Where a tensor's bytes start: in the plan's data or in a run's arena.
struct Place: Sendable, Equatable {
    var isConstant: Bool
    var offset: Int
}

/// The memory of one run.
@unsafe struct PlanRun {
    let level: Int32
    let arena: UnsafeMutableRawPointer
    let data: UnsafeRawPointer
    let scratch: UnsafeMutableRawPointer
    let scratchBytes: Int

    @unsafe func source(_ place: Place) -> UnsafeRawPointer {
        place.isConstant
            ? unsafe data + place.offset : unsafe UnsafeRawPointer(arena) + place.offset
    }

    /// Constants are never written.
    @unsafe func target(_ place: Place) -> UnsafeMutableRawPointer { unsafe arena + place.offset }

    @unsafe func scratch(of worker: Int) -> UnsafeMutableRawPointer {
        unsafe scratch + worker * scratchBytes
    }

    @unsafe func numbers(_ offset: Int) -> UnsafePointer<Int32> {
        unsafe (data + offset).assumingMemoryBound(to: Int32.self)
    }

    @unsafe func rescale(_ rescale: PlanRescale) -> assay_rescale {
        unsafe assay_rescale(
            bias: numbers(rescale.bias),
            shifts: rescale.shifts.map { unsafe numbers($0) },
            low: rescale.low, high: rescale.high, element: rescale.element)
    }
}

/// What a plan reads and never writes, in one piece.
struct PlanData: Sendable {
    private var words: [UInt64] = []
    private var count = 0

    var byteCount: Int { words.count * 8 }

    /// Makes room for `byteCount` zeros, aligned; gives where they start.
    mutating func reserve(_ byteCount: Int) -> Int {
        let start = count
        count += (byteCount + 63) / 64 * 64
        words += [UInt64](repeating: 0, count: count / 8 - words.count)
        return start
    }

    mutating func add<Number: FixedWidthInteger>(_ numbers: [Number]) -> Int {
        let start = reserve(numbers.count * MemoryLayout<Number>.size)
        write(numbers, at: start)
        return start
    }

    mutating func write<Number: FixedWidthInteger>(_ numbers: [Number], at offset: Int) {
        unsafe words.withUnsafeMutableBytes { bytes in
            unsafe numbers.withUnsafeBytes { numbers in
                precondition(offset + numbers.count <= bytes.count, "room was reserved")
                guard let target = bytes.baseAddress,
                    let source = numbers.baseAddress
                else { return }
                unsafe (target + offset).copyMemory(from: source, byteCount: numbers.count)
            }
        }
    }

    @unsafe func withBytes<Result>(_ body: (UnsafeRawPointer) -> Result) -> Result {
        if words.isEmpty {
            let empty: [UInt64] = [0]
            return unsafe empty.withUnsafeBytes { unsafe body($0.baseAddress.unsafelyUnwrapped) }
        }
        return unsafe words.withUnsafeBytes { unsafe body($0.baseAddress.unsafelyUnwrapped) }
    }
}
