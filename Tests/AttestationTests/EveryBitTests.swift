import Attestation
import Files
import Glibc
import Primitives
import TestSupport
import Testing

/// Changed documents are refused, or say what the document said.
@Suite(.enabled(if: SharedData.folder != nil, "no shared data"))
struct EveryBitTests {
    struct Sample: Sendable, CustomTestStringConvertible {
        let name: String
        let time: UInt64

        var testDescription: String { name }
    }

    /// One document with a definite payload map and one with an indefinite one.
    static let samples = [
        Sample(name: "base-2024-11.bin", time: 1_732_983_768),
        Sample(name: "dstack-2025-12.bin", time: 1_766_668_537),
    ]

    /// `ASSAY_EVERY_BIT=1` tries each bit instead of every 211th.
    static let step = unsafe getenv("ASSAY_EVERY_BIT") == nil ? 211 : 1

    static func verify(_ bytes: [UInt8], _ sample: Sample) throws -> VerifiedAttestation {
        try NitroVerifier.verify(bytes, at: sample.time, anchors: .production)
    }

    static func bytes(_ sample: Sample) throws -> [UInt8] {
        let folder = try #require(SharedData.folder)
        return try Files.read(folder + "/attestation/nitro/real/" + sample.name)
    }

    @Test(arguments: samples)
    func flippedBitsChangeNoMeaning(_ sample: Sample) throws {
        let bytes = try Self.bytes(sample)
        let original = try Self.verify(bytes, sample)
        var refused = 0
        for bit in stride(from: 0, to: bytes.count * 8, by: Self.step) {
            var changed = bytes
            changed[bit / 8] ^= 1 << UInt8(bit % 8)
            do {
                #expect(try Self.verify(changed, sample) == original, "bit \(bit)")
            } catch is AttestationError {
                refused += 1
            }
        }
        #expect(refused > 0)
    }

    @Test(arguments: samples)
    func prefixesAreRefused(_ sample: Sample) throws {
        let bytes = try Self.bytes(sample)
        for count in 0..<bytes.count {
            #expect(throws: AttestationError.self, "\(count) bytes") {
                try Self.verify(Array(bytes[..<count]), sample)
            }
        }
    }

    @Test func everyTagOfTheArrayIsRefusedButOne() throws {
        let sample = Self.samples[0]
        let bytes = try Self.bytes(sample)
        let original = try Self.verify(bytes, sample)
        for tag in UInt8.min...UInt8.max {
            let tagged = [tag] + bytes
            if tag == 0xd2 {
                #expect(try Self.verify(tagged, sample) == original)
            } else {
                #expect(throws: AttestationError.self) { try Self.verify(tagged, sample) }
            }
        }
    }
}
