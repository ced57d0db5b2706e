internal import CKernels
public import Inference

/// The Reed-Solomon code of the columns of a matrix.
///
/// A column's 2^logRows elements are the coefficients of a polynomial, row i that of Xⁱ. Its
/// codeword are the values on a coset of 2^(logRows + logBlowup) points, row j at the point
/// shift · ω^reverse(j), where `reverse` turns the bits of j around. So each 2^k neighbouring rows
/// from a multiple of 2^k on hold the points with one 2^k-th power, and that power is point j / 2^k
/// of `folded(k)`.
///
/// Pieces of the work are independent: workers share by taking different ones. Making a code costs
/// a product for each row of a codeword, so keep it.
public struct RowCode: Sendable {
    public let logRows: Int
    public let logBlowup: Int
    public let shift: BabyBear
    /// For each depth d of a block's tree, from word 2^(logBlowup + d) on, as many constants with
    /// which the nodes of all blocks split.
    private let twiddles: FieldBuffer

    public init(logRows: Int, logBlowup: Int, shift: BabyBear = .generator) {
        precondition(0 <= logRows && 0 <= logBlowup, "sizes are sizes")
        precondition(logRows + logBlowup <= BabyBear.twoAdicity, "the domain exists")
        precondition(shift != .zero, "the shift is a unit")
        self.logRows = logRows
        self.logBlowup = logBlowup
        self.shift = shift
        twiddles = RowCode.twiddles(logRows, logBlowup, shift)
    }

    /// Node t at depth d splits X^2h − c² with c = shift^h · ω^reverse(t), ω of order
    /// 2^(logBlowup + d + 1), h = 2^(logRows − d − 1).
    private static func twiddles(
        _ logRows: Int, _ logBlowup: Int, _ shift: BabyBear
    ) -> FieldBuffer {
        let twiddles = FieldBuffer(count: 1 << (logRows + logBlowup))
        // The powers do not depend on the depth: their bits are reversed.
        let powers = FieldBuffer(count: twiddles.count / 2)
        guard logRows > 0 else { return twiddles }
        powers[0] = .one
        for depth in 0..<logRows + logBlowup - 1 {
            let step = BabyBear.rootOfUnity(log: depth + 2)
            let count = 1 << depth
            unsafe assay_field_scale(
                KernelLevel.best.rawValue, step.montgomery, powers.words, count,
                powers.words + count)
        }
        for depth in 0..<logRows {
            let count = 1 << (logBlowup + depth)
            let factor = shift.power(1 << UInt64(logRows - depth - 1))
            unsafe assay_field_scale(
                KernelLevel.best.rawValue, factor.montgomery, powers.words, count,
                twiddles.words + count)
        }
        return twiddles
    }

    public var rows: Int { 1 << logRows }
    public var codewordRows: Int { 1 << (logRows + logBlowup) }
    var logCodewordRows: Int { logRows + logBlowup }

    /// The point of a row of the codeword.
    public func point(_ row: Int) -> BabyBear {
        precondition(0 <= row && row < codewordRows, "the row is in the codeword")
        return shift
            * BabyBear.rootOfUnity(log: logCodewordRows).power(
                UInt64(reversed(row, bits: logCodewordRows)))
    }

    /// The code of polynomials folded `log` times, on the 2^log-th powers of the points.
    public func folded(_ log: Int) -> RowCode {
        precondition(log <= logRows, "there are rows to fold")
        return RowCode(
            logRows: logRows - log, logBlowup: logBlowup, shift: shift.power(1 << UInt64(log)))
    }

    /// Independent pieces of encoding: blocks of 2^logRows rows of the codeword.
    public var pieces: Int { 1 << logBlowup }

    /// Encodes one piece of a matrix of `rows` × `width`, row-major, into `codewordRows` × `width`.
    ///
    /// `width` is a power of two. Cost: width · codewordRows · logRows / 2 products over all
    /// pieces.
    public func encode(
        _ matrix: FieldBuffer, width: Int, into codeword: FieldBuffer, piece: Int,
        level: KernelLevel = .best
    ) {
        precondition(width > 0 && width & (width - 1) == 0, "the width is a power of two")
        precondition(matrix.count == rows * width, "the matrix has its size")
        precondition(codeword.count == codewordRows * width, "the codeword has its size")
        precondition(0 <= piece && piece < pieces, "the piece exists")
        guard level == .swift else {
            unsafe assay_field_transform(
                level.rawValue, matrix.words, codeword.words + piece * rows * width, 16, width,
                logRows, twiddles.words, pieces + piece)
            return
        }
        let factors = coefficientFactors(block: piece)
        for column in 0..<width {
            var values = (0..<rows).map { matrix[$0 * width + column] * factors[$0] }
            transform(&values)
            for (row, value) in values.enumerated() {
                codeword[(piece * rows + row) * width + column] = value
            }
        }
    }

    /// Encodes one piece of a vector of `rows` extension elements into `codewordRows`.
    public func encode(
        _ vector: ExtensionBuffer, into codeword: ExtensionBuffer, piece: Int,
        level: KernelLevel = .best
    ) {
        precondition(vector.count == rows, "the vector has its size")
        precondition(codeword.count == codewordRows, "the codeword has its size")
        precondition(0 <= piece && piece < pieces, "the piece exists")
        guard level == .swift else {
            let start = piece * rows
            for limb in 0..<Extension.degree {
                let out =
                    unsafe codeword.words
                    + (start / 16 * ExtensionBuffer.blockWords + start % 16 + 16 * limb)
                unsafe assay_field_transform(
                    level.rawValue, vector.words + 16 * limb, out, ExtensionBuffer.blockWords, 1,
                    logRows, twiddles.words, pieces + piece)
            }
            return
        }
        let factors = coefficientFactors(block: piece)
        for limb in 0..<Extension.degree {
            var values = (0..<rows).map { vector[$0][limb] * factors[$0] }
            transform(&values)
            for (row, value) in values.enumerated() { codeword[piece * rows + row][limb] = value }
        }
    }

    /// The matrix whose codeword begins with these rows, of which `rows` are read.
    ///
    /// Plain Swift, for tests.
    public func decode(_ codeword: FieldBuffer, width: Int) -> FieldBuffer {
        precondition(codeword.count >= rows * width, "the codeword has rows enough")
        let matrix = FieldBuffer(count: rows * width)
        let factors = coefficientFactors(block: 0).compactMap(\.inverse)
        let scale = BabyBear(UInt32(rows)).inverse ?? .one
        for column in 0..<width {
            var values = (0..<rows).map { codeword[$0 * width + column] }
            untransform(&values)
            for row in 0..<rows {
                matrix[row * width + column] = values[row] * factors[row] * scale
            }
        }
        return matrix
    }

    /// (shift · ω^reverse(block))ⁱ: a block of 2^logRows codeword rows is a coset of its own.
    func coefficientFactors(block: Int) -> [BabyBear] {
        let base = point(block << logRows)
        var factor = BabyBear.one
        return (0..<rows).map { _ in
            defer { factor *= base }
            return factor
        }
    }

    /// Values at the powers of a root of unity in reversed order, of coefficients in order.
    private func transform(_ values: inout [BabyBear]) {
        var half = values.count / 2
        while half > 0 {
            let root = BabyBear.rootOfUnity(log: half.trailingZeroBitCount + 1)
            for start in stride(from: 0, to: values.count, by: 2 * half) {
                var twiddle = BabyBear.one
                for low in start..<start + half {
                    let difference = values[low] - values[low + half]
                    values[low] += values[low + half]
                    values[low + half] = difference * twiddle
                    twiddle *= root
                }
            }
            half /= 2
        }
    }

    /// Undoes `transform` but for the factor of the count.
    private func untransform(_ values: inout [BabyBear]) {
        var half = 1
        while half < values.count {
            let root = BabyBear.rootOfUnity(log: half.trailingZeroBitCount + 1).inverse ?? .one
            for start in stride(from: 0, to: values.count, by: 2 * half) {
                var twiddle = BabyBear.one
                for low in start..<start + half {
                    let high = values[low + half] * twiddle
                    values[low + half] = values[low] - high
                    values[low] += high
                    twiddle *= root
                }
            }
            half *= 2
        }
    }
}

/// The integer whose `bits` low bits are those of `value` turned around.
func reversed(_ value: Int, bits: Int) -> Int {
    (0..<bits).reduce(0) { $0 << 1 | (value >> $1) & 1 }
}
