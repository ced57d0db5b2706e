internal import CGMP

/// Modular exponentiation of big numbers, by GMP.
public enum Modexp {
    /// `base` to the power of `exponent` modulo `modulus`, in as many bytes as `modulus` has.
    ///
    /// All numbers are big-endian; a modulus of zero gives zeros, as EIP-198 asks. GMP ends the
    /// process when it cannot allocate: callers bound the lengths by gas first.
    public static func power(base: [UInt8], exponent: [UInt8], modulus: [UInt8]) -> [UInt8] {
        var result = [UInt8](repeating: 0, count: modulus.count)
        guard modulus.contains(where: { $0 != 0 }) else { return result }
        var numbers = Numbers()
        numbers.power(base, exponent, modulus, into: &result)
        return result
    }

    /// Operands that live as long as one computation.
    @safe
    private struct Numbers: ~Copyable {
        private var base = unsafe __mpz_struct()
        private var exponent = unsafe __mpz_struct()
        private var modulus = unsafe __mpz_struct()
        private var power = unsafe __mpz_struct()

        init() {
            unsafe __gmpz_init(&base)
            unsafe __gmpz_init(&exponent)
            unsafe __gmpz_init(&modulus)
            unsafe __gmpz_init(&power)
        }

        deinit {
            var (base, exponent, modulus, power) = unsafe (base, exponent, modulus, power)
            unsafe __gmpz_clear(&base)
            unsafe __gmpz_clear(&exponent)
            unsafe __gmpz_clear(&modulus)
            unsafe __gmpz_clear(&power)
        }

        mutating func power(
            _ baseBytes: [UInt8], _ exponentBytes: [UInt8], _ modulusBytes: [UInt8],
            into result: inout [UInt8]
        ) {
            unsafe __gmpz_import(&base, baseBytes.count, 1, 1, 0, 0, baseBytes)
            unsafe __gmpz_import(&exponent, exponentBytes.count, 1, 1, 0, 0, exponentBytes)
            unsafe __gmpz_import(&modulus, modulusBytes.count, 1, 1, 0, 0, modulusBytes)
            unsafe __gmpz_powm(&power, &base, &exponent, &modulus)
            guard unsafe power._mp_size != 0 else { return }
            let width = unsafe (__gmpz_sizeinbase(&power, 2) + 7) / 8
            var bytes = [UInt8](repeating: 0, count: width)
            var count = 0
            _ = unsafe __gmpz_export(&bytes, &count, 1, 1, 0, 0, &power)
            result.replaceSubrange((result.count - count)..., with: bytes[0..<count])
        }
    }
}
