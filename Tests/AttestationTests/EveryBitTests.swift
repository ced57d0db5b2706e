import Attestation
import TestSupport
import Testing

/// Changed documents are refused, or say what the documents said.
///
/// Each prefix of each document is tried and a sample of the flipped bits; `ASSAY_EVERY_BIT=1`
/// tries every bit. Each case attaches its row of the table: `swift test --attachments-path`.
@Suite(.serialized, .enabled(if: SharedData.folder != nil, "no shared data"))
struct EveryBitTests {
    /// The whole verdict is compared, `identity` too: no field is left out. What may keep the
    /// meaning is what no signature covers: zeros behind a quote, line ends in its PEM.
    @Test(arguments: RealDocument.all)
    func changedDocumentsMeanTheSameOrNothing(_ document: RealDocument) async throws {
        let (bytes, verify) = try document.load()
        let clock = ContinuousClock()
        let began = clock.now
        let prefixes = try await Sweep.prefixes(of: bytes, verify)
        #expect(prefixes.different == [], "prefixes that mean something else")
        let step = Sweep.isWhole ? 1 : document.sampleStep
        let flips = try await Sweep.flips(of: bytes, every: step, verify)
        #expect(flips.different == [], "bits whose flip means something else")
        #expect(prefixes.tried == bytes.count)
        #expect(flips.tried == (8 * bytes.count + step - 1) / step)
        let row = SweepRow(
            document: document.name, format: document.format, bytes: bytes.count,
            prefixes: prefixes, flips: flips, time: clock.now - began)
        Attachment.record(row.text + "\n", named: "every-bit-\(document.name).txt")
    }

    /// Intel's statements, all nine parts of them, under the quote that they judge.
    @Test func changedCollateralMeansTheSameOrNothing() async throws {
        let document = try #require(RealDocument.all.first { $0.name == "tdx4-phala@2025-06" })
        let (bytes, verify) = try document.loadCollateral()
        let clock = ContinuousClock()
        let began = clock.now
        let prefixes = try await Sweep.prefixes(of: bytes, verify)
        #expect(prefixes.different == [], "prefixes that mean something else")
        let flips = try await Sweep.flips(of: bytes, every: Sweep.isWhole ? 1 : 97, verify)
        #expect(flips.different == [], "bits whose flip means something else")
        let row = SweepRow(
            document: "its collateral", format: "nine parts, raw", bytes: bytes.count,
            prefixes: prefixes, flips: flips, time: clock.now - began)
        Attachment.record(row.text + "\n", named: "every-bit-tdx4-phala-collateral.txt")
    }

    @Test func tenDocumentsOfEveryFormat() throws {
        #expect(RealDocument.all.count >= 10)
        #expect(Set(RealDocument.all.map(\.name)).count == RealDocument.all.count)
        var types: Set<TEEType> = []
        for document in RealDocument.all {
            let (bytes, verify) = try document.load()
            types.insert(try verify(bytes).type)
        }
        #expect(types == Set(TEEType.allCases))
    }

    @Test func everyTagOfANitroDocumentIsRefusedButOne() throws {
        let (bytes, verify) = try RealDocument.all[0].load()
        let original = try verify(bytes)
        for tag in UInt8.min...UInt8.max {
            let tagged = [tag] + bytes
            if tag == 0xd2 {
                #expect(try verify(tagged) == original)
            } else {
                #expect(throws: AttestationError.self) { try verify(tagged) }
            }
        }
    }
}

/// One row of the table that a whole run gives.
private struct SweepRow {
    let document: String
    let format: String
    let bytes: Int
    let prefixes: Sweep
    let flips: Sweep
    let time: Duration

    /// Document, format, bytes; prefixes tried, refused, of the same meaning; flips likewise;
    /// seconds.
    var text: String {
        let numbers = [
            bytes, prefixes.tried, prefixes.refused, prefixes.same, flips.tried, flips.refused,
            flips.same, Int(time.components.seconds),
        ]
        return document.padded(to: 24) + format.padded(to: 32)
            + numbers.map { "\($0)".padded(to: -8) }.joined()
    }
}

extension String {
    /// Spaces behind the text, or before it for a negative width.
    fileprivate func padded(to width: Int) -> String {
        let spaces = String(repeating: " ", count: max(0, abs(width) - count))
        return width < 0 ? spaces + self : self + spaces
    }
}
