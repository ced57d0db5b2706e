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
    static func prove(
        _ argument: LinearArgument, _ vectors: [Vectors], _ writer: inout ProofWriter,
        _ transcript: inout Transcript, level: KernelLevel
    ) -> (point: [Extension], ends: [(left: Extension, right: Extension)]) {
        var vectors = vectors
        var point: [Extension] = []
        for _ in 0..<argument.roundCount {
            var sum = ProductRound.zero
            for (pair, power) in zip(vectors, argument.powers) {
                let round = pair.left.productRound(pair.right, level: level)
                sum += ProductRound(
                    atZero: round.atZero * power, atInfinity: round.atInfinity * power)
            }
            let message = [sum.atZero, sum.atInfinity]
            writer.append(message)
            transcript.absorb("linear round", message)
            let challenge = transcript.challenge("linear bind")
            for index in vectors.indices {
                vectors[index].left = vectors[index].left.foldedLow(by: challenge, level: level)
                vectors[index].right = vectors[index].right.foldedLow(by: challenge, level: level)
            }
            point.append(challenge)
        }
        return (point, vectors.map { ($0.left[0], $0.right[0]) })
    }
}
