internal import Primitives

// 0x50, 0x5f–0x9f. Code is padded with zeros, so a PUSH may read past the end.
extension Frame {
    /// Pushes the next `count` bytes of code; `count` is a constant from 1 to 32.
    @inline(__always)
    mutating func push(bytes count: Int) {
        let limbs = count / 8
        let rest = count % 8
        var word = UInt256.zero
        if rest != 0 {
            let first = unsafe UnsafeRawPointer(counter).loadUnaligned(as: UInt64.self)
            let value = first.byteSwapped >> UInt64(64 - rest * 8)
            switch limbs {
            case 0: word.limb0 = value
            case 1: word.limb1 = value
            case 2: word.limb2 = value
            default: word.limb3 = value
            }
        }
        if limbs > 0 { word.limb0 = codeLimb(at: count - 8) }
        if limbs > 1 { word.limb1 = codeLimb(at: count - 16) }
        if limbs > 2 { word.limb2 = codeLimb(at: count - 24) }
        if limbs > 3 { word.limb3 = codeLimb(at: count - 32) }
        unsafe counter += count
        push(word)
    }

    @inline(__always)
    private func codeLimb(at offset: Int) -> UInt64 {
        unsafe UnsafeRawPointer(counter + offset).loadUnaligned(as: UInt64.self).byteSwapped
    }

    /// Pushes a copy of the word `depth` below the top, counted from 1.
    @inline(__always)
    mutating func duplicate(_ depth: Int) {
        push(peek(depth - 1))
    }

    /// Exchanges the top word with the one `depth` below it.
    @inline(__always)
    mutating func swap(_ depth: Int) {
        let upper = last
        last = peek(depth)
        unsafe top[-1 &- depth] = upper
    }
}
