public import Primitives

/// A signed transaction of any of the five types.
///
/// Source: Yellow Paper 4.2 (legacy), EIP-155, EIP-2930, EIP-1559, EIP-4844, EIP-7702.
public struct Transaction: Sendable, Equatable {
    /// The EIP-2718 type byte.
    public enum Kind: UInt8, Sendable, CaseIterable {
        case legacy = 0
        case accessList = 1
        case dynamicFee = 2
        case blob = 3
        case setCode = 4
    }

    /// An address and the slots of it that the sender pays to warm (EIP-2930).
    public struct Access: Sendable, Equatable {
        public var address: Address
        public var slots: [UInt256]

        public init(address: Address, slots: [UInt256]) {
            self.address = address
            self.slots = slots
        }
    }

    /// A signed wish to run another account's code as one's own (EIP-7702).
    public struct Authorization: Sendable, Equatable {
        /// Zero for every chain.
        public var chainID: UInt256
        public var address: Address
        public var nonce: UInt64
        public var yParity: UInt256
        public var r: UInt256
        public var s: UInt256

        public init(
            chainID: UInt256, address: Address, nonce: UInt64, yParity: UInt256, r: UInt256,
            s: UInt256
        ) {
            self.chainID = chainID
            self.address = address
            self.nonce = nonce
            self.yParity = yParity
            self.r = r
            self.s = s
        }
    }

    public var kind: Kind
    /// Nil for a legacy transaction without replay protection.
    public var chainID: UInt64?
    public var nonce: UInt64
    /// Wei. Types 0 and 1 carry one gas price: both fee fields hold it.
    public var maxPriorityFeePerGas: UInt256
    public var maxFeePerGas: UInt256
    public var gasLimit: UInt64
    /// Nil creates a contract.
    public var to: Address?
    public var value: UInt256
    public var input: [UInt8]
    public var accessList: [Access]
    public var maxFeePerBlobGas: UInt256
    public var blobHashes: [Hash]
    public var authorizations: [Authorization]
    /// 0 or 1.
    public var yParity: UInt8
    public var r: UInt256
    public var s: UInt256

    public init(
        kind: Kind, chainID: UInt64?, nonce: UInt64, maxPriorityFeePerGas: UInt256,
        maxFeePerGas: UInt256, gasLimit: UInt64, to: Address?, value: UInt256 = .zero,
        input: [UInt8] = [], accessList: [Access] = [], maxFeePerBlobGas: UInt256 = .zero,
        blobHashes: [Hash] = [], authorizations: [Authorization] = [], yParity: UInt8 = 0,
        r: UInt256 = .zero, s: UInt256 = .zero
    ) {
        self.kind = kind
        self.chainID = chainID
        self.nonce = nonce
        self.maxPriorityFeePerGas = maxPriorityFeePerGas
        self.maxFeePerGas = maxFeePerGas
        self.gasLimit = gasLimit
        self.to = to
        self.value = value
        self.input = input
        self.accessList = accessList
        self.maxFeePerBlobGas = maxFeePerBlobGas
        self.blobHashes = blobHashes
        self.authorizations = authorizations
        self.yParity = yParity
        self.r = r
        self.s = s
    }

    /// What one gas costs the sender in a block with this base fee (EIP-1559).
    ///
    /// The caller has checked that `maxFeePerGas ≥ baseFee`.
    public func effectiveGasPrice(baseFee: UInt256) -> UInt256 {
        switch kind {
        case .legacy, .accessList:
            return maxFeePerGas
        case .dynamicFee, .blob, .setCode:
            let room = maxFeePerGas - baseFee
            return baseFee + min(maxPriorityFeePerGas, room)
        }
    }

    /// Blob gas: 2¹⁷ a blob (EIP-4844).
    public var blobGas: UInt64 { UInt64(blobHashes.count) << 17 }

    /// The most the sender may have to pay, saturating at 2²⁵⁶ − 1: gas, value and blobs.
    public var upfrontCost: UInt256 {
        let (gas, overflow1) = UInt256(gasLimit).multipliedReportingOverflow(by: maxFeePerGas)
        let (blobs, overflow2) =
            UInt256(blobGas).multipliedReportingOverflow(by: maxFeePerBlobGas)
        let (part, overflow3) = gas.addingReportingOverflow(blobs)
        let (sum, overflow4) = part.addingReportingOverflow(value)
        return overflow1 || overflow2 || overflow3 || overflow4 ? .max : sum
    }
}
