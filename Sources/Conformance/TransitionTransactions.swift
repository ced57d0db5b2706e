internal import Codec
internal import Crypto
internal import EVM
internal import Ledger
internal import Primitives

/// The `txs` of a transition, each with its sender or with why it has none.
enum TransitionTransactions {
    typealias Entry = Result<(Transaction, Address), TransitionRefusal>

    static func read(
        _ json: JSON, chainID: UInt64, revision: Revision
    ) throws(FixtureError) -> [Entry] {
        if let text = json.string { return try rlp(text, revision) }
        guard let list = json.array else { throw FixtureError("txs is neither list nor RLP") }
        return list.map { fields in
            do throws(FixtureError) {
                return try .success(transaction(fields, chainID: chainID, revision: revision))
            } catch {
                return .failure(TransitionRefusal(error.message))
            }
        }
    }

    private static func rlp(_ text: String, _ revision: Revision) throws(FixtureError) -> [Entry] {
        let bytes = try Fixture.bytes(.string(text), "txs")
        var items: [[UInt8]] = []
        do {
            var outer = RLPReader(bytes)
            var list = try outer.readList()
            try outer.finish()
            while !list.isAtEnd {
                items.append(Array(list.isList ? try list.readRaw() : try list.readBytes()))
            }
        } catch {
            throw FixtureError("txs is no RLP list: \(error)")
        }
        return items.map { item in
            do {
                let transaction = try Transaction(
                    decoding: item, bytesMax: Limits.blockTransactionBytesMax)
                return try signed(transaction, revision)
            } catch let refusal as TransitionRefusal {
                return .failure(refusal)
            } catch {
                return .failure(TransitionRefusal("\(error)"))
            }
        }
    }

    private static func signed(
        _ transaction: Transaction, _ revision: Revision
    ) throws(TransitionRefusal) -> Entry {
        guard let sender = transaction.recoverSender(allowsHighS: revision < .homestead) else {
            throw TransitionRefusal("invalid signature")
        }
        return .success((transaction, sender))
    }

    private static func transaction(
        _ fields: JSON, chainID: UInt64, revision: Revision
    ) throws(FixtureError) -> (Transaction, Address) {
        var transaction = try TransactionFields.single(fields)
        if let named = fields["chainId"] {
            transaction.chainID = try Fixture.uint64(named, "chainId")
        } else if transaction.kind != .legacy {
            transaction.chainID = chainID
        }
        let isSigned = (try? Fixture.word(fields["r"], "r")).map { !$0.isZero } ?? false
        if let secret = fields["secretKey"], !isSigned {
            let isProtected = fields["protected"]?.bool ?? true
            if transaction.kind == .legacy {
                transaction.chainID =
                    isProtected && revision >= .spuriousDragon ? chainID : nil
            }
            guard let key = try? PrivateKey(try Fixture.bytes(secret, "secretKey")) else {
                throw FixtureError("secretKey is no key")
            }
            return (transaction.signed(with: key), key.address)
        }
        try readSignature(fields, into: &transaction)
        guard let sender = transaction.recoverSender(allowsHighS: revision < .homestead) else {
            throw FixtureError("invalid signature")
        }
        return (transaction, sender)
    }

    /// `v` of a legacy transaction holds the chain id too (EIP-155).
    private static func readSignature(
        _ fields: JSON, into transaction: inout Transaction
    ) throws(FixtureError) {
        transaction.r = try Fixture.word(fields["r"], "r")
        transaction.s = try Fixture.word(fields["s"], "s")
        let v = try Fixture.uint64(fields["v"] ?? fields["yParity"], "v")
        guard transaction.kind == .legacy else {
            guard v <= 1 else { throw FixtureError("v of a typed transaction is \(v)") }
            transaction.yParity = UInt8(v)
            return
        }
        if v == 27 || v == 28 {
            transaction.chainID = nil
            transaction.yParity = UInt8(v - 27)
        } else {
            guard v >= 35 else { throw FixtureError("v is \(v)") }
            transaction.chainID = (v - 35) / 2
            transaction.yParity = UInt8((v - 35) % 2)
        }
    }
}
