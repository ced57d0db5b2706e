import Attestation
import Glibc
import Testing

/// Changed evidence is refused, or says what it said before.
enum Sweep {
    /// Whether every bit is tried: `ASSAY_WHOLE_SWEEPS` is set. A sample is tried otherwise.
    static let isWhole = unsafe getenv("ASSAY_WHOLE_SWEEPS") != nil

    /// Every prefix is refused, or means the same: a quote may lose zeros behind it.
    static func prefixes<Meaning: Equatable>(
        of bytes: [UInt8], _ verify: ([UInt8]) throws -> Meaning
    ) throws {
        let meaning = try verify(bytes)
        for count in bytes.indices {
            guard let other = try? verify(Array(bytes[..<count])) else { continue }
            #expect(other == meaning, "the first \(count) bytes mean something else")
        }
    }

    /// Every `stride`-th flip of one bit is refused, or means the same.
    static func flips<Meaning: Equatable>(
        of bytes: [UInt8], every stride: Int,
        _ verify: ([UInt8]) throws -> Meaning
    ) throws {
        let meaning = try verify(bytes)
        for bit in Swift.stride(from: 0, to: 8 * bytes.count, by: stride) {
            var changed = bytes
            changed[bit / 8] ^= 1 << UInt8(bit % 8)
            guard let other = try? verify(changed) else { continue }
            #expect(other == meaning, "bit \(bit) changes the meaning")
        }
    }
}
