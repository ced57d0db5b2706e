internal import CKernels
internal import Primitives

// 0x56–0x58, 0x5a. STOP, RETURN, REVERT and the calls change frames: the loop has them.
extension Frame {
    @inline(__always)
    mutating func jump() throws(Halt) {
        try jump(to: pop())
    }

    @inline(__always)
    mutating func jumpIf() throws(Halt) {
        let target = pop()
        let condition = pop()
        if !condition.isZero { try jump(to: target) }
    }

    @inline(__always)
    private mutating func jump(to target: UInt256) throws(Halt) {
        let codeCount = unsafe UInt64(truncatingIfNeeded: record.pointee.codeCount)
        guard target.isBelow(codeCount) else { throw .invalidJump }
        let index = Int(truncatingIfNeeded: target.limb0)
        let bits = unsafe registers.destinations ?? Frame.destinations(record)
        unsafe registers.destinations = bits
        unsafe registers.destination_count = codeCount
        let bit = unsafe bits[index >> 3] >> UInt8(truncatingIfNeeded: index & 7) & 1
        guard bit == 1 else { throw .invalidJump }
        unsafe counter = record.pointee.codeStart + index
    }

    @inline(never)
    @unsafe
    private static func destinations(
        _ record: UnsafeMutablePointer<FrameRecord>
    ) -> UnsafePointer<UInt8> {
        let destinations = unsafe record.pointee.code.takeUnretainedValue().jumpDestinations
        unsafe record.pointee.destinations = destinations
        return unsafe destinations
    }

    /// The place of this opcode; the counter already stands behind it.
    @inline(__always)
    mutating func programCounter() {
        let place = unsafe counter - record.pointee.codeStart - 1
        push(UInt256(UInt64(truncatingIfNeeded: place)))
    }

    @inline(__always)
    mutating func gasLeft() {
        push(UInt256(UInt64(truncatingIfNeeded: gas)))
    }
}
