import Codec
import Crypto
import EVM
import Ledger
import Node
import Payments
import Primitives
import Registry
import Testing
import Trie

@testable import RPC

@Suite struct StateMethodsTests {
    @Test func answersAboutTheNode() throws {
        let rpc = try TestRPC()
        let accounts = JSON.array(rpc.keys.map { .of($0.address) })
        let rows: [(String, [JSON], JSON)] = [
            ("web3_clientVersion", [], "test/1"),
            (
                "web3_sha3", ["0x68656c6c6f20776f726c64"],
                "0x47173285a8d7341e5e972fc677286384f802f8ef42a5ec5f03bbfa254cb01fad"
            ),
            ("net_version", [], "31337"), ("net_listening", [], true),
            ("net_peerCount", [], "0x0"), ("eth_chainId", [], "0x7a69"),
            ("eth_syncing", [], false), ("eth_blockNumber", [], "0x0"),
            ("eth_accounts", [], accounts), ("eth_maxPriorityFeePerGas", [], "0x3b9aca00"),
            // The base fee of block 1 is 7/8 of a gwei, and a gwei for the sealer.
            ("eth_gasPrice", [], "0x6fc23ac0"), ("eth_blobBaseFee", [], "0x1"),
        ]
        for (method, parameters, wanted) in rows {
            let text: JSON = ["id": 1, "method": .string(method), "params": .array(parameters)]
            let answer = try rpc.answer("\(text)")
            #expect(answer["result"] == wanted, "\(method)")
        }
    }

    /// Every form of block reference (EIP-1898 among them) reads the state it names.
    @Test func readsTheStateOfEveryBlockReference() throws {
        let rpc = try TestRPC()
        let receiver = JSON.of(TestRPC.receiver)
        for nonce in 0..<3 as Range<UInt64> {
            _ = try rpc.submit(rpc.transaction(nonce: nonce, value: 5))
        }
        let hash1 = try #require(try rpc.call("eth_getBlockByNumber", "0x1", false)["hash"])
        let rows: [(JSON, JSON)] = [
            ("latest", "0xf"), ("pending", "0xf"), ("safe", "0xf"), ("finalized", "0xf"),
            (nil, "0xf"), ("earliest", "0x0"), ("0x0", "0x0"), ("0x1", "0x5"), ("0x2", "0xa"),
            (2, "0xa"), (hash1, "0x5"), (["blockNumber": "0x2"], "0xa"),
            (["blockHash": hash1], "0x5"),
            (["blockHash": hash1, "requireCanonical": true], "0x5"),
        ]
        for (reference, wanted) in rows {
            #expect(try rpc.call("eth_getBalance", receiver, reference) == wanted)
        }
        #expect(try rpc.call("eth_getBalance", receiver) == "0xf")
        let me = JSON.of(rpc.keys[0].address)
        #expect(try rpc.call("eth_getTransactionCount", me, "0x2") == "0x2")
        #expect(try rpc.call("eth_getTransactionCount", me, "latest") == "0x3")
    }

    @Test func pendingNoncesCountWhatWaits() throws {
        let rpc = try TestRPC(sealing: .onDemand)
        let me = JSON.of(rpc.keys[0].address)
        let waiting = try rpc.submit(rpc.transaction(nonce: 0))
        _ = try rpc.submit(rpc.transaction(nonce: 1))
        _ = try rpc.submit(rpc.transaction(nonce: 9))
        #expect(try rpc.call("eth_getTransactionCount", me, "latest") == "0x0")
        #expect(try rpc.call("eth_getTransactionCount", me, "pending") == "0x2")
        let shown = try rpc.call("eth_getTransactionByHash", waiting)
        #expect(shown["blockHash"] == .null)
        #expect(shown["blockNumber"] == .null)
        #expect(shown["transactionIndex"] == .null)
        #expect(try rpc.call("eth_getTransactionReceipt", waiting) == .null)
        #expect(try rpc.call("eth_getRawTransactionByHash", waiting).bytes?.isEmpty == false)
        #expect(try rpc.call("anvil_mine", 2) == "0x0")
        #expect(try rpc.call("eth_blockNumber") == "0x2")
        #expect(try rpc.call("hardhat_mine", "0x3") == "0x0")
        #expect(try rpc.call("eth_blockNumber") == "0x5")
        #expect(try rpc.call("eth_getTransactionCount", me, "latest") == "0x2")
    }

    @Test func readsCodeAndStorage() throws {
        let rpc = try TestRPC()
        let token = try rpc.token
        let code = try rpc.call("eth_getCode", .of(token), "latest")
        #expect((code.bytes?.count ?? 0) > 1_000)
        #expect(try rpc.call("eth_getCode", .of(TestRPC.receiver)) == "0x")
        let zero = JSON.of(Hash.zero)
        #expect(try rpc.call("eth_getStorageAt", .of(TestRPC.receiver), "0x5") == zero)
        let state = rpc.node.state(of: rpc.node.head.header)
        let slot = try #require((0..<20).first { !state.storage(token, UInt256($0)).isZero })
        #expect(
            try rpc.call("eth_getStorageAt", .of(token), .hex(UInt64(slot)))
                == .of(Hash(state.storage(token, UInt256(slot)))))
    }

    /// Proofs are checked with nothing but the state root.
    @Test func proofsHold() throws {
        let rpc = try TestRPC()
        let token = try rpc.token
        let header = rpc.node.head.header
        let state = rpc.node.state(of: header)
        let slot = try #require((0..<20).first { !state.storage(token, UInt256($0)).isZero })
        for account in [token, rpc.keys[0].address, TestRPC.receiver] {
            let keys: JSON = [.hex(UInt64(slot)), "0xffff"]
            let proof = try rpc.call("eth_getProof", .of(account), keys, "latest")
            #expect(
                proof.members == [
                    "accountProof", "address", "balance", "codeHash", "nonce", "storageHash",
                    "storageProof",
                ])
            let nodes = { (json: JSON?) in (json?.array ?? []).compactMap(\.bytes) }
            let leaf = try TrieProof.verify(
                root: header.stateRoot, key: Keccak.hash(account.bytes).bytes,
                proof: nodes(proof["accountProof"]))
            let root = try Hash(hex: try #require(proof["storageHash"]?.string))
            guard let leaf else {
                #expect(account == TestRPC.receiver)
                #expect(proof["balance"] == "0x0")
                #expect(proof["codeHash"] == .of(Keccak.emptyHash))
                #expect(root == MerkleTrie.emptyRoot)
                continue
            }
            var outer = RLPReader(leaf)
            var fields = try outer.readList()
            #expect(try fields.readUInt64() == proof["nonce"]?.quantity?.asUInt64)
            #expect(try fields.readUInt256() == proof["balance"]?.quantity)
            #expect(try fields.readHash() == root)
            #expect(.of(try fields.readHash()) == proof["codeHash"])
            let entries = try #require(proof["storageProof"]?.array)
            #expect(entries.count == 2)
            for entry in entries {
                let key = try #require(entry["key"]?.quantity)
                let value = try TrieProof.verify(
                    root: root, key: Keccak.hash(key.bigEndianBytes).bytes,
                    proof: nodes(entry["proof"]))
                let wanted = state.storage(account, key)
                #expect(entry["value"]?.quantity == wanted)
                #expect((value == nil) == wanted.isZero)
            }
        }
    }

    // MARK: Calls

    @Test func callsAnswerAndRevertAsPeersDo() throws {
        let rpc = try TestRPC()
        let token = try rpc.token
        let call: JSON = [
            "to": .of(token), "data": .hex(TokenCall.balance(of: rpc.keys[0].address)),
        ]
        #expect(try rpc.call("eth_call", call, "latest").bytes?.count == 32)
        // Neither the sender's nonce nor its balance is asked for.
        let reverter = try rpc.deploy(TestRPC.reverter, nonce: 0)
        func word(_ number: UInt64) -> [UInt8] { UInt256(number).bigEndianBytes }
        let text = Array("no luck".utf8)
        let padding = [UInt8](repeating: 0, count: 25)
        let errorData = [0x08, 0xc3, 0x79, 0xa0] + word(32) + word(7) + text + padding
        let panic: [UInt8] = [0x4e, 0x48, 0x7b, 0x71]
        let native = NativeError.priceNotMet(price: 7, amount: 5).revertData
        let rows: [([UInt8], String)] = [
            (errorData, "execution reverted: no luck"),
            (panic + word(0x11), "execution reverted: arithmetic underflow or overflow"),
            (panic + word(0x12), "execution reverted: division or modulo by zero"),
            (panic + word(0x99), "execution reverted: unknown panic code: 0x99"),
            (native, "execution reverted: PriceNotMet(7, 5)"), ([], "execution reverted"),
            ([1, 2, 3, 4], "execution reverted"),
            // Data that says more than it holds is no text.
            (Array(errorData.prefix(68)), "execution reverted"),
            ([0x08, 0xc3, 0x79, 0xa0] + word(.max) + word(.max), "execution reverted"),
            (
                [0x08, 0xc3, 0x79, 0xa0] + word(32) + [UInt8](repeating: 0xff, count: 32),
                "execution reverted"
            ),
        ]
        for (data, message) in rows {
            let request: JSON = ["to": .of(reverter), "data": .hex(data)]
            for method in ["eth_call", "eth_estimateGas"] {
                let error = try rpc.error(method, [request])
                #expect(error["code"] == 3)
                #expect(error["message"] == .string(message))
                #expect(error["data"] == .hex(data))
            }
        }
    }

    @Test func aNativesOwnRefusalHasItsName() throws {
        let rpc = try TestRPC()
        let call: JSON = [
            "to": .of(NativeAddress.registry),
            "data": .hex(NativeCalldata.revoke(model: Hash(1), reason: "x")),
        ]
        let error = try rpc.error("eth_call", [call])
        #expect(error["code"] == 3)
        #expect(
            error["message"] == .string("execution reverted: UnknownModel(\(Hash(1).hex))"))
    }

    /// The estimate is enough, and one less is not.
    @Test func estimatesAreExact() throws {
        let rpc = try TestRPC()
        let token = try rpc.token
        let logger = try rpc.deploy(TestRPC.logger, nonce: 0)
        let me = JSON.of(rpc.keys[0].address)
        let zeros = [UInt8](repeating: 0, count: 3_000)
        let data = [UInt8](repeating: 1, count: 3_000)
        let provider = rpc.keys[0].address.bytes
        let key = NativeCalldata.registerProvider(
            try #require(ProviderKey(kind: .secp256k1, bytes: provider)))
        let rows: [(String, JSON)] = [
            ("transfer", ["from": me, "to": .of(TestRPC.receiver), "value": "0x1"]),
            ("zeros", ["from": me, "to": .of(TestRPC.receiver), "data": .hex(zeros)]),
            ("floor", ["from": me, "to": .of(TestRPC.receiver), "data": .hex(data)]),
            (
                "log",
                ["from": me, "to": .of(logger), "data": .hex([UInt8](repeating: 3, count: 96))]
            ),
            ("creation", ["from": me, "data": .hex([0x60, 0x20, 0x5f, 0xf3])]),
            (
                "new slot",
                [
                    "from": me, "to": .of(token),
                    "data": .hex(
                        [0x09, 0x5e, 0xa7, 0xb3] + UInt256(5).bigEndianBytes
                            + UInt256(6).bigEndianBytes),
                ]
            ),
            ("native", ["from": me, "to": .of(NativeAddress.registry), "data": .hex(key)]),
            (
                "access list",
                [
                    "from": me, "to": .of(logger), "data": .hex([UInt8](repeating: 0, count: 64)),
                    "accessList": [["address": .of(token), "storageKeys": [.of(Hash(1))]]],
                ]
            ),
        ]
        for (name, request) in rows {
            let gas = try #require(
                try rpc.call("eth_estimateGas", request).quantity?.asUInt64, "\(name)")
            var enough = try #require(request.object)
            enough["gas"] = .hex(gas)
            _ = try rpc.call("eth_call", .object(enough), "latest")
            enough["gas"] = .hex(gas - 1)
            #expect(try rpc.error("eth_call", [.object(enough)])["code"] != nil, "\(name)")
        }
        #expect(try rpc.call("eth_estimateGas", rows[0].1) == "0x5208")
        // Sent with just that much, it succeeds; with one less it fails.
        let approve = rows[5].1
        let gas = try #require(try rpc.call("eth_estimateGas", approve).quantity?.asUInt64)
        for (limit, nonce) in [(gas - 1, 1), (gas, 2)] as [(UInt64, UInt64)] {
            let hash = try rpc.submit(
                rpc.transaction(
                    nonce: nonce, to: token, input: try #require(approve["data"]?.bytes),
                    gas: limit))
            let receipt = try rpc.call("eth_getTransactionReceipt", hash)
            #expect(receipt["status"] == (limit == gas ? "0x1" : "0x0"))
        }
    }

    @Test func estimatesKnowWhatTheSenderCanPay() throws {
        let rpc = try TestRPC()
        let poor = try PrivateKey([UInt8](repeating: 0x55, count: 32)).address
        _ = try rpc.submit(rpc.transaction(nonce: 0, to: poor, value: 30_000 * 10))
        let request: JSON = ["from": .of(poor), "to": .of(TestRPC.receiver), "gasPrice": "0xa"]
        #expect(try rpc.call("eth_estimateGas", request) == "0x5208")
        let dear: JSON = ["from": .of(poor), "to": .of(TestRPC.receiver), "gasPrice": "0x14"]
        #expect(try rpc.error("eth_estimateGas", [dear])["code"] == -32000)
    }

    // MARK: Accounts of the node

    @Test func sendsForItsAccounts() throws {
        let rpc = try TestRPC()
        let (me, other) = (JSON.of(rpc.keys[0].address), JSON.of(TestRPC.receiver))
        let rows: [(JSON, JSON)] = [
            (["from": me, "to": other, "value": "0x1"], "0x2"),
            (["from": me, "to": other, "type": "0x0"], "0x0"),
            (["from": me, "to": other, "gasPrice": "0x77359400"], "0x0"),
            (["from": me, "to": other, "type": "0x1"], "0x1"),
            (
                ["from": me, "to": other, "gasPrice": "0x77359400", "accessList": []], "0x1"
            ),
            (["from": me, "to": other, "maxFeePerGas": "0x77359400", "gas": "0x5208"], "0x2"),
        ]
        for (index, (request, type)) in rows.enumerated() {
            let hash = try rpc.call("eth_sendTransaction", request)
            let shown = try rpc.call("eth_getTransactionByHash", hash)
            #expect(shown["type"] == type, "\(request)")
            #expect(shown["nonce"] == .hex(UInt64(index)))
            #expect(shown["from"] == me)
            #expect(try rpc.call("eth_getTransactionReceipt", hash)["status"] == "0x1")
        }
        // Fees at the end of their range are refused, and nothing traps on their sums.
        let max = JSON.string(UInt256.max.hexQuantity)
        for name in ["gasPrice", "maxFeePerGas", "maxPriorityFeePerGas", "value"] {
            let plain: JSON = ["from": me, "to": other, "gas": "0x5208"]
            var request = try #require(plain.object)
            request[name] = max
            let error = try rpc.error("eth_sendTransaction", [.object(request)])
            #expect(error["code"] == -32000, "\(name)")
            if name == "maxPriorityFeePerGas" { continue }
            #expect(try rpc.error("eth_call", [.object(request)])["code"] == -32000)
        }
        let error = try rpc.error(
            "eth_sendTransaction", [["from": me, "to": other, "nonce": "0x0", "gas": "0x5208"]])
        #expect(error["message"]?.string?.contains("nonce too low") == true)
    }

    @Test func signsMessages() throws {
        let rpc = try TestRPC()
        let key = rpc.keys[0]
        let digest = EIP191.personalMessageHash([1, 2, 3])
        let wanted = JSON.hex(key.sign(digest).bytes)
        #expect(try rpc.call("eth_sign", .of(key.address), "0x010203") == wanted)
        #expect(try rpc.call("personal_sign", "0x010203", .of(key.address)) == wanted)
        let signature = try Signature(bytes65: try #require(wanted.bytes))
        #expect(Secp256k1.recoverAddress(digest: digest, signature: signature) == key.address)
    }

    // MARK: Fees

    @Test func feeHistoryWeighsRewardsByGas() throws {
        let rpc = try TestRPC(sealing: .onDemand)
        // One block: 21,000 gas at each of three tips.
        for (index, tip) in [3, 1, 2].enumerated() {
            var transaction = rpc.transaction(nonce: 0)
            transaction.maxPriorityFeePerGas = UInt256(UInt64(tip))
            _ = try rpc.submit(transaction, key: index)
        }
        _ = try rpc.call("evm_mine")
        let block = try rpc.call("eth_getBlockByNumber", "0x1", false)
        let percentiles = try JSON(parsing: Array("[0, 33, 34, 66.7, 100]".utf8))
        let history = try rpc.call("eth_feeHistory", "0x5", "latest", percentiles)
        let next = try rpc.call("eth_getBlockByNumber", "0x0", false)["baseFeePerGas"]
        #expect(history["oldestBlock"] == "0x0")
        #expect(history["gasUsedRatio"]?.array?.compactMap(\.double) == [0, 0.001050])
        #expect(history["reward"]?[0] == ["0x0", "0x0", "0x0", "0x0", "0x0"])
        #expect(history["reward"]?[1] == ["0x1", "0x1", "0x2", "0x3", "0x3"])
        let fees = try #require(history["baseFeePerGas"]?.array)
        #expect(fees.count == 3)
        #expect(fees[0] == next)
        #expect(fees[1] == block["baseFeePerGas"])
        #expect(fees[2].quantity == rpc.node.nextBlockContext().baseFee)
        #expect(history["baseFeePerBlobGas"] == ["0x1", "0x1", "0x1"])
        #expect(history["blobGasUsedRatio"]?.array?.compactMap(\.double) == [0, 0])
        #expect(try rpc.call("eth_feeHistory", 0, "latest")["gasUsedRatio"] == [])
        #expect(try rpc.call("eth_feeHistory", 1, "0x0")["reward"] == nil)
    }
}
