internal import CKernels
internal import Primitives

/// The machine's parts: contexts, journal, and the pools that frames live in.
///
/// All frames share one stack, one memory and one list of records; each has a window. A frame's
/// windows start where its caller's end, so shallow calls stay in the cache, and nothing is
/// allocated for a call.
@safe
final class Engine {
    let revision: Revision
    let schedule: GasSchedule
    let traits: TraitsTable
    let handlers: KernelHandlers
    let journal: Journal
    let precompiles: PrecompileTable
    var tracer: (any Tracer)?
    var block: BlockContext
    var transaction: TransactionContext

    private var stack: UnsafeMutablePointer<UInt256>
    private var stackCapacity: Int
    var memory: UnsafeMutableRawPointer
    private var memoryCapacity: Int
    var records: UnsafeMutablePointer<FrameRecord>
    var recordCount = 0
    private var recordCapacity: Int
    /// What the last callee answered: `RETURNDATA`, or the outermost frame's output.
    var answer: UnsafeMutablePointer<UInt8>
    var answerCount = 0
    private var answerCapacity: Int
    private let digests: OpaquePointer
    /// How the frame that a `run` was for ended.
    var end = Outcome(status: .success)
    var nativeDepth = 0
    /// What the first native that could not go on lacked.
    var missing: Hash?

    init(
        revision: Revision, block: BlockContext, transaction: TransactionContext,
        journal: Journal, precompiles: PrecompileTable, tracer: (any Tracer)?
    ) {
        self.revision = revision
        schedule = GasSchedule(revision)
        traits = TraitsTable.of(revision)
        handlers = KernelHandlers.of(revision)
        self.block = block
        self.transaction = transaction
        self.journal = journal
        self.precompiles = precompiles
        self.tracer = tracer
        stackCapacity = 2 * Limits.stackWords
        unsafe stack = .allocate(capacity: 2 * Limits.stackWords)
        unsafe stack.initialize(to: .zero)
        memoryCapacity = 1 << 14
        unsafe memory = assay_resize(nil, 1 << 14)
        recordCapacity = 16
        unsafe records = .allocate(capacity: 16)
        answerCapacity = 1 << 10
        unsafe answer = .allocate(capacity: 1 << 10)
        unsafe digests = assay_evm_make_digests()
    }

    deinit {
        unsafe stack.deallocate()
        unsafe assay_release(memory)
        unsafe records.deallocate()
        unsafe answer.deallocate()
        unsafe assay_evm_release_digests(digests)
    }

    // MARK: Pools

    /// Adds a record; its stack window begins at `stackStart` and has room for a full stack.
    @inline(__always)
    func push(_ record: FrameRecord) {
        if recordCount == recordCapacity { growRecords() }
        if unsafe record.stackStart &+ Limits.stackWords > stackCapacity { growStack() }
        unsafe (records + recordCount).initialize(to: record)
        recordCount &+= 1
    }

    @inline(never)
    private func growRecords() {
        let larger = UnsafeMutablePointer<FrameRecord>.allocate(capacity: recordCapacity * 2)
        unsafe larger.moveInitialize(from: records, count: recordCount)
        unsafe records.deallocate()
        unsafe records = larger
        recordCapacity *= 2
    }

    @inline(never)
    private func growStack() {
        let larger = UnsafeMutablePointer<UInt256>.allocate(capacity: stackCapacity * 2)
        unsafe larger.update(from: stack, count: stackCapacity)
        unsafe stack.deallocate()
        unsafe stack = larger
        stackCapacity *= 2
    }

    /// Makes a frame's window `count` bytes long, the new ones zero.
    /// - Returns: the gas left after paying for it.
    @inline(never)
    @unsafe
    func growMemory(
        _ record: UnsafeMutablePointer<FrameRecord>, from old: Int, to count: Int, gas: Int64
    ) throws(Halt) -> Int64 {
        let cost =
            Gas.memory(words: Int64(count >> 5)) - Gas.memory(words: Int64(old >> 5))
        guard cost <= gas else { throw .outOfGas }
        let start = unsafe record.pointee.memoryStart
        guard start + count <= Limits.memoryBytes else { throw .outOfGas }
        reserveMemory(start + count)
        let window = unsafe memory + start
        unsafe (window + old).initializeMemory(as: UInt8.self, repeating: 0, count: count - old)
        return gas - cost
    }

    private func reserveMemory(_ needed: Int) {
        guard needed > memoryCapacity else { return }
        let capacity = max(needed, memoryCapacity * 2)
        unsafe memory = assay_resize(memory, capacity)
        memoryCapacity = capacity
    }

    /// Where the memory that no frame uses begins.
    var memoryEnd: Int {
        guard recordCount > 0 else { return 0 }
        let record = unsafe records + (recordCount - 1)
        return unsafe record.pointee.memoryStart + record.pointee.memoryCount
    }

    /// Where the stack that no frame uses begins. The kernel reads the word under a frame's
    /// lowest and writes it back, so there is one under the first frame too.
    var stackEnd: Int {
        guard recordCount > 0 else { return 1 }
        let record = unsafe records + (recordCount - 1)
        return unsafe record.pointee.stackStart + record.pointee.stackCount
    }

    /// Puts bytes into unused memory, for a frame above them to read as call data.
    func place(_ bytes: [UInt8]) -> Int {
        let start = memoryEnd
        reserveMemory(start + bytes.count)
        unsafe bytes.withUnsafeBytes { source in
            if let base = source.baseAddress {
                unsafe (memory + start).copyMemory(from: base, byteCount: source.count)
            }
        }
        return start
    }

    func setAnswer(_ bytes: [UInt8]) {
        unsafe bytes.withUnsafeBufferPointer { unsafe setAnswer($0) }
    }

    @unsafe
    func setAnswer(_ bytes: UnsafeBufferPointer<UInt8>) {
        if bytes.count > answerCapacity {
            unsafe answer.deallocate()
            unsafe answer = .allocate(capacity: bytes.count)
            answerCapacity = bytes.count
        }
        if let base = bytes.baseAddress { unsafe answer.update(from: base, count: bytes.count) }
        answerCount = bytes.count
    }

    var answerBytes: [UInt8] {
        unsafe Array(UnsafeBufferPointer(start: answer, count: answerCount))
    }

    // MARK: Registers

    /// The registers of the frame on top, as it stopped.
    @inline(__always)
    func resume() -> Frame {
        let record = unsafe records + (recordCount &- 1)
        let bottom = unsafe stack + record.pointee.stackStart
        var registers = unsafe assay_evm_registers(
            counter: record.pointee.codeStart + record.pointee.counter,
            top: UnsafeMutableRawPointer(bottom + record.pointee.stackCount)
                .assumingMemoryBound(to: UInt64.self),
            gas: record.pointee.gas,
            bottom: UnsafeRawPointer(bottom).assumingMemoryBound(to: UInt64.self),
            memory: memory.assumingMemoryBound(to: UInt8.self),
            memory_count: UInt64(truncatingIfNeeded: record.pointee.memoryCount),
            memory_room: 0,
            memory_clean: UInt64(truncatingIfNeeded: record.pointee.memoryCount),
            memory_wanted: 0,
            code: record.pointee.codeStart,
            code_count: UInt64(truncatingIfNeeded: record.pointee.codeCount),
            destinations: record.pointee.destinations,
            destination_count: record.pointee.destinations == nil
                ? 0 : UInt64(truncatingIfNeeded: record.pointee.codeCount),
            input: memory.assumingMemoryBound(to: UInt8.self),
            input_count: UInt64(truncatingIfNeeded: record.pointee.inputCount),
            answer: answer, answer_count: UInt64(truncatingIfNeeded: answerCount),
            digests: digests)
        unsafe placeMemory(&registers, record)
        return unsafe Frame(registers: registers, record: record)
    }

    /// Points the registers at the frame's windows of the shared memory, which may have moved.
    @inline(__always)
    @unsafe
    func placeMemory(
        _ registers: inout assay_evm_registers, _ record: UnsafeMutablePointer<FrameRecord>
    ) {
        let bytes = unsafe memory.assumingMemoryBound(to: UInt8.self)
        unsafe registers.memory = bytes + record.pointee.memoryStart
        // A window that has no bytes yet may start past the end.
        let room =
            unsafe min(memoryCapacity, Limits.memoryBytes) - record.pointee.memoryStart
        unsafe registers.memory_room = UInt64(max(room, 0))
        unsafe registers.input = UnsafePointer(bytes + record.pointee.inputStart)
    }

    /// Writes the registers back before another frame, or the journal's owner, takes over.
    @inline(__always)
    func suspend(_ frame: Frame) {
        unsafe frame.record.pointee.counter = frame.counter - frame.record.pointee.codeStart
        unsafe frame.record.pointee.gas = frame.gas
        unsafe frame.record.pointee.stackCount = frame.stackBytes &>> 5
        unsafe frame.record.pointee.memoryCount = frame.memoryCount
    }

    /// Pushes onto the suspended frame on top.
    @inline(__always)
    func pushResult(_ word: UInt256) {
        let record = unsafe records + (recordCount &- 1)
        unsafe stack[record.pointee.stackStart + record.pointee.stackCount] = word
        unsafe record.pointee.stackCount &+= 1
    }
}
