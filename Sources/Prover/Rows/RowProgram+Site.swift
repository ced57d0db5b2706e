internal import Proofs

extension RowSite {
    /// Σ λᵏ · constraint k, for columns of the base field or for folded ones.
    ///
    /// Each power of λ goes into a factor that is affine anyway, where it costs least, and
    /// everything affine goes into one form.
    /// - Parameter powers: one power of λ for each constraint.
    func sumProgram(
        _ powers: ArraySlice<Extension>, _ challenges: RowChallenges, isFolded: Bool
    ) -> RowProgram {
        var builder = RowProgramBuilder(
            sourceCount: columnCount + groups.count, wordSourceCount: isFolded ? 0 : columnCount)
        var sum = RowProgramBuilder.Operand.linear
        let total = builder.scratch()
        for (constraint, power) in zip(constraints, powers) {
            builder.addLinear(.zero - power, constraint.rest)
            guard let last = constraint.factors.last, constraint.factors.count > 1 else {
                for factor in constraint.factors { builder.addLinear(power, factor) }
                continue
            }
            var product = builder.element(power, constraint.factors[0])
            for factor in constraint.factors.dropFirst().dropLast() {
                product = builder.product(product, builder.form(factor))
            }
            sum = builder.product(product, builder.form(last), plus: sum, to: total)
            builder.release(keeping: 1)
        }
        for (index, power) in powers.dropFirst(constraints.count).enumerated() {
            var helper = RowProgramBuilder.LinearForm()
            helper.add(.one, source: columnCount + index)
            let group = GroupForms(lookups[groups[index]], challenges)
            sum = group.addIdentity(of: helper, times: power, to: sum, total, &builder)
            builder.release(keeping: 1)
        }
        return builder.build(sum)
    }

    /// Numerator and denominator of a group's helper, from columns of the base field.
    func fractionProgram(_ group: Int, _ challenges: RowChallenges) -> RowProgram {
        var builder = RowProgramBuilder(sourceCount: columnCount, wordSourceCount: columnCount)
        let forms = GroupForms(lookups[groups[group]], challenges)
        let (numerator, denominator) = forms.fraction(&builder)
        return builder.build(numerator, denominator)
    }
}

/// The forms of at most four look-ups that share a helper.
private struct GroupForms {
    typealias Builder = RowProgramBuilder
    typealias Operand = RowProgramBuilder.Operand
    typealias LinearForm = RowProgramBuilder.LinearForm

    /// α − fingerprint of each.
    private let denominators: [LinearForm]
    private let numerators: [RowForm]

    init(_ lookups: ArraySlice<RowLookup>, _ challenges: RowChallenges) {
        denominators = lookups.map { lookup in
            var form = LinearForm(constant: challenges.denominator(lookup.table, []))
            for (value, weight) in zip(lookup.tuple, challenges.weights) {
                form.add(.zero - weight, value)
            }
            return form
        }
        numerators = lookups.map(\.numerator)
    }

    /// `factor` times n₁ d₂ + n₂ d₁ of two look-ups: affine when both numerators are constant.
    private func cross(
        _ first: Int, _ second: Int, times factor: Extension, _ builder: inout Builder
    ) -> Operand {
        var affine = LinearForm()
        var products: [(Int, Int)] = []
        for (one, other) in [(first, second), (second, first)] {
            if numerators[one].isConstant {
                affine.add(Extension(numerators[one].constant), denominators[other])
            } else {
                products.append((one, other))
            }
        }
        var sum = affine == LinearForm() ? nil : builder.form(factor, affine)
        for (one, other) in products {
            let denominator = builder.form(factor, denominators[other])
            let numerator = builder.form(numerators[one])
            if let last = sum {
                sum = builder.product(denominator, numerator, plus: last)
            } else {
                sum = builder.product(denominator, numerator)
            }
        }
        return sum ?? builder.element(.zero, .zero)
    }

    /// The group's numerator and denominator over the product of all denominators.
    func fraction(_ builder: inout Builder) -> (numerator: Operand, denominator: Operand) {
        let d = denominators.map { builder.form($0, isElement: true) }
        switch d.count {
        case 1:
            builder.linear = LinearForm(numerators[0])
            return (.linear, d[0])
        case 2: return (cross(0, 1, times: .one, &builder), builder.product(d[0], d[1]))
        case 3:
            let pair = builder.product(d[0], d[1])
            let third = builder.product(pair, builder.form(numerators[2]))
            let numerator = builder.product(cross(0, 1, times: .one, &builder), d[2], plus: third)
            return (numerator, builder.product(pair, d[2]))
        default:
            let (low, high) = (builder.product(d[0], d[1]), builder.product(d[2], d[3]))
            let first = builder.product(cross(0, 1, times: .one, &builder), high)
            let second = cross(2, 3, times: .one, &builder)
            return (builder.product(second, low, plus: first), builder.product(low, high))
        }
    }

    /// Adds helper · Π d − numerator, both times a factor, to a running sum.
    func addIdentity(
        of helper: LinearForm, times factor: Extension, to sum: Operand, _ total: Int,
        _ builder: inout Builder
    ) -> Operand {
        let d = denominators.map { builder.form($0, isElement: true) }
        switch d.count {
        case 1:
            builder.linear.add(.zero - factor, numerators[0])
            return builder.product(builder.form(factor, helper), d[0], plus: sum, to: total)
        case 2:
            let left = builder.product(builder.form(factor, helper), d[0])
            let sum = builder.product(left, d[1], plus: sum, to: total)
            return subtractCross(from: sum, times: factor, total, &builder)
        case 3:
            let pair = builder.product(d[0], d[1])
            let left = builder.product(
                builder.form(helper, isElement: true), pair,
                minus: cross(0, 1, times: .one, &builder))
            let third = builder.form(factor, denominators[2])
            let sum = builder.product(left, third, plus: sum, to: total)
            let last = builder.element(factor, numerators[2])
            return builder.product(pair, last, from: sum, to: total)
        default:
            let low = builder.product(d[0], d[1])
            let high = builder.product(builder.form(factor, denominators[2]), d[3])
            let left = builder.product(
                builder.form(helper, isElement: true), low,
                minus: cross(0, 1, times: .one, &builder))
            let sum = builder.product(left, high, plus: sum, to: total)
            let last = cross(2, 3, times: factor, &builder)
            return builder.product(last, low, from: sum, to: total)
        }
    }

    /// Subtracts n₁ d₂ + n₂ d₁ of a group of two: for free where it is affine.
    private func subtractCross(
        from sum: Operand, times factor: Extension, _ total: Int, _ builder: inout Builder
    ) -> Operand {
        var sum = sum
        for (one, other) in [(0, 1), (1, 0)] {
            if numerators[one].isConstant {
                let scale = factor.scaled(by: numerators[one].constant)
                builder.linear.add(.zero - scale, denominators[other])
            } else {
                let scaled = builder.element(factor, numerators[one])
                sum = builder.product(
                    builder.form(denominators[other], isElement: true), scaled, from: sum, to: total
                )
            }
        }
        return sum
    }
}
