internal import Inference
internal import Primitives

/// SHA-256 (FIPS 180-4) of a message, which is left padded.
///
/// Messages here are short and many; the C library's own entry takes longer than their hash.
func sha256(_ message: inout [UInt8]) -> [UInt8] {
    let bitCount = UInt64(message.count) * 8
    message.append(0x80)
    while message.count % 64 != 56 { message.append(0) }
    for shift in stride(from: UInt64(56), through: 0, by: -8) {
        message.append(UInt8(truncatingIfNeeded: bitCount >> shift))
    }
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

/// An endless row of 32-bit words: SHA-256 in counter mode.
struct CounterWords {
    private let prefix: [UInt8]
    private var counter: UInt64 = 0
    private var block: [UInt8] = []
    private var position = 0

    init(prefix: [UInt8]) { self.prefix = prefix }

    mutating func next() -> UInt32 {
        if position == block.count {
            var message = prefix
            message.append(littleEndian: counter)
            block = sha256(&message)
            counter += 1
            position = 0
        }
        defer { position += 4 }
        return (0..<4).reduce(0) { $0 | UInt32(block[position + $1]) << UInt32(8 * $1) }
    }

    /// A uniform element of the base field: 15 of 16 words give one.
    mutating func nextLimb() -> BabyBear {
        while true {
            let candidate = next() & 0x7fff_ffff
            if candidate < BabyBear.modulus { return BabyBear(candidate) }
        }
    }
}
