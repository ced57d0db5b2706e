internal import Codec
internal import Ledger
internal import Primitives

/// Builds a transaction from the fields of a state test, for files without signed bytes.
enum TransactionFields {
    static func read(_ fields: JSON, _ entry: JSON) throws(FixtureError) -> Transaction {
        func index(_ name: String) throws(FixtureError) -> Int {
            guard let index = entry["indexes"]?[name]?.uint64 else {
                throw FixtureError("no index \(name)")
            }
            return Int(truncatingIfNeeded: index)
        }
        let dataIndex = try index("data")
        let accessList = try accessList(fields["accessLists"]?[dataIndex])
        let maxFee = fields["maxFeePerGas"] ?? fields["gasPrice"]
        let priority = fields["maxPriorityFeePerGas"] ?? fields["gasPrice"]
        let to = fields["to"]?.string ?? ""
        var transaction = Transaction(
            kind: kind(of: fields, hasAccessList: accessList != nil), chainID: nil,
            nonce: try Fixture.uint64(fields["nonce"], "nonce"),
            maxPriorityFeePerGas: try Fixture.word(priority, "maxPriorityFeePerGas"),
            maxFeePerGas: try Fixture.word(maxFee, "maxFeePerGas"),
            gasLimit: try Fixture.uint64(fields["gasLimit"]?[try index("gas")], "gasLimit"),
            to: to.isEmpty ? nil : try Fixture.address(fields["to"], "to"),
            value: try Fixture.word(fields["value"]?[try index("value")], "value"),
            input: try Fixture.bytes(fields["data"]?[dataIndex], "data"),
            accessList: accessList ?? [])
        if transaction.kind == .blob {
            transaction.maxFeePerBlobGas = try Fixture.word(
                fields["maxFeePerBlobGas"], "maxFeePerBlobGas")
            for hash in fields["blobVersionedHashes"]?.array ?? [] {
                transaction.blobHashes.append(try Fixture.hash(hash, "blob hash"))
            }
        }
        for item in fields["authorizationList"]?.array ?? [] {
            transaction.authorizations.append(try authorization(item))
        }
        return transaction
    }

    /// A transaction whose members are single values, as `t8n` takes it; unsigned.
    static func single(_ fields: JSON) throws(FixtureError) -> Transaction {
        let list = try accessList(fields["accessList"])
        var kind = kind(of: fields, hasAccessList: list != nil)
        if let type = fields["type"] {
            let number = try Fixture.uint64(type, "type")
            guard let named = UInt8(exactly: number).flatMap(Transaction.Kind.init) else {
                throw FixtureError("unknown transaction type \(number)")
            }
            kind = named
        }
        let to = fields["to"]?.string ?? ""
        let maxFee = fields["maxFeePerGas"] ?? fields["gasPrice"]
        let priority = fields["maxPriorityFeePerGas"] ?? fields["gasPrice"]
        var transaction = Transaction(
            kind: kind, chainID: nil, nonce: try Fixture.uint64(fields["nonce"], "nonce"),
            maxPriorityFeePerGas: try Fixture.word(priority, "maxPriorityFeePerGas"),
            maxFeePerGas: try Fixture.word(maxFee, "maxFeePerGas"),
            gasLimit: try Fixture.uint64(fields["gas"] ?? fields["gasLimit"], "gas"),
            to: to.isEmpty ? nil : try Fixture.address(fields["to"], "to"),
            value: try Fixture.word(fields["value"] ?? "0x0", "value"),
            input: try Fixture.bytes(fields["input"] ?? fields["data"] ?? "0x", "input"),
            accessList: list ?? [])
        if kind == .blob {
            transaction.maxFeePerBlobGas = try Fixture.word(
                fields["maxFeePerBlobGas"], "maxFeePerBlobGas")
            for hash in fields["blobVersionedHashes"]?.array ?? [] {
                transaction.blobHashes.append(try Fixture.hash(hash, "blob hash"))
            }
        }
        for item in fields["authorizationList"]?.array ?? [] {
            transaction.authorizations.append(try authorization(item))
        }
        return transaction
    }

    private static func kind(of fields: JSON, hasAccessList: Bool) -> Transaction.Kind {
        if fields["authorizationList"] != nil { return .setCode }
        if fields["maxFeePerBlobGas"] != nil || fields["blobVersionedHashes"] != nil {
            return .blob
        }
        if fields["maxFeePerGas"] != nil { return .dynamicFee }
        return hasAccessList ? .accessList : .legacy
    }

    private static func accessList(
        _ json: JSON?
    ) throws(FixtureError) -> [Transaction.Access]? {
        guard let entries = json?.array else { return nil }
        var list: [Transaction.Access] = []
        for entry in entries {
            var slots: [UInt256] = []
            for key in entry["storageKeys"]?.array ?? [] {
                slots.append(try Fixture.word(key, "storage key"))
            }
            list.append(
                Transaction.Access(
                    address: try Fixture.address(entry["address"], "address"), slots: slots))
        }
        return list
    }

    private static func authorization(
        _ json: JSON
    ) throws(FixtureError) -> Transaction.Authorization {
        Transaction.Authorization(
            chainID: try Fixture.word(json["chainId"], "chainId"),
            address: try Fixture.address(json["address"], "address"),
            nonce: try Fixture.uint64(json["nonce"], "nonce"),
            yParity: try Fixture.word(json["yParity"] ?? json["v"], "yParity"),
            r: try Fixture.word(json["r"], "r"), s: try Fixture.word(json["s"], "s"))
    }
}
