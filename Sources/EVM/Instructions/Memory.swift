internal import Crypto
internal import Primitives

// 0x20, 0x51–0x53, 0x59, 0x5e.
extension Frame {
    @inline(never)
    mutating func keccak(_ engine: Engine) throws(Halt) {
        let offset = pop()
        let range = try reserve(engine, offset, last)
        try charge(Gas.hashWord &* Gas.words(range.count))
        last = unsafe Keccak.hash(bytes(range)).word
    }

    @inline(__always)
    mutating func memoryLoad(_ engine: Engine) throws(Halt) {
        let start = try reserve(engine, last, count: 32)
        last = loadWord(start)
    }

    @inline(__always)
    mutating func memoryStore(_ engine: Engine) throws(Halt) {
        let offset = pop()
        let word = pop()
        let start = try reserve(engine, offset, count: 32)
        storeWord(word, start)
    }

    @inline(__always)
    mutating func memoryStoreByte(_ engine: Engine) throws(Halt) {
        let offset = pop()
        let word = pop()
        let start = try reserve(engine, offset, count: 1)
        storeByte(UInt8(truncatingIfNeeded: word.limb0), start)
    }

    @inline(__always)
    mutating func memorySize() {
        push(UInt256(UInt64(truncatingIfNeeded: memoryCount)))
    }

    /// EIP-5656: the memory grows to hold both ranges; they may overlap.
    @inline(never)
    mutating func memoryCopy(_ engine: Engine) throws(Halt) {
        let target = pop()
        let source = pop()
        let size = pop()
        let to = try reserve(engine, target, size)
        let from = try reserve(engine, source, size)
        try charge(Gas.copyWord &* Gas.words(to.count))
        guard to.count > 0 else { return }
        unsafe (memory + to.start).copyMemory(from: memory + from.start, byteCount: to.count)
    }
}
