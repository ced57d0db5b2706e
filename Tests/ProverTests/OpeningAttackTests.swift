import Primitives
import Proofs
import Prover
import Testing

/// Everything in a proof of `OpeningAttackTests.shape`, in order, with the error that a change
/// causes.
private struct ProofPart {
    let name: String
    let bytes: Range<Int>
    let error: ProofError
    /// Whether its bytes are field elements.
    let isElements: Bool
}

@Suite struct OpeningAttackTests {
    static let shape = OpeningCase(
        logRows: 6, stacks: [2, -3, 1], folds: [2, 1], workBits: 8, isSalted: true)

    /// Cuts an honest proof into its messages.
    private func parts(_ made: OpeningInstance, _ proof: [UInt8]) -> [ProofPart] {
        var parts: [ProofPart] = []
        var at = 0
        func add(_ name: String, _ count: Int, _ error: ProofError, _ isElements: Bool = true) {
            parts.append(
                ProofPart(name: name, bytes: at..<at + count, error: error, isElements: isElements))
            at += count
        }
        let parameters = made.parameters
        for round in 0..<8 { add("round \(round)", 48, .openingClaimMismatch) }
        add("values", 72, .openingClaimMismatch)
        for fold in parameters.folds {
            add("fold root", 32, .foldedClaimMismatch, false)
            for _ in 0..<fold { add("slope", 24, .foldedClaimMismatch) }
        }
        add("last vector", 24 << parameters.clearLog, .foldedClaimMismatch)
        add("nonce", 8, .workMissing(bits: 8), false)
        var reference = ReferenceOpening(made)
        #expect(reference.prove() == proof)
        var positions = reference.positions
        for (index, stack) in parameters.stacks.enumerated() {
            let error = ProofError.rootMismatch(.stack(index))
            add("salts \(index)", 16 * positions.count, error, false)
            add("rows \(index)", 4 * stack.columns * positions.count, error)
            add("siblings \(index)", 32 * siblings(positions, depth: 9), error, false)
        }
        var depth = 9
        for (index, fold) in parameters.folds.enumerated() {
            depth -= fold
            positions = Set(positions.map { $0 >> fold }).sorted()
            let error = ProofError.rootMismatch(.fold(index))
            add("fold words \(index)", 24 * positions.count << fold, error)
            add("fold siblings \(index)", 32 * siblings(positions, depth: depth), error, false)
        }
        #expect(at == proof.count)
        return parts
    }

    /// How many siblings the nodes over these leaves need.
    private func siblings(_ positions: [Int], depth: Int) -> Int {
        var nodes = Set(positions)
        var count = 0
        for _ in 0..<depth {
            count += nodes.filter { !nodes.contains($0 ^ 1) }.count
            nodes = Set(nodes.map { $0 >> 1 })
        }
        return count
    }

    @Test("A changed byte of any message is refused for that message's reason")
    func refusesChanges() throws {
        let made = try OpeningInstance(Self.shape)
        let proof = made.prove()
        try made.verify(proof)
        for part in parts(made, proof) {
            // The low byte of the first, of a middle and of the last word.
            let words = part.bytes.count / 4
            for word in Set([0, words / 2, words - 1]) where words > 0 {
                var changed = proof
                changed[part.bytes.lowerBound + 4 * word] ^= 1
                #expect(throws: part.error, "\(part.name), word \(word)") {
                    try made.verify(changed)
                }
            }
        }
    }

    @Test("A number plus p, and the number p, are refused where they stand")
    func refusesOtherNames() throws {
        let made = try OpeningInstance(Self.shape)
        let proof = made.prove()
        for part in parts(made, proof) where part.isElements {
            let words = part.bytes.count / 4
            for word in Set([0, words / 2, words - 1]) {
                let at = part.bytes.lowerBound + 4 * word
                let value = (0..<4).reduce(UInt32(0)) {
                    $0 | UInt32(proof[at + $1]) << UInt32(8 * $1)
                }
                for other in [value + BabyBear.modulus, BabyBear.modulus, UInt32.max] {
                    var changed = proof
                    for byte in 0..<4 {
                        changed[at + byte] = UInt8(truncatingIfNeeded: other >> UInt32(8 * byte))
                    }
                    let error = #expect(throws: ProofError.self) { try made.verify(changed) }
                    guard case .nonCanonicalElement(let byte) = error else {
                        Issue.record("\(part.name): \(String(describing: error))")
                        continue
                    }
                    // Elements are named by their first byte, numbers of the base field too.
                    #expect(byte <= at && at < byte + 24, "\(part.name)")
                }
            }
        }
    }

    @Test("Every shorter proof is truncated, a longer one has trailing bytes")
    func refusesOtherLengths() throws {
        let made = try OpeningInstance(Self.shape)
        let proof = made.prove()
        for count in stride(from: 0, to: proof.count, by: 61) {
            let error = #expect(throws: ProofError.self) { try made.verify(Array(proof[..<count])) }
            guard case .truncated = error else {
                Issue.record("\(count) bytes: \(String(describing: error))")
                continue
            }
        }
        #expect(throws: ProofError.truncated(wanted: 32, left: 31)) {
            try made.verify(proof.dropLast())
        }
        #expect(throws: ProofError.trailingBytes(1)) { try made.verify(proof + [0]) }
    }

    @Test("Another claim, root, point, order of stacks or transcript is refused")
    func refusesOtherStatements() throws {
        let made = try OpeningInstance(OpeningCase(logRows: 5, stacks: [2, 2, -3], folds: [2]))
        let proof = made.prove()
        try made.verify(proof)
        #expect(throws: ProofError.openingClaimMismatch) {
            try made.verify(proof, claim: made.claim + .one)
        }
        var wrong = made
        wrong.claim += .one
        #expect(throws: ProofError.openingClaimMismatch, "an honest proof of a false claim") {
            try wrong.verify(wrong.prove())
        }
        for stack in 0..<3 {
            var opened = made.opened
            opened[stack] = OpenedStack(
                root: Hash.zero, prefoldPoint: opened[stack].prefoldPoint)
            #expect(throws: ProofError.openingClaimMismatch) {
                try made.verify(proof, opened: opened)
            }
        }
        var swapped = made.opened
        swapped.swapAt(0, 1)
        #expect(throws: ProofError.openingClaimMismatch) { try made.verify(proof, opened: swapped) }
        var point = made.opened
        point[2] = OpenedStack(
            root: point[2].root, prefoldPoint: point[2].prefoldPoint.map { $0.reversed() })
        #expect(throws: ProofError.openingClaimMismatch) { try made.verify(proof, opened: point) }
        #expect(throws: ProofError.openingClaimMismatch) {
            var transcript = Transcript(domain: "other")
            var reader = ProofReader(proof)
            try OpeningVerifier.verify(
                made.parameters, stacks: made.opened, claim: made.claim, reader: &reader,
                transcript: &transcript
            ) { (stack, point) throws(ProofError) in made.evaluate(stack, at: point) }
        }
    }

    @Test("A proof for stacks in another order, or with another's values, is refused")
    func refusesSwappedStacks() throws {
        let made = try OpeningInstance(OpeningCase(logRows: 5, stacks: [2, 2], folds: [2]))
        var swapped = made
        swapped.stacks = [
            ProvedStack(made.stacks[1].commitment, made.stacks[0].functional),
            ProvedStack(made.stacks[0].commitment, made.stacks[1].functional),
        ]
        #expect(throws: ProofError.openingClaimMismatch) { try made.verify(swapped.prove()) }
        #expect(throws: ProofError.openingClaimMismatch) { try swapped.verify(swapped.prove()) }
    }

    @Test("An error of the functional's own is passed on")
    func passesErrorsOn() throws {
        let made = try OpeningInstance(OpeningCase(logRows: 3, stacks: [1]))
        let proof = made.prove()
        #expect(throws: ProofError.trailingBytes(77)) {
            var transcript = Transcript(domain: "test")
            var reader = ProofReader(proof)
            try OpeningVerifier.verify(
                made.parameters, stacks: made.opened, claim: made.claim, reader: &reader,
                transcript: &transcript
            ) { (_, _) throws(ProofError) in throw .trailingBytes(77) }
        }
    }

    @Test(
        "Dishonest provers are refused",
        arguments: [
            (Cheat.none, ProofError?.none),
            (.values, .foldedClaimMismatch),
            (.valuesAndLast, .foldMismatch(fold: 0, position: 0)),
            (.otherStack, .foldMismatch(fold: 0, position: 0)),
            (.highDegree, .foldMismatch(fold: 0, position: 0)),
            (.otherCombination, .foldMismatch(fold: 0, position: 0)),
            (.farOracle, .foldMismatch(fold: 0, position: 0)),
            (.otherFold, .foldMismatch(fold: 1, position: 0)),
        ])
    func refusesCheats(_ row: (cheat: Cheat, error: ProofError?)) throws {
        try refuses(
            row.cheat, row.error, OpeningCase(logRows: 6, stacks: [2, -3, 1], folds: [2, 1]))
    }

    @Test(
        "Dishonest provers are refused behind masks",
        arguments: [
            (Cheat.none, ProofError?.none),
            (.values, .foldedClaimMismatch),
            (.valuesAndLast, .foldMismatch(fold: 0, position: 0)),
            (.otherStack, .foldMismatch(fold: 0, position: 0)),
            (.highDegree, .foldMismatch(fold: 0, position: 0)),
            (.otherCombination, .foldMismatch(fold: 0, position: 0)),
            (.farOracle, .foldMismatch(fold: 0, position: 0)),
            (.otherFold, .foldMismatch(fold: 1, position: 0)),
            (.maskSum, .openingClaimMismatch),
            (.maskPolynomial, .openingClaimMismatch),
        ])
    func refusesMaskedCheats(_ row: (cheat: Cheat, error: ProofError?)) throws {
        try refuses(
            row.cheat, row.error,
            OpeningCase(
                logRows: 7, stacks: [2, -3, 1], folds: [2, 1], logBlowup: 4, isMasked: true))
    }

    private func refuses(_ cheat: Cheat, _ wanted: ProofError?, _ shape: OpeningCase) throws {
        var made = try OpeningInstance(shape)
        if cheat == .otherStack { made.claim += made.coefficient(0, 0) }
        if cheat == .highDegree { made.commitToTwiceTheDegree() }
        var prover = ReferenceOpening(made, cheat)
        let proof = prover.prove()
        guard let wanted else {
            try made.verify(proof)
            return
        }
        let error = #expect(throws: ProofError.self) { try made.verify(proof) }
        switch (error, wanted) {
        case (.foldMismatch(let got, _), .foldMismatch(let fold, _)): #expect(got == fold)
        default: #expect(error == wanted)
        }
    }

    @Test(
        "The same cheats without folds",
        arguments: [
            Cheat.values, .valuesAndLast, .otherStack, .highDegree, .otherCombination,
        ])
    func refusesCheatsInClear(_ cheat: Cheat) throws {
        var made = try OpeningInstance(OpeningCase(logRows: 4, stacks: [2, -3]))
        if cheat == .otherStack { made.claim += made.coefficient(0, 0) }
        if cheat == .highDegree { made.commitToTwiceTheDegree() }
        var prover = ReferenceOpening(made, cheat)
        let proof = prover.prove()
        let error = #expect(throws: ProofError.self) { try made.verify(proof) }
        switch error {
        case .foldMismatch(let fold, _): #expect(fold == 0 && cheat != .values)
        default: #expect(error == .foldedClaimMismatch && cheat == .values)
        }
    }

    @Test("Random bytes, and proofs with a random window, never trap")
    func survivesNoise() throws {
        let made = try OpeningInstance(Self.shape)
        let proof = made.prove()
        var random = SeededRandom(seed: 7)
        for _ in 0..<60 {
            let count = Int(random.next() % UInt64(2 * proof.count))
            #expect(throws: ProofError.self) { try made.verify(random.bytes(count)) }
            var changed = proof
            let start = Int(random.next() % UInt64(proof.count))
            let window = random.bytes(min(proof.count - start, 1 + Int(random.next() % 40)))
            changed.replaceSubrange(start..<start + window.count, with: window)
            if changed != proof {
                #expect(throws: ProofError.self) { try made.verify(changed) }
            }
        }
    }
}
