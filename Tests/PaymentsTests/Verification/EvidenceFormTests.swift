import Attestation
import Crypto
import Payments
import Primitives
import Testing

/// The bytes of `signed`, `tee` and `reexecuted` evidence: one reading each, and none for others.
@Suite struct EvidenceFormTests {
    private static let party = Address([UInt8](repeating: 0xc4, count: 20))
    private static let id = Hash([UInt8](repeating: 7, count: 32))

    private static func bytes(_ count: Int) -> [UInt8] { [UInt8](repeating: 1, count: count) }

    @Test(arguments: [64, 65, 256, 384, 512])
    func signaturesOfAllLengthsRoundTrip(_ count: Int) throws {
        let signature = Self.bytes(count)
        let own = SignedEvidence(signature: signature)
        #expect(own.encoded == signature)
        #expect(try SignedEvidence(decoding: signature) == own)
        let named = SignedEvidence(signer: Self.party, signature: signature)
        #expect(named.encoded.count == count + 21)
        #expect(try SignedEvidence(decoding: named.encoded) == named)
        let key = TEEEvidence.key(id: Self.id, signature: signature)
        #expect(try TEEEvidence(decoding: key.encoded) == key)
        let run = ReexecutionEvidence.executor(Self.party, signature: signature)
        #expect(try ReexecutionEvidence(decoding: run.encoded) == run)
    }

    /// No length is both a signature alone and one that is named.
    @Test func lengthsTellTheFormsApart() {
        var (own, named) = (0, 0)
        for count in 0...600 {
            guard let read = try? SignedEvidence(decoding: Self.bytes(count)) else { continue }
            #expect(read.encoded == Self.bytes(count))
            if read.signer == nil { own += 1 } else { named += 1 }
        }
        #expect(own == 5 && named == 5)
    }

    @Test(
        arguments: [
            ([], .invalidLength(0)), (bytes(63), .invalidLength(63)),
            (bytes(66), .invalidLength(66)), (bytes(534), .invalidLength(534)),
            ([0] + bytes(84), .unknownForm(0)), ([2] + bytes(85), .unknownForm(2)),
        ] as [([UInt8], EvidenceError)])
    func refusesSigned(_ data: [UInt8], _ error: EvidenceError) {
        #expect(throws: error) { try SignedEvidence(decoding: data) }
    }

    @Test(
        arguments: [
            ([], .invalidLength(0)), ([0], .unknownForm(0)), ([3, 1, 1], .unknownForm(3)),
            ([1], .invalidLength(1)), (bytes(33), .invalidLength(33)),
            (bytes(33 + 66), .invalidLength(99)), ([2], .invalidLength(1)),
            ([2, 1], .invalidLength(2)), ([2, 0, 9], .unknownTEEType(0)),
            ([2, 6, 9], .unknownTEEType(6)),
        ] as [([UInt8], EvidenceError)])
    func refusesTEE(_ data: [UInt8], _ error: EvidenceError) {
        #expect(throws: error) { try TEEEvidence(decoding: data) }
    }

    @Test(
        arguments: [
            ([], .invalidLength(0)), ([2], .unknownForm(2)), ([1], .invalidLength(1)),
            (bytes(21), .invalidLength(21)), (bytes(21 + 63), .invalidLength(84)),
        ] as [([UInt8], EvidenceError)])
    func refusesReexecuted(_ data: [UInt8], _ error: EvidenceError) {
        #expect(throws: error) { try ReexecutionEvidence(decoding: data) }
    }

    @Test func documentsAndInputsRoundTrip() throws {
        for type in TEEType.allCases {
            let document = TEEEvidence.document(type, [1, 2, 3])
            #expect(document.encoded == [2, type.rawValue, 1, 2, 3])
            #expect(try TEEEvidence(decoding: document.encoded) == document)
        }
        for input in [[], [9], Self.bytes(100)] as [[UInt8]] {
            let run = ReexecutionEvidence.chain(input: input)
            #expect(run.encoded == [0] + input)
            #expect(try ReexecutionEvidence(decoding: run.encoded) == run)
        }
    }

    @Test func documentsAreAboutOneDigest() {
        let digest = Self.id
        let rest = [UInt8](repeating: 0, count: 32)
        #expect(TEEEvidence.isBound(digest.bytes, to: digest))
        #expect(TEEEvidence.isBound(digest.bytes + rest, to: digest))
        #expect(!TEEEvidence.isBound(digest.bytes + rest.dropLast() + [1], to: digest))
        #expect(!TEEEvidence.isBound(digest.bytes.dropLast(), to: digest))
        #expect(!TEEEvidence.isBound(rest + digest.bytes, to: digest))
        #expect(!TEEEvidence.isBound([], to: digest))
    }

    @Test func identitiesTellPiecesApart() throws {
        let provider = Address(truncating: 1)
        func identity(_ kind: EvidenceKind, _ data: [UInt8]) throws -> EvidenceIdentity? {
            try Evidence(kind: kind, data: data).identity(provider: provider)
        }
        #expect(try identity(.plain, []) == .plain)
        #expect(try identity(.zk, [1]) == .proof)
        let (own, other) = (Self.bytes(65), Self.bytes(64))
        #expect(try identity(.signed, own) == .signer(provider))
        // Another signature by the same party is the same piece.
        #expect(try identity(.signed, other) == .signer(provider))
        let named = SignedEvidence(signer: provider, signature: own).encoded
        #expect(try identity(.signed, named) == .signer(provider))
        let party = SignedEvidence(signer: Self.party, signature: own).encoded
        #expect(try identity(.signed, party) == .signer(Self.party))
        let key = TEEEvidence.key(id: Self.id, signature: own).encoded
        #expect(try identity(.tee, key) == .attestedKey(Self.id))
        #expect(try identity(.tee, [2, 1, 1]) == nil)
        #expect(try identity(.reexecuted, [0]) == .chain)
        let run = ReexecutionEvidence.executor(Self.party, signature: own).encoded
        #expect(try identity(.reexecuted, run) == .executor(Self.party))
        for kind in [EvidenceKind.signed, .tee, .reexecuted] {
            #expect(throws: EvidenceError.invalidLength(0)) { try identity(kind, []) }
        }
    }

    /// By eth-account 0.13.
    @Test func executorsSignWhatASecondWriterHashes() {
        let digest = ReexecutionEvidence.digest(
            of: Self.id, by: Self.party, chainID: Samples.chainID)
        #expect(digest.hex == "0xa7da635887ad5b0fa5b7c61a456640a3af0b971d1a91ee7d2173b5e243f0b135")
    }
}

@Suite struct SignerKeyTests {
    @Test func judgesRSA() throws {
        for sample in try RSASample.all() {
            let key = try #require(SignerKey(scheme: .rsaPSS, bytes: sample.modulus))
            #expect(key.scheme == .rsaPSS && key.bytes == sample.modulus)
            try key.verify(digest: RSASample.digest, signature: sample.signature)
            let evidence = SignedEvidence(signer: .zero, signature: sample.signature)
            try evidence.verify(digest: RSASample.digest, key: key)
            #expect(throws: EvidenceError.invalidSignature) {
                try key.verify(digest: Hash(1), signature: sample.signature)
            }
            for index in [0, 100, sample.signature.count - 1] {
                var changed = sample.signature
                changed[index] ^= 1
                #expect(throws: EvidenceError.invalidSignature) {
                    try key.verify(digest: RSASample.digest, signature: changed)
                }
            }
            let count = sample.modulus.count
            #expect(throws: EvidenceError.wrongLength(wanted: count, got: count - 1)) {
                try key.verify(
                    digest: RSASample.digest, signature: Array(sample.signature.dropLast()))
            }
        }
    }

    @Test(
        arguments: [
            (.secp256k1, 19, 0x81), (.secp256k1, 21, 0x81), (.p256, 63, 0x81), (.p256, 65, 0x81),
            (.rsaPSS, 0, 0x81), (.rsaPSS, 257, 0x81), (.rsaPSS, 255, 0x81), (.rsaPSS, 320, 0x81),
            (.rsaPSS, 513, 0x81), (.rsaPSS, 256, 0x80), (.rsaPSS, 256, 0x7f),
        ] as [(SignatureScheme, Int, UInt8)])
    func refusesWhatIsNoKey(_ scheme: SignatureScheme, _ count: Int, _ byte: UInt8) {
        #expect(SignerKey(scheme: scheme, bytes: [UInt8](repeating: byte, count: count)) == nil)
    }

    @Test func bytesRoundTripAndNameTheKey() throws {
        for (scheme, count) in [(SignatureScheme.secp256k1, 20), (.p256, 64), (.rsaPSS, 384)] {
            let bytes = [UInt8](repeating: 0x81, count: count)
            let key = try #require(SignerKey(scheme: scheme, bytes: bytes))
            #expect(key.bytes == bytes && key.scheme == scheme)
            #expect(key.id == Keccak.hash([scheme.rawValue] + bytes))
        }
    }

    @Test func namesAndNumbersAreFixed() {
        #expect(SignatureScheme.allCases.map(\.rawValue) == [1, 2, 3])
        let names = ["secp256k1", "p256", "rsa-pss"]
        #expect(SignatureScheme.allCases.map(\.name) == names)
        #expect(names.map { SignatureScheme(name: $0) } == SignatureScheme.allCases)
        for text in ["", "P256", "rsa", "rsa-pss "] { #expect(SignatureScheme(name: text) == nil) }
        #expect(SchemeSet.all.rawValue == 0b1110 && TEETypeSet.cpus.rawValue == 0b11110)
    }
}
