import Files
import Inference
import Proofs
import Testing

@Suite struct ProofReasonTests {
    /// As contracts were told once: lines are added here and never changed.
    private static let published: [(UInt16, String)] = [
        (1, "truncated"), (2, "trailingBytes"), (3, "nonCanonicalElement"),
        (10, "notAKey"), (11, "unsupportedVersion"), (12, "invalidOutline"),
        (13, "parametersMismatch"), (14, "tooLarge"), (15, "noWitnessForm"),
        (16, "unprovableGraph"), (17, "noHiddenForm"), (20, "unknownForm"), (21, "wrongBatch"),
        (22, "invalidInput"),
        (23, "invalidOutput"), (24, "outputMismatch"), (25, "invalidAccumulators"),
        (26, "revealedOutOfRange"), (27, "rowMismatch"), (28, "invalidRows"),
        (29, "linearMismatch"), (30, "inputFormMismatch"), (40, "parameterOutOfRange"),
        (41, "weakParameters"),
        (50, "openingClaimMismatch"), (51, "foldedClaimMismatch"), (52, "workMissing"),
        (53, "rootMismatch"), (54, "foldMismatch"),
    ]

    @Test func numbersAndNamesAreThoseThatWerePublished() {
        let reasons = ProofReason.allCases
        #expect(reasons.map(\.code) == Self.published.map(\.0))
        #expect(reasons.map(\.rawValue) == Self.published.map(\.1))
        #expect(Set(reasons.map(\.code)).count == reasons.count)
    }

    /// The article has one line for each, in order, and no other.
    @Test func theArticleHasTheTable() throws {
        let top = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
        let bytes = try Files.read("/\(top)/Sources/Proofs/Proofs.docc/Proofs.md")
        let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
        let table = lines.compactMap { line -> String? in
            let cells = line.split(separator: "|").map { $0.split(separator: " ") }
            guard cells.count == 3, cells[0].count == 1, UInt16(cells[0][0]) != nil else {
                return nil
            }
            return "\(cells[0][0]) " + cells[1].joined()
        }
        #expect(table == Self.published.map { "\($0.0) `\($0.1)`" })
    }

    /// Particulars of an error do not show in its reason.
    @Test(
        arguments: [
            (.truncated(wanted: 1, left: 0), .truncated),
            (.truncated(wanted: 9, left: 3), .truncated),
            (.trailingBytes(4), .trailingBytes),
            (.nonCanonicalElement(byte: 8), .nonCanonicalElement),
            (.outline(.wrongMagic), .invalidOutline),
            (.plan(.unprovable(node: 1)), .unprovableGraph),
            (.inputFormMismatch(.open), .inputFormMismatch), (.noHiddenForm, .noHiddenForm),
            (.unknownForm(9), .unknownForm), (.wrongBatch(2, wanted: 1), .wrongBatch),
            (.input(.wrongInputCount(wanted: 1, got: 2)), .invalidInput),
            (.output(.inputOutOfRange(index: 0, value: 300)), .invalidOutput),
            (.accumulators(.accumulatorOutOfRange(node: 1, value: 2)), .invalidAccumulators),
            (.rows(.refused), .rowMismatch), (.rows(.evaluationShape(site: 1)), .invalidRows),
            (.rows(.zeroDenominator(site: 0, row: nil)), .invalidRows),
            (.weakParameters(bits: 1, required: 100), .weakParameters),
            (.parameterOutOfRange(.logRows, 99), .parameterOutOfRange),
            (.rootMismatch(.stack(0)), .rootMismatch), (.rootMismatch(.fold(2)), .rootMismatch),
            (.foldMismatch(fold: 1, position: 7), .foldMismatch),
            (.workMissing(bits: 3), .workMissing),
        ] as [(ProofError, ProofReason)])
    func everyErrorHasItsReason(_ error: ProofError, _ reason: ProofReason) {
        #expect(error.reason == reason)
    }
}
