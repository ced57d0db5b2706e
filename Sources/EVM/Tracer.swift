public import Primitives

/// Watches a machine: each opcode before it runs, each message as it begins and ends.
///
/// The untraced loop is a separate copy without a trace of this, so that tracers cost nothing
/// when there is none. A step's price is the gas difference to the next step of its depth.
public protocol Tracer: AnyObject {
    func step(_ step: Step)
    func enter(_ message: Message)
    func exit(_ outcome: Outcome)
}

extension Tracer {
    public func step(_ step: Step) {}
    public func enter(_ message: Message) {}
    public func exit(_ outcome: Outcome) {}
}

/// The frame as an opcode is about to run. Valid within the callback only.
@safe
public struct Step {
    private let engine: Engine
    private let frame: Frame
    public let opcode: UInt8

    init(_ engine: Engine, _ frame: Frame, _ opcode: UInt8) {
        self.engine = engine
        self.frame = frame
        self.opcode = opcode
    }

    public var programCounter: Int { unsafe frame.counter - frame.record.pointee.codeStart }
    public var gas: UInt64 { UInt64(max(frame.gas, 0)) }
    public var depth: Int { unsafe frame.record.pointee.depth }
    public var address: Address { unsafe frame.record.pointee.recipient }
    public var memoryCount: Int { frame.memoryCount }
    public var refund: Int64 { engine.journal.refund }
    public var returnData: [UInt8] { engine.answerBytes }

    /// The words, the top one last.
    public var stack: [UInt256] {
        unsafe Array(UnsafeBufferPointer(start: frame.bottom, count: frame.stackBytes / 32))
    }

    public var memory: [UInt8] {
        unsafe Array(frame.bytes(MemoryRange(start: 0, count: frame.memoryCount)))
    }
}

/// The loop's view of a tracer, specialised at compile time.
protocol StepWatcher {
    /// Whether every step is to be shown: then the kernel, which shows none, stays out.
    static var isWatching: Bool { get }
    func step(_ engine: Engine, _ frame: Frame, _ opcode: UInt8)
}

struct Untraced: StepWatcher {
    @inline(__always) static var isWatching: Bool { false }

    @inline(__always)
    func step(_ engine: Engine, _ frame: Frame, _ opcode: UInt8) {}
}

struct Traced: StepWatcher {
    @inline(__always) static var isWatching: Bool { true }

    let tracer: any Tracer

    @inline(never)
    func step(_ engine: Engine, _ frame: Frame, _ opcode: UInt8) {
        tracer.step(Step(engine, frame, opcode))
    }
}
