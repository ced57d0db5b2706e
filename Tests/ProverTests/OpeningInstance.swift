import Inference
import Primitives
import Proofs
import Prover
import Testing

/// A shape of an opening to test.
struct OpeningCase: Sendable, CustomStringConvertible {
    var logRows: Int
    /// Log columns k of each stack, or −1 − k for a prefolded one.
    var stacks: [Int]
    var folds: [Int] = []
    var logBlowup = 3
    var workBits = 0
    var isSalted = false
    var isZero = false
    /// Whether a last stack hides the others.
    var isMasked = false
    /// Whether values, and functionals but for one, end in zeros.
    var hasTail = false

    var description: String {
        "rows 2^\(logRows) stacks \(stacks) folds \(folds) rate 2^-\(logBlowup) work \(workBits)"
            + (isSalted ? " salted" : "") + (isZero ? " zero" : "") + (hasTail ? " tail" : "")
            + (isMasked ? " masked" : "")
    }

    static let all: [OpeningCase] =
        (0...7).map { OpeningCase(logRows: 4, stacks: [$0]) }
        + (0...7).map { OpeningCase(logRows: 3, stacks: [-1 - $0]) }
        + (0...12).map { OpeningCase(logRows: $0, stacks: [1], folds: $0 < 4 ? [] : [$0 / 2]) }
        + [
            OpeningCase(logRows: 0, stacks: [0]),
            OpeningCase(logRows: 0, stacks: [0, 0, -1]),
            OpeningCase(logRows: 5, stacks: [3, 1]),
            OpeningCase(logRows: 5, stacks: [1, 3]),
            OpeningCase(logRows: 5, stacks: [0, 3, 2], folds: [1, 1, 1]),
            OpeningCase(logRows: 6, stacks: [-5, 3, 3], folds: [2, 3]),
            OpeningCase(logRows: 6, stacks: [-8, 0, 2], folds: [6]),
            OpeningCase(logRows: 6, stacks: [-3, -4, -1], folds: [3]),
            OpeningCase(logRows: 6, stacks: [3, -3, 1], folds: [1, 5], logBlowup: 1),
            OpeningCase(logRows: 7, stacks: [2, -3], folds: [4], logBlowup: 4),
            OpeningCase(logRows: 5, stacks: [2, -3], folds: [2], logBlowup: 2, workBits: 8),
            OpeningCase(logRows: 5, stacks: [2, -3], folds: [2], isSalted: true),
            OpeningCase(logRows: 5, stacks: [2, -3, 0], folds: [2], isZero: true),
            OpeningCase(logRows: 6, stacks: [5, -4, 4, 5], folds: [2], hasTail: true),
            OpeningCase(logRows: 10, stacks: [1, -2, 3], folds: [2], hasTail: true),
        ] + masked
}

extension OpeningCase {
    /// Rows must be more than positions.
    static let masked = [
        OpeningCase(logRows: 7, stacks: [0], logBlowup: 4, isMasked: true),
        OpeningCase(logRows: 7, stacks: [2], folds: [3], logBlowup: 4, isMasked: true),
        OpeningCase(logRows: 7, stacks: [-3, 3, 0, 1], folds: [2], logBlowup: 4, isMasked: true),
        OpeningCase(logRows: 8, stacks: [0, 4, -2], workBits: 6, isMasked: true),
    ]

    /// Those for which the plain definition is fast enough.
    static let small =
        all.filter { $0.logRows < 7 && !$0.stacks.contains { $0 > 5 || $0 < -6 } } + masked[1...2]
}

/// Stacks of seeded values with seeded functionals, committed.
struct OpeningInstance: Sendable {
    let parameters: OpeningParameters
    var stacks: [ProvedStack]
    var claim: Extension

    init(_ shape: OpeningCase, seed: UInt64 = 1, level: KernelLevel = .best) throws {
        var random = SeededRandom(seed: seed)
        parameters = try OpeningParameters(
            logBlowup: shape.logBlowup,
            queryCount: OpeningParameters.queries(
                logBlowup: shape.logBlowup, workBits: shape.workBits),
            workBits: shape.workBits, logRows: shape.logRows,
            stacks: shape.stacks.map {
                StackShape(
                    logColumns: $0 < 0 ? -1 - $0 : $0, isPrefolded: $0 < 0,
                    isSalted: shape.isSalted || shape.isMasked)
            } + (shape.isMasked ? [OpeningInstance.maskShape(shape.stacks.count)] : []),
            folds: shape.folds)
        stacks = []
        claim = .zero
        for (index, stack) in parameters.stacks.enumerated() {
            let size = parameters.code.rows << stack.logColumns
            let end = shape.hasTail ? size * (index + 2) / 7 : size
            // A functional that goes on where the values are zero still counts.
            let functionalEnd = index == 0 ? size : end
            let values = FieldBuffer(
                (0..<size).map {
                    shape.isZero || $0 >= end
                        ? .zero : BabyBear(UInt32(truncatingIfNeeded: random.next()))
                })
            let salts = (0..<parameters.code.codewordRows * stack.saltBytes).map { _ in
                UInt8(truncatingIfNeeded: random.next())
            }
            let commitment = StackCommitment(
                values: values, shape: stack, code: parameters.code, salts: salts,
                workers: SerialWorkers(), level: level)
            if stack.isMask {
                stacks.append(ProvedStack(commitment, .masks))
            } else if stack.isPrefolded {
                let point = (0..<stack.logColumns).map { _ in element(&random) }
                let rows = ExtensionBuffer((0..<parameters.code.rows).map { _ in element(&random) })
                stacks.append(ProvedStack(commitment, .prefolded(point: point, rows)))
                let low = ExtensionBuffer.eq(point).elements
                for index in 0..<values.count {
                    claim +=
                        (low[index % stack.columns] * rows[index / stack.columns]).scaled(
                            by: values[index])
                }
            } else {
                let functional = ExtensionBuffer(
                    (0..<size).map { $0 < functionalEnd ? element(&random) : .zero })
                stacks.append(ProvedStack(commitment, .dense(functional)))
                for index in 0..<values.count {
                    claim += functional[index].scaled(by: values[index])
                }
            }
        }
    }

    /// A stack with columns for the masks of so many others.
    private static func maskShape(_ count: Int) -> StackShape {
        var log = 0
        while 1 << log < Extension.degree * (2 + count) { log += 1 }
        return StackShape(logColumns: log, isSalted: true, isMask: true)
    }

    /// Replaces the first stack's root with one of codewords of twice the degree, its values the
    /// low halves.
    mutating func commitToTwiceTheDegree() {
        let old = stacks[0].commitment
        let code = RowCode(
            logRows: parameters.logRows + 1, logBlowup: parameters.logBlowup - 1,
            shift: parameters.code.shift)
        let values = FieldBuffer(old.values.elements + old.values.elements)
        let commitment = StackCommitment(
            values: values, shape: old.shape, code: code, salts: old.salts,
            workers: SerialWorkers())
        stacks[0] = ProvedStack(commitment, stacks[0].functional)
    }

    /// The functional's coefficient of one element of a dense stack.
    func coefficient(_ stack: Int, _ index: Int) -> Extension {
        switch stacks[stack].functional {
        case .dense(let functional), .prefolded(_, let functional): functional[index]
        case .masks: .zero
        }
    }

    var opened: [OpenedStack] {
        stacks.map { stack in
            if case .prefolded(let point, _) = stack.functional {
                return OpenedStack(root: stack.commitment.root, prefoldPoint: point)
            }
            return OpenedStack(root: stack.commitment.root)
        }
    }

    func prove(
        workers: some Workers = SerialWorkers(), level: KernelLevel = .best
    ) -> [UInt8] {
        var transcript = Transcript(domain: "test")
        var writer = ProofWriter()
        OpeningProver.prove(
            parameters, stacks: stacks, claim: claim, transcript: &transcript, workers: workers,
            level: level, into: &writer)
        return writer.bytes
    }

    func verify(
        _ proof: [UInt8], opened: [OpenedStack]? = nil, claim: Extension? = nil
    ) throws(ProofError) {
        var transcript = Transcript(domain: "test")
        var reader = ProofReader(proof)
        try OpeningVerifier.verify(
            parameters, stacks: opened ?? self.opened, claim: claim ?? self.claim, reader: &reader,
            transcript: &transcript
        ) { (stack, point) throws(ProofError) in evaluate(stack, at: point) }
        try reader.finish()
    }

    func evaluate(_ stack: Int, at point: [Extension]) -> Extension {
        switch stacks[stack].functional {
        case .dense(let functional), .prefolded(_, let functional):
            functional.dot(ExtensionBuffer.eq(point))
        case .masks: .zero
        }
    }
}

func element(_ random: inout SeededRandom) -> Extension {
    Extension(
        limbs: (0..<Extension.degree).map { _ in
            BabyBear(UInt32(truncatingIfNeeded: random.next()))
        })
}
