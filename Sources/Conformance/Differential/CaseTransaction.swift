internal import Codec
internal import Crypto
internal import Ledger
internal import Primitives

/// A transaction with who signs it, and what goes wrong as it is signed.
struct CaseTransaction: Sendable, Equatable {
    enum Flaw: Sendable, Equatable {
        /// The other of the two values of s (EIP-2).
        case highS
        case otherParity
        case zeroR
        /// Changes of the finished bytes.
        case bytes([ByteEdit])
    }

    /// Its signature is not yet there.
    var transaction: Transaction
    /// The index of the key.
    var signer: Int
    var flaw: Flaw?

    var sender: Address { CaseKey.all[signer].address }

    /// The bytes that go into a block.
    var encoded: [UInt8] {
        var signed = transaction.signed(with: CaseKey.all[signer])
        switch flaw {
        case .highS:
            signed.s = Secp256k1.order - signed.s
            signed.yParity ^= 1
        case .otherParity: signed.yParity ^= 1
        case .zeroR: signed.r = .zero
        case .bytes, nil: break
        }
        var bytes = signed.encoded
        if case .bytes(let edits) = flaw {
            for edit in edits { edit.apply(to: &bytes) }
        }
        return bytes
    }

    /// What a node makes of the bytes: the transaction and its sender, or why there is none.
    static func read(_ encoded: [UInt8]) -> Result<(Transaction, Address), CaseRefusal> {
        let transaction: Transaction
        do {
            transaction = try Transaction(
                decoding: encoded, bytesMax: Limits.blockTransactionBytesMax)
        } catch {
            return .failure(CaseRefusal("undecodable"))
        }
        guard let sender = transaction.recoverSender() else {
            return .failure(CaseRefusal("invalidSignature"))
        }
        return .success((transaction, sender))
    }

    /// The fields for a peer that takes no encoding.
    var json: JSON {
        let list = transaction.accessList.map { access -> JSON in
            [
                .string(access.address.hex),
                .array(access.slots.map { .string($0.hexQuantity) }),
            ]
        }
        return [
            "from": .string(sender.hex),
            "chainId": transaction.chainID.map { .number(JSONNumber($0)) } ?? .null,
            "nonce": .number(JSONNumber(transaction.nonce)),
            "gasPrice": .string(transaction.maxFeePerGas.hexQuantity),
            "gas": .number(JSONNumber(transaction.gasLimit)),
            "to": transaction.to.map { .string($0.hex) } ?? .null,
            "value": .string(transaction.value.hexQuantity),
            "data": .string(Hex.encode(transaction.input)), "accessList": .array(list),
            "blobHashes": .array(transaction.blobHashes.map { .string(Hex.encode($0.bytes)) }),
            "maxFeePerBlobGas": transaction.kind == .blob
                ? .string(transaction.maxFeePerBlobGas.hexQuantity) : .null,
        ]
    }
}

/// Why a case was refused: the name of a rule.
struct CaseRefusal: Error, Equatable {
    let name: String

    init(_ name: String) { self.name = name }

    /// The case's name, without what it holds; of a refused transaction, that one's.
    init(_ error: some Error) {
        let text = "\(error)"
        let inner = text.split(separator: "InvalidTransaction.").dropFirst().first
        name = String((inner ?? text[...]).prefix { $0 != "(" && $0 != ")" })
    }
}
