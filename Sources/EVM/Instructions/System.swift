internal import Crypto
internal import Primitives

// 0xf0–0xf2, 0xf4, 0xf5, 0xfa, 0xff. Each suspends the frame with its result pushed, or pushes a
// new frame on top of it; the loop resumes whichever is on top.
extension Engine {
    /// `CALL`, `CALLCODE`, `DELEGATECALL` and `STATICCALL`.
    @inline(never)
    func call(_ kind: Message.Kind, _ frame: inout Frame) throws(Halt) {
        let requested = frame.pop()
        let target = Address(truncating: frame.pop())
        let hasValue = kind == .call || kind == .callCode
        let value = hasValue ? frame.pop() : .zero
        if kind == .call, !value.isZero { try frame.requireMutable() }
        let inputOffset = frame.pop()
        let input = try frame.reserve(self, inputOffset, frame.pop())
        let answerOffset = frame.pop()
        let wanted = try frame.reserve(self, answerOffset, frame.pop())

        let codeAccount = try access(target, &frame)
        let (resolved, isDelegated) = try resolve(codeAccount, &frame)
        let surcharge = callSurcharge(kind, value, to: codeAccount)
        try frame.charge(surcharge)
        var gas = try forwarded(requested, &frame)
        if !value.isZero { gas &+= Gas.callStipend }

        answerCount = 0
        let own = frame.account
        let depth = unsafe frame.record.pointee.depth &+ 1
        if depth > Limits.callDepth || journal.balance(own) < value {
            frame.gas &+= gas
            frame.push(.zero)
            suspend(frame)
            return
        }
        suspend(frame)
        let record = unsafe frame.record
        let isInherited = kind == .delegateCall
        let keepsAccount = isInherited || kind == .callCode
        let start = unsafe Start(
            kind: kind, caller: isInherited ? record.pointee.caller : record.pointee.recipient,
            callerAccount: own, account: keepsAccount ? own : codeAccount, codeAccount: resolved,
            isDelegated: isDelegated, value: isInherited ? record.pointee.value : value, gas: gas,
            isStatic: record.pointee.isStatic || kind == .staticCall, depth: depth,
            inputStart: record.pointee.memoryStart + input.start, inputCount: input.count,
            answerStart: wanted.start, answerCount: wanted.count,
            memoryStart: record.pointee.memoryStart + frame.memoryCount,
            stackStart: record.pointee.stackStart + record.pointee.stackCount)
        if let outcome = begin(start) { deliver(outcome, wanted.start, wanted.count) }
    }

    /// Looks the target up and pays the rest of the cold price (EIP-2929).
    @inline(__always)
    private func access(_ address: Address, _ frame: inout Frame) throws(Halt) -> Int {
        let number = journal.loaded(address)
        if schedule.hasWarmth, journal.warm(number) {
            try frame.charge(Gas.coldAccount &- Gas.warmAccess)
        }
        return number
    }

    /// Follows a delegation once, paying for access to its target (EIP-7702).
    @inline(__always)
    private func resolve(
        _ account: Int, _ frame: inout Frame
    ) throws(Halt) -> (account: Int, isDelegated: Bool) {
        guard revision >= .prague, let delegate = delegate(account) else {
            return (account, false)
        }
        let number = journal.loaded(delegate)
        try frame.charge(journal.warm(number) ? Gas.coldAccount : Gas.warmAccess)
        return (number, true)
    }

    @inline(__always)
    func delegate(_ account: Int) -> Address? {
        unsafe journal.code(account)._withUnsafeGuaranteedRef { $0.delegate }
    }

    /// What value and a new account cost on top.
    private func callSurcharge(_ kind: Message.Kind, _ value: UInt256, to account: Int) -> Int64 {
        var cost: Int64 = value.isZero ? 0 : Gas.callValue
        if kind == .call {
            let isNew =
                revision >= .spuriousDragon
                ? !value.isZero && journal.isEmpty(account)
                : !journal.accounts[account].exists
            if isNew { cost &+= Gas.newAccount }
        }
        return cost
    }

    /// Takes the callee's gas: what was asked for, at most all but one 64th (EIP-150); before,
    /// all of it must be there.
    private func forwarded(_ requested: UInt256, _ frame: inout Frame) throws(Halt) -> Int64 {
        var gas = Int64(clamping: requested.asUInt64 ?? .max)
        if revision >= .tangerineWhistle {
            gas = min(gas, frame.gas &- frame.gas / 64)
        }
        try frame.charge(gas)
        return gas
    }

    /// `CREATE` and `CREATE2`.
    @inline(never)
    func create(_ frame: inout Frame, isSalted: Bool) throws(Halt) {
        try frame.requireMutable()
        let value = frame.pop()
        let offset = frame.pop()
        let input = try frame.reserve(self, offset, frame.pop())
        let salt = isSalted ? frame.pop() : .zero
        try chargeInitcode(input.count, isSalted: isSalted, &frame)

        answerCount = 0
        let own = frame.account
        let nonce = journal.nonce(own)
        let depth = unsafe frame.record.pointee.depth &+ 1
        if depth > Limits.callDepth || journal.balance(own) < value || nonce == .max {
            frame.push(.zero)
            suspend(frame)
            return
        }
        let gas =
            revision >= .tangerineWhistle ? frame.gas &- frame.gas / 64 : frame.gas
        frame.gas &-= gas
        suspend(frame)
        journal.write(own, nonce: nonce + 1)

        let record = unsafe frame.record
        let creator = unsafe record.pointee.recipient
        let address =
            isSalted
            ? unsafe ContractAddress.create2(
                by: creator, salt: salt, codeHash: Keccak.hash(frame.bytes(input)))
            : ContractAddress.create(by: creator, nonce: nonce)
        let account = journal.loaded(address)
        // Warm even when the creation fails (EIP-2929).
        if schedule.hasWarmth { _ = journal.warm(account) }
        let start = unsafe Start(
            kind: isSalted ? .create2(salt: salt) : .create, caller: creator, callerAccount: own,
            account: account, codeAccount: account, value: value, gas: gas, isStatic: false,
            depth: depth, inputStart: record.pointee.memoryStart + input.start,
            inputCount: input.count, memoryStart: record.pointee.memoryStart + frame.memoryCount,
            stackStart: record.pointee.stackStart + record.pointee.stackCount)
        if let outcome = begin(start) { deliver(outcome, 0, 0) }
    }

    /// Init code has a size limit and a price a word (EIP-3860); `CREATE2` also hashes it.
    private func chargeInitcode(
        _ count: Int, isSalted: Bool, _ frame: inout Frame
    ) throws(Halt) {
        if revision >= .shanghai {
            if count > Limits.initcodeBytes { throw .initcodeTooLarge }
            try frame.charge(Gas.initcodeWord &* Gas.words(count))
        }
        if isSalted { try frame.charge(Gas.hashWord &* Gas.words(count)) }
    }

    /// Moves the balance; deletes the account at the end of the transaction, from Cancun on only
    /// if it was created in it (EIP-6780). The frame then stops.
    @inline(never)
    func selfdestruct(_ frame: inout Frame) throws(Halt) {
        try frame.requireMutable()
        let own = frame.account
        let beneficiary = journal.loaded(Address(truncating: frame.pop()))
        if schedule.hasWarmth, journal.warm(beneficiary) { try frame.charge(Gas.coldAccount) }
        let balance = journal.balance(own)
        if revision >= .tangerineWhistle {
            let isNew =
                revision >= .spuriousDragon
                ? !balance.isZero && journal.isEmpty(beneficiary)
                : !journal.accounts[beneficiary].exists
            if isNew { try frame.charge(Gas.newAccount) }
        }
        journal.touch(beneficiary)
        journal.transfer(balance, from: own, to: beneficiary)
        if revision < .cancun || journal.accounts[own].createdEpoch == journal.epoch {
            // Wei that an account leaves to itself is burnt.
            if own == beneficiary, !balance.isZero { journal.write(own, balance: .zero) }
            if journal.markDestroyed(own), revision < .london {
                journal.addRefund(Gas.selfdestructRefund)
            }
        }
    }
}
