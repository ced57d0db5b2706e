internal import Proofs

/// What the row kernel computes for a block of rows: affine forms of sources, then products.
///
/// Sources are a site's columns, then its helpers. A register holds 16 rows of an extension
/// element, or of a base element where everything in it comes from columns that have not been
/// folded. Forms are affine in the row's variable, so the kernel takes their value and slope once
/// and steps from point to point by additions.
///
/// The header of the C kernel describes the words.
struct RowProgram: Sendable {
    let words: [UInt32]
    let constants: [UInt64]
}

/// Writes a `RowProgram`.
struct RowProgramBuilder {
    /// Where an operand comes from; registers are numbered when all forms are known.
    enum Operand: Hashable {
        case form(Int)
        case scratch(Int)
        /// The sum of everything that is affine.
        case linear
    }

    /// An affine form of sources, its coefficients in the extension field.
    struct LinearForm: Equatable {
        struct Term: Equatable {
            let source: Int
            var coefficient: Extension
        }

        var constant = Extension.zero
        /// In the order of sources, none with a zero coefficient.
        private(set) var terms: [Term] = []

        init(constant: Extension = .zero) { self.constant = constant }

        init(_ factor: Extension, _ form: RowForm) { add(factor, form) }

        init(_ form: RowForm) {
            constant = Extension(form.constant)
            terms = form.terms.map {
                Term(source: $0.column, coefficient: Extension($0.coefficient))
            }
        }

        mutating func add(_ factor: Extension, source: Int) {
            guard factor != .zero else { return }
            let index = terms.firstIndex { $0.source >= source } ?? terms.count
            guard index < terms.count, terms[index].source == source else {
                terms.insert(Term(source: source, coefficient: factor), at: index)
                return
            }
            terms[index].coefficient += factor
            if terms[index].coefficient == .zero { terms.remove(at: index) }
        }

        mutating func add(_ factor: Extension, _ form: RowForm) {
            constant += factor.scaled(by: form.constant)
            for term in form.terms {
                add(factor.scaled(by: term.coefficient), source: term.column)
            }
        }

        mutating func add(_ factor: Extension, _ form: LinearForm) {
            constant += factor * form.constant
            for term in form.terms { add(factor * term.coefficient, source: term.source) }
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

    private struct Form {
        let form: LinearForm
        let isWords: Bool
        let words: [UInt32]
    }

    private struct Operation {
        let code: Code
        let isWords: Bool
        let target: Int
        let a: Operand
        let b: Operand
        let c: Operand
    }

    private let sourceCount: Int
    /// Sources below are columns of the base field; zero once they are folded.
    private let wordSourceCount: Int
    private var forms: [Form] = []
    private var operations: [Operation] = []
    private var constants: [UInt64] = []
    private var scratchNext = 0
    private var scratchCount = 0
    var linear = LinearForm()

    init(sourceCount: Int, wordSourceCount: Int) {
        self.sourceCount = sourceCount
        self.wordSourceCount = wordSourceCount
    }

    // MARK: Forms

    /// A form, computed once however often it is asked for.
    ///
    /// - Parameter isElement: keeps it from being words, also when everything in it is.
    mutating func form(_ form: LinearForm, isElement: Bool = false) -> Operand {
        let known = forms.firstIndex { $0.form == form && !(isElement && $0.isWords) }
        if let known { return .form(known) }
        add(form, isElement)
        return .form(forms.count - 1)
    }

    mutating func form(_ form: RowForm) -> Operand { self.form(LinearForm(form)) }

    /// `factor` times a form, as elements.
    ///
    /// Products of words are cheap. Of elements there is one for the value and one for the slope
    /// of each term, so that a sum is better formed first.
    mutating func form(_ factor: Extension, _ form: LinearForm) -> Operand {
        guard factor != .one else { return self.form(form, isElement: true) }
        var scaled = LinearForm()
        if form.terms.count > 1, form.terms.contains(where: { $0.source >= wordSourceCount }),
            case .form(let index) = self.form(form, isElement: true)
        {
            scaled.add(factor, source: sourceCount + index)
        } else {
            scaled.add(factor, form)
        }
        return self.form(scaled, isElement: true)
    }

    /// Adds `factor` times a form of columns to everything affine.
    mutating func addLinear(_ factor: Extension, _ form: RowForm) {
        let isFolded = form.terms.contains { $0.column >= wordSourceCount }
        if form.terms.count > 1, isFolded, case .form(let index) = self.form(form) {
            linear.add(factor, source: sourceCount + index)
        } else {
            linear.add(factor, form)
        }
    }

    /// `factor` times a form of columns, as elements whatever the factor is.
    mutating func element(_ factor: Extension, _ form: RowForm) -> Operand {
        self.form(LinearForm(factor, form), isElement: true)
    }

    private mutating func add(_ form: LinearForm, _ isElement: Bool) {
        let isFlat = form.terms.allSatisfy { $0.source < wordSourceCount && $0.coefficient.isBase }
        let isWords = isFlat && form.constant.isBase && !isElement && wordSourceCount > 0
        var words = [
            isWords ? 1 : 0, isFlat ? 1 : 6, position(form.constant, isElement: !isWords),
            UInt32(form.terms.count),
        ]
        for term in form.terms {
            let isBase = term.coefficient.isBase
            words.append(UInt32(term.source))
            words.append(position(term.coefficient, isElement: !isBase))
            words.append(isBase ? 0 : 1)
        }
        forms.append(Form(form: form, isWords: isWords, words: words))
    }

    private mutating func position(_ value: Extension, isElement: Bool) -> UInt32 {
        let start = UInt32(constants.count)
        guard isElement else {
            constants.append(UInt64(value[0].montgomery))
            return start
        }
        let wrap = BabyBear(31)
        for limb in 0..<Extension.degree { constants.append(UInt64(value[limb].montgomery)) }
        for limb in 0..<Extension.degree {
            constants.append(UInt64((value[limb] * wrap).montgomery))
        }
        return start
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
        // A product of words comes second.
        let (a, b) = isWords(a) ? (b, a) : (a, b)
        precondition(!isWords(a), "one factor of a product is of elements")
        operations.append(
            Operation(code: code, isWords: isWords(b), target: target, a: a, b: b, c: c))
        return .scratch(target)
    }

    private func isWords(_ operand: Operand) -> Bool {
        if case .form(let index) = operand { forms[index].isWords } else { false }
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
        add(linear, true)
        let formCount = forms.count
        func register(_ operand: Operand) -> UInt32 {
            switch operand {
            case .form(let index): UInt32(index)
            case .scratch(let index): UInt32(formCount + index)
            case .linear: UInt32(formCount - 1)
            }
        }
        var words = [
            UInt32(sourceCount), UInt32(wordSourceCount), UInt32(formCount),
            UInt32(operations.count), UInt32(formCount + scratchCount), register(result),
            register(second ?? result),
        ]
        for form in forms { words += form.words }
        for operation in operations {
            words += [
                operation.code.rawValue + (operation.isWords ? 4 : 0),
                UInt32(formCount + operation.target), register(operation.a), register(operation.b),
                register(operation.c),
            ]
        }
        return RowProgram(words: words, constants: constants)
    }
}

extension Extension {
    /// Whether the element is of the base field.
    fileprivate var isBase: Bool {
        (1..<Extension.degree).allSatisfy { self[$0] == .zero }
    }
}
