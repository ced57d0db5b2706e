internal import Codec

extension PaymentRequirements {
    /// Whether a client that accepted `accepted` took this offer.
    ///
    /// Everything but `extra` must be the same text; each member of this offer's `extra` must be in
    /// the other's with an equal value, whatever the order of members (clients write objects as
    /// their language sorts them). More members in the client's `extra` are let pass.
    /// - Source: SDK `x402` 2.25.0, `server_base.py`, `_payment_requirements_match_accepted`.
    public func isMatched(by accepted: PaymentRequirements) -> Bool {
        scheme.isSame(as: accepted.scheme) && network.isSame(as: accepted.network)
            && amount.isSame(as: accepted.amount) && asset.isSame(as: accepted.asset)
            && payTo.isSame(as: accepted.payTo)
            && maxTimeoutSeconds == accepted.maxTimeoutSeconds
            && JSON.object(accepted.extra).contains(.object(extra))
    }
}

extension JSON {
    /// Whether objects hold at least the other's members, and all else is equal; objects within
    /// arrays hold no others.
    fileprivate func contains(_ other: JSON) -> Bool {
        switch (self, other) {
        case (.object(let mine), .object(let wanted)):
            wanted.entries.allSatisfy { mine[$0.key]?.contains($0.value) ?? false }
        case (.array(let mine), .array(let wanted)):
            mine.count == wanted.count
                && zip(mine, wanted).allSatisfy { $0.contains($1) && $1.contains($0) }
        default: self == other
        }
    }
}
