import Inference
import Primitives
import Testing

@testable import Proofs
@testable import Prover

/// Provers of the committed form whose cells are no run of the model. The numbers of attacks are
/// those of `AttackTests`.
@Suite struct WitnessAttackTests {
    private typealias Node = AttackGraphs.Node

    @Test func acceptsWithoutForgery() throws {
        try Attack.expect(nil, AttackGraphs.branches(), Forgery())
        try Attack.expect(nil, AttackGraphs.branches(shift: 12), Forgery())
        try Attack.expect(nil, AttackGraphs.wideLookup(), Forgery())
        try Attack.expect(nil, AttackGraphs.pooled(), Forgery(), input: AttackGraphs.image)
    }

    // MARK: Row 4: one number for each of its readers

    /// A layer that reads what the cells do not hold, and everything after it computed from that.
    @Test(arguments: [AttackGraphs.Node.second, AttackGraphs.Node.bare])
    func refusesOperandsOfOneReader(_ reader: Int) throws {
        var forgery = Forgery()
        forgery.operand = { node, numbers in
            var numbers = numbers
            if node == reader { numbers[2] ^= 1 }
            return numbers
        }
        try Attack.expect(.openingClaimMismatch, AttackGraphs.branches(), forgery)
    }

    /// A look-up that reads another number than its cells hold: its rows are right in themselves.
    @Test func refusesViewsOfOneReader() throws {
        let graph = try AttackGraphs.branches()
        let sums = try Attack.values(graph, tensor: 3)
        let place = try #require(sums.firstIndex { $0 != 0 && abs($0) < 60 })
        var forgery = Forgery()
        // The table is even around zero.
        forgery.columns = { plan, values in
            for site in plan.siteIndices(Node.lookup) {
                values[site][0][place] = BabyBear(signed: Int64(-sums[place]))
            }
        }
        forgery.lastCells = { plan, stack in
            for table in plan.tables where table.table == 0 {
                stack[table.firstCell + Int(sums[place]) - Int(table.lowest)] -= .one
                stack[table.firstCell - Int(sums[place]) - Int(table.lowest)] += .one
            }
        }
        try Attack.expect(.openingClaimMismatch, graph, forgery)
    }

    // MARK: Rows 8 and 23: extremes

    @Test func refusesExtremesThatAreNone() throws {
        let graph = try AttackGraphs.branches()
        let numbers = try Attack.values(graph, tensor: 4)
        // The largest of the first four is compared with that of the others.
        let parts = [try #require(numbers[..<4].max()), try #require(numbers[4...].max())]
        let (smaller, largest) = (min(parts[0], parts[1]), max(parts[0], parts[1]))
        #expect(smaller < largest - 1)
        for (wrong, error) in [
            (largest + 1, .rows(.refused)), (largest - 1, .rows(.refused)),
            (smaller, .openingClaimMismatch),
        ] as [(Int32, ProofError)] {
            var forgery = Forgery()
            forgery.output = { [wrong] + $0.dropFirst() }
            forgery.cells = { plan, stack in
                stack[Int(plan.cells[Node.largest + 1][0])] = BabyBear(signed: Int64(wrong))
            }
            try Attack.expect(error, graph, forgery, "\(wrong)")
        }
    }

    /// A pool's element that is no number of its window, or not the largest.
    @Test func refusesPoolsThatAreNone() throws {
        let graph = try AttackGraphs.pooled()
        let plane = try Attack.values(graph, tensor: 1, AttackGraphs.image)
        let pool = try Attack.values(graph, tensor: 2, AttackGraphs.image)
        let windows = try #require(try DishonestProver(graph).key.outline.choices(of: 1))
        let place = try #require(
            windows.indices.first { window in
                Set(windows[window].map { plane[Int($0)] }).count > 2
            })
        let inside = windows[place].map { plane[Int($0)] }
        let smallest = try #require(inside.min())
        for (wrong, error) in [
            (smallest, .openingClaimMismatch), (pool[place] + 1, .rows(.refused)),
        ] as [(Int32, ProofError)] {
            var forgery = Forgery()
            forgery.operand = { node, numbers in
                var numbers = numbers
                if node == 3 { numbers[place] = wrong }
                return numbers
            }
            forgery.cells = { plan, stack in
                stack[Int(plan.cells[2][place])] = BabyBear(signed: Int64(wrong))
            }
            try Attack.expect(error, graph, forgery, input: AttackGraphs.image, "\(wrong)")
        }
    }

    /// The index of another element, and the element itself as the extreme.
    @Test func refusesIndicesOfOthers() throws {
        let graph = try AttackGraphs.branches()
        let numbers = try Attack.values(graph, tensor: 5)
        let products = try Attack.values(graph, tensor: 4)
        let best = try #require(numbers.max())
        let right = try #require(numbers.firstIndex(of: best))
        for place in numbers.indices where place != right {
            for keepsExtreme in [false, true] where !keepsExtreme || numbers[place] != best {
                var forgery = Forgery()
                forgery.output = {
                    [$0[0], Int32(place), products[place]] + $0.dropFirst(3)
                }
                forgery.cells = { plan, stack in
                    guard let own = plan.arguments.first else { return }
                    for flag in 0..<own.length - 1 {
                        stack[own.flagCell + flag] = flag < place ? .one : .zero
                    }
                    stack[own.indexCell] = BabyBear(UInt32(place))
                    if !keepsExtreme {
                        stack[own.extremeCell] = BabyBear(signed: Int64(numbers[place]))
                    }
                    for site in plan.siteIndices(Node.taken) {
                        let columns = plan.sites[site].columns
                        guard case .committed(let first) = columns[2] else { continue }
                        if case .supply = plan.sites[site].filling {
                            for index in numbers.indices {
                                stack[first + index] = index == place ? .one : .zero
                            }
                        } else {
                            stack[first] = BabyBear(signed: Int64(products[place]))
                        }
                    }
                }
                try Attack.expect(
                    keepsExtreme ? .rows(.refused) : .openingClaimMismatch, graph, forgery,
                    "\(place) \(keepsExtreme)")
            }
        }
    }

    /// Flags that are no bits, and one that rises again.
    @Test(arguments: [[2, 1, 1, 1, 1], [0, 1, 0, 0, 0], [1, 0, 1, 0, 0]] as [[UInt32]])
    func refusesOtherFlags(_ flags: [UInt32]) throws {
        var forgery = Forgery()
        forgery.cells = { plan, stack in
            guard let own = plan.arguments.first else { return }
            for (index, flag) in flags.enumerated() {
                stack[own.flagCell + index] = BabyBear(flag)
            }
        }
        try Attack.expect(.rows(.refused), AttackGraphs.branches(), forgery)
    }

    // MARK: Rows 9 and 10: look-ups

    /// A result that is in the table, of another number.
    @Test func refusesOtherEntries() throws {
        let graph = try AttackGraphs.branches()
        let numbers = try Attack.values(graph, tensor: 5)
        let best = try #require(numbers.max())
        // Far enough from the extreme for its index to stay right.
        let place = try #require(numbers.firstIndex { $0 < best - 2 })
        for step in [1, -1] as [Int64] {
            var forgery = Forgery()
            forgery.cells = { plan, stack in
                stack[Int(plan.cells[Node.lookup + 1][place])] += BabyBear(signed: step)
            }
            try Attack.expect(.openingClaimMismatch, graph, forgery)
        }
    }

    @Test(arguments: [0, 1, 2, 300])
    func refusesOtherMultiplicities(_ entry: Int) throws {
        for table in 0..<2 {
            for step in [1, -1] as [Int64] {
                var forgery = Forgery()
                forgery.lastCells = { plan, stack in
                    let own = plan.tables[table]
                    stack[own.firstCell + min(entry, own.count - 1)] += BabyBear(signed: step)
                }
                try Attack.expect(.openingClaimMismatch, AttackGraphs.branches(), forgery)
            }
        }
    }

    /// An element that is taken from another place, and one that is in no place.
    @Test func refusesTakenElementsFromElsewhere() throws {
        let graph = try AttackGraphs.branches()
        let products = try Attack.values(graph, tensor: 4)
        let taken = try Attack.values(graph, tensor: 8)[0]
        let other = try #require(products.first { $0 != taken })
        for wrong in [other, taken + 1] {
            var forgery = Forgery()
            forgery.output = { Array($0[..<2]) + [wrong] + $0.dropFirst(3) }
            forgery.cells = { plan, stack in
                stack[Int(plan.cells[Node.taken + 1][0])] = BabyBear(signed: Int64(wrong))
            }
            try Attack.expect(.openingClaimMismatch, graph, forgery)
        }
    }

    /// Helpers that balance what the multiplicities do not.
    @Test func refusesHelpersThatAreNoFractions() throws {
        var forgery = Forgery()
        forgery.helpers = { $0[0][0][0] += .one }
        try Attack.expect(.rows(.refused), AttackGraphs.branches(), forgery)
        forgery.solvesRows = true
        try Attack.expect(.openingClaimMismatch, AttackGraphs.branches(), forgery)
    }

    // MARK: Row 22: padding

    /// Cells that belong to no column: nothing reads them, so they can neither help nor hurt.
    @Test func cellsBetweenColumnsCountNowhere() throws {
        let junk: (WitnessPlan, FieldBuffer) -> Void = { plan, stack in
            for index in plan.cellCount..<stack.count { stack[index] = BabyBear(77) }
        }
        var forgery = Forgery()
        forgery.lastCells = junk
        try Attack.expect(nil, AttackGraphs.branches(), forgery)
        forgery.lastCells = { plan, stack in
            junk(plan, stack)
            stack[plan.tables[0].firstCell] += .one
        }
        try Attack.expect(.openingClaimMismatch, AttackGraphs.branches(), forgery)
    }

    // MARK: Sums, outputs and what is revealed

    /// Another accumulator of a layer, with all that follows from it.
    @Test(arguments: [(0, 32), (1, 16), (8, 1)] as [(node: Int, step: Int32)])
    func refusesOtherAccumulators(_ row: (node: Int, step: Int32)) throws {
        let graph = try AttackGraphs.branches()
        var forgery = Forgery()
        forgery.accumulators = { node, sums in
            var sums = sums
            if node == row.node { sums[1] += row.step }
            return sums
        }
        try Attack.expect(.linearMismatch, graph, forgery)
        forgery.solvesProducts = true
        try Attack.expect(.openingClaimMismatch, graph, forgery)
    }

    /// A sum that is not the cells', and products that agree with it.
    @Test func refusesOtherAccumulatorSums() throws {
        var forgery = Forgery()
        forgery.sum = { $0 + .one }
        try Attack.expect(.linearMismatch, AttackGraphs.branches(), forgery)
        forgery.solvesProducts = true
        try Attack.expect(.openingClaimMismatch, AttackGraphs.branches(), forgery)
    }

    /// Sums and products with public factors.
    @Test func refusesOtherSumsAndProducts() throws {
        let graph = try AttackGraphs.branches()
        for (node, error) in [
            (Node.sum, .openingClaimMismatch), (Node.product, .rows(.refused)),
        ] as [(Int, ProofError)] {
            var forgery = Forgery()
            forgery.cells = { plan, stack in
                guard let columns = plan.rescaling(node) else { return }
                let old = stack[columns.remainder]
                stack[columns.remainder] = old == .zero ? .one : old - .one
            }
            try Attack.expect(error, graph, forgery)
        }
    }

    /// Each output alone.
    @Test func refusesOtherOutputs() throws {
        let graph = try AttackGraphs.branches()
        for place in 0..<5 {
            var forgery = Forgery()
            forgery.output = { output in
                var output = output
                output[place] += output[place] > 0 ? -1 : 1
                return output
            }
            try Attack.expect(.openingClaimMismatch, graph, forgery, "\(place)")
        }
    }

    /// A hidden run reveals none.
    @Test func refusesOtherRevealedNumbers() throws {
        let graph = try AttackGraphs.wideLookup()
        let honest = try Attack.values(graph, tensor: 1)
        for place in 0..<4 {
            // To a number with the same entry, then to one with another, which the layer behind it
            // sees.
            let number = honest[place]
            var forgery = Forgery()
            func reveal(_ wrong: Int32) {
                forgery.revealed = { numbers in
                    var numbers = numbers
                    numbers[place] = wrong
                    return numbers
                }
            }
            reveal((number + 1) / 512 == number / 512 ? number + 1 : number - 1)
            try Attack.expectCommitted(.openingClaimMismatch, graph, forgery)
            reveal(number > 0 ? number - 1024 : number + 1024)
            try Attack.expectCommitted(.linearMismatch, graph, forgery)
            forgery.solvesProducts = true
            try Attack.expectCommitted(.openingClaimMismatch, graph, forgery)
        }
    }

    // MARK: Rows 1 and 3: the order of messages

    @Test func refusesCommitmentsAfterChallenges() throws {
        var forgery = Forgery()
        forgery.commitsLate = true
        try Attack.expect(.rows(.refused), AttackGraphs.branches(), forgery)
    }

    @Test func refusesStatementsThatWereNotBound() throws {
        var forgery = Forgery()
        forgery.bindsStatement = false
        try Attack.expect(.rows(.refused), AttackGraphs.branches(), forgery)
    }
}
