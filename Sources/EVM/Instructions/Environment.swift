internal import Primitives

// 0x30–0x3f.
extension Frame {
    @inline(__always)
    mutating func address() { unsafe push(record.pointee.recipient.word) }

    @inline(__always)
    mutating func caller() { unsafe push(record.pointee.caller.word) }

    @inline(__always)
    mutating func callValue() { unsafe push(record.pointee.value) }

    @inline(__always)
    mutating func origin(_ engine: Engine) { push(engine.transaction.origin.word) }

    @inline(__always)
    mutating func gasPrice(_ engine: Engine) { push(engine.transaction.gasPrice) }

    // MARK: Call data, code, return data

    /// Fewer than 32 bytes as the upper ones of a word.
    @inline(never)
    private static func padded(_ bytes: UnsafeRawBufferPointer) -> UInt256 {
        unsafe UInt256(bigEndian: bytes) << ((32 - bytes.count) * 8)
    }

    @inline(__always)
    mutating func callDataSize() {
        unsafe push(UInt256(UInt64(truncatingIfNeeded: record.pointee.inputCount)))
    }

    /// 32 bytes of call data, zeros past its end.
    @inline(__always)
    mutating func callDataLoad(_ engine: Engine) {
        let offset = last
        let count = unsafe record.pointee.inputCount
        guard let start = offset.asInt, start < count else {
            last = .zero
            return
        }
        let data = unsafe engine.memory + record.pointee.inputStart
        last =
            unsafe start &+ 32 <= count
            ? UInt256(loading: data + start)
            : Frame.padded(UnsafeRawBufferPointer(start: data + start, count: count &- start))
    }

    @inline(never)
    mutating func callDataCopy(_ engine: Engine) throws(Halt) {
        let (range, offset) = try popCopy(engine)
        unsafe copy(
            (engine.memory + record.pointee.inputStart).assumingMemoryBound(to: UInt8.self),
            count: record.pointee.inputCount, from: offset, to: range)
    }

    @inline(__always)
    mutating func codeSize() {
        unsafe push(UInt256(UInt64(truncatingIfNeeded: record.pointee.codeCount)))
    }

    @inline(never)
    mutating func codeCopy(_ engine: Engine) throws(Halt) {
        let (range, offset) = try popCopy(engine)
        unsafe copy(
            record.pointee.codeStart, count: record.pointee.codeCount, from: offset, to: range)
    }

    @inline(__always)
    mutating func returnDataSize(_ engine: Engine) {
        push(UInt256(UInt64(truncatingIfNeeded: engine.answerCount)))
    }

    /// Reading past the end halts, also for no bytes (EIP-211).
    @inline(never)
    mutating func returnDataCopy(_ engine: Engine) throws(Halt) {
        let offset = peek(1)
        let (end, overflows) = offset.addingReportingOverflow(peek(2))
        guard !overflows, end <= UInt256(UInt64(truncatingIfNeeded: engine.answerCount)) else {
            throw .returnDataOutOfBounds
        }
        let (range, _) = try popCopy(engine)
        unsafe copy(engine.answer, count: engine.answerCount, from: offset, to: range)
    }

    /// Takes target, source offset and size; pays for memory and words copied.
    @inline(__always)
    private mutating func popCopy(
        _ engine: Engine
    ) throws(Halt) -> (range: MemoryRange, offset: UInt256) {
        let target = pop()
        let offset = pop()
        let range = try reserve(engine, target, pop())
        try charge(Gas.copyWord &* Gas.words(range.count))
        return (range, offset)
    }

    // MARK: Other accounts

    /// Looks an account up and pays the rest of the cold price (EIP-2929).
    @inline(__always)
    private mutating func access(_ engine: Engine, _ word: UInt256) throws(Halt) -> Int {
        let number = engine.journal.loaded(Address(truncating: word))
        if engine.schedule.hasWarmth, engine.journal.warm(number) {
            try charge(Gas.coldAccount &- Gas.warmAccess)
        }
        return number
    }

    @inline(never)
    mutating func balance(_ engine: Engine) throws(Halt) {
        let number = try access(engine, last)
        last = engine.journal.balance(number)
    }

    @inline(__always)
    mutating func selfBalance(_ engine: Engine) {
        push(engine.balance(account))
    }

    @inline(never)
    mutating func externalCodeSize(_ engine: Engine) throws(Halt) {
        let number = try access(engine, last)
        let count = unsafe engine.journal.code(number)._withUnsafeGuaranteedRef { $0.count }
        last = UInt256(UInt64(truncatingIfNeeded: count))
    }

    @inline(never)
    mutating func externalCodeCopy(_ engine: Engine) throws(Halt) {
        let number = try access(engine, pop())
        let (range, offset) = try popCopy(engine)
        let code = unsafe engine.journal.code(number).takeUnretainedValue()
        unsafe copy(code.start, count: code.count, from: offset, to: range)
    }

    /// Zero for an account that is empty or does not exist (EIP-1052).
    @inline(never)
    mutating func externalCodeHash(_ engine: Engine) throws(Halt) {
        let number = try access(engine, last)
        last =
            engine.journal.isEmpty(number)
            ? .zero : engine.journal.accounts[number].codeHash.word
    }
}

extension Engine {
    @inline(never)
    func balance(_ account: Int) -> UInt256 { journal.balance(account) }
}
