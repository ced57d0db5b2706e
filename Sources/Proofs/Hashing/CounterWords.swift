internal import Inference
internal import Primitives

/// SHA-256 (FIPS 180-4) of a message, which is left padded.
///
/// Messages here are short and many; the C library's own entry takes longer than their hash.
func sha256(_ message: inout [UInt8]) -> [UInt8] {
    pad(&message)
    var state = SHA256State()
    state.compress(message, level: .best)
    var digest: [UInt8] = []
    digest.reserveCapacity(Hash.byteCount)
    for word in 0..<8 {
        for shift in stride(from: UInt32(24), through: 0, by: -8) {
            digest.append(UInt8(truncatingIfNeeded: state.words[word] >> shift))
        }
    }
    return digest
}

/// Fills a message up to whole blocks, its length in bits at the end (FIPS 180-4, section 5.1.1).
private func pad(_ message: inout [UInt8]) {
    let bitCount = UInt64(message.count) * 8
    message.append(0x80)
    while message.count % 64 != 56 { message.append(0) }
    for shift in stride(from: UInt64(56), through: 0, by: -8) {
        message.append(UInt8(truncatingIfNeeded: bitCount >> shift))
    }
}

/// An endless row of 32-bit words: SHA-256 of a prefix and a counter of eight bytes, little-endian.
///
/// The words are the digests' bytes, four at a time, little-endian.
struct CounterWords {
    /// The padded message, whole blocks.
    private var message: [UInt8]
    private let counterStart: Int
    private var counter: UInt64 = 0
    private var words = SIMD8<UInt32>()
    private var position = 8

    init(prefix: [UInt8]) {
        message = prefix
        counterStart = prefix.count
        message.append(littleEndian: 0)
        pad(&message)
    }

    mutating func next() -> UInt32 {
        if position == 8 {
            for byte in 0..<8 {
                message[counterStart + byte] = UInt8(
                    truncatingIfNeeded: counter >> UInt64(8 * byte))
            }
            var state = SHA256State()
            state.compress(message, level: .best)
            words = state.words
            counter += 1
            position = 0
        }
        defer { position += 1 }
        return words[position].byteSwapped
    }

    /// A uniform element of the base field: 15 of 16 words give one.
    mutating func nextLimb() -> BabyBear {
        while true {
            let candidate = next() & 0x7fff_ffff
            if candidate < BabyBear.modulus { return BabyBear(candidate) }
        }
    }
}
