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
        unsafe engine.addLog(
            address: record.pointee.recipient, topics: top, topicCount, bytes(range))
        drop(topicCount)
    }
}

extension Engine {
    /// `topics` points one past the first of them: they lie on the stack, the first on top.
    @inline(never)
    @unsafe
    func addLog(
        address: Address, topics: UnsafeMutablePointer<UInt256>, _ topicCount: Int,
        _ data: UnsafeBufferPointer<UInt8>
    ) {
        var hashes: [Hash] = []
        hashes.reserveCapacity(topicCount)
        for index in 0..<topicCount { unsafe hashes.append(Hash(topics[-1 - index])) }
        journal.addLog(Log(address: address, topics: hashes, data: unsafe Array(data)))
    }
}
