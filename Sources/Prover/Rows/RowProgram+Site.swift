internal import Proofs

extension RowSite {
    /// Σ λᵏ · constraint k, for columns of the base field or for folded ones.
    ///
    /// Each power of λ goes into a factor that is affine anyway, where it costs nothing, and
    /// everything affine goes into one form.
    /// - Parameter powers: one power of λ for each constraint.
    func sumProgram(
        _ powers: ArraySlice<Extension>, _ challenges: RowChallenges, isFolded: Bool
    ) -> RowProgram {
        var builder = RowProgramBuilder(
            sourceCount: columnCount + groups.count, baseCount: isFolded ? 0 : columnCount)
        var sum = RowProgramBuilder.Operand.linear
        let total = builder.scratch()
        for (constraint, power) in zip(constraints, powers) {
            builder.linear.add(-power, constraint.rest)
            guard let last = constraint.factors.last, constraint.factors.count > 1 else {
                builder.linear.add(power, constraint.factors[0])
                continue
            }
            var product = builder.form(power, constraint.factors[0])
            for factor in constraint.factors.dropFirst().dropLast() {
                product = builder.product(product, builder.form(factor))
            }
            sum = builder.product(product, builder.form(last), plus: sum, to: total)
            builder.release(keeping: 1)
        }
        for (index, power) in powers.dropFirst(constraints.count).enumerated() {
            var helper = RowProgramBuilder.LinearForm()
            helper.add(power, columnCount + index)
            let group = GroupForms(lookups[groups[index]], power, challenges, &builder)
            sum = group.addIdentity(of: helper, to: sum, total, &builder)
            builder.release(keeping: 1)
        }
        return builder.build(sum)
    }

    /// Numerator and denominator of a group's helper, from columns of the base field.
    func fractionProgram(_ group: Int, _ challenges: RowChallenges) -> RowProgram {
        var builder = RowProgramBuilder(sourceCount: columnCount, baseCount: columnCount)
        let forms = GroupForms(lookups[groups[group]], .one, challenges, &builder)
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
    let denominators: [Operand]
    private let denominatorForms: [LinearForm]
    /// Numerators, times `factor`.
    private let numerators: [LinearForm]
    /// The numerators that are the same in every row, times `factor`.
    private let constants: [Extension?]

    init(
        _ lookups: ArraySlice<RowLookup>, _ factor: Extension, _ challenges: RowChallenges,
        _ builder: inout Builder
    ) {
        denominatorForms = lookups.map { lookup in
            var form = LinearForm(constant: challenges.alpha - Extension(BabyBear(lookup.table)))
            for (value, gamma) in zip(lookup.tuple, challenges.gammas) { form.add(-gamma, value) }
            return form
        }
        numerators = lookups.map { lookup in
            var form = LinearForm()
            form.add(factor, lookup.numerator)
            return form
        }
        constants = lookups.map {
            $0.numerator.isConstant ? factor.scaled(by: $0.numerator.constant) : nil
        }
        var operands: [Operand] = []
        for form in denominatorForms { operands.append(builder.form(form)) }
        denominators = operands
    }

    /// n₁ d₂ + n₂ d₁ of two look-ups: affine when both numerators are constant.
    private func cross(_ first: Int, _ second: Int, _ builder: inout Builder) -> Operand {
        var affine = LinearForm()
        var products: [(Operand, Operand)] = []
        for (one, other) in [(first, second), (second, first)] {
            if let constant = constants[one] {
                affine.add(constant, denominatorForms[other])
            } else {
                products.append((denominators[other], builder.form(numerators[one])))
            }
        }
        var sum = builder.form(affine)
        for (a, b) in products { sum = builder.product(a, b, plus: sum) }
        return sum
    }

    /// The group's numerator and denominator over the product of all denominators.
    func fraction(_ builder: inout Builder) -> (numerator: Operand, denominator: Operand) {
        let d = denominators
        switch d.count {
        case 1: return (builder.form(numerators[0]), d[0])
        case 2: return (cross(0, 1, &builder), builder.product(d[0], d[1]))
        case 3:
            let pair = builder.product(d[0], d[1])
            let third = builder.product(pair, builder.form(numerators[2]))
            let numerator = builder.product(cross(0, 1, &builder), d[2], plus: third)
            return (numerator, builder.product(pair, d[2]))
        default:
            let (low, high) = (builder.product(d[0], d[1]), builder.product(d[2], d[3]))
            let first = builder.product(cross(0, 1, &builder), high)
            let numerator = builder.product(cross(2, 3, &builder), low, plus: first)
            return (numerator, builder.product(low, high))
        }
    }

    /// Adds helper · Π d − numerator, both times the group's factor, to a running sum.
    func addIdentity(
        of helper: LinearForm, to sum: Operand, _ total: Int, _ builder: inout Builder
    ) -> Operand {
        let d = denominators
        let helper = builder.form(helper)
        switch d.count {
        case 1:
            builder.linear.add(-.one, numerators[0])
            return builder.product(helper, d[0], plus: sum, to: total)
        case 2:
            let left = builder.product(helper, d[0])
            let sum = builder.product(left, d[1], plus: sum, to: total)
            return subtractCross(from: sum, total, &builder)
        case 3:
            let pair = builder.product(d[0], d[1])
            let left = builder.product(helper, pair, minus: cross(0, 1, &builder))
            let sum = builder.product(left, d[2], plus: sum, to: total)
            return builder.product(pair, builder.form(numerators[2]), from: sum, to: total)
        default:
            let (low, high) = (builder.product(d[0], d[1]), builder.product(d[2], d[3]))
            let left = builder.product(helper, low, minus: cross(0, 1, &builder))
            let sum = builder.product(left, high, plus: sum, to: total)
            return builder.product(cross(2, 3, &builder), low, from: sum, to: total)
        }
    }

    /// Subtracts n₁ d₂ + n₂ d₁ of a group of two: for free where it is affine.
    private func subtractCross(
        from sum: Operand, _ total: Int, _ builder: inout Builder
    ) -> Operand {
        var sum = sum
        for (one, other) in [(0, 1), (1, 0)] {
            if let constant = constants[one] {
                builder.linear.add(-constant, denominatorForms[other])
            } else {
                let numerator = builder.form(numerators[one])
                sum = builder.product(denominators[other], numerator, from: sum, to: total)
            }
        }
        return sum
    }
}
