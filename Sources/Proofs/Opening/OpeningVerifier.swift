public import Inference
public import Primitives

/// One stack of an opening as the verifier knows it.
public struct OpenedStack: Sendable, Equatable {
    public let root: Hash
    /// The point on the column variables when the stack is prefolded, nil otherwise.
    public let prefoldPoint: [Extension]?

    public init(root: Hash, prefoldPoint: [Extension]? = nil) {
        self.root = root
        self.prefoldPoint = prefoldPoint
    }
}

/// Checks Σ_j ⟨S_j, E_j⟩ = claim for committed stacks S_j and public functionals E_j.
///
/// The article "Opening" has the protocol, message by message, and why it is sound.
public enum OpeningVerifier {
    /// Reads an opening and checks it.
    ///
    /// Total on all bytes: it allocates and computes what the parameters allow and no more, and
    /// leaves bytes behind the opening unread.
    /// - Parameters:
    ///   - stacks: as many as the parameters have, with prefold points where those want them; their
    ///     roots and points must have been fixed by the transcript already.
    ///   - evaluate: Ê of a stack at a point, lowest coordinate first: of the columns' and the
    ///     rows' variables, or of the rows' alone where the stack is prefolded.
    public static func verify(
        _ parameters: OpeningParameters, stacks: [OpenedStack], claim: Extension,
        reader: inout ProofReader, transcript: inout Transcript, level: KernelLevel = .best,
        evaluate: (_ stack: Int, _ point: [Extension]) throws(ProofError) -> Extension
    ) throws(ProofError) {
        parameters.bind(stacks, claim: claim, to: &transcript)
        let sum = try readSumcheck(parameters, claim, &reader, &transcript)
        let values = try reader.readExtensions(stacks.count)
        transcript.absorb(OpeningTag.values, values)
        var left = Extension.zero
        for stack in stacks.indices {
            let functional: Extension
            if stack == parameters.maskStack {
                let high = Array(sum.challenges.suffix(parameters.logRows))
                functional = ExtensionBuffer(parameters.maskFunctional(sum.challenges))
                    .dot(ExtensionBuffer.eq(high), count: parameters.columnMask.count - 1)
            } else {
                functional = try evaluate(stack, parameters.point(stack, of: sum.challenges))
            }
            left += (values[stack] * functional).scaled(by: parameters.scale(stack))
        }
        guard left == sum.claim else { throw .openingClaimMismatch }

        let powers = parameters.stackPowers(of: transcript.challenge(OpeningTag.combine))
        let combined = zip(values, powers).reduce(Extension.zero) { $0 + $1.0 * $1.1 }
        let high = Array(sum.challenges.suffix(parameters.logRows))
        let folds = try readFolds(parameters, combined, high, &reader, &transcript)
        try readWork(parameters, &reader, &transcript)
        let positions = parameters.positions(&transcript)

        let weights = stacks.indices.map { stack in
            guard stack != parameters.maskStack else {
                return parameters.maskWeights(powers, blinding: sum.blinding)
            }
            let low =
                stacks[stack].prefoldPoint ?? parameters.columnPoint(stack, of: sum.challenges)
            return ExtensionBuffer.eq(low, scale: powers[stack], level: level)
        }
        var opened = try openStacks(parameters, stacks, weights, positions, &reader, level)
        for (index, fold) in folds.layers.enumerated() {
            opened = try openFold(index, fold, opened, &reader, level)
        }
        let code = RowCode(
            logRows: parameters.clearLog, logBlowup: parameters.logBlowup, shift: folds.shift)
        try check(opened, against: folds.last, code, fold: folds.layers.count, level)
    }

    // MARK: Messages

    private static func readSumcheck(
        _ parameters: OpeningParameters, _ claim: Extension, _ reader: inout ProofReader,
        _ transcript: inout Transcript
    ) throws(ProofError) -> (claim: Extension, challenges: [Extension], blinding: Extension) {
        var claim = claim
        var challenges: [Extension] = []
        var blinding = Extension.zero
        for round in 0...parameters.columnRounds + parameters.logRows {
            if round == parameters.columnRounds, parameters.maskStack != nil {
                let sum = try reader.readExtension()
                transcript.absorb(OpeningTag.masks, sum)
                blinding = transcript.challenge(OpeningTag.blind)
                claim += blinding * sum
            }
            guard round < parameters.columnRounds + parameters.logRows else { break }
            let message = try reader.readExtensions(2)
            transcript.absorb(OpeningTag.round, message)
            let challenge = transcript.challenge(OpeningTag.bind)
            let round = ProductRound(atZero: message[0], atInfinity: message[1])
            claim = round.value(at: challenge, claim: claim)
            challenges.append(challenge)
        }
        return (claim, challenges, blinding)
    }

    /// An oracle of the combined vector and the challenges that fold it.
    private struct Layer {
        let root: Hash
        /// The size of its domain, as a power of two, and the domain's shift.
        let logPoints: Int
        let shift: BabyBear
        let challenges: [Extension]
    }

    private struct Folds {
        var layers: [Layer] = []
        let last: ExtensionBuffer
        /// The shift of the last vector's domain.
        let shift: BabyBear
    }

    private static func readFolds(
        _ parameters: OpeningParameters, _ claim: Extension, _ point: [Extension],
        _ reader: inout ProofReader, _ transcript: inout Transcript
    ) throws(ProofError) -> Folds {
        var claim = claim
        var coordinates = point[...]
        var logPoints = parameters.logRows + parameters.logBlowup
        var shift = BabyBear.generator
        var layers: [Layer] = []
        for fold in parameters.folds {
            let root = try reader.readHash()
            transcript.absorb(OpeningTag.foldRoot, root)
            var challenges: [Extension] = []
            for coordinate in coordinates.prefix(fold) {
                // The claim is the value at the coordinate of a line with this slope.
                let slope = try reader.readExtension()
                transcript.absorb(OpeningTag.slope, slope)
                let challenge = transcript.challenge(OpeningTag.fold)
                claim += (challenge - coordinate) * slope
                challenges.append(challenge)
            }
            layers.append(
                Layer(root: root, logPoints: logPoints, shift: shift, challenges: challenges))
            coordinates = coordinates.dropFirst(fold)
            logPoints -= fold
            shift = shift.power(1 << UInt64(fold))
        }
        let start = reader.position
        let last = try reader.readExtensionBuffer(1 << parameters.clearLog)
        transcript.absorb(OpeningTag.last, reader.bytes(from: start))
        guard last.dot(ExtensionBuffer.eq(Array(coordinates))) == claim else {
            throw .foldedClaimMismatch
        }
        return Folds(layers: layers, last: last, shift: shift)
    }

    private static func readWork(
        _ parameters: OpeningParameters, _ reader: inout ProofReader,
        _ transcript: inout Transcript
    ) throws(ProofError) {
        guard parameters.workBits > 0 else { return }
        let seed = transcript.workSeed(OpeningTag.work, bits: parameters.workBits)
        let start = reader.position
        let nonce = try reader.readUInt64()
        guard ProofOfWork.isGood(nonce, seed: seed, bits: parameters.workBits) else {
            throw .workMissing(bits: parameters.workBits)
        }
        transcript.absorb(OpeningTag.work, reader.bytes(from: start))
    }

    // MARK: Oracles

    /// Values of an oracle at positions that ascend strictly.
    private struct Opened {
        var positions: [Int]
        var values: [Extension]
    }

    /// Opens every stack at the positions; their combination is the word in front of the folds.
    private static func openStacks(
        _ parameters: OpeningParameters, _ stacks: [OpenedStack], _ weights: [ExtensionBuffer],
        _ positions: [Int], _ reader: inout ProofReader, _ level: KernelLevel
    ) throws(ProofError) -> Opened {
        let sum = ExtensionBuffer(count: positions.count)
        let depth = parameters.logRows + parameters.logBlowup
        for (index, stack) in stacks.enumerated() {
            let shape = parameters.stacks[index]
            let salts = Array(try reader.readBytes(positions.count * shape.saltBytes))
            let rows = try reader.readFieldBuffer(positions.count * shape.columns)
            let leaves = DigestBuffer(count: positions.count)
            LeafHash(wordCount: shape.columns, saltBytes: shape.saltBytes).hash(
                rows: 0..<positions.count, of: rows, salts: salts, into: leaves, level: level)
            let root = try MerkleOpening.root(
                of: leaves, at: positions, depth: depth, reader: &reader, level: level)
            guard root == stack.root else { throw .rootMismatch(.stack(index)) }
            let values = ExtensionBuffer(count: positions.count)
            rows.foldColumns(by: weights[index], into: values, level: level)
            sum.add(values, level: level)
        }
        return Opened(positions: positions, values: sum.elements)
    }

    /// Opens an oracle where the word beneath it was opened, and folds it there.
    private static func openFold(
        _ index: Int, _ layer: Layer, _ beneath: Opened, _ reader: inout ProofReader,
        _ level: KernelLevel
    ) throws(ProofError) -> Opened {
        let log = layer.challenges.count
        let size = 1 << log
        var leaves: [Int] = []
        for position in beneath.positions where leaves.last != position >> log {
            leaves.append(position >> log)
        }
        let words = try reader.readExtensionBuffer(leaves.count * size)
        let digests = DigestBuffer(count: leaves.count)
        LeafHash(wordCount: Extension.degree * size).hash(
            groups: 0..<leaves.count, of: words, into: digests, level: level)
        let root = try MerkleOpening.root(
            of: digests, at: leaves,
            depth: layer.logPoints - log, reader: &reader, level: level)
        guard root == layer.root else { throw .rootMismatch(.fold(index)) }

        let fold = CosetFold(
            logPoints: layer.logPoints, shift: layer.shift, challenges: layer.challenges)
        var values: [Extension] = []
        var next = 0
        for (place, leaf) in leaves.enumerated() {
            let group = (0..<size).map { words[place * size + $0] }
            while next < beneath.positions.count, beneath.positions[next] >> log == leaf {
                guard beneath.values[next] == group[beneath.positions[next] & (size - 1)] else {
                    throw .foldMismatch(fold: index, position: beneath.positions[next])
                }
                next += 1
            }
            values.append(fold.value(leaf: leaf, group))
        }
        return Opened(positions: leaves, values: values)
    }

    /// Checks opened values against the codeword of the last vector.
    private static func check(
        _ opened: Opened, against last: ExtensionBuffer, _ code: RowCode, fold: Int,
        _ level: KernelLevel
    ) throws(ProofError) {
        let codeword = ExtensionBuffer(count: code.codewordRows)
        for piece in 0..<code.pieces {
            code.encode(last, into: codeword, piece: piece, level: level)
        }
        for (position, value) in zip(opened.positions, opened.values)
        where codeword[position] != value {
            throw .foldMismatch(fold: fold, position: position)
        }
    }
}
