import Inference
import Primitives
import Testing

@testable import Proofs
@testable import Prover

/// Provers whose rescaled accumulators are split in another way: rows 5 and 7 of `AttackTests`.
@Suite struct RescaleAttackTests {
    private typealias Node = AttackGraphs.Node

    /// An element of the first layer that is not cut off.
    private func inner(_ graph: IntegerGraph) throws -> Int {
        try #require(
            try Attack.values(graph, tensor: 1).firstIndex { (1...120).contains($0) },
            "the first layer has a value inside its limits")
    }

    /// `q + k` and `r - k · 2^s` give the same accumulator; everything after it is computed from
    /// the wrong `q`.
    @Test(
        arguments: [(5, 1), (5, -1), (5, 2), (5, -2), (12, 1), (12, -1)]
            as [(shift: UInt8, step: Int)])
    func refusesRemaindersOutOfRange(_ row: (shift: UInt8, step: Int)) throws {
        let graph = try AttackGraphs.branches(shift: row.shift)
        let element = try inner(graph)
        let whole = Int32(row.step) << Int32(row.shift)
        var forgery = Forgery()
        forgery.accumulators = { node, sums in
            var sums = sums
            if node == Node.first { sums[element] += whole }
            return sums
        }
        forgery.cells = { plan, stack in
            guard let columns = plan.rescaling(Node.first) else { return }
            stack[columns.remainder + element] -= BabyBear(signed: Int64(whole))
        }
        try Attack.expect(.openingClaimMismatch, graph, forgery)
    }

    /// `2^s · d = 1` modulo p: a remainder that is off by one meets a value that is off by `-d`.
    @Test func refusesValuesThatWrapAround() throws {
        let graph = try AttackGraphs.branches()
        let element = try inner(graph)
        let step = try #require(BabyBear(16).inverse)
        var forgery = Forgery()
        forgery.cells = { plan, stack in
            guard let columns = plan.rescaling(Node.second) else { return }
            stack[columns.remainder + element] += .one
            stack[columns.value + element] -= step
        }
        try Attack.expect(.rows(.refused), graph, forgery)
        forgery.solvesRows = true
        try Attack.expect(.openingClaimMismatch, graph, forgery)
    }

    /// Every decomposition of accumulators 0 and -1 but one: value and remainder move against each
    /// other, cut-off numbers join.
    @Test(arguments: [0, -1] as [Int32])
    func refusesOtherDecompositions(_ accumulator: Int32) throws {
        let graph = try AttackGraphs.branches()
        for (value, above, below) in [
            (1, 0, 0), (-1, 0, 0), (2, 0, 0), (0, 1, 0), (0, 0, 1), (0, 1, 1), (0, 2, 2),
            (-1, 1, 0), (1, 0, 1), (3, -3, 0),
        ] {
            var forgery = Forgery()
            forgery.accumulators = { node, sums in
                var sums = sums
                if node == Node.first { sums[0] = accumulator }
                return sums
            }
            forgery.cells = { plan, stack in
                guard let columns = plan.rescaling(Node.first), let cutAbove = columns.above,
                    let cutBelow = columns.below
                else { return }
                stack[columns.value] += BabyBear(signed: Int64(value))
                stack[cutAbove] += BabyBear(signed: Int64(above))
                stack[cutBelow] += BabyBear(signed: Int64(below))
                stack[columns.remainder] -= BabyBear(signed: Int64(32 * (value + above - below)))
            }
            // A cut where the value is not at its limit; else the accumulator is not the layer's,
            // which the products show first.
            let isViolated = above * (127 - value) != 0 || below * value != 0
            try Attack.expect(
                isViolated ? .rows(.refused) : .linearMismatch, graph, forgery,
                "\(value) \(above) \(below)")
            forgery.solvesRows = true
            forgery.solvesProducts = true
            try Attack.expect(.openingClaimMismatch, graph, forgery, "\(value) \(above) \(below)")
        }
    }

    /// A digit more, or less, of a remainder with two digits.
    @Test(arguments: [1, -1, 16, 1 << 20] as [Int64])
    func refusesLimbsOutOfRange(_ step: Int64) throws {
        var forgery = Forgery()
        forgery.cells = { plan, stack in
            guard let columns = plan.rescaling(Node.first), let limb = columns.limbs.first
            else { return }
            stack[limb] += BabyBear(signed: step)
        }
        try Attack.expect(.openingClaimMismatch, AttackGraphs.branches(shift: 12), forgery)
    }

    /// What limits cut off, given to a value that is inside.
    @Test func refusesCutsInsideTheLimits() throws {
        let graph = try AttackGraphs.branches()
        let element = try inner(graph)
        for isAbove in [true, false] {
            var forgery = Forgery()
            forgery.cells = { plan, stack in
                guard let columns = plan.rescaling(Node.first),
                    let cut = isAbove ? columns.above : columns.below
                else { return }
                stack[cut + element] += .one
                stack[columns.value + element] += isAbove ? BabyBear(signed: -1) : .one
            }
            try Attack.expect(.rows(.refused), graph, forgery)
            forgery.solvesRows = true
            forgery.solvesProducts = true
            try Attack.expect(.openingClaimMismatch, graph, forgery)
        }
    }
}
