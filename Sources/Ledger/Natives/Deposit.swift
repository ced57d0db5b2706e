public import Payments
public import Primitives
public import Registry

/// Money that its authorization brought to the escrow address before any settlement.
///
/// Anyone may send an authorization to the token. Nobody has to record it: the token's word of the
/// nonce says where the money went and when. A nonce is used once, so a receipt id stands for one
/// transfer at most, and that is spent once: by the receipt of its settlement, or by the mark of
/// its return to the payer. A settlement that pulls the money itself leaves the same word in the
/// token, and its receipt in the same call.
public struct Deposit: Sendable, Equatable {
    /// Of the block that made the transfer, in seconds since 1970.
    public let timestamp: UInt64

    /// The mapping slot of marks of return by receipt id; a mark is the time of the return.
    static let returnSpace: UInt256 = 2
    /// A payer may take a deposit back this long after the block that made it, in seconds.
    static let settleSeconds: UInt64 = 86_400

    static func returnSlot(_ id: Hash) -> UInt256 { SlotLayout.base(id.word, in: returnSpace) }

    /// The deposit of a payment that waits at its escrow address, read from the storage of the
    /// settlement precompile and of the token; nil when the money is not there. The payment's
    /// window and signature play no part, and its asset must be the chain's token.
    public init?(
        of payment: Payment, at escrow: Address, settlement: SlotReader, token: SlotReader
    ) {
        let id = payment.receiptID
        let slot = AuthorizationWord.slot(of: payment.payer, nonce: payment.nonce)
        let word = AuthorizationWord(token(slot))
        guard word.isTransfer(of: payment.amount, to: escrow),
            settlement(SettlementRecord.base(id)).isZero,
            settlement(Deposit.returnSlot(id)).isZero
        else { return nil }
        timestamp = word.timestamp
    }
}
