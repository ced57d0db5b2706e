internal import CKernels
internal import Inference
internal import Primitives

/// A chain value of SHA-256 (FIPS 180-4): eight words.
struct SHA256State: Sendable, Equatable {
    var words: SIMD8<UInt32> = SHA256State.initial

    static let initial = SIMD8<UInt32>(
        0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab,
        0x5be0cd19)

    /// The initial value.
    init() {}

    /// The value behind a first block: the purpose's ASCII, zeros, and a length as the last 8
    /// bytes, little-endian.
    init(purpose: StaticString, length: Int) {
        var block = unsafe Array(
            UnsafeBufferPointer(start: purpose.utf8Start, count: purpose.utf8CodeUnitCount))
        precondition(block.count <= 56, "the purpose fits in front of the length")
        block += [UInt8](repeating: 0, count: 56 - block.count)
        for shift in 0..<8 { block.append(UInt8(truncatingIfNeeded: length >> (8 * shift))) }
        compressTwin(block)
    }

    /// Takes in whole blocks of 64 bytes.
    mutating func compress(_ blocks: [UInt8], level: KernelLevel) {
        unsafe blocks.withUnsafeBytes { unsafe compress($0, level: level) }
    }

    /// Takes in whole blocks of 64 bytes.
    mutating func compress(_ blocks: UnsafeRawBufferPointer, level: KernelLevel) {
        precondition(blocks.count % 64 == 0, "a block has 64 bytes")
        if level == .swift {
            for start in stride(from: 0, to: blocks.count, by: 64) {
                unsafe compressTwin(Array(blocks[start..<start + 64]))
            }
        } else {
            unsafe withUnsafeMutableBytes(of: &words) { state in
                unsafe assay_sha256_compress(
                    level.rawValue, state.assumingMemoryBound(to: UInt32.self).baseAddress,
                    blocks.assumingMemoryBound(to: UInt8.self).baseAddress, blocks.count / 64)
            }
        }
    }

    /// Calls `body` with the address of the eight words.
    func withWords<Result>(_ body: (UnsafePointer<UInt32>?) -> Result) -> Result {
        unsafe withUnsafeBytes(of: words) { state in
            unsafe body(state.assumingMemoryBound(to: UInt32.self).baseAddress)
        }
    }

    /// The words as 32 bytes, big-endian.
    var hash: Hash {
        Hash(UInt256(limbs: limb(6), limb(4), limb(2), limb(0)))
    }

    private func limb(_ index: Int) -> UInt64 {
        UInt64(words[index]) << 32 | UInt64(words[index + 1])
    }

    /// Takes in a block of 64 bytes: plain Swift, the definition that the C kernels are held to.
    mutating func compressTwin(_ block: [UInt8]) {
        precondition(block.count == 64, "a block has 64 bytes")
        var schedule = (0..<16).map { index in
            (0..<4).reduce(UInt32(0)) { $0 << 8 | UInt32(block[4 * index + $1]) }
        }
        for index in 16..<64 {
            let x = schedule[index - 15]
            let y = schedule[index - 2]
            let small0 = right(x, 7) ^ right(x, 18) ^ x >> 3
            let small1 = right(y, 17) ^ right(y, 19) ^ y >> 10
            schedule.append(schedule[index - 16] &+ small0 &+ schedule[index - 7] &+ small1)
        }
        var s = (0..<8).map { words[$0] }
        for index in 0..<64 {
            let big1 = right(s[4], 6) ^ right(s[4], 11) ^ right(s[4], 25)
            let choice = s[4] & s[5] ^ ~s[4] & s[6]
            let first = s[7] &+ big1 &+ choice &+ SHA256State.constants[index] &+ schedule[index]
            let big0 = right(s[0], 2) ^ right(s[0], 13) ^ right(s[0], 22)
            let majority = s[0] & s[1] ^ s[0] & s[2] ^ s[1] & s[2]
            s = [first &+ big0 &+ majority, s[0], s[1], s[2], s[3] &+ first, s[4], s[5], s[6]]
        }
        for index in 0..<8 { words[index] &+= s[index] }
    }

    private func right(_ word: UInt32, _ count: UInt32) -> UInt32 {
        word >> count | word << (32 - count)
    }

    static let constants: [UInt32] = [
        0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4,
        0xab1c5ed5, 0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe,
        0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f,
        0x4a7484aa, 0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7,
        0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967, 0x27b70a85, 0x2e1b2138, 0x4d2c6dfc,
        0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b,
        0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070, 0x19a4c116,
        0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
        0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7,
        0xc67178f2,
    ]
}
