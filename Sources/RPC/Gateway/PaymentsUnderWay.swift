internal import Primitives
internal import Synchronization

/// Payments that are being settled, by the id of their receipt.
///
/// The state knows a payment only once its block is there: until then it is reserved here, so that
/// no second request runs a model, or pays for a transaction that must fail, on the same one.
final class PaymentsUnderWay: Sendable {
    private let ids = Mutex<Set<Hash>>([])

    /// Runs the body unless the payment is under way; nil then.
    func reserving<Answer, Failure: Error>(
        _ id: Hash, _ body: () throws(Failure) -> Answer
    ) throws(Failure) -> Answer? {
        guard ids.withLock({ $0.insert(id).inserted }) else { return nil }
        defer { ids.withLock { _ = $0.remove(id) } }
        return try body()
    }
}
