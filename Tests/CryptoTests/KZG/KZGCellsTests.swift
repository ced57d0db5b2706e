import Crypto
import Primitives
import TestSupport
import Testing

@Suite struct KZGCellsTests {
    typealias Fr = BLS12381.Fr

    /// A blob with all its cells and their proofs.
    struct Sample {
        var blob: [UInt8]
        var commitment: [UInt8]
        var proofs: [[UInt8]]

        func cells() throws -> [KZG.Cell] {
            try KZG.cells(of: blob).enumerated().map {
                KZG.Cell(index: UInt64($0), bytes: $1)
            }
        }
    }

    /// Cells' proofs of a polynomial of few coefficients are infinity: it is its own remainder.
    static func short(_ count: Int, seed: UInt64) -> Sample {
        let polynomial = KZGProver.polynomial(count, seed: seed)
        return Sample(
            blob: KZGProver.blob(polynomial),
            commitment: KZGProver().commit(polynomial).compressed,
            proofs: Array(repeating: BLS12381.G1Point.infinity.compressed, count: 128))
    }

    /// A polynomial of 192 coefficients, a · X¹²⁸ + b · X⁶⁴ + c: modulo X⁶⁴ - s its quotient is
    /// a · X⁶⁴ + (a · s + b).
    static func long(seed: UInt64) throws -> Sample {
        let lines = try PublishedSetup.lines()
        let powers = try lines[PublishedSetup.firstG1..<PublishedSetup.firstG1 + 192].map {
            try #require(BLS12381.G1Point(compressed: try Hex.decode($0), at: 0))
        }
        let prover = KZGProver(powers)
        let polynomial = KZGProver.polynomial(192, seed: seed)
        let b = Array(polynomial[64..<128])
        let a = Array(polynomial[128...])
        let root = try #require(Fr(UInt256(7))).power((BLS12381.order - .one) / UInt256(8192))
        let proofs = (0..<128).map { cell in
            let reversed = (0..<7).reduce(0) { $0 << 1 | cell >> $1 & 1 }
            let s = root.power(UInt256(64 * reversed))
            return prover.commit(zip(a, b).map { $0 * s + $1 } + a).compressed
        }
        return Sample(
            blob: KZGProver.blob(polynomial), commitment: prover.commit(polynomial).compressed,
            proofs: proofs)
    }

    private func areProven(_ samples: [Sample]) throws -> Bool {
        try KZG.areProven(
            blobs: samples.map(\.blob), commitments: samples.map(\.commitment),
            cellProofs: samples.flatMap(\.proofs))
    }

    @Test func cellsExtendTheBlob() throws {
        let polynomial = KZGProver.polynomial(70, seed: 1)
        let blob = KZGProver.blob(polynomial)
        let cells = try KZG.cells(of: blob)
        #expect(cells.count == 128)
        #expect(cells.allSatisfy { $0.count == 2048 })
        #expect(Array(cells[..<64].joined()) == blob)
        // All are values of the same polynomial, at twice as many roots.
        var values = polynomial + Array(repeating: .zero, count: 8192 - polynomial.count)
        RootsOfUnity.evaluate(&values)
        #expect(Array(cells.joined()) == values.flatMap(\.word.bigEndianBytes))
    }

    @Test func shortBlobsAreProven() throws {
        let samples = [KZGCellsTests.short(1, seed: 1), KZGCellsTests.short(64, seed: 2)]
        #expect(try areProven([]))
        #expect(try areProven([samples[0]]))
        #expect(try areProven(samples))
        var bad = samples
        bad[1].commitment = samples[0].commitment
        #expect(try !areProven(bad))
        bad = samples
        bad[0].proofs[127] = BLS12381.generatorG1.compressed
        #expect(try !areProven(bad))
        bad = samples
        bad[0].blob[131_071] ^= 1
        #expect(try !areProven(bad))
    }

    @Test(.enabled(if: PrecompileVector.archive != nil, "no shared test data, or no tar and zstd"))
    func longBlobsAreProvenCellByCell() throws {
        let sample = try KZGCellsTests.long(seed: 5)
        #expect(try areProven([sample]))
        let cells = try sample.cells()
        func isProven(_ picked: [Int], cells: [KZG.Cell], proofs: [[UInt8]]) throws -> Bool {
            try KZG.areProven(
                cells: picked.map { cells[$0] },
                commitments: picked.map { _ in sample.commitment },
                proofs: picked.map { proofs[$0] })
        }
        for picked in [[0], [127], [64, 1, 64], [3, 2, 1, 0], Array(0..<128)] {
            #expect(try isProven(picked, cells: cells, proofs: sample.proofs))
            let victim = picked[picked.count - 1]
            var wrong = cells
            wrong[victim].bytes[2047] ^= 1
            #expect(try !isProven(picked, cells: wrong, proofs: sample.proofs))
            wrong = cells
            wrong[victim].index = (wrong[victim].index + 1) % 128
            #expect(try !isProven(picked, cells: wrong, proofs: sample.proofs))
            var proofs = sample.proofs
            proofs[victim] = sample.proofs[(victim + 1) % 128]
            #expect(try !isProven(picked, cells: cells, proofs: proofs))
        }
    }

    @Test func refusesWhatIsMalformed() throws {
        let sample = KZGCellsTests.short(3, seed: 4)
        let good = Array(try sample.cells()[..<2])
        let infinity = BLS12381.G1Point.infinity.compressed
        func check(
            _ error: KZGError, cells: [KZG.Cell]? = nil, commitments: [[UInt8]]? = nil,
            proofs: [[UInt8]]? = nil
        ) {
            #expect(throws: error) {
                try KZG.areProven(
                    cells: cells ?? good,
                    commitments: commitments ?? [sample.commitment, sample.commitment],
                    proofs: proofs ?? [infinity, infinity])
            }
        }
        check(.wrongCount(.commitment, expected: 2, got: 1), commitments: [sample.commitment])
        check(.wrongCount(.proof, expected: 2, got: 3), proofs: [infinity, infinity, infinity])
        check(.wrongCount(.commitment, expected: 0, got: 2), cells: [])
        for index in [128, 1 << 32, .max] as [UInt64] {
            var cells = good
            cells[1].index = index
            check(.noSuchCell(index, index: 1), cells: cells)
        }
        for count in [0, 2047, 2049] {
            var cells = good
            cells[1].bytes = [UInt8](repeating: 0, count: count)
            check(.wrongSize(.cell, index: 1, expected: 2048, got: count), cells: cells)
        }
        var cells = good
        cells[1].bytes.replaceSubrange(2016..., with: BLS12381.order.bigEndianBytes)
        check(.numberTooLarge(.cell, index: 1, number: 63), cells: cells)
        let outside = [0x80] + [UInt8](repeating: 0, count: 47)
        check(.malformedPoint(.proof, index: 1), proofs: [infinity, outside])
        check(.malformedPoint(.commitment, index: 1), commitments: [sample.commitment, outside])
        check(
            .wrongSize(.proof, index: 0, expected: 48, got: 47),
            proofs: [Array(infinity.dropLast()), infinity])
        #expect(throws: KZGError.wrongSize(.blob, index: 0, expected: 131_072, got: 0)) {
            try KZG.cells(of: [])
        }
        #expect(throws: KZGError.wrongCount(.proof, expected: 128, got: 127)) {
            try KZG.areProven(
                blobs: [sample.blob], commitments: [sample.commitment],
                cellProofs: Array(sample.proofs.dropLast()))
        }
        var blob = sample.blob
        blob.replaceSubrange(0..<32, with: [UInt8](repeating: 0xff, count: 32))
        #expect(throws: KZGError.numberTooLarge(.blob, index: 1, number: 0)) {
            try KZG.areProven(
                blobs: [sample.blob, blob],
                commitments: [sample.commitment, sample.commitment],
                cellProofs: sample.proofs + sample.proofs)
        }
    }
}
