internal import Crypto
internal import Primitives

/// The precompiles that Ethereum defines, by address.
enum StandardPrecompile: UInt64, CaseIterable {
    case recover = 0x01
    case sha256, ripemd160, identity
    case modexp
    case bn254Add, bn254Multiply, bn254Pairing
    case blake2
    case pointEvaluation
    case bls12G1Add, bls12G1Sum, bls12G2Add, bls12G2Sum, bls12Pairing, bls12MapG1, bls12MapG2
    case p256Verify = 0x100

    init?(_ address: Address) {
        guard let number = address.word.asUInt64 else { return nil }
        self.init(rawValue: number)
    }

    var address: Address { Address(truncating: UInt256(rawValue)) }

    var since: Revision {
        switch self {
        case .recover, .sha256, .ripemd160, .identity: .frontier
        case .modexp, .bn254Add, .bn254Multiply, .bn254Pairing: .byzantium
        case .blake2: .istanbul
        case .pointEvaluation: .cancun
        case .bls12G1Add, .bls12G1Sum, .bls12G2Add, .bls12G2Sum, .bls12Pairing, .bls12MapG1,
            .bls12MapG2:
            .prague
        case .p256Verify: .osaka
        }
    }

    func cost(_ input: [UInt8], _ revision: Revision) -> UInt64 {
        let words = UInt64(Gas.words(input.count))
        let isIstanbul = revision >= .istanbul
        switch self {
        case .recover: return 3_000
        case .sha256: return 60 + 12 * words
        case .ripemd160: return 600 + 120 * words
        case .identity: return 15 + 3 * words
        case .modexp: return ModexpInput(input).cost(revision)
        case .bn254Add: return isIstanbul ? 150 : 500
        case .bn254Multiply: return isIstanbul ? 6_000 : 40_000
        case .bn254Pairing:
            let pairs = UInt64(input.count / 192)
            return isIstanbul ? 45_000 + 34_000 * pairs : 100_000 + 80_000 * pairs
        case .blake2: return input.count == 213 ? UInt64(Blake2Input.rounds(input)) : 0
        case .p256Verify: return 6_900
        case .pointEvaluation, .bls12G1Add, .bls12G1Sum, .bls12G2Add, .bls12G2Sum, .bls12Pairing,
            .bls12MapG1, .bls12MapG2:
            return 0
        }
    }

    func run(_ input: [UInt8], _ revision: Revision) throws(Halt) -> [UInt8] {
        switch self {
        case .sha256: return SHA256.hash(input).bytes
        case .identity: return input
        case .bn254Add: return try StandardPrecompile.required(BN254.add(input))
        case .bn254Multiply: return try StandardPrecompile.required(BN254.multiply(input))
        case .bn254Pairing: return try StandardPrecompile.required(BN254.pairing(input))
        case .recover, .ripemd160, .modexp, .blake2, .p256Verify, .pointEvaluation, .bls12G1Add,
            .bls12G1Sum, .bls12G2Add, .bls12G2Sum, .bls12Pairing,
            .bls12MapG1, .bls12MapG2:
            throw .unsupportedPrecompile(address)
        }
    }

    private static func required(_ output: [UInt8]?) throws(Halt) -> [UInt8] {
        guard let output else { throw .precompileFailed }
        return output
    }

    /// The word at `offset`, zeros past the end of the input.
    static func word(_ input: [UInt8], at offset: Int) -> UInt256 {
        guard offset < input.count else { return .zero }
        let end = min(offset + 32, input.count)
        return UInt256(bigEndian: input[offset..<end]) << ((32 - (end - offset)) * 8)
    }
}

/// EIP-152: 4 bytes of rounds, 64 of state, 128 of message, 16 of counter, a flag.
enum Blake2Input {
    static func rounds(_ input: [UInt8]) -> UInt32 {
        input[..<4].reduce(0) { $0 << 8 | UInt32($1) }
    }
}
