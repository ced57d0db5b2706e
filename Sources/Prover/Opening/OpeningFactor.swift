internal import Inference
internal import Primitives
internal import Proofs

/// One stack's product S · E while the sumcheck binds its variables.
///
/// Every fold makes new buffers: earlier ones may be kept, such as the one in which only columns
/// are bound.
struct OpeningFactor {
    /// The stack's values: of the base field until a variable is bound.
    enum Values {
        case base(FieldBuffer)
        case bound(ExtensionBuffer)
    }

    private(set) var values: Values
    private var functional: ExtensionBuffer
    /// From here on values and functional are zero, and are not written.
    private var used: Int
    /// The message for the lowest variable that is free, when the last fold gave it.
    private var round: ProductRound?
    /// Whether the scratch may have the bound values, or the functional, back.
    private var ownsValues: Bool
    private var ownsFunctional = false
    private let level: KernelLevel

    /// - Parameter ownsValues: whether the values came from the scratch.
    init(
        _ values: Values, _ functional: ExtensionBuffer, ownsValues: Bool = false,
        level: KernelLevel
    ) {
        self.values = values
        self.functional = functional
        used = OpeningFactor.used(values, functional)
        self.ownsValues = ownsValues
        self.level = level
    }

    /// ⟨S, E⟩ as long as nothing is bound.
    var inner: Extension {
        switch values {
        case .base(let values): values.dot(functional, count: used, level: level)
        case .bound(let values): values.dot(functional, count: used, level: level)
        }
    }

    /// A vector's product with the functional.
    func product(_ vector: ExtensionBuffer) -> Extension {
        vector.dot(functional, count: vector.count, level: level)
    }

    /// Adds a multiple of a vector to the values.
    mutating func blind(
        _ vector: ExtensionBuffer, times challenge: Extension, scratch: OpeningScratch
    ) {
        let count = vector.count
        let blinded = ExtensionBuffer(count: count)
        switch values {
        case .base(let values): blinded.add(.one, times: values, level: level)
        case .bound(let values):
            blinded.add(values, level: level)
            if ownsValues { scratch.give(values) }
        }
        blinded.add(challenge, times: vector, level: level)
        values = .bound(blinded)
        ownsValues = true
        round = nil
    }

    /// The values, over the extension field; the next fold leaves them as they are.
    mutating func keep() -> ExtensionBuffer {
        switch values {
        case .bound(let values):
            ownsValues = false
            OpeningFactor.clear(values, from: used)
            return values
        case .base(let values):
            let lifted = ExtensionBuffer(count: values.count)
            lifted.add(.one, times: values, level: level)
            return lifted
        }
    }

    /// Where the zeros at the end of a stack and of its functional begin, in steps of a 32nd of it:
    /// steps are folded to whole vectors as long as a stack is large.
    private static func used(_ values: Values, _ functional: ExtensionBuffer) -> Int {
        let count = functional.count
        guard count >= OpeningFactor.largeMin else { return count }
        let step = count / 32
        for end in stride(from: count, to: step, by: -step) {
            let blocks = (end - step) / 16..<end / 16
            let isZero =
                switch values {
                case .base(let values): values.isZero(end - step..<end)
                case .bound(let values): values.isZero(blocks: blocks)
                }
            guard isZero, functional.isZero(blocks: blocks) else { return end }
        }
        return step
    }

    private static func clear(_ buffer: ExtensionBuffer, from used: Int) {
        if used < buffer.count { buffer.clear(blocks: used / 16..<buffer.count / 16) }
    }

    private static let largeMin = 1024

    /// Pairs that one worker takes at a time: some 10 µs.
    private static let grain = 2048

    /// The message for the lowest free variable.
    func message(workers: some Workers) -> ProductRound {
        if let round { return round }
        let functional = functional
        let level = level
        let pairs = used / 2
        switch values {
        case .base(let values):
            return sum(pairs, workers) {
                values.productRound(functional, pairs: $0, level: level)
            }
        case .bound(let values):
            return sum(pairs, workers) {
                values.productRound(functional, pairs: $0, level: level)
            }
        }
    }

    /// Binds the lowest free variable.
    mutating func bind(
        _ challenge: Extension, scratch: OpeningScratch, workers: some Workers
    ) {
        let count = functional.count / 2
        if count < OpeningFactor.largeMin / 2, used < functional.count {
            if case .bound(let values) = values { OpeningFactor.clear(values, from: used) }
            OpeningFactor.clear(functional, from: used)
            used = functional.count
        }
        let nextUsed = used / 2
        let nextValues = scratch.take(count)
        let nextFunctional = scratch.take(count)
        let functional = functional
        let level = level
        switch values {
        case .base(let values):
            round = sum((nextUsed + 1) / 2, workers) { pairs in
                var total = ProductRound.zero
                // Folded and read again while it is in the cache.
                for start in stride(from: pairs.lowerBound, to: pairs.upperBound, by: 256) {
                    let part = start..<min(start + 256, pairs.upperBound)
                    let outputs = 2 * part.lowerBound..<min(2 * part.upperBound, nextUsed)
                    values.foldLow(by: challenge, into: nextValues, range: outputs, level: level)
                    functional.foldLow(
                        by: challenge, into: nextFunctional, range: outputs, level: level)
                    total += nextValues.productRound(nextFunctional, pairs: part, level: level)
                }
                return total
            }
        case .bound(let values):
            round = sum((nextUsed + 1) / 2, workers) { pairs in
                values.foldThenRound(
                    functional, by: challenge, into: nextValues, nextFunctional, pairs: pairs,
                    level: level)
            }
        }
        if ownsValues, case .bound(let values) = values { scratch.give(values) }
        if ownsFunctional { scratch.give(functional) }
        self.values = .bound(nextValues)
        self.functional = nextFunctional
        used = nextUsed
        ownsValues = true
        ownsFunctional = true
    }

    /// The sum over ranges of pairs.
    private func sum(
        _ pairs: Int, _ workers: some Workers,
        _ body: @Sendable (_ pairs: Range<Int>) -> ProductRound
    ) -> ProductRound {
        let ranges = workers.ranges(pairs, grain: OpeningFactor.grain)
        return workers.map(ranges.count) { body(ranges[$0]) }.reduce(.zero, +)
    }

    /// Gives all that is left back.
    mutating func end(scratch: OpeningScratch) {
        if ownsValues, case .bound(let values) = values { scratch.give(values) }
        if ownsFunctional { scratch.give(functional) }
        ownsValues = false
        ownsFunctional = false
    }
}
