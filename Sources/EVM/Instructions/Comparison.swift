internal import Primitives

// 0x10–0x15: a true answer is the word 1.
extension Frame {
    @inline(__always)
    mutating func lessThan() {
        let left = pop()
        last = UInt256(left < last)
    }

    @inline(__always)
    mutating func greaterThan() {
        let left = pop()
        last = UInt256(last < left)
    }

    @inline(__always)
    mutating func signedLessThan() {
        let left = pop()
        last = UInt256(left.isBelowSigned(last))
    }

    @inline(__always)
    mutating func signedGreaterThan() {
        let left = pop()
        last = UInt256(last.isBelowSigned(left))
    }

    @inline(__always)
    mutating func equal() {
        let left = pop()
        last = UInt256(left == last)
    }

    @inline(__always)
    mutating func isZero() {
        last = UInt256(last.isZero)
    }
}

extension UInt256 {
    /// Two's complement order.
    @inline(__always)
    func isBelowSigned(_ other: UInt256) -> Bool {
        isNegative == other.isNegative ? self < other : isNegative
    }
}
