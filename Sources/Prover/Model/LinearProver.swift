internal import Inference
internal import Primitives
internal import Proofs

/// The prover's half of the linear argument.
enum LinearProver {
    /// The two vectors of a site.
    struct Vectors {
        var left: ExtensionBuffer
        var right: ExtensionBuffer
    }

    /// The vectors of all sites: the weights' side from their stack, the others from the operands.
    static func vectors(
        _ argument: LinearArgument, _ layout: WeightLayout?, _ stack: FieldBuffer?,
        workers: some Workers, operand: @Sendable (Int) -> [Int32]
    ) -> [Vectors] {
        let axes = argument.axes
        return workers.map(argument.sites.count) { index in
            let site = argument.sites[index]
            switch site.operands {
            case .weights(let linear, let tensor):
                let left: ExtensionBuffer
                if let layout, let stack {
                    left = layout.weightVector(
                        stack, site, linear: linear, channels: axes.channel.table)
                } else {
                    left = ExtensionBuffer(count: 1)
                }
                return Vectors(
                    left: left,
                    right: site.rightVector(operand(tensor), axes, batch: argument.batch))
            case .product(let left, let right):
                return Vectors(
                    left: site.leftVector(operand(left), axes, batch: argument.batch),
                    right: site.rightVector(operand(right), axes, batch: argument.batch))
            }
        }
    }

    /// Appends the rounds' messages; gives the point and where the vectors end.
    ///
    /// - Parameter mask: of a masked argument.
    static func prove(
        _ argument: LinearArgument, _ vectors: [Vectors], mask: LinearMask? = nil,
        _ writer: inout ProofWriter, _ transcript: inout Transcript, level: KernelLevel
    ) -> (point: [Extension], ends: [(left: Extension, right: Extension)]) {
        var vectors = vectors
        var point: [Extension] = []
        var hiding = mask.map { SumMaskRounds(argument.mask, $0.polynomial) }
        for _ in 0..<argument.roundCount - (mask == nil ? 0 : 1) {
            var sum = ProductRound.zero
            for (pair, power) in zip(vectors, argument.powers) {
                let round = pair.left.productRound(pair.right, level: level)
                sum += ProductRound(
                    atZero: round.atZero * power, atInfinity: round.atInfinity * power)
            }
            if let hiding { sum += hiding.productRound() }
            let message = [sum.atZero, sum.atInfinity]
            writer.append(message)
            transcript.absorb("linear round", message)
            let challenge = transcript.challenge("linear bind")
            for index in vectors.indices {
                vectors[index].left = vectors[index].left.foldedLow(by: challenge, level: level)
                vectors[index].right = vectors[index].right.foldedLow(by: challenge, level: level)
            }
            hiding?.bind(challenge)
            point.append(challenge)
        }
        guard let mask, let hiding else {
            return (point, vectors.map { ($0.left[0], $0.right[0]) })
        }
        // The last variable, in which hidden vectors are of degree two.
        let lines = zip(vectors, mask.ends).map { pair, mask in
            (left: line(pair.left, mask.left), right: line(pair.right, mask.right))
        }
        var sum = hiding.polynomial()
        for (line, power) in zip(lines, argument.powers) {
            for (i, left) in line.left.enumerated() {
                for (j, right) in line.right.enumerated() { sum[i + j] += power * left * right }
            }
        }
        let message = Array(sum.dropFirst())
        writer.append(message)
        let challenge = LinearArgument.bindLast(message, &transcript)
        point.append(challenge)
        func value(_ line: [Extension]) -> Extension {
            line[0] + challenge * (line[1] + challenge * line[2])
        }
        return (point, lines.map { (value($0.left), value($0.right)) })
    }

    /// low + (high − low) · X + mask · X(1 − X): its coefficients.
    private static func line(_ vector: ExtensionBuffer, _ mask: Extension) -> [Extension] {
        let low = vector[0]
        let high = vector.count > 1 ? vector[1] : .zero
        return [low, high - low + mask, -mask]
    }
}

/// What hides a linear argument.
struct LinearMask {
    /// The coefficients of `LinearArgument.mask`.
    let polynomial: [Extension]
    /// ω of each site's ends; zero where one is not hidden.
    let ends: [(left: Extension, right: Extension)]
}
