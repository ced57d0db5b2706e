public import EVM
internal import Primitives

/// What can be said of a transaction without a state: its form, its fees, the gas it must bring.
public struct TransactionRules: Sendable {
    public let revision: Revision
    public let chainID: UInt64
    /// Whether the cap on the gas of one transaction holds (EIP-7825); simulated calls waive it.
    public let hasGasCap: Bool

    public init(revision: Revision, chainID: UInt64, hasGasCap: Bool = true) {
        self.revision = revision
        self.chainID = chainID
        self.hasGasCap = hasGasCap
    }

    /// Every rule, the signature's included.
    public func check(_ transaction: Transaction) throws(InvalidTransaction) {
        try checkForm(transaction)
        try TransactionRules.checkFees(transaction)
        _ = try checkGas(transaction)
        guard transaction.nonce < .max else { throw .nonceAtMax }
        let gas = UInt256(transaction.gasLimit)
        let (cost, overflow) = gas.multipliedReportingOverflow(by: transaction.maxFeePerGas)
        guard !overflow, !cost.addingReportingOverflow(transaction.value).overflow else {
            throw .costOverflow
        }
        // Replay protection is a signature's matter, and older rules do not know it (EIP-155).
        let isProtected = transaction.kind == .legacy && transaction.chainID != nil
        guard !isProtected || revision >= .spuriousDragon,
            transaction.recoverSender(allowsHighS: revision < .homestead) != nil
        else { throw .invalidSignature }
    }

    func checkForm(_ transaction: Transaction) throws(InvalidTransaction) {
        let since: Revision =
            switch transaction.kind {
            case .legacy: .frontier
            case .accessList: .berlin
            case .dynamicFee: .london
            case .blob: .cancun
            case .setCode: .prague
            }
        guard revision >= since else {
            throw .kindNotSupported(transaction.kind, in: revision)
        }
        if let chainID = transaction.chainID, chainID != self.chainID {
            throw .wrongChainID(expected: self.chainID, got: chainID)
        }
        if revision >= .osaka, hasGasCap, transaction.gasLimit > Limits.transactionGasMax {
            throw .gasLimitAboveCap(
                limit: transaction.gasLimit, cap: Limits.transactionGasMax)
        }
        if transaction.to == nil {
            if transaction.kind == .blob || transaction.kind == .setCode {
                throw .creationNotAllowed(transaction.kind)
            }
            if revision >= .shanghai, transaction.input.count > Limits.initcodeBytesMax {
                throw .initcodeTooLarge(
                    bytes: transaction.input.count, max: Limits.initcodeBytesMax)
            }
        }
        if transaction.kind == .setCode, transaction.authorizations.isEmpty {
            throw .noAuthorizations
        }
    }

    static func checkFees(_ transaction: Transaction) throws(InvalidTransaction) {
        guard transaction.maxPriorityFeePerGas <= transaction.maxFeePerGas else {
            throw .priorityFeeAboveMaxFee(
                priority: transaction.maxPriorityFeePerGas, max: transaction.maxFeePerGas)
        }
    }

    /// The intrinsic gas, which the limit must cover, as it must the floor (EIP-7623).
    func checkGas(_ transaction: Transaction) throws(InvalidTransaction) -> UInt64 {
        let intrinsic = IntrinsicGas.of(transaction, in: revision)
        guard intrinsic <= transaction.gasLimit else {
            throw .gasLimitBelowIntrinsic(need: intrinsic, limit: transaction.gasLimit)
        }
        let floor = IntrinsicGas.floor(transaction, in: revision)
        guard floor <= transaction.gasLimit else {
            throw .gasLimitBelowFloor(need: floor, limit: transaction.gasLimit)
        }
        return intrinsic
    }
}
