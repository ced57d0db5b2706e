import Codec
import Crypto
import Ledger
import Node
import Primitives
import Testing

@testable import RPC

/// Envelopes, batches and refusals.
@Suite struct RPCServerTests {
    @Test(arguments: [
        ("", -32700), ("{", -32700), ("{\"id\":1,}", -32700), ("\u{1}", -32700),
        (String(repeating: "[", count: 100_000), -32700), ("[]", -32600), ("1", -32600),
        ("null", -32600), ("{}", -32600), ("{\"id\":3,\"method\":1}", -32600),
        ("{\"id\":3,\"method\":\"eth_nothing\"}", -32601),
        ("{\"id\":3,\"method\":\"\"}", -32601),
        ("{\"id\":3,\"method\":\"eth_chainId\",\"params\":{}}", -32602),
        ("{\"id\":3,\"method\":\"eth_chainId\",\"params\":\"x\"}", -32602),
    ])
    func refusesWhatIsNoRequest(_ text: String, _ code: Int) throws {
        let answer = try TestRPC().answer(text)
        #expect(answer["error"]?["code"]?.int64 == Int64(code))
        #expect(answer["error"]?["message"]?.string?.isEmpty == false)
        #expect(answer["result"] == nil)
    }

    @Test func echoesIds() throws {
        let rpc = try TestRPC()
        for id in ["1", "\"a\"", "null", "-7", "1.5"] {
            let answer = try rpc.answer("{\"id\":\(id),\"method\":\"net_version\",\"params\":[]}")
            #expect(answer["id"] == (try JSON(parsing: Array(id.utf8))))
            #expect(answer["result"] == "31337")
        }
    }

    @Test func answersBatchesInOrder() throws {
        let rpc = try TestRPC()
        let answer = try rpc.answer(
            """
            [{"id":1,"method":"eth_chainId"},{"id":2,"method":"nope"},5,
             {"id":3,"method":"eth_getBalance","params":["0x1"]},{"id":4,"method":"net_listening"}]
            """)
        let answers = try #require(answer.array)
        #expect(answers.map { $0["id"] } == [1, 2, .null, 3, 4])
        #expect(answers[0]["result"] == "0x7a69")
        #expect(answers.map { $0["error"]?["code"] } == [nil, -32601, -32600, -32602, nil])
    }

    @Test func takesAFullBatchAndRefusesOneMore() throws {
        let rpc = try TestRPC()
        let one = "{\"id\":1,\"method\":\"net_version\"}"
        let full = [String](repeating: one, count: Limits.batchRequests)
        #expect(try rpc.answer("[" + full.joined(separator: ",") + "]").array?.count == 1_000)
        let more = "[" + (full + [one]).joined(separator: ",") + "]"
        #expect(try rpc.answer(more)["error"]?["code"] == -32600)
    }

    @Test func aBatchGivesNoMoreThanItsRoom() throws {
        let rpc = try TestRPC()
        // Returns 250,000 bytes of memory that nobody wrote.
        let contract = try rpc.deploy([0x62, 0x03, 0xd0, 0x90, 0x5f, 0xf3], nonce: 0)
        let one =
            "{\"id\":1,\"method\":\"eth_call\",\"params\":[{\"to\":\"\(contract.hex)\"}]}"
        let all = [String](repeating: one, count: 100).joined(separator: ",")
        let bytes = rpc.server.answer(Array("[\(all)]".utf8))
        // Half a megabyte each: fifty fit, the one that passes the bound is whole.
        #expect(bytes.count < Limits.batchAnswerBytes + 600_000)
        let answers = try #require(try JSON(parsing: bytes).array)
        #expect(answers.count == 100)
        #expect(answers[0]["result"]?.bytes?.count == 250_000)
        #expect(answers[99]["error"]?["code"] == -32003)
        #expect(answers[99]["id"] == 1)
    }

    @Test func refusesBadParameters() throws {
        let rpc = try TestRPC()
        let me = JSON.of(rpc.keys[0].address)
        let hash = JSON.of(Hash(1))
        let word: JSON = "0x1"
        let rows: [(String, [[JSON]])] = [
            ("web3_sha3", [[], ["zz"], ["0xz"], ["0x123"], [1]]),
            ("eth_getBalance", [[], [1], ["0x12"], [me, "soon"], [me, [:]], [me, true]]),
            (
                "eth_getBalance",
                [
                    [me, ["blockHash": "0x1"]], [me, ["blockHash": nil]],
                    [me, ["blockNumber": "x"]], [me, "0x10000000000000000"], [me, "0x"],
                ]
            ),
            ("eth_getTransactionCount", [[], ["0x"], [me, "0xg"]]),
            ("eth_getCode", [[], [nil], [[]]]),
            ("eth_getStorageAt", [[me], [me, "zz"], [me, true], ["0x1", word]]),
            ("eth_getProof", [[me], [me, word], [me, [true]], [me, [word], "soon"]]),
            (
                "eth_getProof",
                [[me, .array([JSON](repeating: word, count: Limits.proofKeys + 1))]]
            ),
            (
                "eth_call",
                badCalls + [[[:], "soon"], [[:], "latest", [:]], [[:], "latest", nil, [:]]]
            ),
            ("eth_estimateGas", badCalls),
            ("eth_sendTransaction", badCalls + [[["from": me, "type": "0x3"]]]),
            ("eth_sendRawTransaction", [[], [1], ["zz"], ["0x1"]]),
            ("eth_sign", [[], [me], [me, "text"], ["0x1", "0x"]]),
            ("personal_sign", [[], ["text", me], ["0x", "0x"]]),
            ("eth_getBlockByNumber", [[], ["soon"], ["latest", 1], [true]]),
            ("eth_getBlockByHash", [[], ["0x"]]),
            ("eth_getBlockTransactionCountByNumber", [[], ["soon"]]),
            ("eth_getBlockTransactionCountByHash", [[], ["soon"]]),
            ("eth_getUncleCountByBlockNumber", [[]]), ("eth_getUncleCountByBlockHash", [[]]),
            ("eth_getTransactionByHash", [[], ["0x1"], [1]]),
            ("eth_getRawTransactionByHash", [[], ["0x1"]]),
            ("eth_getTransactionByBlockNumberAndIndex", [[], ["latest"], ["latest", "x"]]),
            ("eth_getTransactionByBlockHashAndIndex", [[], [hash, "x", 1], ["soon", word]]),
            ("eth_getTransactionReceipt", [[], ["0x1"]]), ("eth_getBlockReceipts", [[], ["x"]]),
            (
                "eth_getLogs",
                [
                    [], [1], [["address": "0x1"]], [["address": [1]]], [["topics": "0x1"]],
                    [["topics": ["0x1"]]], [["topics": [["0x1"]]]],
                    [["topics": [nil, nil, nil, nil, nil]]], [["fromBlock": "soon"]],
                    [["blockHash": hash, "fromBlock": "0x0"]], [["blockHash": "0x1"]],
                ]
            ),
            (
                "eth_getLogs",
                [
                    [["address": .array([JSON](repeating: me, count: 1_001))]],
                    [["topics": [.array([JSON](repeating: hash, count: 1_001))]]],
                ]
            ),
            (
                "eth_feeHistory",
                [
                    [], ["x"], [1, "soon"], [1, "latest", 5], [1, "latest", [101]],
                    [1, "latest", [-1]], [1, "latest", [50, 40]], [1, "latest", ["50"]],
                    [1, "latest", .array([JSON](repeating: 1, count: 101))],
                ]
            ),
            ("debug_getRawHeader", [["soon"]]), ("debug_getRawBlock", [[], ["soon"]]),
            ("evm_mine", [["x"], [10_001], [[:]]]),
            ("assay_usage", [[["model": "0x1"]], [["provider": 1]], [["epoch": "x"]]]),
            ("assay_model", [[], ["0x1"], [1, "1.0"], ["name", 1]]),
            ("assay_settlement", [[], ["0x1"]]),
        ]
        for (method, lists) in rows {
            for parameters in lists {
                let error = try rpc.error(method, parameters)
                #expect(error["code"] == -32602, "\(method) \(parameters): \(error)")
            }
        }
        #expect(rpc.node.head.header.number == 0)
    }

    private var badCalls: [[JSON]] {
        [
            [], [1], ["0x"], [["to": "0x1"]], [["from": 1]], [["gas": "x"]], [["value": "-1"]],
            [["data": "0x01", "input": "0x02"]], [["data": "01"]], [["nonce": "x"]],
            [["gasPrice": "0x1", "maxFeePerGas": "0x1"]], [["type": "0x9"]],
            [["accessList": 1]], [["accessList": [[:]]]],
            [["accessList": [["address": "0x1"]]]], [["authorizationList": []]],
            [["chainId": "x"]], [["gas": "0x10000000000000000"]],
        ]
    }

    @Test func refusesWithTheCodesOfOtherNodes() throws {
        let rpc = try TestRPC()
        let me = JSON.of(rpc.keys[0].address)
        let stranger = JSON.of(TestRPC.receiver)
        let rows: [(String, [JSON], Int64, String)] = [
            ("eth_getBalance", [me, "0x5"], -32000, "header not found"),
            ("eth_getBalance", [me, ["blockHash": .of(Hash(1))]], -32000, "header not found"),
            ("eth_sendRawTransaction", ["0x"], -32000, "could not be decoded"),
            ("eth_sendTransaction", [["from": stranger]], -32000, "unknown account"),
            ("eth_sign", [stranger, "0x"], -32000, "unknown account"),
            ("eth_sendTransaction", [["from": me, "chainId": "0x1"]], -32000, "chainId"),
            ("eth_call", [["to": me, "gas": "0x1"]], -32000, "intrinsic gas too low"),
            (
                "eth_call", [["from": stranger, "to": me, "value": "0x1"]], -32000,
                "insufficient funds"
            ),
            ("eth_call", [["data": "0xfe"]], -32000, "invalid opcode: opcode 0xfe"),
            ("eth_estimateGas", [["data": "0xfe"]], -32000, "invalid opcode"),
            (
                "eth_estimateGas", [["data": "0x5b5f56"]], -32000,
                "gas required exceeds allowance (16777216)"
            ),
            ("eth_getLogs", [["blockHash": .of(Hash(1))]], -32000, "unknown block"),
            ("debug_getRawBlock", ["0x9"], -32001, "not found"),
        ]
        for (method, parameters, code, text) in rows {
            let error = try rpc.error(method, parameters)
            #expect(error["code"]?.int64 == code, "\(method)")
            #expect(error["message"]?.string?.contains(text) == true, "\(method): \(error)")
        }
    }
}
