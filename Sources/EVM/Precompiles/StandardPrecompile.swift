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
        case .pointEvaluation: return 50_000
        case .bls12G1Add: return 375
        case .bls12G1Sum: return MultiScalarGas.g1.cost(terms: input.count / 160)
        case .bls12G2Add: return 600
        case .bls12G2Sum: return MultiScalarGas.g2.cost(terms: input.count / 288)
        case .bls12Pairing: return 37_700 + 32_600 * UInt64(input.count / 384)
        case .bls12MapG1: return 5_500
        case .bls12MapG2: return 23_800
        }
    }

    func run(_ input: [UInt8], _ revision: Revision) throws(Halt) -> [UInt8] {
        switch self {
        case .sha256: return SHA256.hash(input).bytes
        case .identity: return input
        case .bn254Add: return try StandardPrecompile.required(BN254.add(input))
        case .bn254Multiply: return try StandardPrecompile.required(BN254.multiply(input))
        case .bn254Pairing: return try StandardPrecompile.required(BN254.pairing(input))
        case .recover: return StandardPrecompile.recover(input)
        case .ripemd160: return [UInt8](repeating: 0, count: 12) + RIPEMD160.hash(input)
        case .modexp: return try ModexpInput(input).run(input, revision)
        case .blake2: return try Blake2Input.run(input)
        case .p256Verify: return StandardPrecompile.p256Verify(input)
        case .pointEvaluation:
            return try StandardPrecompile.required(KZG.pointEvaluation(input))
        case .bls12G1Add: return try StandardPrecompile.required(BLS12381.addG1(input))
        case .bls12G1Sum: return try StandardPrecompile.required(BLS12381.sumG1(input))
        case .bls12G2Add: return try StandardPrecompile.required(BLS12381.addG2(input))
        case .bls12G2Sum: return try StandardPrecompile.required(BLS12381.sumG2(input))
        case .bls12Pairing: return try StandardPrecompile.required(BLS12381.pairing(input))
        case .bls12MapG1: return try StandardPrecompile.required(BLS12381.mapToG1(input))
        case .bls12MapG2: return try StandardPrecompile.required(BLS12381.mapToG2(input))
        }
    }

    /// The signer's address in a word, or nothing. High s is accepted (Yellow Paper, appendix E).
    private static func recover(_ input: [UInt8]) -> [UInt8] {
        let v = word(input, at: 32)
        guard v == 27 || v == 28 else { return [] }
        let signature = Signature(
            r: word(input, at: 64), s: word(input, at: 96), yParity: v == 28 ? 1 : 0)
        let digest = Hash(word(input, at: 0))
        let signer = Secp256k1.recoverAddress(digest: digest, signature: signature)
        return signer?.word.bigEndianBytes ?? []
    }

    /// One in a word, or nothing (EIP-7951).
    private static func p256Verify(_ input: [UInt8]) -> [UInt8] {
        guard input.count == 160 else { return [] }
        let isValid = P256.verify(
            digest: Hash(word(input, at: 0)), r: word(input, at: 32), s: word(input, at: 64),
            x: word(input, at: 96), y: word(input, at: 128))
        return isValid ? UInt256.one.bigEndianBytes : []
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

    static func run(_ input: [UInt8]) throws(Halt) -> [UInt8] {
        guard input.count == 213, input[212] <= 1 else { throw .precompileFailed }
        let word = { (offset: Int) -> UInt64 in
            input[offset..<offset + 8].reversed().reduce(0) { $0 << 8 | UInt64($1) }
        }
        var state = (0..<8).map { word(4 + 8 * $0) }
        let message = (0..<16).map { word(68 + 8 * $0) }
        Blake2.compress(
            rounds: rounds(input), h: &state, m: message, t: (word(196), word(204)),
            final: input[212] == 1)
        return state.flatMap { lane in (0..<8).map { UInt8(truncatingIfNeeded: lane >> ($0 * 8)) } }
    }
}
