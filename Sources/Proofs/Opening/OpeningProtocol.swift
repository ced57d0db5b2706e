/// What prover and verifier of an opening share: tags, points and positions.
public enum OpeningTag {
    public static let statement: StaticString = "opening"
    public static let round: StaticString = "open.round"
    public static let bind: StaticString = "open.bind"
    public static let masks: StaticString = "open.masks"
    public static let blind: StaticString = "open.blind"
    public static let values: StaticString = "open.values"
    public static let combine: StaticString = "open.combine"
    public static let foldRoot: StaticString = "open.root"
    public static let slope: StaticString = "open.slope"
    public static let fold: StaticString = "open.fold"
    public static let last: StaticString = "open.last"
    public static let work: StaticString = "open.work"
    public static let query: StaticString = "open.query"
}

extension OpeningParameters {
    /// Absorbs parameters, roots, prefold points and the claim.
    ///
    /// - Precondition: there are as many stacks as the parameters have, with points where wanted.
    public func bind(
        _ opened: [OpenedStack], claim: Extension, to transcript: inout Transcript
    ) {
        precondition(opened.count == stacks.count, "each stack has its shape")
        var statement = ProofWriter()
        statement.append(bytes)
        for (stack, shape) in zip(opened, stacks) {
            precondition(
                stack.prefoldPoint?.count == (shape.isPrefolded ? shape.logColumns : nil),
                "a prefolded stack has a point on its columns")
            statement.append(stack.root)
            statement.append(stack.prefoldPoint ?? [])
        }
        statement.append(claim)
        transcript.absorb(OpeningTag.statement, statement.bytes)
    }

    /// The sumcheck challenges that bind a stack's variables, those of prefolded columns excepted.
    public func point(_ stack: Int, of challenges: [Extension]) -> [Extension] {
        Array(challenges[roundsBefore(stack)...])
    }

    /// The sumcheck challenges that bind the columns of a stack that is not prefolded.
    public func columnPoint(_ stack: Int, of challenges: [Extension]) -> [Extension] {
        Array(challenges[roundsBefore(stack)..<columnRounds])
    }

    /// 2^−rounds before the stack joined: what is left of its part of the claim.
    public func scale(_ stack: Int) -> BabyBear {
        OpeningParameters.half.power(UInt64(roundsBefore(stack)))
    }

    /// 1 / 2.
    public static let half = BabyBear((BabyBear.modulus + 1) / 2)

    /// 1, ξ, ξ², …: one power for each stack.
    public func stackPowers(of challenge: Extension) -> [Extension] {
        challenge.powers(stacks.count)
    }

    /// Draws the positions at which all oracles are opened: each once, ascending.
    public func positions(_ transcript: inout Transcript) -> [Int] {
        let drawn = transcript.indices(
            OpeningTag.query, count: queryCount, below: codewordRows)
        var positions: [Int] = []
        for position in drawn.sorted() where positions.last != position {
            positions.append(position)
        }
        return positions
    }
}
