import Inference
import Primitives
import Testing

@testable import Proofs

/// Graphs to attack, with numbers inside that no result fixes.
enum AttackGraphs {
    static let input: [Int32] = [200, 3, 90, 17, 255, 0, 41, 128]

    private static func weights(_ count: Int, seed: UInt64) -> [Int8] {
        var random = SeededRandom(seed: seed)
        return random.bytes(count).map { Int8($0 % 41) - 20 }
    }

    private static func move(_ operation: IntegerOperation, _ inputs: [Int]) -> IntegerNode {
        IntegerNode(operation, inputs: inputs, output: nil, requantisation: nil)
    }

    private static func layer(
        _ operation: IntegerOperation, _ inputs: [Int], _ element: ElementType, shift: UInt8,
        low: Int32? = nil, high: Int32? = nil
    ) -> IntegerNode {
        IntegerNode(
            operation, inputs: inputs,
            output: ElementFormat(element: element, scaleExponent: 0),
            requantisation: Requantisation(
                shifts: [shift], low: low ?? Int32(element.bounds.lowerBound),
                high: high ?? Int32(element.bounds.upperBound)))
    }

    private static func bare(_ linear: Int, _ input: Int) -> IntegerNode {
        IntegerNode(
            .dense(linear: linear), inputs: [input],
            output: ElementFormat(element: .signed32, scaleExponent: 0), requantisation: nil)
    }

    /// The places of `branches` in its list of nodes.
    enum Node {
        static let first = 0
        static let second = 1
        static let sum = 2
        static let product = 3
        static let lookup = 4
        static let largest = 5
        static let place = 6
        static let taken = 7
        static let bare = 8
    }

    /// Three layers, two of them on the first, and one of every other way to commit.
    ///
    /// - Parameters:
    ///   - nudge: added to one weight of the first layer and subtracted from another, so that only
    ///     the weights' root knows.
    ///   - entry: one entry of the table.
    ///   - shift: of the first layer.
    ///   - nodeCount: leaves the last nodes out.
    static func branches(
        nudge: Int8 = 0, entry: Int16? = nil, shift: UInt8 = 5, nodeCount: Int = 9
    ) throws -> IntegerGraph {
        var first = weights(48, seed: 1)
        let rising = try #require(first.indices.first { first[$0] > 1 && first[$0] < 20 })
        let other = try #require(
            first.indices.first { $0 > rising && $0 < 8 && first[$0] > 1 && first[$0] < 20 })
        first[rising] += nudge
        first[other] -= nudge
        var entries = (-128...127).map { Int16(abs($0) / 2 - 20) }
        if let entry { entries[131] = entry }
        let nodes = [
            layer(.dense(linear: 0), [0], .unsigned8, shift: shift, high: 127),  // 1
            layer(.dense(linear: 1), [1], .signed8, shift: 4),  // 2
            layer(.sum(left: 1, right: 1), [1, 2], .signed8, shift: 1),  // 3
            layer(.product, [3, 2], .signed16, shift: 2),  // 4
            IntegerNode(
                .lookup(table: 0), inputs: [3],
                output: ElementFormat(element: .signed8, scaleExponent: 0),
                requantisation: nil),  // 5
            move(.reduceExtremum(axes: [1], isMinimum: false), [4]),  // 6
            move(.argExtremum(axis: 1, isMinimum: false, takesLast: false), [5]),  // 7
            move(.take(axis: 1), [4, 7]),  // 8
            bare(2, 1),  // 9
        ]
        let kept = Array(nodes[..<nodeCount])
        let results = kept.indices.filter { $0 >= Node.largest }
        return try IntegerGraph(
            inputs: [TensorType(name: "x", shape: [1, 8], element: .unsigned8, scaleExponent: 0)],
            tables: [IntegerTable(input: .signed8, output: .signed8, values: entries)],
            linears: [
                IntegerLinear(weights: first, bias: [100, -50, 0, 7, 900, -900]),
                IntegerLinear(weights: weights(36, seed: 2), bias: [0, 1, 2, 3, 4, 5]),
            ]
                + (nodeCount > Node.bare
                    ? [IntegerLinear(weights: weights(12, seed: 3), bias: [10, -10])] : []),
            nodes: kept,
            results: results.map { IntegerResult(name: "y\($0)", tensor: $0 + 1) })
    }

    /// A layer whose sixteen-bit results are looked up: they are revealed.
    static func wideLookup() throws -> IntegerGraph {
        try IntegerGraph(
            inputs: [TensorType(name: "x", shape: [1, 8], element: .unsigned8, scaleExponent: 0)],
            tables: [
                IntegerTable(
                    input: .signed16, output: .signed8,
                    values: (-32768...32767).map { Int16($0 / 512) })
            ],
            linears: [
                IntegerLinear(weights: weights(32, seed: 4), bias: [1, 2, 3, 4]),
                IntegerLinear(weights: weights(8, seed: 5), bias: [0, 0]),
            ],
            nodes: [
                layer(
                    .dense(linear: 0), [0], .signed16, shift: 1, low: -20_000, high: 20_000),
                IntegerNode(
                    .lookup(table: 0), inputs: [1],
                    output: ElementFormat(element: .signed8, scaleExponent: 0),
                    requantisation: nil),
                bare(1, 2),
            ], results: [IntegerResult(name: "y", tensor: 3)])
    }

    /// A convolution with padding, a pool and a layer.
    static func pooled() throws -> IntegerGraph {
        let kernel = PlaneSize(height: 3, width: 3)
        let pad = PlaneSize(height: 1, width: 1)
        let two = PlaneSize(height: 2, width: 2)
        return try IntegerGraph(
            inputs: [
                TensorType(name: "x", shape: [1, 1, 6, 6], element: .unsigned8, scaleExponent: 0)
            ],
            linears: [
                IntegerLinear(weights: weights(18, seed: 6), bias: [0, 50]),
                IntegerLinear(weights: weights(36, seed: 7), bias: [0, 50]),
            ],
            nodes: [
                layer(
                    .convolution(
                        linear: 0, Window(kernel: kernel, padsBefore: pad, padsAfter: pad),
                        groups: 1), [0], .unsigned8, shift: 6),
                move(.maxPool(Window(kernel: two, strides: two)), [1]),
                move(.reshape([1, 18]), [2]),
                bare(1, 3),
            ], results: [IntegerResult(name: "y", tensor: 4)])
    }

    static let image: [Int32] = (0..<36).map { Int32($0 * 37 % 256) }
}

extension WitnessPlan {
    /// The first cells of a rescaling's columns.
    struct Rescaling {
        var remainder: Int
        var value: Int
        var above: Int?
        var below: Int?
        /// Of the digits above the lowest.
        var limbs: [Int]
    }

    func rescaling(_ node: Int) -> Rescaling? {
        for site in sites where site.node == node {
            guard case .rescaled(let remainder, let value, let above, let below) = site.filling,
                let firstRemainder = site.columns[remainder].firstCell,
                let firstValue = site.columns[value].firstCell
            else { continue }
            let limbs = site.columns.compactMap { column in
                if case .limb(let first, _, _, _) = column { first } else { nil }
            }
            return Rescaling(
                remainder: firstRemainder, value: firstValue,
                above: above.flatMap { site.columns[$0].firstCell },
                below: below.flatMap { site.columns[$0].firstCell }, limbs: limbs)
        }
        return nil
    }

    /// The numbers of the sites of a node.
    func siteIndices(_ node: Int) -> [Int] { sites.indices.filter { sites[$0].node == node } }
}
