internal import Primitives

// 0x16–0x1e.
extension Frame {
    @inline(__always)
    mutating func and() {
        let left = pop()
        last = left & last
    }

    @inline(__always)
    mutating func or() {
        let left = pop()
        last = left | last
    }

    @inline(__always)
    mutating func exclusiveOr() {
        let left = pop()
        last = left ^ last
    }

    @inline(__always)
    mutating func not() {
        last = ~last
    }

    /// Byte `index` from the most significant; zero past the 32nd.
    @inline(__always)
    mutating func byte() {
        let index = pop()
        last =
            index.isBelow(32)
            ? UInt256(UInt64(last.byte(Int(truncatingIfNeeded: index.limb0)))) : .zero
    }

    @inline(__always)
    mutating func shiftLeft() {
        let count = pop()
        last = count.isBelow(256) ? last << Int(truncatingIfNeeded: count.limb0) : .zero
    }

    @inline(__always)
    mutating func shiftRight() {
        let count = pop()
        last = count.isBelow(256) ? last >> Int(truncatingIfNeeded: count.limb0) : .zero
    }

    @inline(__always)
    mutating func shiftRightArithmetically() {
        let count = pop()
        let word = last
        if count.isBelow(256) {
            last = word.shiftedRightArithmetically(by: Int(truncatingIfNeeded: count.limb0))
        } else {
            last = word.isNegative ? .max : .zero
        }
    }

    /// EIP-7939; 256 for zero.
    @inline(__always)
    mutating func countLeadingZeros() {
        last = UInt256(UInt64(truncatingIfNeeded: last.leadingZeroBitCount))
    }
}

extension UInt256 {
    @inline(__always)
    func isBelow(_ bound: UInt64) -> Bool { (limb1 | limb2 | limb3) == 0 && limb0 < bound }
}
