import Proofs

@testable import Prover

/// The rounds by their definition, over whole tables, for any witness, honest or not.
///
/// A round's message is the polynomial that the definition gives; for a wrong witness its values do
/// not meet the claim, and the verifier must notice at the end.
enum NaiveRowProver {
    static func prove(
        _ rows: RowCase, _ helpers: [[ExtensionBuffer]], _ challenges: RowChallenges,
        mask: RowMask? = nil,
        start: (_ mask: Extension, _ rows: Extension) -> Extension = { mask, _ in mask },
        _ transcript: inout Transcript
    ) throws -> RowProof {
        let system = rows.system
        var rounds = RowRounds(system, &transcript)
        let powers = system.powers(rounds.lambda)
        // Per site, per source: all 2ᵐ rows.
        var tables: [[[Extension]]] = try system.sites.enumerated().map { index, site in
            let size = 1 << site.variableCount
            let columns = zip(rows.values[index], site.padding).map { column, padding in
                column.map { Extension($0) }
                    + Array(repeating: Extension(padding), count: size - column.count)
            }
            let padded = zip(helpers[index], try site.helperPadding(challenges)).map {
                $0.elements + Array(repeating: $1, count: size - $0.count)
            }
            return columns + padded
        }
        var messages: [Extension] = []
        var coefficients = mask?.polynomial.dropFirst() ?? []
        if let mask {
            var violation = Extension.zero
            for (index, site) in system.sites.enumerated() {
                let eq = ExtensionBuffer.eq(Array(rounds.tau[..<site.variableCount]))
                for row in 0..<eq.count {
                    let values = tables[index].map { $0[row] }
                    let combined = site.combined(
                        RowEvaluations(
                            columns: Array(values[..<site.columnCount]),
                            helpers: Array(values[site.columnCount...])),
                        powers: powers[system.powerRanges[index]], challenges)
                    violation += eq[row] * combined
                }
            }
            messages.append(start(mask.sum(system, rounds.tau), violation))
            rounds.begin(with: messages[0], &transcript)
        }
        // Where a site's last variable is bound, its columns have the masks' bump in it.
        func bump(_ round: Int, _ index: Int, _ point: Extension) -> [Extension] {
            let count = tables[index].count
            guard let mask, system.sites[index].variableCount == round + 1 else {
                return [Extension](repeating: .zero, count: count)
            }
            return mask.evaluations[index].map { $0 * point * (.one - point) }
        }
        for (round, degree) in system.roundDegrees.enumerated() {
            var values = [Extension](repeating: .zero, count: degree + 1)
            for (index, site) in system.sites.enumerated() where site.variableCount > round {
                let tau = rounds.tau[(round + 1)..<site.variableCount]
                for pair in 0..<1 << (site.variableCount - round - 1) {
                    var weight = Extension.one
                    for (bit, coordinate) in tau.enumerated() {
                        weight *= pair >> bit & 1 == 1 ? coordinate : .one - coordinate
                    }
                    for point in 0...degree {
                        let factor = BabyBear(UInt32(point))
                        let bumps = bump(round, index, Extension(factor))
                        let row = zip(tables[index], bumps).map {
                            $0[2 * pair] + ($0[2 * pair + 1] - $0[2 * pair]).scaled(by: factor)
                                + $1
                        }
                        let value = site.combined(
                            RowEvaluations(
                                columns: Array(row[..<site.columnCount]),
                                helpers: Array(row[site.columnCount...])),
                            powers: powers[system.powerRanges[index]], challenges)
                        values[point] += weight * value
                    }
                }
            }
            var message = Array(NaiveRowProver.coefficients(values).dropFirst())
            for (index, own) in coefficients.prefix(degree).enumerated() { message[index] += own }
            coefficients = coefficients.dropFirst(degree)
            messages += message
            rounds.bind(message[...], &transcript)
            let challenge = rounds.point[round]
            for (index, site) in system.sites.enumerated() where site.variableCount > round {
                let bumps = bump(round, index, challenge)
                tables[index] = zip(tables[index], bumps).map { table, bump in
                    (0..<table.count / 2).map {
                        table[2 * $0] + (table[2 * $0 + 1] - table[2 * $0]) * challenge + bump
                    }
                }
            }
        }
        let evaluations = zip(system.sites, tables).map { site, table in
            let row = table.map { $0[0] }
            return RowEvaluations(
                columns: Array(row[..<site.columnCount]),
                helpers: Array(row[site.columnCount...]))
        }
        return RowProof(messages: messages, claim: rounds.end, evaluations: evaluations)
    }

    /// Newton's divided differences, multiplied out.
    static func coefficients(_ values: [Extension]) -> [Extension] {
        var differences = values
        for order in 1..<max(1, values.count) {
            let scale = BabyBear(UInt32(order)).inverse ?? .zero
            for index in (order..<values.count).reversed() {
                differences[index] =
                    (differences[index] - differences[index - 1]).scaled(by: scale)
            }
        }
        var polynomial = [Extension](repeating: .zero, count: values.count)
        for index in values.indices.reversed() {
            // polynomial · (X − index) + difference
            let root = BabyBear(UInt32(index))
            for power in values.indices.reversed() {
                let lower = power > 0 ? polynomial[power - 1] : .zero
                polynomial[power] = lower - polynomial[power].scaled(by: root)
            }
            polynomial[0] += differences[index]
        }
        return polynomial
    }
}
