internal import Inference

/// Decides whether bytes prove statements about a model.
///
/// Total: on any bytes it ends with a verdict, after work and memory that the key bounds. The
/// article "Proofs" follows the protocol; each part of it is one function here and one in `Prover`.
public enum ProofVerifier {
    /// Checks a proof of one inference.
    public static func verify(
        _ proof: [UInt8], _ statement: ProofStatement, key: VerificationKey
    ) throws(ProofError) {
        try verify(proof, [statement], key: key)
    }

    /// Checks a proof of several inferences of one model.
    ///
    /// - Throws: the first rule that the proof breaks, in the order of the protocol.
    public static func verify(
        _ proof: [UInt8], _ statements: [ProofStatement], key: VerificationKey
    ) throws(ProofError) {
        var reader = ProofReader(proof)
        let header = try ProofHeader(reader: &reader)
        guard header.batch == statements.count, header.batch > 0 else {
            throw .wrongBatch(header.batch, wanted: statements.count)
        }
        for statement in statements { try key.check(statement, header.form) }
        var transcript = try header.transcript(statements, key)
        switch header.form {
        case .open: try verifyOpen(&reader, statements, key, &transcript)
        case .committed, .hidden:
            try verifyCommitted(
                &reader, statements, key, &transcript, isHidden: header.form == .hidden)
        }
        try reader.finish()
    }

    // MARK: Open form

    private static func verifyOpen(
        _ reader: inout ProofReader, _ statements: [ProofStatement], _ key: VerificationKey,
        _ transcript: inout Transcript
    ) throws(ProofError) {
        let run = try OpenRun(key.outline, statements, &reader, &transcript)
        guard let layout = key.layout, let parameters = try key.parameters(nil) else { return }
        let argument = LinearArgument(
            run.sites(layout), bitsMin: layout.logColumns, batch: statements.count, &transcript)
        let claim = run.accumulatorSum(argument)
        let end = try argument.replay(&reader, claim: claim, &transcript)
        let values = try LinearValues(
            argument, end.point, &reader, &transcript
        ) { site, operand in run.operand(operand) }
        try values.check(argument, end.value)
        var claims = ClaimBatch(
            theta: transcript.challenge("claims"), weightRows: 1 << parameters.logRows,
            witnessLog: nil, helperLog: nil)
        claims.addWeights(layout, argument, end.point, values)
        try open(
            claims, parameters,
            [
                OpenedStack(
                    root: key.weightsRoot, prefoldPoint: Array(end.point[..<layout.logColumns]))
            ],
            &reader, &transcript)
    }

    // MARK: Committed form

    private static func verifyCommitted(
        _ reader: inout ProofReader, _ statements: [ProofStatement], _ key: VerificationKey,
        _ transcript: inout Transcript, isHidden: Bool
    ) throws(ProofError) {
        let plan = try key.plan(batch: statements.count, isHidden: isHidden)
        let parameters = try key.parameters(plan)
        let revealed = try plan.readRevealed(&reader, &transcript)
        let known = plan.knownValues(
            statements.flatMap { $0.publicInput ?? [] }, revealed: revealed)
        var stacks: [OpenedStack] = []
        for case .hidden(let commitment) in statements.map(\.input) {
            stacks.append(OpenedStack(root: commitment))
        }
        if plan.cellCount > 0 {
            let root = try reader.readHash()
            transcript.absorb("witness", root)
            stacks.append(OpenedStack(root: root))
        }
        let challenges = RowChallenges(&transcript)
        if plan.helperCount > 0 {
            let root = try reader.readHash()
            transcript.absorb("helpers", root)
            stacks.append(OpenedStack(root: root))
        }
        let messages = try reader.readExtensions(plan.system.messageCount)
        let claim: RowClaim
        let rows: [RowEvaluations]
        do throws(RowError) {
            claim = try RowVerifier.replay(plan.system, messages: messages, &transcript)
        } catch { throw .rows(error) }
        rows = try plan.readEvaluations(claim.point, &reader, &transcript)
        let rowsMask: Extension
        do throws(RowError) {
            rowsMask =
                try claim.value - RowVerifier.combined(plan.system, claim, challenges, rows)
        } catch { throw .rows(error) }
        guard isHidden || rowsMask == .zero else { throw .rows(.refused) }

        let argument = LinearArgument(
            plan.linearSites, bitsMin: key.layout?.logColumns ?? 0, batch: plan.batch,
            isMasked: isHidden && !plan.linearSites.isEmpty, &transcript)
        let sum = argument.sites.isEmpty ? Extension.zero : try reader.readExtension()
        transcript.absorb("accumulators", sum)
        let end = try argument.replay(&reader, claim: sum, &transcript)
        let values = try LinearValues(
            argument, end.point, &reader, &transcript
        ) { site, operand in plan.knownOperand(operand, known) }
        let linearMask = end.value - values.sum(argument)
        guard argument.isMasked || linearMask == .zero else { throw .linearMismatch }

        let points = ClaimPoints(plan, &transcript)
        var claims = ClaimBatch(
            theta: transcript.challenge("claims"),
            weightRows: key.layout == nil ? nil : 1 << (parameters?.logRows ?? 0),
            witnessLog: parameters?.logSize(plan, .witness),
            helperLog: parameters?.logSize(plan, .helpers),
            inputLog: parameters?.logSize(plan, .input))
        do throws(RowError) {
            try claims.addAll(
                plan, key.layout, claim, challenges, rows, argument, sum, end.point, values,
                points, masks: ClaimMasks(rows: rowsMask, linear: linearMask),
                outputs: statements.flatMap(\.output), known: known)
        } catch { throw .rows(error) }
        if let layout = key.layout {
            stacks.insert(
                OpenedStack(
                    root: isHidden ? key.hiddenWeightsRoot : key.weightsRoot,
                    prefoldPoint: Array(end.point[..<layout.logColumns])),
                at: 0)
        }
        guard let parameters else {
            // Nothing is committed to: what is left are equations between known numbers.
            guard claims.value == .zero else { throw .outputMismatch }
            return
        }
        if isHidden {
            let root = try reader.readHash()
            transcript.absorb("masks", root)
            stacks.append(OpenedStack(root: root))
        }
        try open(claims, parameters, stacks, &reader, &transcript)
    }

    private static func open(
        _ claims: ClaimBatch, _ parameters: OpeningParameters, _ stacks: [OpenedStack],
        _ reader: inout ProofReader, _ transcript: inout Transcript
    ) throws(ProofError) {
        let values = claims.values()
        try OpeningVerifier.verify(
            parameters, stacks: stacks, claim: claims.value, reader: &reader,
            transcript: &transcript
        ) { stack, point in values[stack](point) }
    }
}

extension VerificationKey {
    /// Whether a statement's numbers are an input and an output of the graph.
    func check(_ statement: ProofStatement, _ form: ProofForm) throws(ProofError) {
        switch statement.input {
        case .integers(let integers):
            guard form != .hidden else { throw .inputFormMismatch(form) }
            do { _ = try outline.inputBytes(integers) } catch { throw .input(error) }
        case .hidden: guard form == .hidden else { throw .inputFormMismatch(form) }
        }
        do { _ = try outline.outputBytes(statement.output) } catch { throw .output(error) }
    }
}
