internal import Proofs

/// What the row kernel computes for a block of rows: affine forms of sources, then products.
///
/// Sources are a site's columns, then its helpers. A register holds 16 rows of an extension element,
/// or of a base element where everything in it comes from columns that have not been folded. Forms
/// are affine in the row's variable, so the kernel takes their value and slope once and steps from
/// point to point by additions.
///
/// The words: counts of sources, base sources, forms, operations and registers, the result's and the
/// second result's register; then per form kind, constant and the number of terms, followed by
/// source and coefficient of each term; then per operation code, target and three operands. Constants
/// and coefficients are positions in `constants`: one word of the base field, or six limbs and 31
/// times them.
struct RowProgram: Sendable {
    let words: [UInt32]
    let constants: [UInt32]
    let registerCount: Int
    let sourceCount: Int
}

/// Writes a `RowProgram`.
struct RowProgramBuilder {
    /// Where an operand comes from; registers are numbered when all forms are known.
    enum Operand: Equatable {
        case form(Int)
        case scratch(Int)
        /// The sum of everything that is affine.
        case linear
    }

    /// An affine form with coefficients in the extension field, one a source.
    struct LinearForm {
        var constant = Extension.zero
        var coefficients: [Int: Extension] = [:]

        mutating func add(_ factor: Extension, _ source: Int) {
            coefficients[source, default: .zero] += factor
        }

        mutating func add(_ factor: Extension, _ form: RowForm) {
            constant += factor.scaled(by: form.constant)
            for term in form.terms { add(factor.scaled(by: term.coefficient), term.column) }
        }

        mutating func add(_ factor: Extension, _ form: LinearForm) {
            constant += factor * form.constant
            for (source, coefficient) in form.coefficients { add(factor * coefficient, source) }
        }
    }

    private enum Code: UInt32 {
        case multiply = 0
        case multiplyAdd = 1
        /// a · b − c
        case multiplySubtract = 2
        /// c − a · b
        case subtractProduct = 3
    }

    private enum FormKind: UInt32 {
        /// Base coefficients, base sources, a base register.
        case base = 0
        /// Base coefficients, extension sources.
        case scaled = 1
        case extended = 2
    }

    private struct Operation {
        let code: Code
        let isBase: Bool
        let target: Int
        let a: Operand
        let b: Operand
        let c: Operand
    }

    private let sourceCount: Int
    /// Sources below are columns of the base field; zero once they are folded.
    private let baseCount: Int
    private var forms: [[UInt32]] = []
    private var known: [RowForm: Operand] = [:]
    private var operations: [Operation] = []
    private var constants: [UInt32] = []
    private var scratchNext = 0
    private var scratchCount = 0
    var linear = LinearForm()

    init(sourceCount: Int, baseCount: Int) {
        self.sourceCount = sourceCount
        self.baseCount = baseCount
    }

    // MARK: Forms

    private mutating func position(_ value: BabyBear) -> UInt32 {
        constants.append(value.montgomery)
        return UInt32(constants.count - 1)
    }

    private mutating func position(_ value: Extension) -> UInt32 {
        let start = UInt32(constants.count)
        let wrap = BabyBear(31)
        for limb in 0..<Extension.degree { constants.append(value[limb].montgomery) }
        for limb in 0..<Extension.degree { constants.append((value[limb] * wrap).montgomery) }
        return start
    }

    /// A form of columns, its coefficients in the base field.
    mutating func form(_ form: RowForm) -> Operand {
        if let operand = known[form] { return operand }
        let kind = baseCount > 0 || sourceCount == 0 ? FormKind.base : .scaled
        var words = [kind.rawValue, position(form.constant), UInt32(form.terms.count)]
        for term in form.terms {
            words += [UInt32(term.column), position(term.coefficient)]
        }
        forms.append(words)
        let operand = Operand.form(forms.count - 1)
        known[form] = operand
        return operand
    }

    mutating func form(_ form: LinearForm) -> Operand {
        forms.append(words(form))
        return .form(forms.count - 1)
    }

    private mutating func words(_ form: LinearForm) -> [UInt32] {
        var words = [FormKind.extended.rawValue, position(form.constant), 0]
        for (source, factor) in form.coefficients.sorted(by: { $0.key < $1.key })
        where factor != .zero {
            words += [UInt32(source), position(factor)]
            words[2] += 1
        }
        return words
    }

    /// `factor` times a form of columns.
    mutating func form(_ factor: Extension, _ form: RowForm) -> Operand {
        var scaled = LinearForm()
        scaled.add(factor, form)
        return self.form(scaled)
    }

    // MARK: Operations

    /// A register that nothing uses.
    mutating func scratch() -> Int {
        scratchNext += 1
        scratchCount = max(scratchCount, scratchNext)
        return scratchNext - 1
    }

    /// Lets scratch registers be used again, but for the first `kept`.
    mutating func release(keeping kept: Int) { scratchNext = kept }

    private mutating func emit(
        _ code: Code, _ a: Operand, _ b: Operand, _ c: Operand, to target: Int?
    ) -> Operand {
        let target = target ?? scratch()
        var isBase = false
        if case .form(let index) = b { isBase = forms[index][0] == FormKind.base.rawValue }
        operations.append(Operation(code: code, isBase: isBase, target: target, a: a, b: b, c: c))
        return .scratch(target)
    }

    mutating func product(_ a: Operand, _ b: Operand, to target: Int? = nil) -> Operand {
        emit(.multiply, a, b, a, to: target)
    }

    /// a · b + c.
    mutating func product(
        _ a: Operand, _ b: Operand, plus c: Operand, to target: Int? = nil
    ) -> Operand {
        emit(.multiplyAdd, a, b, c, to: target)
    }

    /// a · b − c.
    mutating func product(
        _ a: Operand, _ b: Operand, minus c: Operand, to target: Int? = nil
    ) -> Operand {
        emit(.multiplySubtract, a, b, c, to: target)
    }

    /// c − a · b.
    mutating func product(
        _ a: Operand, _ b: Operand, from c: Operand, to target: Int? = nil
    ) -> Operand {
        emit(.subtractProduct, a, b, c, to: target)
    }

    // MARK: The end

    /// The program that leaves its results in two registers.
    mutating func build(_ result: Operand, _ second: Operand? = nil) -> RowProgram {
        forms.append(words(linear))
        let formCount = forms.count
        func register(_ operand: Operand) -> UInt32 {
            switch operand {
            case .form(let index): UInt32(index)
            case .scratch(let index): UInt32(formCount + index)
            case .linear: UInt32(formCount - 1)
            }
        }
        let registers = formCount + scratchCount
        var words = [
            UInt32(sourceCount), UInt32(baseCount), UInt32(formCount), UInt32(operations.count),
            UInt32(registers), register(result), register(second ?? result),
        ]
        for form in forms { words += form }
        for operation in operations {
            words += [
                operation.code.rawValue + (operation.isBase ? 4 : 0),
                UInt32(formCount + operation.target), register(operation.a), register(operation.b),
                register(operation.c),
            ]
        }
        return RowProgram(
            words: words, constants: constants, registerCount: registers, sourceCount: sourceCount)
    }
}
