internal import Crypto
internal import Primitives

/// The lengths that open a MODEXP input, and what they cost (EIP-198, 2565, 7823, 7883).
struct ModexpInput {
    let baseCount: UInt256
    let exponentCount: UInt256
    let modulusCount: UInt256
    /// The exponent's first 32 bytes, or all of it.
    let exponentHead: UInt256

    init(_ input: [UInt8]) {
        baseCount = StandardPrecompile.word(input, at: 0)
        exponentCount = StandardPrecompile.word(input, at: 32)
        modulusCount = StandardPrecompile.word(input, at: 64)
        guard let skipped = baseCount.asInt, skipped < input.count else {
            exponentHead = .zero
            return
        }
        let head = StandardPrecompile.word(input, at: 96 + skipped)
        let count = exponentCount.isBelow(32) ? Int(exponentCount.limb0) : 32
        exponentHead = head >> ((32 - count) * 8)
    }

    private var isTooLong: Bool {
        let bound = UInt64(Limits.modexpOperandBytes) + 1
        return !baseCount.isBelow(bound) || !exponentCount.isBelow(bound)
            || !modulusCount.isBelow(bound)
    }

    /// The power, in as many bytes as the modulus has. The cost was paid, so lengths are bounded.
    func run(_ input: [UInt8], _ revision: Revision) throws(Halt) -> [UInt8] {
        if revision >= .osaka, isTooLong { throw .precompileFailed }
        guard !modulusCount.isZero else { return [] }
        guard let base = baseCount.asInt, let exponent = exponentCount.asInt,
            let modulus = modulusCount.asInt
        else { throw .outOfGas }
        return Modexp.power(
            base: ModexpInput.slice(input, 96, base),
            exponent: ModexpInput.slice(input, 96 + base, exponent),
            modulus: ModexpInput.slice(input, 96 + base + exponent, modulus))
    }

    /// Bytes of the input, zeros past its end.
    private static func slice(_ input: [UInt8], _ start: Int, _ count: Int) -> [UInt8] {
        let from = min(start, input.count)
        let held = input[from..<min(from + count, input.count)]
        return Array(held) + [UInt8](repeating: 0, count: count - held.count)
    }

    func cost(_ revision: Revision) -> UInt64 {
        // What is too long fails whatever it costs.
        if revision >= .osaka, isTooLong { return 0 }
        let longest = max(baseCount, modulusCount)
        let steps = max(iterations(revision), 1)
        if revision >= .osaka {
            let complexity =
                longest.isBelow(33) ? 16 : saturatedProduct(2, squaredWords(longest))
            return clamped(max(saturatedProduct(complexity, steps), 500))
        }
        if revision >= .berlin {
            return clamped(max(saturatedProduct(squaredWords(longest), steps) / 3, 200))
        }
        return clamped(saturatedProduct(firstComplexity(longest), steps) / 20)
    }

    /// About the exponent's bit length, without its head's last bit.
    private func iterations(_ revision: Revision) -> UInt256 {
        let head = UInt256(max(exponentHead.bitWidth - 1, 0))
        guard !exponentCount.isBelow(33) else { return head }
        let perByte: UInt256 = revision >= .osaka ? 16 : 8
        return saturatedSum(saturatedProduct(perByte, exponentCount - 32), head)
    }

    private func squaredWords(_ bytes: UInt256) -> UInt256 {
        let words = saturatedSum(bytes, 7) >> 3
        return saturatedProduct(words, words)
    }

    /// EIP-198.
    private func firstComplexity(_ bytes: UInt256) -> UInt256 {
        let square = saturatedProduct(bytes, bytes)
        if bytes.isBelow(65) { return square }
        if bytes.isBelow(1025) { return square / 4 + bytes * 96 - 3072 }
        if square == .max { return .max }
        return saturatedSum(square / 16, saturatedProduct(bytes, 480)) - 199_680
    }

    private func saturatedProduct(_ left: UInt256, _ right: UInt256) -> UInt256 {
        let (product, overflows) = left.multipliedReportingOverflow(by: right)
        return overflows ? .max : product
    }

    private func saturatedSum(_ left: UInt256, _ right: UInt256) -> UInt256 {
        let (sum, overflows) = left.addingReportingOverflow(right)
        return overflows ? .max : sum
    }

    private func clamped(_ cost: UInt256) -> UInt64 { cost.asUInt64 ?? .max }
}
