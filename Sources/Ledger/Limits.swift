/// Bounds of the ledger, each with what it protects.
public enum Limits {
    /// Bytes of one encoded transaction: what the gas of one pays for, at 40 a byte (EIP-7623),
    /// since a settlement may carry a proof. Geth's pool takes 131,072.
    public static let transactionBytesMax = 409_600
    /// Bytes of one transaction with its blobs beside it: fifteen, more than any fork takes.
    public static let pooledTransactionBytesMax = 2_097_152
    /// Bytes of one encoded transaction inside a block: the block's own bound.
    public static let blockTransactionBytesMax = 8_388_608
    /// Bytes of one encoded block (EIP-7934).
    public static let blockBytesMax = 8_388_608
    /// Bytes of `extraData` in a header (Yellow Paper 4.3.4).
    public static let extraDataBytesMax = 32
    /// Gas of one transaction from Osaka on (EIP-7825).
    public static let transactionGasMax: UInt64 = 16_777_216
    /// Bytes of initialisation code from Shanghai on (EIP-3860).
    public static let initcodeBytesMax = 49_152
}
