internal import Crypto
public import EVM
public import Primitives

/// What a transaction did.
public struct TransactionResult: Sendable, Equatable {
    public var outcome: Outcome
    /// Gas the sender pays for: after refunds and the calldata floor.
    public var gasUsed: UInt64
    /// Wei for one gas.
    public var effectiveGasPrice: UInt256
    public var logs: [Log]
    /// The contract that a creation made, also when it failed later.
    public var created: Address?

    public var succeeded: Bool { outcome.status == .success }
}

/// Validates and runs one transaction on a journal.
///
/// Source: Yellow Paper 6; EIP-1559, 2930, 3529, 3607, 3651, 4844, 7623, 7702, 7825.
///
/// One processor serves the transactions of one block: its machine reuses stacks and memory.
public struct TransactionProcessor {
    public let revision: Revision
    public let block: BlockContext
    /// The blob parameters in force, nil before Cancun.
    public let blobSchedule: ChainConfig.BlobSchedule?
    public let precompiles: PrecompileTable
    public let journal: Journal
    private var machine: Machine
    var tracer: (any Tracer)? {
        get { machine.tracer }
        set { machine.tracer = newValue }
    }
    /// Whether the beneficiary's fee is left to whoever takes the effects over, so that it does not
    /// make every transaction depend on the one before.
    var holdsFee = false
    /// The fee that was left, nil when it was paid.
    private(set) var heldFee: UInt256?
    /// Whether nonce, signature-less senders and balance rules hold; a simulated call waives them.
    public var isSimulation = false
    /// Whether natives may tell a simulated call from one in a block.
    public var showsSimulation = true

    public init(
        revision: Revision, block: BlockContext, blobSchedule: ChainConfig.BlobSchedule?,
        precompiles: PrecompileTable, journal: Journal, tracer: (any Tracer)? = nil
    ) {
        self.revision = revision
        self.block = block
        self.blobSchedule = blobSchedule
        self.precompiles = precompiles
        self.journal = journal
        machine = Machine(
            revision: revision, block: block,
            transaction: TransactionContext(origin: .zero), journal: journal,
            precompiles: precompiles, tracer: tracer)
    }

    /// Runs the transaction; a refused one changes nothing, also one refused for missing bytes,
    /// which only its run can show.
    ///
    /// - Parameters:
    ///   - authorities: who signed the authorizations, if that is known already.
    ///   - gasLeft: what the block still has.
    public mutating func process(
        _ transaction: Transaction, from sender: Address, authorities: [Address?]? = nil,
        gasLeft: UInt64
    ) throws(InvalidTransaction) -> TransactionResult {
        journal.beginTransaction()
        let start = journal.checkpoint()
        let intrinsic = try validate(transaction, from: sender, gasLeft: gasLeft)
        let price = effectivePrice(transaction)
        buyGas(transaction, from: sender, price: price)
        warm(transaction, from: sender)
        for (index, authorization) in transaction.authorizations.enumerated() {
            let authority = authorities.map { $0[index] } ?? authorization.recoverAuthority()
            apply(authorization, by: authority)
        }
        machine.transaction = TransactionContext(
            origin: sender, gasPrice: price, blobHashes: transaction.blobHashes,
            isSimulation: isSimulation && showsSimulation)
        let message = message(
            transaction, from: sender, gas: transaction.gasLimit - intrinsic)
        let outcome = machine.execute(message)
        if let missing = machine.missing {
            machine.missing = nil
            journal.revert(to: start)
            throw .missingBytes(missing)
        }
        let gasUsed = settleGas(
            transaction, from: sender, price: price, outcome: outcome)
        let logs = outcome.status == .success ? journal.logs : []
        journal.finishTransaction(revision: revision)
        return TransactionResult(
            outcome: outcome, gasUsed: gasUsed, effectiveGasPrice: price, logs: logs,
            created: outcome.created)
    }

    // MARK: Validation

    /// Checks every rule and returns the intrinsic gas.
    private func validate(
        _ transaction: Transaction, from sender: Address, gasLeft: UInt64
    ) throws(InvalidTransaction) -> UInt64 {
        let rules = TransactionRules(
            revision: revision, chainID: block.chainID, hasGasCap: !isSimulation)
        try rules.checkForm(transaction)
        if !isSimulation { try validateFees(transaction) }
        guard transaction.gasLimit <= gasLeft else {
            throw .gasLimitAboveBlock(limit: transaction.gasLimit, left: gasLeft)
        }
        try validateBlobs(transaction)
        let intrinsic = try rules.checkGas(transaction)
        if !isSimulation { try validateSender(transaction, sender) }
        let need = transaction.upfrontCost
        let balance = journal.balance(of: sender)
        guard balance >= need else { throw .insufficientFunds(balance: balance, need: need) }
        return intrinsic
    }

    private func validateFees(_ transaction: Transaction) throws(InvalidTransaction) {
        try TransactionRules.checkFees(transaction)
        guard transaction.maxFeePerGas >= block.baseFee else {
            throw .maxFeeBelowBaseFee(max: transaction.maxFeePerGas, baseFee: block.baseFee)
        }
    }

    private func validateBlobs(_ transaction: Transaction) throws(InvalidTransaction) {
        guard transaction.kind == .blob else { return }
        guard !transaction.blobHashes.isEmpty else { throw .noBlobs }
        // EIP-7594: six blobs a transaction from Osaka on, whatever the block allows.
        let blockMax = Int(blobSchedule?.max ?? 0)
        let most = revision >= .osaka ? min(6, blockMax) : blockMax
        guard transaction.blobHashes.count <= most else {
            throw .tooManyBlobs(count: transaction.blobHashes.count, max: most)
        }
        for hash in transaction.blobHashes where hash.word.byte(0) != 1 {
            throw .invalidBlobVersion(hash.word.byte(0))
        }
        guard transaction.maxFeePerBlobGas >= block.blobBaseFee else {
            throw .maxBlobFeeBelowBlobBaseFee(
                max: transaction.maxFeePerBlobGas, blobBaseFee: block.blobBaseFee)
        }
    }

    private func validateSender(
        _ transaction: Transaction, _ sender: Address
    ) throws(InvalidTransaction) {
        let nonce = journal.nonce(of: sender)
        if transaction.nonce < nonce {
            throw .nonceTooLow(expected: nonce, got: transaction.nonce)
        }
        if transaction.nonce > nonce {
            throw .nonceTooHigh(expected: nonce, got: transaction.nonce)
        }
        guard transaction.nonce < .max else { throw .nonceAtMax }
        // EIP-3607; from EIP-7702 on an account that delegates may send.
        let delegates = revision >= .prague && journal.delegate(of: sender) != nil
        if journal.codeHash(of: sender) != Keccak.emptyHash, journal.exists(sender), !delegates {
            throw .senderHasCode(sender)
        }
    }

    // MARK: Before the first instruction

    private func effectivePrice(_ transaction: Transaction) -> UInt256 {
        // A simulated call may name a price below the base fee: it then pays what it named.
        guard transaction.maxFeePerGas >= block.baseFee else { return transaction.maxFeePerGas }
        return transaction.effectiveGasPrice(baseFee: block.baseFee)
    }

    private func buyGas(
        _ transaction: Transaction, from sender: Address, price: UInt256
    ) {
        let blobFee = UInt256(transaction.blobGas) &* block.blobBaseFee
        let fee = UInt256(transaction.gasLimit) &* price &+ blobFee
        journal.setBalance(of: sender, to: journal.balance(of: sender) - fee)
        journal.setNonce(of: sender, to: journal.nonce(of: sender) &+ 1)
    }

    private func warm(
        _ transaction: Transaction, from sender: Address
    ) {
        guard revision >= .berlin else { return }
        journal.warm(precompiles)
        journal.warm(sender)
        if let to = transaction.to { journal.warm(to) }
        if revision >= .shanghai { journal.warm(block.beneficiary) }
        for access in transaction.accessList {
            journal.warm(access.address)
            for slot in access.slots { journal.warm(access.address, slot) }
        }
    }

    /// Applies one authorization, or skips it when any rule fails (EIP-7702, behaviour).
    private func apply(_ authorization: Transaction.Authorization, by authority: Address?) {
        guard authorization.chainID.isZero || authorization.chainID == UInt256(block.chainID),
            authorization.nonce < .max, let authority
        else { return }
        journal.warm(authority)
        let hasCode = journal.codeHash(of: authority) != Keccak.emptyHash
        guard !journal.exists(authority) || !hasCode || journal.delegate(of: authority) != nil,
            journal.nonce(of: authority) == authorization.nonce
        else { return }
        if journal.exists(authority) { journal.addRefund(gas: IntrinsicGas.emptyAccountRefund) }
        let target = authorization.address
        journal.setCode(of: authority, to: target.isZero ? [] : [0xef, 0x01, 0x00] + target.bytes)
        journal.setNonce(of: authority, to: authorization.nonce + 1)
    }

    private func message(
        _ transaction: Transaction, from sender: Address, gas: UInt64
    ) -> Message {
        guard let to = transaction.to else {
            let address = ContractAddress.create(by: sender, nonce: transaction.nonce)
            return Message(
                kind: .create, caller: sender, recipient: address, value: transaction.value,
                input: transaction.input, gas: gas)
        }
        return Message(
            caller: sender, recipient: to, value: transaction.value, input: transaction.input,
            gas: gas)
    }

    // MARK: After the last instruction

    /// Refunds the sender, pays the beneficiary, and returns the gas used.
    private mutating func settleGas(
        _ transaction: Transaction, from sender: Address, price: UInt256, outcome: Outcome
    ) -> UInt64 {
        var used = transaction.gasLimit - outcome.gasLeft
        // The counter may pass below zero within a transaction, never at its end.
        let refund = UInt64(max(journal.refund, 0))
        used -= min(refund, used / (revision >= .london ? 5 : 2))
        used = max(used, IntrinsicGas.floor(transaction, in: revision))
        let back = UInt256(transaction.gasLimit - used) &* price
        journal.setBalance(of: sender, to: journal.balance(of: sender) &+ back)
        let base = revision >= .london ? min(block.baseFee, price) : .zero
        let fee = UInt256(used) &* (price - base)
        // Whoever looked at the beneficiary must also see it paid.
        if holdsFee, !journal.isLoaded(block.beneficiary) {
            heldFee = fee
        } else {
            heldFee = nil
            journal.addBalance(fee, to: block.beneficiary)
        }
        return used
    }
}
