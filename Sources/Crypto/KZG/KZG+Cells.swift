internal import Primitives

// Cells and their proofs: EIP-7594.
//
// A blob's polynomial, evaluated at twice as many roots of unity, makes an extended blob of 128
// cells. A cell's 64 points are a coset: h times the roots of order 64, in bit-reversed order.

extension KZG {
    package static let numbersPerCell = 64
    public static let cellBytes = numbersPerCell * numberBytes
    /// Cells of an extended blob; the first half is the blob itself.
    public static let cellsPerBlob = 128

    /// The cells of the extended blob: `compute_cells`.
    ///
    /// - Throws: `wrongSize`, `numberTooLarge`.
    public static func cells(of blob: [UInt8]) throws(KZGError) -> [[UInt8]] {
        try checkSizes(of: [blob], .blob, blobBytes)
        return try cells(of: blob, at: 0)
    }

    private static func cells(
        of blob: [UInt8], at index: Int
    ) throws(KZGError) -> [[UInt8]] {
        var numbers = try numbers(blob, .blob, index)
        RootsOfUnity.interpolate(&numbers)
        numbers += repeatElement(.zero, count: numbersPerBlob)
        RootsOfUnity.evaluate(&numbers)
        var cells: [[UInt8]] = []
        cells.reserveCapacity(cellsPerBlob)
        for start in stride(from: 0, to: blobBytes, by: cellBytes) {
            cells.append(Array(blob[start..<start + cellBytes]))
        }
        for start in stride(from: numbersPerBlob, to: numbers.count, by: numbersPerCell) {
            cells.append(numbers[start..<start + numbersPerCell].flatMap(\.word.bigEndianBytes))
        }
        return cells
    }

    /// Whether each blob is the one behind its commitment, by the proofs of all its cells: what the
    /// network form of a transaction carries from Osaka on.
    ///
    /// The proofs of the first blob come first, 128 a blob.
    /// - Throws: `wrongCount`, `wrongSize`, `numberTooLarge`, `malformedPoint`.
    public static func areProven(
        blobs: [[UInt8]], commitments: [[UInt8]], cellProofs: [[UInt8]]
    ) throws(KZGError) -> Bool {
        try checkCount(commitments.count, of: .commitment, blobs.count)
        try checkCount(cellProofs.count, of: .proof, blobs.count * cellsPerBlob)
        try checkSizes(of: blobs, .blob, blobBytes)
        var cells: [Cell] = []
        cells.reserveCapacity(cellProofs.count)
        for (index, blob) in blobs.enumerated() {
            let extended = try self.cells(of: blob, at: index)
            for (column, bytes) in extended.enumerated() {
                cells.append(Cell(index: UInt64(column), bytes: bytes))
            }
        }
        return try areProven(
            cells: cells,
            commitments: commitments.flatMap { repeatElement($0, count: cellsPerBlob) },
            proofs: cellProofs)
    }

    /// A part of an extended blob.
    public struct Cell: Sendable, Equatable {
        /// Which of the 128.
        public var index: UInt64
        public var bytes: [UInt8]

        public init(index: UInt64, bytes: [UInt8]) {
            self.index = index
            self.bytes = bytes
        }
    }

    /// Whether each cell belongs to the extended blob behind its commitment:
    /// `verify_cell_kzg_proof_batch`.
    ///
    /// Any cells of any blobs, one commitment and one proof each. No cells are proven. Cost: one
    /// pairing check, two sums of as many points as there are cells.
    /// - Throws: `wrongCount` when the lists differ in length, `noSuchCell`, `wrongSize`,
    ///   `numberTooLarge`, `malformedPoint`.
    public static func areProven(
        cells: [Cell], commitments: [[UInt8]], proofs: [[UInt8]]
    ) throws(KZGError) -> Bool {
        try checkCount(commitments.count, of: .commitment, cells.count)
        try checkCount(proofs.count, of: .proof, cells.count)
        try checkSizes(of: cells.map(\.bytes), .cell, cellBytes)
        for (index, cell) in cells.enumerated() where cell.index >= cellsPerBlob {
            throw .noSuchCell(cell.index, index: index)
        }
        try checkSizes(of: commitments, .commitment, pointBytes)
        let groups = CommitmentGroups(commitments)
        let commitmentPoints = try groups.points()
        let proofPoints = try points(proofs, .proof)
        if cells.isEmpty { return true }
        let base = cellChallenge(cells, groups, proofs)

        // e(Σ wₖπₖ, τ⁶⁴H) = e(Σ wₖ(Cₖ - Iₖ(τ)G + hₖ⁶⁴πₖ), H), where Iₖ has the cell's values.
        var left = Combination()
        var right = Combination()
        var weights = [BLS12381.Fr](repeating: .zero, count: commitmentPoints.count)
        var columns = Columns()
        var weight = BLS12381.Fr.one
        for (index, cell) in cells.enumerated() {
            let column = Int(cell.index)
            columns.add(try numbers(cell.bytes, .cell, index), times: weight, to: column)
            weights[groups.indices[index]] = weights[groups.indices[index]] + weight
            left.add(proofPoints[index], times: weight)
            right.add(
                proofPoints[index], times: weight * cosetShift(column, power: numbersPerCell))
            weight = weight * base
        }
        for (point, weight) in zip(commitmentPoints, weights) { right.add(point, times: weight) }
        for (point, coefficient) in zip(powersG1, columns.interpolated) {
            right.add(-point, times: coefficient)
        }
        return areEqual(left.sum.affine, cellMultiple, right.sum.affine, generator)
    }

    /// The base of the weights: `compute_verify_cell_kzg_proof_batch_challenge`.
    private static func cellChallenge(
        _ cells: [Cell], _ groups: CommitmentGroups, _ proofs: [[UInt8]]
    ) -> BLS12381.Fr {
        var data = Array("RCKZGCBATCH__V1_".utf8)
        data.reserveCapacity(cells.count * (cellBytes + pointBytes + 16))
        data += bigEndian(numbersPerBlob) + bigEndian(numbersPerCell)
        data += bigEndian(groups.distinct.count) + bigEndian(cells.count)
        for commitment in groups.distinct { data += commitment }
        for (index, cell) in cells.enumerated() {
            data += bigEndian(groups.indices[index]) + bigEndian(Int(cell.index))
            data += cell.bytes
            data += proofs[index]
        }
        return number(hashing: data)
    }

    /// A power of the h of a cell's coset.
    fileprivate static func cosetShift(_ cell: Int, power: Int) -> BLS12381.Fr {
        RootsOfUnity.power(RootsOfUnity.reversed(cell, below: cellsPerBlob) * power)
    }
}

/// Each commitment once, in order of appearance: most cells share theirs with others.
private struct CommitmentGroups {
    var distinct: [[UInt8]] = []
    /// Where in `distinct` the commitment of each cell is.
    var indices: [Int] = []
    /// The first cell of each.
    private var firsts: [Int] = []

    init(_ commitments: [[UInt8]]) {
        var known: [[UInt8]: Int] = [:]
        for (cell, commitment) in commitments.enumerated() {
            if let index = known[commitment] {
                indices.append(index)
                continue
            }
            known[commitment] = distinct.count
            indices.append(distinct.count)
            firsts.append(cell)
            distinct.append(commitment)
        }
    }

    func points() throws(KZGError) -> [BLS12381.G1Point] {
        var points: [BLS12381.G1Point] = []
        for (commitment, first) in zip(distinct, firsts) {
            guard let point = KZG.point(commitment, at: 0) else {
                throw .malformedPoint(.commitment, index: first)
            }
            points.append(point)
        }
        return points
    }
}

/// Sums of cells that have one index: they stand on the same points.
private struct Columns {
    private var sums = [[BLS12381.Fr]](repeating: [], count: KZG.cellsPerBlob)

    mutating func add(_ cell: [BLS12381.Fr], times weight: BLS12381.Fr, to column: Int) {
        if sums[column].isEmpty {
            sums[column] = cell.map { $0 * weight }
            return
        }
        for (index, number) in cell.enumerated() {
            sums[column][index] = sums[column][index] + number * weight
        }
    }

    /// The coefficients of the sum of all columns' polynomials.
    var interpolated: [BLS12381.Fr] {
        var total = [BLS12381.Fr](repeating: .zero, count: KZG.numbersPerCell)
        for (column, sum) in sums.enumerated() where !sum.isEmpty {
            // The coefficients of f(hX), then of f.
            var coefficients = sum
            RootsOfUnity.interpolate(&coefficients)
            for index in total.indices {
                let scale = KZG.cosetShift(column, power: -index)
                total[index] = total[index] + coefficients[index] * scale
            }
        }
        return total
    }
}
