internal import EVM
public import Primitives

/// A transaction with the accounts that its signatures recover to.
public struct SignedTransaction: Sendable {
    public let transaction: Transaction
    public let sender: Address
    /// Who signed each authorization; nil where that is left to its execution.
    let authorities: [Address?]?

    public init(_ transaction: Transaction, sender: Address) {
        self.init(transaction, sender: sender, authorities: nil)
    }

    private init(_ transaction: Transaction, sender: Address, authorities: [Address?]?) {
        self.transaction = transaction
        self.sender = sender
        self.authorities = authorities
    }

    /// All senders and authorities of a block's transactions, nil for a signature that recovers
    /// to none. Each costs some 30 µs and none depends on another.
    ///
    /// - Parameter allowsHighS: true before Homestead only (EIP-2).
    static func recover(
        _ transactions: [Transaction], allowsHighS: Bool, workers: any Workers
    ) -> [SignedTransaction?] {
        workers.map(transactions.count) { index in
            let transaction = transactions[index]
            guard let sender = transaction.recoverSender(allowsHighS: allowsHighS) else {
                return nil
            }
            return SignedTransaction(
                transaction, sender: sender,
                authorities: transaction.authorizations.map { $0.recoverAuthority() })
        }
    }
}
