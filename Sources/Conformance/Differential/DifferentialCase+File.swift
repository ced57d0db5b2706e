public import Codec
internal import Crypto
internal import Ledger
internal import Primitives

extension DifferentialCase {
    /// The command that runs the file: `state` or `block` of `assay check`.
    public var fileKind: String {
        switch content {
        case .transaction: "state"
        case .block: "block"
        }
    }

    /// The case as a state test or a blockchain test that expects what the peer found, with both
    /// answers in `_info`.
    public func file(name: String, ours: JSON, theirs: JSON) -> JSON {
        let test: JSONObject =
            switch content {
            case .transaction(let subject):
                subject.stateTest(rules, root: theirs["root"], isRefused: isRefused(theirs))
            case .block(let subject): subject.blockTest(isRefused: isRefused(theirs))
            }
        var object = JSONObject()
        object["_info"] = ["assay": ours, "peer": theirs]
        for (name, value) in test.entries { object[name] = value }
        return [name: .object(object)]
    }

    private func isRefused(_ answer: JSON) -> Bool { answer["status"] == "refused" }
}

extension TransactionCase {
    /// - Parameter root: what the peer found; nil where it knows no roots.
    fileprivate func stateTest(
        _ rules: DifferentialCase.Rules, root: JSON?, isRefused: Bool
    ) -> JSONObject {
        let transaction = entry.transaction
        var post = JSONObject()
        post["hash"] = root ?? .string(Hash.zero.hex)
        post["indexes"] = ["data": 0, "gas": 0, "value": 0]
        post["txbytes"] = .string(Hex.encodePrefixed(entry.encoded))
        if isRefused { post["expectException"] = "the peer refused it" }
        // The bytes decide; the fields tell a reader what they say.
        let fields: JSON = [
            "sender": .string(sender.hex),
            "nonce": .string(UInt256(transaction.nonce).hexQuantity),
            "gasPrice": .string(transaction.maxFeePerGas.hexQuantity),
            "to": .string(transaction.to?.hex ?? ""),
            "data": [.string(Hex.encodePrefixed(transaction.input))],
            "gasLimit": [.string(UInt256(transaction.gasLimit).hexQuantity)],
            "value": [.string(transaction.value.hexQuantity)],
        ]
        var test = JSONObject()
        test["env"] = world.block.json
        test["pre"] = world.json
        test["transaction"] = fields
        test["post"] = [rules.rawValue: [.object(post)]]
        return test
    }

    /// Who the bytes say sent it, which changed bytes change.
    private var sender: Address {
        (try? CaseTransaction.read(entry.encoded).get())?.1 ?? entry.sender
    }
}

extension BlockCase {
    fileprivate func blockTest(isRefused: Bool) -> JSONObject {
        guard let sealed = sealed() else { return JSONObject() }
        var block = JSONObject()
        block["rlp"] = .string(Hex.encodePrefixed(sealed.encoded))
        if isRefused { block["expectException"] = "the peer refused it" }
        let parent = sealed.parent.header.hash
        let hash = (try? Block(decoding: sealed.encoded))?.header.hash ?? parent
        var test = JSONObject()
        test["network"] = .string(DifferentialCase.Rules.osaka.rawValue)
        test["genesisRLP"] = .string(Hex.encodePrefixed(sealed.parent.encoded))
        test["pre"] = world.json
        test["blocks"] = [.object(block)]
        test["lastblockhash"] = .string((isRefused ? parent : hash).hex)
        return test
    }
}
