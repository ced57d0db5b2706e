internal import Codec
internal import EVM
internal import Ledger
internal import Node
internal import Primitives

// Blocks, transactions and receipts in the JSON forms of the execution API.

extension JSON {
    static func quantity(_ word: UInt256) -> JSON { .string(word.hexQuantity) }
    static func quantity(_ number: UInt64) -> JSON { .string(UInt256(number).hexQuantity) }
    static func quantity(_ number: Int) -> JSON { .string(UInt256(number).hexQuantity) }
    static func data(_ bytes: some Collection<UInt8>) -> JSON {
        .string(Hex.encodePrefixed(bytes))
    }
    static func hash(_ hash: Hash) -> JSON { .string(hash.hex) }
    static func address(_ address: Address) -> JSON { .string(address.hex) }
    static func address(_ address: Address?) -> JSON { address.map { .string($0.hex) } ?? .null }
}

/// Where a transaction stands.
struct TransactionPlace {
    let header: Header
    let blockHash: Hash
    let index: Int
}

enum RPCEncoding {
    static func header(_ header: Header, hash: Hash) -> JSONObject {
        var object = JSONObject()
        object["number"] = .quantity(header.number)
        object["hash"] = .hash(hash)
        object["parentHash"] = .hash(header.parentHash)
        object["nonce"] = .data(UInt256(header.nonce).bigEndianBytes[24...])
        object["mixHash"] = .hash(header.mixHash)
        object["sha3Uncles"] = .hash(header.unclesHash)
        object["logsBloom"] = .data(header.bloom.bytes)
        object["transactionsRoot"] = .hash(header.transactionsRoot)
        object["stateRoot"] = .hash(header.stateRoot)
        object["receiptsRoot"] = .hash(header.receiptsRoot)
        object["miner"] = .address(header.beneficiary)
        object["difficulty"] = .quantity(header.difficulty)
        object["extraData"] = .data(header.extraData)
        object["gasLimit"] = .quantity(header.gasLimit)
        object["gasUsed"] = .quantity(header.gasUsed)
        object["timestamp"] = .quantity(header.timestamp)
        if let baseFee = header.baseFee { object["baseFeePerGas"] = .quantity(baseFee) }
        if let root = header.withdrawalsRoot { object["withdrawalsRoot"] = .hash(root) }
        if let used = header.blobGasUsed { object["blobGasUsed"] = .quantity(used) }
        if let excess = header.excessBlobGas { object["excessBlobGas"] = .quantity(excess) }
        if let root = header.parentBeaconBlockRoot {
            object["parentBeaconBlockRoot"] = .hash(root)
        }
        if let hash = header.requestsHash { object["requestsHash"] = .hash(hash) }
        return object
    }

    /// - Parameter senders: of each transaction, when whole transactions are wanted.
    static func block(_ block: Block, hash: Hash, senders: [Address]?) -> JSON {
        var object = header(block.header, hash: hash)
        object["size"] = .quantity(block.encoded.count)
        object["transactions"] = .array(
            block.transactions.enumerated().map { index, transaction in
                guard let senders else { return .hash(transaction.hash) }
                let place = TransactionPlace(
                    header: block.header, blockHash: hash, index: index)
                return self.transaction(transaction, sender: senders[index], at: place)
            })
        object["uncles"] = .array(block.uncles.map { .hash($0.hash) })
        if let withdrawals = block.withdrawals {
            object["withdrawals"] = .array(
                withdrawals.map { withdrawal in
                    [
                        "index": .quantity(withdrawal.index),
                        "validatorIndex": .quantity(withdrawal.validator),
                        "address": .address(withdrawal.address),
                        "amount": .quantity(withdrawal.amount),
                    ]
                })
        }
        return .object(object)
    }

    /// - Parameter place: nil while the transaction waits in the pool.
    static func transaction(
        _ transaction: Transaction, sender: Address, at place: TransactionPlace?
    ) -> JSON {
        var object = JSONObject()
        object["type"] = .quantity(UInt64(transaction.kind.rawValue))
        object["hash"] = .hash(transaction.hash)
        object["from"] = .address(sender)
        object["to"] = .address(transaction.to)
        object["nonce"] = .quantity(transaction.nonce)
        object["value"] = .quantity(transaction.value)
        object["gas"] = .quantity(transaction.gasLimit)
        object["input"] = .data(transaction.input)
        object["r"] = .quantity(transaction.r)
        object["s"] = .quantity(transaction.s)
        if transaction.kind == .legacy {
            object["v"] = .quantity(transaction.legacyV)
        } else {
            object["v"] = .quantity(UInt64(transaction.yParity))
            object["yParity"] = .quantity(UInt64(transaction.yParity))
        }
        if let chainID = transaction.chainID { object["chainId"] = .quantity(chainID) }
        addFees(of: transaction, at: place, to: &object)
        addLists(of: transaction, to: &object)
        object["blockHash"] = place.map { .hash($0.blockHash) } ?? .null
        object["blockNumber"] = place.map { .quantity($0.header.number) } ?? .null
        object["transactionIndex"] = place.map { .quantity($0.index) } ?? .null
        return .object(object)
    }

    private static func addFees(
        of transaction: Transaction, at place: TransactionPlace?, to object: inout JSONObject
    ) {
        guard transaction.kind.rawValue >= Transaction.Kind.dynamicFee.rawValue else {
            object["gasPrice"] = .quantity(transaction.maxFeePerGas)
            return
        }
        object["maxFeePerGas"] = .quantity(transaction.maxFeePerGas)
        object["maxPriorityFeePerGas"] = .quantity(transaction.maxPriorityFeePerGas)
        let price = place.map {
            transaction.effectiveGasPrice(baseFee: $0.header.baseFee ?? .zero)
        }
        object["gasPrice"] = .quantity(price ?? transaction.maxFeePerGas)
        if transaction.kind == .blob {
            object["maxFeePerBlobGas"] = .quantity(transaction.maxFeePerBlobGas)
            object["blobVersionedHashes"] = .array(transaction.blobHashes.map { .hash($0) })
        }
    }

    private static func addLists(of transaction: Transaction, to object: inout JSONObject) {
        guard transaction.kind != .legacy else { return }
        object["accessList"] = .array(
            transaction.accessList.map { access in
                [
                    "address": .address(access.address),
                    "storageKeys": .array(access.slots.map { .hash(Hash($0)) }),
                ]
            })
        guard transaction.kind == .setCode else { return }
        object["authorizationList"] = .array(
            transaction.authorizations.map { authorization in
                [
                    "chainId": .quantity(authorization.chainID),
                    "address": .address(authorization.address),
                    "nonce": .quantity(authorization.nonce),
                    "yParity": .quantity(authorization.yParity),
                    "r": .quantity(authorization.r),
                    "s": .quantity(authorization.s),
                ]
            })
    }

    static func receipt(
        _ record: TransactionRecord, of transaction: Transaction, at place: TransactionPlace,
        firstLogIndex: Int, blobGasPrice: UInt256?
    ) -> JSON {
        var object = JSONObject()
        object["type"] = .quantity(UInt64(transaction.kind.rawValue))
        switch record.receipt.result {
        case .status(let succeeded): object["status"] = .quantity(UInt64(succeeded ? 1 : 0))
        case .stateRoot(let root): object["root"] = .hash(root)
        }
        object["transactionHash"] = .hash(transaction.hash)
        object["transactionIndex"] = .quantity(place.index)
        object["blockHash"] = .hash(place.blockHash)
        object["blockNumber"] = .quantity(place.header.number)
        object["from"] = .address(record.sender)
        object["to"] = .address(transaction.to)
        object["cumulativeGasUsed"] = .quantity(record.receipt.cumulativeGasUsed)
        object["gasUsed"] = .quantity(record.gasUsed)
        object["effectiveGasPrice"] = .quantity(record.effectiveGasPrice)
        object["contractAddress"] = .address(transaction.to == nil ? record.created : nil)
        object["logs"] = .array(
            record.receipt.logs.enumerated().map { index, log in
                self.log(
                    log, transaction: transaction.hash, at: place, index: firstLogIndex + index)
            })
        object["logsBloom"] = .data(record.receipt.bloom.bytes)
        if transaction.kind == .blob {
            object["blobGasUsed"] = .quantity(transaction.blobGas)
            object["blobGasPrice"] = .quantity(blobGasPrice ?? .zero)
        }
        return .object(object)
    }

    static func log(
        _ log: Log, transaction: Hash, at place: TransactionPlace, index: Int
    ) -> JSON {
        [
            "address": .address(log.address),
            "topics": .array(log.topics.map { .hash($0) }),
            "data": .data(log.data),
            "blockNumber": .quantity(place.header.number),
            "blockHash": .hash(place.blockHash),
            "blockTimestamp": .quantity(place.header.timestamp),
            "transactionHash": .hash(transaction),
            "transactionIndex": .quantity(place.index),
            "logIndex": .quantity(index),
            "removed": false,
        ]
    }
}
