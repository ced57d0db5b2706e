internal import Inference

/// The values of both vectors of every site at the end of the linear argument's sumcheck.
///
/// Those that depend on committed numbers are in the proof, in order of the sites, the left one
/// first; the others both sides compute.
package struct LinearValues {
    package struct Pair {
        package let left: Extension
        package let right: Extension
        package let isLeftClaimed: Bool
        package let isRightClaimed: Bool
    }

    package let pairs: [Pair]
    /// `eq` of the sumcheck's point for every index.
    package let table: ExtensionBuffer

    /// - Parameter known: the integers of an operand of a site, if all of them are known.
    init(
        _ argument: LinearArgument, _ point: [Extension], _ reader: inout ProofReader,
        _ transcript: inout Transcript, known: (LinearSite, Int) -> [Int32]?
    ) throws(ProofError) {
        table = ExtensionBuffer.eq(point)
        var pairs: [Pair] = []
        var messages: [Extension] = []
        for site in argument.sites {
            let computed = LinearValues.known(site, argument, table, known)
            var values: [Extension] = []
            for value in [computed.left, computed.right] {
                if let value {
                    values.append(value)
                } else {
                    values.append(try reader.readExtension())
                    messages.append(values[values.count - 1])
                }
            }
            pairs.append(
                Pair(
                    left: values[0], right: values[1], isLeftClaimed: computed.left == nil,
                    isRightClaimed: computed.right == nil))
        }
        transcript.absorb("linear values", messages)
        self.pairs = pairs
    }

    /// The prover's: the ends of its vectors; appends those that the verifier cannot compute.
    package init(
        _ argument: LinearArgument, _ point: [Extension],
        ends: [(left: Extension, right: Extension)], writer: inout ProofWriter,
        _ transcript: inout Transcript, isKnown: (Int) -> Bool
    ) {
        table = ExtensionBuffer.eq(point)
        var pairs: [Pair] = []
        var messages: [Extension] = []
        for (site, end) in zip(argument.sites, ends) {
            let (isLeftClaimed, isRightClaimed): (Bool, Bool)
            switch site.operands {
            case .weights(_, let operand):
                (isLeftClaimed, isRightClaimed) = (true, !isKnown(operand))
            case .product(let left, let right):
                (isLeftClaimed, isRightClaimed) = (!isKnown(left), !isKnown(right))
            }
            if isLeftClaimed { messages.append(end.left) }
            if isRightClaimed { messages.append(end.right) }
            pairs.append(
                Pair(
                    left: end.left, right: end.right, isLeftClaimed: isLeftClaimed,
                    isRightClaimed: isRightClaimed))
        }
        writer.append(messages)
        transcript.absorb("linear values", messages)
        self.pairs = pairs
    }

    private static func known(
        _ site: LinearSite, _ argument: LinearArgument, _ table: ExtensionBuffer,
        _ known: (LinearSite, Int) -> [Int32]?
    ) -> (left: Extension?, right: Extension?) {
        let batch = argument.batch
        func end(_ vector: ExtensionBuffer) -> Extension { vector.dot(table, count: vector.count) }
        switch site.operands {
        case .weights(_, let operand):
            return (
                nil,
                known(site, operand).map {
                    end(site.rightVector($0, argument.axes, batch: batch))
                }
            )
        case .product(let left, let right):
            return (
                known(site, left).map { end(site.leftVector($0, argument.axes, batch: batch)) },
                known(site, right).map { end(site.rightVector($0, argument.axes, batch: batch)) }
            )
        }
    }

    /// Whether the products add up to what the sumcheck ended in.
    func check(_ argument: LinearArgument, _ value: Extension) throws(ProofError) {
        guard sum(argument) == value else { throw .linearMismatch }
    }

    /// Σ μ^i · U_i · V_i at the point.
    func sum(_ argument: LinearArgument) -> Extension {
        zip(pairs, argument.powers).reduce(Extension.zero) {
            $0 + $1.0.left * $1.0.right * $1.1
        }
    }
}
