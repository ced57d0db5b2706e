import Primitives
import Proofs
import Prover

/// What a dishonest prover does in place of the protocol.
enum Cheat: Sendable, CaseIterable {
    case none
    /// Opens values of its own that satisfy the sumcheck's last claim.
    case values
    /// The same, and a last vector that has the value they ask for.
    case valuesAndLast
    /// Runs the sumcheck and all that follows on another first stack than the committed one.
    case otherStack
    /// Commits to codewords of polynomials of twice the degree and goes on with their low halves.
    case highDegree
    /// Folds another combined vector than that of the stacks; it has the right value.
    case otherCombination
    /// Commits to a good codeword of the combination with every second point changed.
    case farOracle
    /// Says that the masks' vectors have another product with their functionals.
    case maskSum
    /// Hides the columns' rounds behind another polynomial than the committed one.
    case maskPolynomial
    /// Folds by other challenges, with slopes that make the last claim come out.
    case otherFold
}

/// The opening again, in plain steps on arrays: the definition that `OpeningProver` is held to, and
/// a prover that cheats.
struct ReferenceOpening {
    let instance: OpeningInstance
    let cheat: Cheat
    private let parameters: OpeningParameters
    private(set) var transcript: Transcript
    private var writer = ProofWriter()
    /// Where the stacks are opened.
    private(set) var positions: [Int] = []

    init(_ instance: OpeningInstance, _ cheat: Cheat = .none) {
        self.instance = instance
        self.cheat = cheat
        parameters = instance.parameters
        transcript = Transcript(domain: "test", recordsTape: true)
    }

    // MARK: Vectors

    /// The codeword of a vector of coefficients, point by point.
    static func encode(_ coefficients: [Extension], _ code: RowCode) -> [Extension] {
        (0..<code.codewordRows).map { row in
            let point = code.point(row)
            return coefficients.reversed().reduce(.zero) { $0.scaled(by: point) + $1 }
        }
    }

    static func fold(_ vector: [Extension], _ r: Extension) -> [Extension] {
        (0..<vector.count / 2).map { vector[2 * $0] + r * (vector[2 * $0 + 1] - vector[2 * $0]) }
    }

    static func evaluate(_ vector: [Extension], _ point: [Extension]) -> Extension {
        point.reduce(vector) { fold($0, $1) }[0]
    }

    /// The leaf hashes' tree over groups of an extension codeword.
    private static func tree(_ codeword: [Extension], log: Int) -> MerkleTree {
        let leaves = DigestBuffer(count: codeword.count >> log)
        let hash = LeafHash(wordCount: 6 << log)
        for leaf in 0..<leaves.count {
            var bytes: [UInt8] = []
            for value in codeword[leaf << log..<(leaf + 1) << log] { value.write(to: &bytes) }
            leaves[leaf] = hash.hash(bytes)
        }
        return MerkleTree(leaves: leaves, workers: SerialWorkers())
    }

    // MARK: Proof

    mutating func prove() -> [UInt8] {
        parameters.bind(instance.opened, claim: instance.claim, to: &transcript)
        var stacks = zip(instance.stacks, parameters.stacks).map { stack, shape in
            stack.commitment.values.elements.prefix(parameters.code.rows * shape.columns).map {
                Extension($0)
            }
        }
        if cheat == .otherStack { stacks[0][0] += .one }
        let sum = proveSum(stacks)
        var values = sum.values
        if cheat == .values || cheat == .valuesAndLast { shift(&values, sum) }
        send("open.values", values)
        let powers = parameters.stackPowers(of: transcript.challenge("open.combine"))
        var combined = [Extension](repeating: .zero, count: parameters.code.rows)
        for (rows, power) in zip(sum.rows, powers) {
            for row in combined.indices { combined[row] += power * rows[row] }
        }
        let high = Array(sum.challenges.suffix(parameters.logRows))
        let claim = zip(values, powers).reduce(Extension.zero) { $0 + $1.0 * $1.1 }
        if cheat == .otherCombination || cheat == .valuesAndLast {
            combined = other(combined, at: high, value: claim)
        }
        finish(combined, high, claim)
        return writer.bytes
    }

    private mutating func send(_ tag: StaticString, _ elements: [Extension]) {
        writer.append(elements)
        transcript.absorb(tag, elements)
    }

    /// Changes two values, or one, so that Σ c·y·Ê stays.
    private func shift(_ values: inout [Extension], _ sum: Sum) {
        guard values.count > 1 else { return }
        let weights = (0..<2).map { stack in
            instance.evaluate(stack, at: parameters.point(stack, of: sum.challenges))
                .scaled(by: parameters.scale(stack))
        }
        values[0] += weights[1]
        values[1] -= weights[0]
    }

    /// Another vector with this value at a point.
    private func other(
        _ vector: [Extension], at point: [Extension], value: Extension
    ) -> [Extension] {
        var vector = vector
        for index in vector.indices { vector[index] += Extension(BabyBear(UInt32(index + 1))) }
        let shift = value - ReferenceOpening.evaluate(vector, point)
        // eq sums to one, so that a constant moves the value by itself.
        return vector.map { $0 + shift }
    }

    private struct Sum {
        var challenges: [Extension] = []
        var rows: [[Extension]] = []
        var values: [Extension] = []
    }

    /// The sumcheck over one table for each stack: Σ of 2^−rounds · S · E, constant before it
    /// joins.
    private mutating func proveSum(_ stacks: [[Extension]]) -> Sum {
        var left: [[Extension]] = []
        var right: [[Extension]] = []
        for (values, stack) in zip(stacks, instance.stacks) {
            switch stack.functional {
            case .dense(let functional):
                left.append(values)
                right.append(functional.elements)
            case .masks:
                left.append([Extension](repeating: .zero, count: parameters.code.rows))
                right.append(left[left.count - 1])
            case .prefolded(let point, let functional):
                left.append(point.reduce(values) { ReferenceOpening.fold($0, $1) })
                right.append(functional.elements)
            }
        }
        var sum = Sum()
        let half = BabyBear.one * OpeningParameters.half
        var hiding = masks(0)
        if cheat == .maskPolynomial, !hiding.isEmpty { hiding[0] += .one }
        for round in 0..<parameters.columnRounds + parameters.logRows {
            if round == parameters.columnRounds {
                hide(&left, &right, sum.challenges)
                sum.rows = left
            }
            var message = ProductRound.zero
            for stack in stacks.indices {
                let joins = parameters.roundsBefore(stack)
                let scale = half.power(UInt64(min(joins, round + 1)))
                let (a, b) = (left[stack], right[stack])
                if joins > round {
                    message.atZero += zip(a, b).reduce(.zero) { $0 + $1.0 * $1.1 }.scaled(by: scale)
                    continue
                }
                for pair in 0..<a.count / 2 {
                    message.atZero += (a[2 * pair] * b[2 * pair]).scaled(by: scale)
                    message.atInfinity +=
                        ((a[2 * pair + 1] - a[2 * pair]) * (b[2 * pair + 1] - b[2 * pair]))
                        .scaled(by: scale)
                }
            }
            if round < parameters.columnRounds, !hiding.isEmpty {
                message += hidden(hiding, round, sum.challenges)
            }
            send("open.round", [message.atZero, message.atInfinity])
            let challenge = transcript.challenge("open.bind")
            sum.challenges.append(challenge)
            for stack in stacks.indices where parameters.roundsBefore(stack) <= round {
                left[stack] = ReferenceOpening.fold(left[stack], challenge)
                right[stack] = ReferenceOpening.fold(right[stack], challenge)
            }
        }
        if parameters.logRows == 0 {
            hide(&left, &right, sum.challenges)
            sum.rows = left
        }
        sum.values = left.map { $0[0] }
        return sum
    }

    /// A vector of the stack of masks; empty where there is none.
    private func masks(_ index: Int) -> [Extension] {
        guard let place = parameters.maskStack else { return [] }
        let stack = instance.stacks[place].commitment
        return (0..<parameters.code.rows).map { row in
            Extension(
                limbs: (0..<6).map { stack.values[row * stack.shape.columns + 6 * index + $0] })
        }
    }

    /// What hides a round that binds columns: Σ_l a_l · (x_l − 1/2) + b_l · (x_l² − 1/2), summed
    /// over the columns behind.
    private func hidden(
        _ coefficients: [Extension], _ round: Int, _ challenges: [Extension]
    ) -> ProductRound {
        let half = Extension(OpeningParameters.half)
        func value(_ index: Int, _ x: Extension) -> Extension {
            coefficients[2 * index] * (x - half) + coefficients[2 * index + 1] * (x * x - half)
        }
        let copies = BabyBear(UInt32(1 << (parameters.columnRounds - round - 1)))
        let bound = (0..<round).reduce(Extension.zero) { $0 + value($1, challenges[$1]) }
        return ProductRound(
            atZero: (bound + value(round, .zero)).scaled(by: copies),
            atInfinity: coefficients[2 * round + 1].scaled(by: copies))
    }

    /// Adds a multiple of its mask to each hidden stack's vector, and to the polynomial's.
    private mutating func hide(
        _ left: inout [[Extension]], _ right: inout [[Extension]], _ challenges: [Extension]
    ) {
        guard let place = parameters.maskStack else { return }
        left[place] = masks(0)
        let half = Extension(OpeningParameters.half)
        let scale = BabyBear(UInt32(1 << parameters.columnRounds))
        for (column, challenge) in challenges.prefix(parameters.columnRounds).enumerated() {
            right[place][2 * column] = (challenge - half).scaled(by: scale)
            right[place][2 * column + 1] = (challenge * challenge - half).scaled(by: scale)
        }
        let hidden =
            [place]
            + parameters.stacks.indices.filter {
                $0 < place && parameters.stacks[$0].isSalted
            }
        var total = Extension.zero
        for (index, stack) in hidden.enumerated() {
            let product = zip(masks(1 + index), right[stack]).reduce(Extension.zero) {
                $0 + $1.0 * $1.1
            }
            total += product.scaled(by: parameters.scale(stack))
        }
        if cheat == .maskSum { total += .one }
        send("open.masks", [total])
        let challenge = transcript.challenge("open.blind")
        for (index, stack) in hidden.enumerated() {
            for (row, value) in masks(1 + index).enumerated() {
                left[stack][row] += challenge * value
            }
        }
    }

    /// Folds, the last vector, work and openings.
    private mutating func finish(_ combined: [Extension], _ high: [Extension], _ claim: Extension) {
        var vector = combined
        var rest = high[...]
        var code = parameters.code
        var claim = claim
        var oracles: [(codeword: [Extension], tree: MerkleTree, log: Int)] = []
        for log in parameters.folds {
            var codeword = ReferenceOpening.encode(vector, code)
            if cheat == .farOracle {
                for at in stride(from: 1, to: codeword.count, by: 2) { codeword[at] += .one }
            }
            let tree = ReferenceOpening.tree(codeword, log: log)
            oracles.append((codeword, tree, log))
            writer.append(tree.root)
            transcript.absorb("open.root", tree.root)
            for _ in 0..<log {
                let coordinate = rest.removeFirst()
                let point = Array(rest)
                let slope =
                    ReferenceOpening.evaluate(ReferenceOpening.fold(vector, .one), point)
                    - ReferenceOpening.evaluate(ReferenceOpening.fold(vector, .zero), point)
                send("open.slope", [slope])
                let challenge = transcript.challenge("open.fold")
                claim += (challenge - coordinate) * slope
                vector = ReferenceOpening.fold(
                    vector, cheat == .otherFold ? challenge + .one : challenge)
            }
            code = code.folded(log)
        }
        if cheat == .otherFold { vector = other(vector, at: Array(rest), value: claim) }
        send("open.last", vector)
        sendWork()
        positions = parameters.positions(&transcript)
        var positions = positions
        for stack in instance.stacks { stack.commitment.append(rows: positions, to: &writer) }
        for oracle in oracles {
            positions = Set(positions.map { $0 >> oracle.log }).sorted()
            for leaf in positions {
                writer.append(Array(oracle.codeword[leaf << oracle.log..<(leaf + 1) << oracle.log]))
            }
            oracle.tree.appendSiblings(of: positions, to: &writer)
        }
    }

    private mutating func sendWork() {
        guard parameters.workBits > 0 else { return }
        let seed = transcript.workSeed("open.work", bits: parameters.workBits)
        var nonce: UInt64 = 0
        while !ProofOfWork.isGood(nonce, seed: seed, bits: parameters.workBits) { nonce += 1 }
        writer.append(nonce)
        var bytes = ProofWriter()
        bytes.append(nonce)
        transcript.absorb("open.work", bytes.bytes)
    }
}
