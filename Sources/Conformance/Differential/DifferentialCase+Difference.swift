public import Codec

extension DifferentialCase {
    /// What differs first between two answers; nil when nothing does.
    ///
    /// The peer's answer may lack members: what it cannot tell is not compared.
    public static func difference(ours: JSON, theirs: JSON) -> String? {
        if let error = ours["error"]?.string { return "our error: \(error)" }
        if let error = theirs["error"]?.string { return "the peer's error: \(error)" }
        let status = theirs["status"]?.string
        if status == "accepted", ours["status"] != "refused", ours["status"] != "accepted" {
            return nil
        }
        guard ours["status"] == theirs["status"] else {
            return "status: \(text(ours["status"])) (\(text(ours["reason"]))) here, "
                + "\(text(theirs["status"])) (\(text(theirs["reason"]))) there"
        }
        for member in ["gas", "output", "logs", "root"] {
            guard let other = theirs[member], ours[member] != other else { continue }
            return "\(member): \(text(ours[member])) here, \(text(other)) there"
        }
        guard theirs["accounts"] != nil else { return nil }
        for (address, account) in ours["accounts"]?.object?.entries ?? [] {
            if let difference = difference(address, account, theirs["accounts"]?[address]) {
                return difference
            }
        }
        return nil
    }

    private static func difference(_ address: String, _ account: JSON, _ other: JSON?) -> String? {
        guard account.object != nil else {
            // Gone here: empty or not there at all for the peer.
            let isEmpty = other.map { $0["balance"]?.string == "0x0" } ?? true
            return isEmpty ? nil : "\(address): gone here, \(text(other)) there"
        }
        guard let other else { return "\(address): \(text(account)) here, nothing there" }
        for member in ["balance", "nonce", "codeHash"] {
            guard let value = other[member], account[member] != value else { continue }
            return "\(member) of \(address): \(text(account[member])) here, \(text(value)) there"
        }
        for (slot, value) in other["storage"]?.object?.entries ?? [] {
            let own = account["storage"]?[slot] ?? "0x0"
            if own != value {
                return "slot \(slot) of \(address): \(text(own)) here, \(text(value)) there"
            }
        }
        return nil
    }

    private static func text(_ json: JSON?) -> String {
        String(decoding: (json ?? .null).serialized.prefix(200), as: UTF8.self)
    }
}
