import Codec
import Crypto
import Ledger
import Node
import Primitives
import TestSupport
import Testing
import Trie

@testable import RPC

/// Blocks, transactions, receipts and logs, each whole.
@Suite struct BlockMethodsTests {
    private let empty256 = JSON.hex([UInt8](repeating: 0, count: 256))

    @Test func showsTheGenesisBlock() throws {
        let rpc = try TestRPC()
        let genesis = try #require(rpc.node.chain.block(rpc.node.genesisHash))
        let header = genesis.header
        let wanted: JSON = [
            "number": "0x0", "hash": .of(rpc.node.genesisHash), "parentHash": .of(Hash.zero),
            "nonce": "0x0000000000000000", "mixHash": .of(Hash.zero),
            "sha3Uncles": "0x1dcc4de8dec75d7aab85b567b6ccd41ad312451b948a7413f0a142fd40d49347",
            "logsBloom": empty256,
            "transactionsRoot":
                "0x56e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421",
            "stateRoot": .of(header.stateRoot),
            "receiptsRoot":
                "0x56e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421",
            "miner": .of(Address.zero), "difficulty": "0x0",
            "extraData": "0x617373617920646576", "gasLimit": "0x3938700", "gasUsed": "0x0",
            "timestamp": "0x0", "baseFeePerGas": "0x3b9aca00",
            "withdrawalsRoot":
                "0x56e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421",
            "blobGasUsed": "0x0", "excessBlobGas": "0x0",
            "parentBeaconBlockRoot": .of(Hash.zero),
            "requestsHash":
                "0xe3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
            "size": .hex(UInt64(genesis.encoded.count)), "transactions": [], "uncles": [],
            "withdrawals": [],
        ]
        for reference in ["0x0", "earliest", "latest", "pending", "safe", "finalized"] as [JSON] {
            #expect(try rpc.call("eth_getBlockByNumber", reference, false) == wanted)
        }
        #expect(
            try rpc.call("eth_getBlockByHash", .of(rpc.node.genesisHash), true) == wanted)
        // The hash is that of the header's RLP.
        let raw = try rpc.call("debug_getRawHeader", "0x0")
        #expect(Keccak.hash(try #require(raw.bytes)) == rpc.node.genesisHash)
        #expect(try rpc.call("debug_getRawBlock", "0x0") == .hex(genesis.encoded))
        for method in ["eth_getBlockByNumber", "eth_getBlockByHash", "eth_getBlockReceipts"] {
            #expect(try rpc.call(method, .of(Hash(9)), false) == .null)
        }
        #expect(try rpc.call("eth_getBlockByNumber", "0x1", false) == .null)
    }

    @Test func showsTransactionsOfEachType() throws {
        let rpc = try TestRPC()
        let access = Transaction.Access(address: TestRPC.receiver, slots: [5])
        var list = rpc.transaction(.accessList, nonce: 1, value: 2)
        list.accessList = [access]
        var delegation = rpc.transaction(.setCode, nonce: 3)
        delegation.authorizations = [
            Transaction.Authorization(
                chainID: 0, address: TestRPC.receiver, nonce: 0, yParity: 0, r: 0, s: 0
            ).signed(with: rpc.keys[1])
        ]
        let sent = [
            rpc.transaction(.legacy, nonce: 0, value: 1, input: [1, 2]), list,
            rpc.transaction(.dynamicFee, nonce: 2, value: 3), delegation,
        ].map { $0.signed(with: rpc.keys[0]) }
        for (index, transaction) in sent.enumerated() {
            let raw = JSON.hex(transaction.encoded)
            #expect(try rpc.call("eth_sendRawTransaction", raw) == .of(transaction.hash))
            let number = UInt64(index + 1)
            let block = try rpc.call("eth_getBlockByNumber", .hex(number), false)
            let shown = try rpc.call("eth_getTransactionByHash", .of(transaction.hash))
            let wanted = try self.wanted(transaction, in: block, from: rpc.keys[0].address).sorted
            #expect(shown.sorted == wanted)
            let other: [JSON] = [
                try rpc.call("eth_getTransactionByBlockNumberAndIndex", .hex(number), "0x0"),
                try rpc.call(
                    "eth_getTransactionByBlockHashAndIndex", try #require(block["hash"]), "0x0"),
                try #require(
                    try rpc.call("eth_getBlockByNumber", .hex(number), true)["transactions"]?[0]),
            ]
            for same in other { #expect(same.sorted == wanted) }
            #expect(block["transactions"] == [.of(transaction.hash)])
            #expect(try rpc.call("eth_getRawTransactionByHash", .of(transaction.hash)) == raw)
            for method in ["Number", "Hash"] {
                let block = "eth_getBlockTransactionCountBy\(method)"
                #expect(try rpc.call(block, .hex(number)) == "0x1")
                #expect(try rpc.call("eth_getUncleCountByBlock\(method)", .hex(number)) == "0x0")
            }
        }
        #expect(try rpc.call("eth_getTransactionByHash", .of(Hash(1))) == .null)
        #expect(try rpc.call("eth_getRawTransactionByHash", .of(Hash(1))) == "0x")
        #expect(try rpc.call("eth_getTransactionReceipt", .of(Hash(1))) == .null)
        for index in ["0x1", "0xffffffffffffffffffff"] as [JSON] {
            #expect(
                try rpc.call("eth_getTransactionByBlockNumberAndIndex", "0x1", index) == .null)
        }
        // The authorization took effect: code is 0xef0100 and the address.
        #expect(
            try rpc.call("eth_getCode", .of(rpc.keys[1].address), "latest")
                == .hex([0xef, 0x01, 0x00] + TestRPC.receiver.bytes))
    }

    private func wanted(
        _ transaction: Transaction, in block: JSON, from sender: Address
    ) throws -> JSON {
        let base = try #require(block["baseFeePerGas"]?.quantity)
        let shared: JSON = [
            "type": .hex(UInt64(transaction.kind.rawValue)), "hash": .of(transaction.hash),
            "from": .of(sender), "to": .of(TestRPC.receiver), "nonce": .hex(transaction.nonce),
            "value": .string(transaction.value.hexQuantity), "gas": "0x7a120",
            "input": .hex(transaction.input), "r": .string(transaction.r.hexQuantity),
            "s": .string(transaction.s.hexQuantity), "chainId": "0x7a69",
            "blockHash": try #require(block["hash"]),
            "blockNumber": try #require(block["number"]), "transactionIndex": "0x0",
            "gasPrice": "0x2540be400",
        ]
        var wanted = try #require(shared.object)
        if transaction.kind == .legacy {
            wanted["v"] = .hex(31_337 * 2 + 35 + UInt64(transaction.yParity))
            return .object(wanted)
        }
        wanted["v"] = .hex(UInt64(transaction.yParity))
        wanted["yParity"] = .hex(UInt64(transaction.yParity))
        wanted["accessList"] = []
        if transaction.kind == .accessList {
            wanted["accessList"] = [
                ["address": .of(TestRPC.receiver), "storageKeys": [.of(Hash(5))]]
            ]
            return .object(wanted)
        }
        wanted["maxFeePerGas"] = "0x2540be400"
        wanted["maxPriorityFeePerGas"] = "0x3b9aca00"
        wanted["gasPrice"] = .string((base + 1_000_000_000).hexQuantity)
        if transaction.kind == .setCode {
            let one = transaction.authorizations[0]
            wanted["authorizationList"] = [
                [
                    "chainId": "0x0", "address": .of(TestRPC.receiver), "nonce": "0x0",
                    "yParity": .string(one.yParity.hexQuantity),
                    "r": .string(one.r.hexQuantity), "s": .string(one.s.hexQuantity),
                ]
            ]
        }
        return .object(wanted)
    }

    @Test func showsReceipts() throws {
        let rpc = try TestRPC()
        let logger = try rpc.deploy(TestRPC.logger, nonce: 0)
        let topics = Hash(11).bytes + Hash(12).bytes
        let hash = try rpc.submit(rpc.transaction(nonce: 1, to: logger, input: topics + [7, 8]))
        let block = try rpc.call("eth_getBlockByNumber", "0x2", false)
        var bloom = Bloom()
        for item in [logger.bytes, Hash(11).bytes, Hash(12).bytes] { bloom.insert(item) }
        let gas = try #require(block["gasUsed"])
        let blockHash = try #require(block["hash"])
        let log: JSON = [
            "address": .of(logger), "topics": [.of(Hash(11)), .of(Hash(12))], "data": "0x0708",
            "blockNumber": "0x2", "blockHash": blockHash, "blockTimestamp": .hex(TestRPC.start + 1),
            "transactionHash": hash, "transactionIndex": "0x0", "logIndex": "0x0",
            "removed": false,
        ]
        let price = try #require(block["baseFeePerGas"]?.quantity) + 1_000_000_000
        let wanted: JSON = [
            "type": "0x2", "status": "0x1", "transactionHash": hash, "transactionIndex": "0x0",
            "blockHash": blockHash, "blockNumber": "0x2", "from": .of(rpc.keys[0].address),
            "to": .of(logger), "cumulativeGasUsed": gas, "gasUsed": gas,
            "effectiveGasPrice": .string(price.hexQuantity), "contractAddress": .null,
            "logs": [log], "logsBloom": .hex(bloom.bytes),
        ]
        #expect(try rpc.call("eth_getTransactionReceipt", hash) == wanted)
        #expect(try rpc.call("eth_getBlockReceipts", "0x2") == [wanted])
        #expect(try rpc.call("eth_getBlockReceipts", blockHash) == [wanted])
        // One that fails is in its block all the same.
        let reverter = try rpc.deploy(TestRPC.reverter, nonce: 2)
        let failed = try rpc.submit(rpc.transaction(nonce: 3, to: reverter, input: [1]))
        let receipt = try rpc.call("eth_getTransactionReceipt", failed)
        #expect(receipt["status"] == "0x0")
        #expect(receipt["logs"] == [])
    }

    @Test func countsLogsOverTheWholeBlock() throws {
        let rpc = try TestRPC(sealing: .onDemand)
        // Both in one block: the contract is there when the others run.
        let create: [UInt8] = [0x60, 17, 0x80, 0x60, 9, 0x5f, 0x39, 0x5f, 0xf3]
        let code = create + TestRPC.logger
        _ = try rpc.submit(rpc.transaction(nonce: 0, to: nil, input: code))
        let created = Keccak.hash(
            RLPWriter.list { list in
                list.write(rpc.keys[0].address)
                list.write(0 as UInt64)
            })
        let logger = Address(created.bytes[12...])
        let topics = Hash(1).bytes + Hash(2).bytes
        for nonce in 1...3 as ClosedRange<UInt64> {
            _ = try rpc.submit(rpc.transaction(nonce: nonce, to: logger, input: topics))
        }
        #expect(try rpc.call("evm_mine") == "0x0")
        let receipts = try #require(try rpc.call("eth_getBlockReceipts", "latest").array)
        #expect(receipts.map { $0["transactionIndex"] } == ["0x0", "0x1", "0x2", "0x3"])
        let logs = receipts.flatMap { $0["logs"]?.array ?? [] }
        #expect(logs.map { $0["logIndex"] } == ["0x0", "0x1", "0x2"])
        var sum: UInt256 = 0
        for receipt in receipts {
            sum += try #require(receipt["gasUsed"]?.quantity)
            #expect(receipt["cumulativeGasUsed"]?.quantity == sum)
        }
        let filter: JSON = ["address": .of(logger)]
        #expect(try rpc.call("eth_getLogs", filter) == .array(logs))
    }

    @Test func filtersLogs() throws {
        let rpc = try TestRPC()
        let first = try rpc.deploy(TestRPC.logger, nonce: 0)
        let second = try rpc.deploy(TestRPC.logger, nonce: 1)
        // Blocks 3 to 6: contract, topics.
        let rows: [(Address, UInt64, UInt64)] = [
            (first, 1, 2), (first, 1, 3), (second, 4, 2), (second, 1, 2),
        ]
        for (index, row) in rows.enumerated() {
            let topics = Hash(UInt256(row.1)).bytes + Hash(UInt256(row.2)).bytes
            _ = try rpc.submit(
                rpc.transaction(nonce: UInt64(index + 2), to: row.0, input: topics))
        }
        let all: JSON = "0x0"
        let (one, two, four) = (JSON.of(Hash(1)), JSON.of(Hash(2)), JSON.of(Hash(4)))
        let (a, b) = (JSON.of(first), JSON.of(second))
        let block4 = try #require(try rpc.call("eth_getBlockByNumber", "0x4", false)["hash"])
        let cases: [(JSON, [UInt64])] = [
            (["fromBlock": all], [3, 4, 5, 6]), ([:], [6]), (["fromBlock": "latest"], [6]),
            (["fromBlock": all, "toBlock": "0x4"], [3, 4]),
            (["fromBlock": "0x4", "toBlock": "0x5"], [4, 5]),
            (["fromBlock": "0x5", "toBlock": "0x99"], [5, 6]),
            (["fromBlock": "0x6", "toBlock": "0x5"], []),
            (["fromBlock": "earliest", "toBlock": "pending", "address": a], [3, 4]),
            (["fromBlock": all, "address": [a, b]], [3, 4, 5, 6]),
            (["fromBlock": all, "address": []], [3, 4, 5, 6]),
            (["fromBlock": all, "topics": []], [3, 4, 5, 6]),
            (["fromBlock": all, "topics": nil], [3, 4, 5, 6]),
            (["fromBlock": all, "topics": [one]], [3, 4, 6]),
            (["fromBlock": all, "topics": [one, two]], [3, 6]),
            (["fromBlock": all, "topics": [nil, two]], [3, 5, 6]),
            (["fromBlock": all, "topics": [[one, four], two]], [3, 5, 6]),
            (["fromBlock": all, "topics": [[], two]], [3, 5, 6]),
            (["fromBlock": all, "topics": [two]], []),
            (["fromBlock": all, "topics": [one, two, nil]], []),
            (["fromBlock": all, "address": b, "topics": [one]], [6]),
            (["blockHash": block4], [4]), (["blockHash": block4, "address": b], []),
        ]
        for (filter, blocks) in cases {
            let logs = try #require(try rpc.call("eth_getLogs", filter).array)
            #expect(
                logs.map { $0["blockNumber"]?.quantity } == blocks.map { UInt256($0) }, "\(filter)")
        }
    }

    @Test func blobTransactionsShowTheirFees() throws {
        let rpc = try TestRPC()
        let blob = try rpc.blobTransaction(nonce: 0)
        let hash = try rpc.call("eth_sendRawTransaction", rpc.raw(blob))
        let receipt = try rpc.call("eth_getTransactionReceipt", hash)
        #expect(receipt["blobGasUsed"] == "0x20000")
        #expect(receipt["blobGasPrice"] == "0x1")
        #expect(receipt["type"] == "0x3")
        let shown = try rpc.call("eth_getTransactionByHash", hash)
        #expect(shown["maxFeePerBlobGas"] == "0x3e8")
        #expect(shown["blobVersionedHashes"] == [.of(blob.transaction.blobHashes[0])])
        // The block has the transaction without its blobs.
        let block = try #require(rpc.node.chain.block(rpc.node.head.hash))
        #expect(block.transactions == [blob.transaction])
    }

    @Test func blobsHaveToBeThereAndProven() throws {
        let rpc = try TestRPC()
        let good = try rpc.blobTransaction(nonce: 0)
        func check(_ pooled: PooledTransaction, _ message: String) throws {
            let error = try rpc.error("eth_sendRawTransaction", [rpc.raw(pooled)])
            #expect(error["code"] == -32000)
            #expect(error["message"]?.string?.hasPrefix(message) == true, "\(error)")
            #expect(rpc.node.head.header.number == 0)
        }
        try check(
            PooledTransaction(good.transaction), "missing sidecar in blob transaction")
        var bad = good
        bad.sidecar?.version = .blobProofs
        try check(bad, "unexpected sidecar version, want: 1, got: 0")
        bad = good
        bad.sidecar?.proofs.removeLast()
        try check(bad, "invalid number of proofs: have 127, want 128")
        bad = good
        bad.sidecar?.commitments[0] = ConstantBlob.proof
        try check(bad, "blob 0: computed hash 0x010657f3")
        bad = good
        bad.sidecar?.blobs[0][31] = 2
        try check(bad, "invalid blob proof")
        bad = good
        bad.sidecar?.blobs[0][0] = 0xff
        try check(bad, "invalid blobs: numberTooLarge")
        // What could go into no block is refused before its blobs are looked at.
        bad.transaction.nonce = .max
        bad.transaction = bad.transaction.signed(with: rpc.keys[0])
        try check(bad, "nonce has max value")
        _ = try rpc.call("eth_sendRawTransaction", rpc.raw(good))
        #expect(rpc.node.head.header.number == 1)
    }
}
