public import Primitives

/// Runs messages against a journal under one revision's rules.
///
/// Keep one machine for a block and set `transaction` between messages: its pools are reused.
/// One thread.
public struct Machine {
    let engine: Engine

    public init(
        revision: Revision, block: BlockContext, transaction: TransactionContext,
        journal: Journal, precompiles: PrecompileTable? = nil, tracer: (any Tracer)? = nil
    ) {
        engine = Engine(
            revision: revision, block: block, transaction: transaction, journal: journal,
            precompiles: precompiles ?? PrecompileTable(revision), tracer: tracer)
    }

    public var revision: Revision { engine.revision }
    public var journal: Journal { engine.journal }

    public var transaction: TransactionContext {
        get { engine.transaction }
        nonmutating set { engine.transaction = newValue }
    }

    /// The SHA-256 of bytes that a native precompile needed and did not get since this was last
    /// cleared. What the machine did then means nothing: undo it.
    public var missing: Hash? {
        get { engine.missing }
        nonmutating set { engine.missing = newValue }
    }

    public var tracer: (any Tracer)? {
        get { engine.tracer }
        nonmutating set { engine.tracer = newValue }
    }

    /// Runs a message to its end. What it changed is in the journal, or undone unless it succeeded.
    ///
    /// Transaction rules are the caller's: intrinsic gas, nonces, fees, refunds, warming. A
    /// delegation of the code's account is followed here, and its target warmed (EIP-7702).
    /// Gas above 2⁶³ − 1 is taken as that.
    public mutating func execute(_ message: Message) -> Outcome { engine.execute(message) }
}

extension Engine {
    /// Runs a message on top of whatever is running.
    func execute(_ message: Message) -> Outcome {
        let gas = Int64(clamping: message.gas)
        let caller = journal.loaded(message.caller)
        let account = journal.loaded(message.recipient)
        let movesValue = message.kind == .call || message.kind.isCreation
        answerCount = 0
        if message.depth > Limits.callDepth {
            return Outcome(status: .halted(.callTooDeep), gasLeft: UInt64(gas))
        }
        if movesValue, journal.balance(caller) < message.value {
            return Outcome(status: .halted(.insufficientBalance), gasLeft: UInt64(gas))
        }
        var codeAccount = journal.loaded(message.codeAddress)
        var isDelegated = false
        if revision >= .prague, !message.kind.isCreation, let target = delegate(codeAccount) {
            codeAccount = journal.loaded(target)
            _ = journal.warm(codeAccount)
            isDelegated = true
        }
        if message.kind.isCreation, schedule.hasWarmth { _ = journal.warm(account) }
        let base = recordCount
        let input = place(message.input)
        let start = Start(
            kind: message.kind, caller: message.caller, callerAccount: caller, account: account,
            codeAccount: codeAccount, isDelegated: isDelegated, value: message.value, gas: gas,
            isStatic: message.isStatic, depth: message.depth, inputStart: input,
            inputCount: message.input.count, memoryStart: input + message.input.count,
            stackStart: stackEnd)
        var outcome: Outcome
        if let ended = begin(start) {
            outcome = ended
        } else {
            if let tracer {
                run(above: base, Traced(tracer: tracer))
            } else {
                run(above: base, Untraced())
            }
            outcome = end
        }
        outcome.output = answerBytes
        return outcome
    }
}
