package import Primitives

/// Uniform numbers that follow from a secret: SHA-256 in counter mode over a purpose's own key.
///
/// Whoever does not know the secret cannot tell them from random ones, as far as SHA-256 is a
/// pseudo-random function. The same secret and purpose give the same numbers on every machine.
package struct HidingStream {
    private var words: CounterWords

    /// - Parameter purpose: numbers of different purposes are independent.
    package init(_ secret: Hash, _ purpose: StaticString) {
        var message: [UInt8] = Array("assay.hiding.v1".utf8)
        message += secret.bytes
        unsafe message.append(
            contentsOf: UnsafeBufferPointer(
                start: purpose.utf8Start, count: purpose.utf8CodeUnitCount))
        words = CounterWords(prefix: sha256(&message))
    }

    /// A uniform element of the base field.
    package mutating func limb() -> BabyBear { words.nextLimb() }

    /// A uniform element of the extension field.
    package mutating func element() -> Extension {
        Extension(limbs: (0..<Extension.degree).map { _ in limb() })
    }

    package mutating func elements(_ count: Int) -> [Extension] {
        (0..<count).map { _ in element() }
    }

    /// Overwrites a range of a stack.
    package mutating func fill(_ stack: FieldBuffer, _ range: Range<Int>) {
        precondition(
            range.lowerBound >= 0 && range.upperBound <= stack.count, "the range is in the stack")
        for index in range { unsafe stack.words[index] = limb().montgomery }
    }

    /// 16 bytes for each of so many leaves.
    package mutating func salts(_ leaves: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(16 * leaves)
        for _ in 0..<4 * leaves {
            let word = words.next()
            for shift in stride(from: UInt32(0), to: 32, by: 8) {
                bytes.append(UInt8(truncatingIfNeeded: word >> shift))
            }
        }
        return bytes
    }
}
