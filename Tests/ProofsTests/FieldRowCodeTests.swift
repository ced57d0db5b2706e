import Inference
import Testing

@testable import Proofs

@Suite struct FieldRowCodeTests {
    /// Rows of the codeword are the polynomial's values, computed by Horner's rule.
    @Test func givesValuesAtItsPoints() {
        var source = FieldSource(seed: 20)
        for (logRows, logBlowup) in [(0, 0), (0, 2), (1, 1), (3, 2), (5, 1)] {
            let code = RowCode(logRows: logRows, logBlowup: logBlowup)
            let matrix = FieldBuffer(source.bases(2 * code.rows))
            let codeword = FieldBuffer(count: 2 * code.codewordRows)
            for piece in 0..<code.pieces {
                code.encode(matrix, width: 2, into: codeword, piece: piece)
            }
            for row in 0..<code.codewordRows {
                for column in 0..<2 {
                    let value = (0..<code.rows).reversed().reduce(BabyBear.zero) {
                        $0 * code.point(row) + matrix[2 * $1 + column]
                    }
                    #expect(codeword[2 * row + column] == value)
                }
            }
            #expect(code.decode(codeword, width: 2).elements == matrix.elements)
        }
    }

    @Test(arguments: kernelLevels)
    func encodesAsTheTwin(_ level: KernelLevel) {
        var source = FieldSource(seed: 21)
        for width in [1, 2, 4, 8, 16, 32, 128, 256] {
            for logRows in 0...(width < 32 ? 8 : 5) {
                let code = RowCode(
                    logRows: logRows, logBlowup: 1, shift: source.base() + .one + .one)
                let matrix = FieldBuffer(source.bases(width * code.rows))
                let words = [level, .swift].map { level in
                    let codeword = FieldBuffer(count: width * code.codewordRows)
                    for piece in (0..<code.pieces).reversed() {
                        code.encode(
                            matrix, width: width, into: codeword, piece: piece, level: level)
                    }
                    return codeword.elements
                }
                #expect(words[0] == words[1], "\(code.rows) × \(width)")
            }
        }
    }

    /// Sizes at which the transform goes depth first.
    @Test(arguments: kernelLevels)
    func encodesLongColumns(_ level: KernelLevel) {
        var source = FieldSource(seed: 22)
        for (logRows, width) in [(13, 1), (14, 2), (11, 16), (9, 64)] {
            let code = RowCode(logRows: logRows, logBlowup: 1)
            let matrix = FieldBuffer(source.bases(width * code.rows))
            let codeword = FieldBuffer(count: width * code.codewordRows)
            for piece in 0..<code.pieces {
                code.encode(matrix, width: width, into: codeword, piece: piece, level: level)
            }
            #expect(code.decode(codeword, width: width).elements == matrix.elements)
        }
    }

    @Test(arguments: kernelLevels)
    func encodesExtensionVectors(_ level: KernelLevel) {
        var source = FieldSource(seed: 23)
        for logRows in [0, 1, 2, 3, 4, 5, 6, 9] {
            for logBlowup in 0...2 {
                let code = RowCode(logRows: logRows, logBlowup: logBlowup)
                let vector = ExtensionBuffer(source.elements(code.rows))
                let words = [level, .swift].map { level in
                    let codeword = ExtensionBuffer(count: code.codewordRows)
                    for piece in 0..<code.pieces {
                        code.encode(vector, into: codeword, piece: piece, level: level)
                    }
                    return codeword.elements
                }
                #expect(words[0] == words[1], "\(code.rows)")
            }
        }
    }

    /// Neighbours of a codeword fold to the folded vector's codeword.
    @Test func foldsNeighbours() {
        var source = FieldSource(seed: 24)
        let code = RowCode(logRows: 6, logBlowup: 2)
        let vector = ExtensionBuffer(source.elements(code.rows))
        let r = source.element()
        let folded = code.folded(1)
        let (codeword, expected) = (
            ExtensionBuffer(count: code.codewordRows), ExtensionBuffer(count: folded.codewordRows)
        )
        for piece in 0..<code.pieces {
            code.encode(vector, into: codeword, piece: piece)
            folded.encode(vector.foldedLow(by: r), into: expected, piece: piece)
        }
        let half = BabyBear(2).inverse ?? .one
        for row in 0..<folded.codewordRows {
            let x = code.point(2 * row)
            #expect(code.point(2 * row + 1) == -x)
            #expect(folded.point(row) == x * x)
            let (plus, minus) = (codeword[2 * row], codeword[2 * row + 1])
            let low = (plus + minus).scaled(by: half)
            let high = (plus - minus).scaled(by: half * (x.inverse ?? .one))
            #expect(low + r * (high - low) == expected[row])
        }
        for row in 0..<code.folded(3).codewordRows {
            let power = code.folded(3).point(row)
            #expect((0..<8).allSatisfy { code.point(8 * row + $0).power(8) == power })
        }
    }

    @Test func refusesWhatHasNoDomain() async {
        await #expect(processExitsWith: .failure) { _ = RowCode(logRows: 20, logBlowup: 8) }
        await #expect(processExitsWith: .failure) { _ = RowCode(logRows: -1, logBlowup: 8) }
        await #expect(processExitsWith: .failure) {
            RowCode(logRows: 1, logBlowup: 1).encode(
                FieldBuffer(count: 6), width: 3, into: FieldBuffer(count: 12), piece: 0)
        }
        await #expect(processExitsWith: .failure) {
            RowCode(logRows: 1, logBlowup: 1).encode(
                FieldBuffer(count: 2), width: 1, into: FieldBuffer(count: 4), piece: 2)
        }
    }
}
