internal import Codec
internal import Crypto
internal import EVM
internal import Ledger
internal import Primitives

/// Reads the value forms of official Ethereum fixtures.
enum Fixture {
    static func member(_ json: JSON, _ name: String) throws(FixtureError) -> JSON {
        guard let value = json[name] else { throw FixtureError("no member \(name)") }
        return value
    }

    static func word(_ json: JSON?, _ name: String) throws(FixtureError) -> UInt256 {
        guard let text = json?.string else { throw FixtureError("\(name) is no text") }
        let digits = text.hasPrefix("0x:bigint ") ? String(text.dropFirst(10)) : text
        if digits == "0x" || digits.isEmpty { return .zero }
        do {
            return digits.hasPrefix("0x")
                ? try UInt256(hex: digits) : try UInt256(decimal: digits)
        } catch {
            throw FixtureError("\(name) \(text.prefix(80)): \(error)")
        }
    }

    static func uint64(_ json: JSON?, _ name: String) throws(FixtureError) -> UInt64 {
        guard let number = try word(json, name).asUInt64 else {
            throw FixtureError("\(name) is over 64 bits")
        }
        return number
    }

    static func bytes(_ json: JSON?, _ name: String) throws(FixtureError) -> [UInt8] {
        guard let text = json?.string else { throw FixtureError("\(name) is no text") }
        if text.isEmpty { return [] }
        do {
            return try Hex.decodePrefixed(text)
        } catch {
            throw FixtureError("\(name): \(error)")
        }
    }

    static func hash(_ json: JSON?, _ name: String) throws(FixtureError) -> Hash {
        Hash(try word(json, name))
    }

    static func address(_ json: JSON?, _ name: String) throws(FixtureError) -> Address {
        let bytes = try bytes(json, name)
        guard bytes.count == Address.byteCount else {
            throw FixtureError("\(name) has \(bytes.count) bytes")
        }
        return Address(bytes)
    }

    /// Accounts as `pre`, `postState` and genesis files give them.
    static func accounts(_ json: JSON) throws(FixtureError) -> [AccountChange] {
        guard let members = json.object else { throw FixtureError("accounts are no object") }
        var changes: [AccountChange] = []
        for (key, account) in members.entries {
            let address = try address(.string(key.hasPrefix("0x") ? key : "0x" + key), "account")
            let code = try bytes(account["code"] ?? "0x", "code")
            var storage: [(slot: UInt256, value: UInt256)] = []
            for (slot, value) in account["storage"]?.object?.entries ?? [] {
                let word = try word(value, "storage value")
                if !word.isZero {
                    storage.append((try self.word(.string(slot), "storage key"), word))
                }
            }
            storage.sort { $0.slot < $1.slot }
            changes.append(
                AccountChange(
                    address: address,
                    account: Account(
                        nonce: try uint64(account["nonce"] ?? "0x0", "nonce"),
                        balance: try word(account["balance"] ?? "0x0", "balance"),
                        codeHash: Keccak.hash(code)),
                    storage: storage, code: code.isEmpty ? nil : code))
        }
        return changes.sorted { $0.address < $1.address }
    }
}
