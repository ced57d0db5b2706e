public import Inference
public import Primitives
public import Proofs

/// Proves Σ_j ⟨S_j, E_j⟩ = claim for committed stacks, as `OpeningVerifier` checks it.
public enum OpeningProver {
    /// Appends an opening.
    ///
    /// The same inputs give the same bytes, whatever the workers and the level. A wrong claim gives
    /// bytes that the verifier refuses.
    /// - Precondition: the stacks have the shapes and the code of the parameters, functionals the
    ///   sizes of their stacks or, prefolded, of the rows.
    public static func prove(
        _ parameters: OpeningParameters, stacks: [ProvedStack], claim: Extension,
        transcript: inout Transcript, workers: some Workers, level: KernelLevel = .best,
        scratch: OpeningScratch = OpeningScratch(), into writer: inout ProofWriter
    ) {
        check(parameters, stacks)
        writer.reserve(parameters.byteCountMax)
        parameters.bind(stacks.map(\.opened), claim: claim, to: &transcript)
        let sum = proveSum(parameters, stacks, &transcript, workers, level, scratch, &writer)
        transcript.absorb(OpeningTag.values, sum.values)
        writer.append(sum.values)

        let powers = parameters.stackPowers(of: transcript.challenge(OpeningTag.combine))
        let combined = ExtensionBuffer(count: parameters.rows)
        for (rows, power) in zip(sum.rows, powers) {
            combined.add(power, times: rows, level: level)
            scratch.give(rows)
        }
        let high = Array(sum.challenges.suffix(parameters.logRows))
        let oracles = fold(
            parameters, combined, stacks[0].commitment.code, high, &transcript, workers, level,
            scratch, &writer)
        work(parameters, &transcript, workers, level, &writer)

        var positions = parameters.positions(&transcript)
        for stack in stacks { stack.commitment.append(rows: positions, to: &writer) }
        for oracle in oracles {
            positions = oracle.append(positions, to: &writer)
            scratch.give(oracle.codeword)
        }
    }

    private static func check(_ parameters: OpeningParameters, _ stacks: [ProvedStack]) {
        precondition(stacks.count == parameters.stacks.count, "each stack has its shape")
        for (stack, shape) in zip(stacks, parameters.stacks) {
            precondition(stack.commitment.shape == shape, "a stack has its shape")
            let code = stack.commitment.code
            precondition(
                code.logRows == parameters.logRows && code.logBlowup == parameters.logBlowup
                    && code.shift == .generator, "a stack has its code")
            switch stack.functional {
            case .dense(let functional):
                precondition(
                    functional.count == stack.commitment.values.count,
                    "a functional has a coefficient for each element")
            case .prefolded(_, let functional):
                precondition(
                    functional.count == parameters.rows,
                    "a prefolded functional has a coefficient for each row")
            case .masks: precondition(shape.isMask, "only masks have no functional")
            }
        }
    }

    // MARK: Sumcheck

    private struct Sum {
        var challenges: [Extension] = []
        /// Each stack with its columns bound.
        var rows: [ExtensionBuffer] = []
        /// Each stack with all variables bound.
        var values: [Extension] = []
    }

    private static func proveSum(
        _ parameters: OpeningParameters, _ stacks: [ProvedStack], _ transcript: inout Transcript,
        _ workers: some Workers, _ level: KernelLevel, _ scratch: OpeningScratch,
        _ writer: inout ProofWriter
    ) -> Sum {
        var factors = stacks.map { factor($0, workers, level, scratch) }
        let late = stacks.indices.map {
            parameters.roundsBefore($0) > 0 ? factors[$0].inner : .zero
        }
        let scales = stacks.indices.map(parameters.scale)
        var sum = Sum()
        var halves = BabyBear.one
        let masks = OpeningMasks(parameters, stacks)
        var hiding = masks?.rounds
        func keepRows() {
            for stack in stacks.indices { sum.rows.append(factors[stack].keep()) }
        }
        /// Hides the vectors that are left when all columns are bound.
        func blind() {
            guard let masks else { return }
            factors[masks.stack] = OpeningFactor(
                .bound(masks.polynomial), masks.functional(parameters, sum.challenges),
                level: level)
            var total = Extension.zero
            for (stack, vector) in masks.vectors {
                total += factors[stack].product(vector).scaled(by: scales[stack])
            }
            writer.append(total)
            transcript.absorb(OpeningTag.masks, total)
            let challenge = transcript.challenge(OpeningTag.blind)
            for (stack, vector) in masks.vectors {
                factors[stack].blind(vector, times: challenge, scratch: scratch)
            }
        }
        for round in 0..<parameters.columnRounds + parameters.logRows {
            if round == parameters.columnRounds {
                blind()
                keepRows()
            }
            halves *= OpeningParameters.half
            var message = ProductRound.zero
            for stack in stacks.indices {
                if parameters.roundsBefore(stack) <= round {
                    let own = factors[stack].message(workers: workers)
                    message.atZero += own.atZero.scaled(by: scales[stack])
                    message.atInfinity += own.atInfinity.scaled(by: scales[stack])
                } else {
                    // Not there yet: constant, the halves at 0 and 1 making up its part.
                    message.atZero += late[stack].scaled(by: halves)
                }
            }
            if round < parameters.columnRounds, let hiding { message += hiding.productRound() }
            writer.append([message.atZero, message.atInfinity])
            transcript.absorb(OpeningTag.round, [message.atZero, message.atInfinity])
            let challenge = transcript.challenge(OpeningTag.bind)
            sum.challenges.append(challenge)
            if round < parameters.columnRounds { hiding?.bind(challenge) }
            for stack in stacks.indices where parameters.roundsBefore(stack) <= round {
                factors[stack].bind(challenge, scratch: scratch, workers: workers)
            }
        }
        if parameters.logRows == 0 {
            blind()
            keepRows()
        }
        for stack in stacks.indices {
            sum.values.append(factors[stack].keep()[0])
            factors[stack].end(scratch: scratch)
        }
        return sum
    }

    private static func factor(
        _ stack: ProvedStack, _ workers: some Workers, _ level: KernelLevel,
        _ scratch: OpeningScratch
    ) -> OpeningFactor {
        let values = stack.commitment.values
        switch stack.functional {
        case .dense(let functional):
            return OpeningFactor(.base(values), functional, level: level)
        case .masks:
            // Nothing until columns are bound.
            let rows = stack.commitment.code.rows
            return OpeningFactor(
                .bound(ExtensionBuffer(count: rows)), ExtensionBuffer(count: rows), level: level)
        case .prefolded(let point, let functional):
            let weights = ExtensionBuffer.eq(point, level: level)
            let rows = scratch.take(functional.count)
            let grain = max(1, elementsPerPiece / weights.count)
            workers.split(rows.count, grain: grain) { range in
                values.foldColumns(by: weights, into: rows, rows: range, level: level)
            }
            return OpeningFactor(.bound(rows), functional, ownsValues: true, level: level)
        }
    }

    /// Stack elements that one worker folds at a time: some 20 µs.
    private static let elementsPerPiece = 1 << 16

    // MARK: Folds

    /// A committed codeword of the combined vector.
    private struct Oracle {
        let codeword: ExtensionBuffer
        let tree: MerkleTree
        let log: Int

        /// Appends the leaves over positions of the word beneath; gives the leaves' positions.
        func append(_ beneath: [Int], to writer: inout ProofWriter) -> [Int] {
            var leaves: [Int] = []
            for position in beneath where leaves.last != position >> log {
                leaves.append(position >> log)
            }
            for leaf in leaves { writer.append(codeword, leaf << log..<(leaf + 1) << log) }
            tree.appendSiblings(of: leaves, to: &writer)
            return leaves
        }
    }

    private static func fold(
        _ parameters: OpeningParameters, _ combined: ExtensionBuffer, _ code: RowCode,
        _ point: [Extension], _ transcript: inout Transcript, _ workers: some Workers,
        _ level: KernelLevel, _ scratch: OpeningScratch, _ writer: inout ProofWriter
    ) -> [Oracle] {
        var vector = combined
        var coordinates = point[...]
        var code = code
        var oracles: [Oracle] = []
        for (index, log) in parameters.folds.enumerated() {
            if index > 0 { code = code.folded(parameters.folds[index - 1]) }
            let oracle = commit(vector, code, log, workers, level, scratch)
            writer.append(oracle.tree.root)
            transcript.absorb(OpeningTag.foldRoot, oracle.tree.root)
            oracles.append(oracle)
            for _ in 0..<log {
                coordinates = coordinates.dropFirst()
                // Bound to one, the lowest variable picks the differences of pairs.
                let rest = ExtensionBuffer.eq([.one] + coordinates, level: level)
                let slope = vector.productRound(rest, level: level).atInfinity
                writer.append(slope)
                transcript.absorb(OpeningTag.slope, slope)
                vector = vector.foldedLow(by: transcript.challenge(OpeningTag.fold), level: level)
            }
        }
        var last = ProofWriter()
        last.append(vector, 0..<vector.count)
        writer.append(last.bytes)
        transcript.absorb(OpeningTag.last, last.bytes)
        return oracles
    }

    private static func commit(
        _ vector: ExtensionBuffer, _ code: RowCode, _ log: Int, _ workers: some Workers,
        _ level: KernelLevel, _ scratch: OpeningScratch
    ) -> Oracle {
        let codeword = scratch.take(code.codewordRows)
        workers.run(code.pieces) { piece, _ in
            code.encode(vector, into: codeword, piece: piece, level: level)
        }
        let leaves = DigestBuffer(count: code.codewordRows >> log)
        let hash = LeafHash(wordCount: Extension.degree << log)
        let grain = max(1, bytesPerPiece / hash.byteCount)
        workers.split(leaves.count, grain: grain) { range in
            hash.hash(groups: range, of: codeword, into: leaves, level: level)
        }
        return Oracle(
            codeword: codeword, tree: MerkleTree(leaves: leaves, workers: workers, level: level),
            log: log)
    }

    /// Bytes that one worker hashes at a time: some 30 µs.
    private static let bytesPerPiece = 1 << 16

    private static func work(
        _ parameters: OpeningParameters, _ transcript: inout Transcript, _ workers: some Workers,
        _ level: KernelLevel, _ writer: inout ProofWriter
    ) {
        guard parameters.workBits > 0 else { return }
        let seed = transcript.workSeed(OpeningTag.work, bits: parameters.workBits)
        let nonce = ProofOfWork.search(
            seed: seed, bits: parameters.workBits, workers: workers, level: level)
        var bytes = ProofWriter()
        bytes.append(nonce)
        writer.append(bytes.bytes)
        transcript.absorb(OpeningTag.work, bytes.bytes)
    }
}
