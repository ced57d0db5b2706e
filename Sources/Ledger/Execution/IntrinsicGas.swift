public import EVM
internal import Primitives

/// Gas that a transaction costs before its first instruction.
public enum IntrinsicGas {
    private static let transaction: UInt64 = 21_000
    private static let creation: UInt64 = 32_000
    private static let zeroByte: UInt64 = 4
    private static let accessAddress: UInt64 = 2_400
    private static let accessSlot: UInt64 = 1_900
    private static let initcodeWord: UInt64 = 2
    /// Gas of an authorization for an account that may not exist (EIP-7702).
    static let emptyAccount: UInt64 = 25_000
    /// What is refunded of it when the account exists.
    static let emptyAccountRefund: Int64 = 12_500

    /// The intrinsic gas of the transaction.
    ///
    /// Source: Yellow Paper 6.2; EIP-2, 2028, 2930, 3860, 7702.
    public static func of(_ transaction: Transaction, in revision: Revision) -> UInt64 {
        let (zeros, others) = byteCounts(transaction.input)
        let perByte: UInt64 = revision >= .istanbul ? 16 : 68
        var gas = self.transaction + zeros * zeroByte + others * perByte
        if transaction.to == nil, revision >= .homestead {
            gas += creation
            if revision >= .shanghai {
                gas += initcodeWord * UInt64((transaction.input.count + 31) / 32)
            }
        }
        for access in transaction.accessList {
            gas += accessAddress + accessSlot * UInt64(access.slots.count)
        }
        gas += emptyAccount * UInt64(transaction.authorizations.count)
        return gas
    }

    /// The least gas that the transaction's calldata costs from Prague on (EIP-7623); zero before.
    public static func floor(_ transaction: Transaction, in revision: Revision) -> UInt64 {
        guard revision >= .prague else { return 0 }
        let (zeros, others) = byteCounts(transaction.input)
        return self.transaction + 10 * (zeros + 4 * others)
    }

    private static func byteCounts(_ input: [UInt8]) -> (zeros: UInt64, others: UInt64) {
        var zeros = 0
        // Without a branch or a trap the compiler counts many bytes at a time.
        for byte in input { zeros &+= byte == 0 ? 1 : 0 }
        return (UInt64(zeros), UInt64(input.count - zeros))
    }
}
