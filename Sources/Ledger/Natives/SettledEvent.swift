public import EVM
internal import Payments
public import Primitives

extension SettlementRecord {
    /// Whether the log is the settlement's event for this receipt.
    public static func isEvent(_ log: Log, of id: Hash) -> Bool {
        log.address == NativeAddress.settlement && log.topics.count == 4
            && log.topics[0] == SettlementNative.settled && log.topics[1] == id
    }
}
