internal import Codec
internal import Crypto
internal import EVM
internal import Ledger
internal import Primitives

/// The `result` of a transition, in the members and spellings of geth's.
struct TransitionResult {
    let processor: BlockProcessor
    let header: Header
    let stateRoot: Hash
    let rejected: [JSON]
    let environment: TransitionEnvironment

    var json: JSON {
        var object = JSONObject()
        object["stateRoot"] = .string(stateRoot.hex)
        object["txRoot"] = .string(header.transactionsRoot.hex)
        object["receiptsRoot"] = .string(header.receiptsRoot.hex)
        let logs = processor.receipts.flatMap(\.logs)
        object["logsHash"] = .string(Keccak.hash(LogList.encode(logs)).hex)
        object["logsBloom"] = .string(Hex.encodePrefixed(header.bloom.bytes))
        object["receipts"] = .array(receipts)
        if !rejected.isEmpty { object["rejected"] = .array(rejected) }
        let isMerged = processor.revision >= .paris
        object["currentDifficulty"] =
            isMerged ? .null : .string(environment.draft.difficulty.hexQuantity)
        object["gasUsed"] = .string(UInt256(header.gasUsed).hexQuantity)
        if let baseFee = header.baseFee {
            object["currentBaseFee"] = .string(baseFee.hexQuantity)
        }
        if let root = header.withdrawalsRoot { object["withdrawalsRoot"] = .string(root.hex) }
        if let excess = header.excessBlobGas, let used = header.blobGasUsed {
            object["currentExcessBlobGas"] = .string(UInt256(excess).hexQuantity)
            object["blobGasUsed"] = .string(UInt256(used).hexQuantity)
        }
        if let hash = header.requestsHash {
            object["requestsHash"] = .string(hash.hex)
            object["requests"] = .array(
                processor.requests.map { .string(Hex.encodePrefixed($0)) })
        }
        return .object(object)
    }

    private var receipts: [JSON] {
        var list: [JSON] = []
        for (index, receipt) in processor.receipts.enumerated() {
            let transaction = processor.transactions[index]
            let result = processor.results[index]
            var object = JSONObject()
            object["type"] = .string(UInt256(UInt64(receipt.kind.rawValue)).hexQuantity)
            switch receipt.result {
            case .status(let succeeded):
                object["root"] = "0x"
                object["status"] = succeeded ? "0x1" : "0x0"
            case .stateRoot(let root):
                object["root"] = .string(root.hex)
                object["status"] = "0x0"
            }
            object["cumulativeGasUsed"] = .string(
                UInt256(receipt.cumulativeGasUsed).hexQuantity)
            object["logsBloom"] = .string(Hex.encodePrefixed(receipt.bloom.bytes))
            object["logs"] = .array(logs(receipt, transaction, index))
            object["transactionHash"] = .string(transaction.hash.hex)
            object["contractAddress"] = .string((result.created ?? .zero).hex)
            object["gasUsed"] = .string(UInt256(result.gasUsed).hexQuantity)
            object["effectiveGasPrice"] = .null
            object["blockHash"] = .string(Hash.zero.hex)
            object["transactionIndex"] = .string(UInt256(index).hexQuantity)
            list.append(.object(object))
        }
        return list
    }

    private func logs(_ receipt: Receipt, _ transaction: Transaction, _ index: Int) -> [JSON] {
        let before = processor.receipts.prefix(index).reduce(0) { $0 + $1.logs.count }
        return receipt.logs.enumerated().map { place, log in
            [
                "address": .string(log.address.hex),
                "topics": .array(log.topics.map { .string($0.hex) }),
                "data": .string(Hex.encodePrefixed(log.data)),
                "blockNumber": .string(UInt256(header.number).hexQuantity),
                "transactionHash": .string(transaction.hash.hex),
                "transactionIndex": .string(UInt256(index).hexQuantity),
                "blockHash": .string(Hash.zero.hex),
                "logIndex": .string(UInt256(before + place).hexQuantity), "removed": false,
            ]
        }
    }
}

/// Accounts after a transition, as `alloc` writes them.
enum TransitionAccounts {
    static func json(_ accounts: [AccountChange], _ changes: [AccountChange]) -> JSON {
        var entries: [Address: Entry] = [:]
        for change in accounts + changes {
            guard let account = change.account else {
                entries[change.address] = nil
                continue
            }
            var entry = entries[change.address] ?? Entry(account: account)
            entry.account = account
            if change.storageCleared { entry.storage = [:] }
            for (slot, value) in change.storage {
                entry.storage[slot] = value.isZero ? nil : value
            }
            if account.codeHash == Keccak.emptyHash { entry.code = [] }
            if let code = change.code { entry.code = code }
            entries[change.address] = entry
        }
        return .object(
            JSONObject(
                entries.keys.sorted().map { address in
                    (address.hex, entries[address]?.json ?? .null)
                }))
    }

    private struct Entry {
        var account: Account
        var code: [UInt8] = []
        var storage: [UInt256: UInt256] = [:]

        init(account: Account) { self.account = account }

        var json: JSON {
            var object = JSONObject()
            if !code.isEmpty { object["code"] = .string(Hex.encodePrefixed(code)) }
            if !storage.isEmpty {
                object["storage"] = .object(
                    JSONObject(
                        storage.keys.sorted().map { slot in
                            (Hash(slot).hex, .string(Hash(storage[slot] ?? .zero).hex))
                        }))
            }
            object["balance"] = .string(account.balance.hexQuantity)
            if account.nonce > 0 {
                object["nonce"] = .string(UInt256(account.nonce).hexQuantity)
            }
            return .object(object)
        }
    }
}
