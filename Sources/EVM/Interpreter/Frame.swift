internal import CKernels
internal import Primitives

/// The running frame's registers, in the form that the kernel takes.
///
/// Stack accesses are unchecked: the loop has compared the height with the opcode's traits
/// before the instruction runs. Memory accesses go through `reserve`, which checks and grows.
@safe
struct Frame {
    var registers: assay_evm_registers
    let record: UnsafeMutablePointer<FrameRecord>

    /// The next byte of code.
    @inline(__always)
    var counter: UnsafePointer<UInt8> {
        get { unsafe registers.counter }
        set { unsafe registers.counter = newValue }
    }

    /// One past the last word.
    @inline(__always)
    var top: UnsafeMutablePointer<UInt256> {
        get {
            unsafe UnsafeMutableRawPointer(registers.top).assumingMemoryBound(to: UInt256.self)
        }
        set {
            unsafe registers.top = UnsafeMutableRawPointer(newValue)
                .assumingMemoryBound(to: UInt64.self)
        }
    }

    @inline(__always)
    var bottom: UnsafePointer<UInt256> {
        unsafe UnsafeRawPointer(registers.bottom).assumingMemoryBound(to: UInt256.self)
    }

    @inline(__always)
    var gas: Int64 {
        get { unsafe registers.gas }
        set { unsafe registers.gas = newValue }
    }

    @inline(__always)
    var memory: UnsafeMutableRawPointer { unsafe UnsafeMutableRawPointer(registers.memory) }

    @inline(__always)
    var memoryCount: Int { unsafe Int(truncatingIfNeeded: registers.memory_count) }

    // MARK: Stack

    /// The height in bytes.
    @inline(__always)
    var stackBytes: Int {
        unsafe UnsafeRawPointer(top) - UnsafeRawPointer(bottom)
    }

    @inline(__always)
    mutating func pop() -> UInt256 {
        unsafe top -= 1
        return unsafe top.pointee
    }

    @inline(__always)
    mutating func push(_ word: UInt256) {
        unsafe top.pointee = word
        unsafe top += 1
    }

    /// The word `depth` below the top one.
    @inline(__always)
    func peek(_ depth: Int) -> UInt256 { unsafe top[-1 &- depth] }

    /// The top word, for instructions that replace it.
    @inline(__always)
    var last: UInt256 {
        get { unsafe top[-1] }
        nonmutating set { unsafe top[-1] = newValue }
    }

    @inline(__always)
    mutating func drop(_ count: Int) { unsafe top -= count }

    // MARK: Gas

    @inline(__always)
    mutating func charge(_ amount: Int64) throws(Halt) {
        gas &-= amount
        if gas < 0 { throw .outOfGas }
    }

    // MARK: Facts of the frame

    @inline(__always) var account: Int { unsafe record.pointee.account }
    @inline(__always) var isStatic: Bool { unsafe record.pointee.isStatic }

    @inline(__always)
    func requireMutable() throws(Halt) {
        if isStatic { throw .staticViolation }
    }
}

/// A checked range of the frame's memory; `count` 0 has no place.
struct MemoryRange {
    let start: Int
    let count: Int
}

// MARK: Memory

extension Frame {
    /// Makes `count` bytes from `offset` usable, paying for growth. `count` is small and positive.
    @inline(__always)
    mutating func reserve(
        _ engine: Engine, _ offset: UInt256, count: Int
    ) throws(Halt) -> Int {
        guard (offset.limb1 | offset.limb2 | offset.limb3) == 0,
            offset.limb0 < UInt64(Limits.memoryBytes)
        else { throw .outOfGas }
        let start = Int(truncatingIfNeeded: offset.limb0)
        if start &+ count > memoryCount { try grow(engine, to: start &+ count) }
        return start
    }

    /// Makes a range usable, paying for growth; an empty one costs nothing, wherever it is.
    @inline(__always)
    mutating func reserve(
        _ engine: Engine, _ offset: UInt256, _ size: UInt256
    ) throws(Halt) -> MemoryRange {
        if size.isZero { return MemoryRange(start: 0, count: 0) }
        let high =
            offset.limb1 | offset.limb2 | offset.limb3 | size.limb1 | size.limb2 | size.limb3
        guard high == 0, offset.limb0 < UInt64(Limits.memoryBytes),
            size.limb0 <= UInt64(Limits.memoryBytes)
        else { throw .outOfGas }
        let start = Int(truncatingIfNeeded: offset.limb0)
        let count = Int(truncatingIfNeeded: size.limb0)
        if start &+ count > memoryCount { try grow(engine, to: start &+ count) }
        return MemoryRange(start: start, count: count)
    }

    @inline(__always)
    private mutating func grow(_ engine: Engine, to end: Int) throws(Halt) {
        let count = (end &+ 31) & ~31
        gas = try unsafe engine.growMemory(record, from: memoryCount, to: count, gas: gas)
        unsafe registers.memory_count = UInt64(truncatingIfNeeded: count)
        unsafe registers.memory_clean = registers.memory_count
        unsafe engine.placeMemory(&registers, record)
    }

    /// The word at a reserved place.
    @inline(__always)
    func loadWord(_ start: Int) -> UInt256 { unsafe UInt256(loading: memory + start) }

    @inline(__always)
    func storeWord(_ word: UInt256, _ start: Int) { unsafe word.store(to: memory + start) }

    @inline(__always)
    func storeByte(_ byte: UInt8, _ start: Int) {
        unsafe memory.storeBytes(of: byte, toByteOffset: start, as: UInt8.self)
    }

    @inline(__always)
    func bytes(_ range: MemoryRange) -> UnsafeBufferPointer<UInt8> {
        unsafe UnsafeBufferPointer(
            start: (memory + range.start).assumingMemoryBound(to: UInt8.self), count: range.count)
    }

    /// Copies `source` from `offset` on into a reserved range and fills the rest with zeros.
    func copy(
        _ source: UnsafePointer<UInt8>, count: Int, from offset: UInt256, to range: MemoryRange
    ) {
        guard range.count > 0 else { return }
        let target = unsafe memory + range.start
        let skipped = offset.asInt.map { min($0, count) } ?? count
        let copied = min(count - skipped, range.count)
        unsafe target.copyMemory(from: source + skipped, byteCount: copied)
        unsafe (target + copied).initializeMemory(
            as: UInt8.self, repeating: 0, count: range.count - copied)
    }
}

extension UInt256 {
    /// Reads 32 bytes, most significant first.
    @inline(__always)
    @unsafe
    init(loading pointer: UnsafeRawPointer) {
        unsafe self.init(
            limbs: (pointer + 24).loadUnaligned(as: UInt64.self).byteSwapped,
            (pointer + 16).loadUnaligned(as: UInt64.self).byteSwapped,
            (pointer + 8).loadUnaligned(as: UInt64.self).byteSwapped,
            pointer.loadUnaligned(as: UInt64.self).byteSwapped)
    }

    /// Writes 32 bytes, most significant first.
    @inline(__always)
    @unsafe
    func store(to pointer: UnsafeMutableRawPointer) {
        unsafe pointer.storeBytes(of: limb3.byteSwapped, as: UInt64.self)
        unsafe (pointer + 8).storeBytes(of: limb2.byteSwapped, as: UInt64.self)
        unsafe (pointer + 16).storeBytes(of: limb1.byteSwapped, as: UInt64.self)
        unsafe (pointer + 24).storeBytes(of: limb0.byteSwapped, as: UInt64.self)
    }
}
