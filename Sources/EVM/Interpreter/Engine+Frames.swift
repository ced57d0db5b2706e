internal import Primitives

/// Everything needed to begin a call or a creation, gas already taken from the caller.
struct Start {
    var kind: Message.Kind
    var caller: Address
    /// The accounts' numbers in the journal.
    var callerAccount: Int
    var account: Int
    var codeAccount: Int
    /// Whether the code was found through a delegation: then no precompile runs (EIP-7702).
    var isDelegated = false
    var value: UInt256
    var gas: Int64
    var isStatic: Bool
    var depth: Int
    var inputStart: Int
    var inputCount: Int
    var answerStart = 0
    var answerCount = 0
    /// Where the new frame's memory may begin.
    var memoryStart: Int
    var stackStart: Int
}

extension Engine {
    /// Begins a message: pushes a frame, or ends at once when no code runs.
    /// - Returns: nil when a frame was pushed.
    func begin(_ start: Start) -> Outcome? {
        if let tracer { tracer.enter(message(start)) }
        let outcome = start.kind.isCreation ? beginCreation(start) : beginCall(start)
        if let tracer, let outcome { tracer.exit(withAnswer(outcome)) }
        return outcome
    }

    private func beginCall(_ start: Start) -> Outcome? {
        let mark = journal.checkpoint()
        switch start.kind {
        case .call, .staticCall:
            journal.touch(start.account)
            journal.transfer(start.value, from: start.callerAccount, to: start.account)
        case .delegateCall, .callCode, .create, .create2: break
        }
        if !start.isDelegated {
            let address = journal.accounts[start.codeAccount].key
            if let precompile = precompiles.find(address) {
                return run(precompile, at: address, start, mark)
            }
        }
        let code = unsafe journal.code(start.codeAccount)
        if unsafe code._withUnsafeGuaranteedRef({ $0.count }) == 0 {
            answerCount = 0
            return Outcome(status: .success, gasLeft: UInt64(start.gas))
        }
        unsafe pushFrame(start, code, ownsCode: false, mark)
        return nil
    }

    private func beginCreation(_ start: Start) -> Outcome? {
        answerCount = 0
        let account = start.account
        guard journal.nonce(account) == 0,
            journal.accounts[account].codeHash == .emptyCode, !journal.hasStorage(account)
        else { return Outcome(status: .halted(.createCollision)) }
        let mark = journal.checkpoint()
        journal.markCreated(account)
        journal.touch(account)
        // EIP-161: a new contract's nonce is 1.
        if revision >= .spuriousDragon { journal.write(account, nonce: 1) }
        journal.transfer(start.value, from: start.callerAccount, to: account)
        var start = start
        let initcode = unsafe Code(
            UnsafeRawBufferPointer(start: memory + start.inputStart, count: start.inputCount))
        start.inputCount = 0
        unsafe pushFrame(start, Unmanaged.passRetained(initcode), ownsCode: true, mark)
        return nil
    }

    @inline(__always)
    @unsafe
    private func pushFrame(
        _ start: Start, _ code: Unmanaged<Code>, ownsCode: Bool, _ mark: Int
    ) {
        let (codeStart, codeCount, destinations) = unsafe code._withUnsafeGuaranteedRef {
            unsafe ($0.start, $0.count, $0.knownDestinations)
        }
        answerCount = 0
        unsafe push(
            FrameRecord(
                code: code, ownsCode: ownsCode, codeStart: codeStart, codeCount: codeCount,
                destinations: destinations, isCreation: start.kind.isCreation,
                isStatic: start.isStatic, depth: start.depth,
                recipient: journal.accounts[start.account].key, caller: start.caller,
                value: start.value, account: start.account, checkpoint: mark,
                inputStart: start.inputStart, inputCount: start.inputCount,
                answerStart: start.answerStart, answerCount: start.answerCount,
                gas: start.gas, stackStart: start.stackStart,
                memoryStart: (start.memoryStart + 31) & ~31))
    }

    // MARK: Ends

    /// Ends the suspended frame on top with `RETURN`, `STOP` or `REVERT`; its answer is `output` of
    /// its memory. The result goes to the frame below, or to `end` when that is under `base`.
    @inline(never)
    func finish(_ output: MemoryRange, isRevert: Bool, base: Int) {
        let record = unsafe records + (recordCount &- 1)
        let start = unsafe memory + record.pointee.memoryStart + output.start
        unsafe setAnswer(
            UnsafeBufferPointer(
                start: start.assumingMemoryBound(to: UInt8.self), count: output.count))
        var gas = unsafe record.pointee.gas
        var status = Outcome.Status.success
        if isRevert {
            status = .revert
            unsafe journal.revert(to: record.pointee.checkpoint)
        } else if unsafe record.pointee.isCreation {
            do throws(Halt) {
                gas = try deposit(unsafe record.pointee.account, gas: gas)
            } catch {
                fail(error, base: base)
                return
            }
        }
        let isCreation = unsafe record.pointee.isCreation
        // A creation answers only when it reverts (EIP-211).
        if isCreation, status == .success { answerCount = 0 }
        leave(
            Outcome(
                status: status, gasLeft: UInt64(gas),
                created: isCreation && status == .success
                    ? unsafe record.pointee.recipient : nil),
            base: base)
    }

    /// Ends the frame on top exceptionally.
    @inline(never)
    func fail(_ halt: Halt, base: Int) {
        unsafe journal.revert(to: records[recordCount - 1].checkpoint)
        answerCount = 0
        leave(Outcome(status: .halted(halt)), base: base)
    }

    /// Stores the answer as the new contract's code and returns what gas is left.
    private func deposit(_ account: Int, gas: Int64) throws(Halt) -> Int64 {
        if revision >= .spuriousDragon, answerCount > Limits.codeBytes { throw .codeTooLarge }
        if revision >= .london, answerCount > 0, unsafe answer[0] == 0xef { throw .invalidCode }
        let cost = Gas.codeByte * Int64(answerCount)
        if gas < cost {
            // Frontier keeps such a contract, without code.
            if revision == .frontier { return gas }
            throw .outOfGas
        }
        journal.setCode(account, answerBytes)
        return gas - cost
    }

    private func leave(_ outcome: Outcome, base: Int) {
        if let tracer { tracer.exit(withAnswer(outcome)) }
        recordCount &-= 1
        let record = unsafe records + recordCount
        if unsafe record.pointee.ownsCode { unsafe record.pointee.code.release() }
        if recordCount == base {
            end = outcome
        } else {
            unsafe deliver(
                outcome, record.pointee.answerStart, record.pointee.answerCount)
        }
    }

    /// Gives a callee's outcome to the suspended frame on top: gas, answer, result.
    func deliver(_ outcome: Outcome, _ answerStart: Int, _ wanted: Int) {
        let caller = unsafe records + (recordCount &- 1)
        unsafe caller.pointee.gas &+= Int64(outcome.gasLeft)
        let count = min(answerCount, wanted)
        if count > 0 {
            unsafe (memory + caller.pointee.memoryStart + answerStart)
                .copyMemory(from: answer, byteCount: count)
        }
        if let created = outcome.created {
            pushResult(created.word)
        } else {
            pushResult(UInt256(outcome.status == .success))
        }
    }

    // MARK: Tracing

    private func message(_ start: Start) -> Message {
        let input = unsafe UnsafeRawBufferPointer(
            start: memory + start.inputStart, count: start.inputCount)
        return Message(
            kind: start.kind, caller: start.caller,
            recipient: journal.accounts[start.account].key,
            codeAddress: journal.accounts[start.codeAccount].key, value: start.value,
            input: unsafe Array(input), gas: UInt64(start.gas), isStatic: start.isStatic,
            depth: start.depth)
    }

    private func withAnswer(_ outcome: Outcome) -> Outcome {
        var outcome = outcome
        outcome.output = answerBytes
        return outcome
    }
}
