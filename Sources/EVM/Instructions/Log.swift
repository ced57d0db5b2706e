internal import Primitives

// 0xa0–0xa4.
extension Frame {
    /// Adds a log with `topicCount` topics; the traits charge for those.
    @inline(never)
    mutating func log(_ engine: Engine, _ topicCount: Int) throws(Halt) {
        try requireMutable()
        let offset = pop()
        let range = try reserve(engine, offset, pop())
        try charge(Gas.logByte &* Int64(range.count))
        let topics = unsafe top
        unsafe engine.journal.addLog(
            record.pointee.recipient, topicCount: topicCount, bytes(range)
        ) { unsafe topics[-1 - $0] }
        drop(topicCount)
    }
}

extension Journal {
    /// Adds a log whose data lies in a frame's memory and whose topics on its stack.
    @inline(__always)
    @unsafe
    func addLog(
        _ address: Address, topicCount: Int, _ data: UnsafeBufferPointer<UInt8>,
        topic: (Int) -> UInt256
    ) {
        undo.append(UndoEntry(.log, 0))
        unsafe logList.append(address, topicCount: topicCount, data, topic: topic)
    }
}
