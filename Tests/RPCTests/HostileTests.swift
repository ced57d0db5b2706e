import Codec
import Crypto
import Files
import HTTP
import Inference
import Ledger
import Node
import Payments
import Primitives
import TestSupport
import Testing

@testable import RPC

/// Bytes that nobody honest sends: each has an answer, and the node is well afterwards.
@Suite(.timeLimit(.minutes(5)), .serialized) struct HostileTests {
    @Test func truncatedTransactionsAreRefusedAtEveryLength() throws {
        let service = try TestService()
        let client = try service.client()
        var setCode = service.rpc.transaction(.setCode, nonce: 0)
        setCode.authorizations = [
            Transaction.Authorization(
                chainID: 0, address: TestRPC.receiver, nonce: 0, yParity: 0, r: 0, s: 0
            ).signed(with: service.payer)
        ]
        let all = [
            service.rpc.transaction(.legacy, nonce: 0), setCode,
            service.rpc.transaction(.accessList, nonce: 0),
            service.rpc.transaction(.dynamicFee, nonce: 0),
        ].map { $0.signed(with: service.owner).encoded }
        for raw in all {
            for count in 0..<raw.count {
                for bytes in [Array(raw.prefix(count)), Array(raw.prefix(count)) + [0]] {
                    if bytes.count == raw.count, bytes == raw { continue }
                    let answer = try client.post("/", TestService.rawRequest(bytes))
                    #expect(answer.status == 200)
                    #expect(answer.json?["error"]?["code"] == -32000)
                }
            }
        }
        #expect(service.node.head.header.number == 0)
        let answer = try client.post("/", TestService.rawRequest(all[0]))
        #expect(answer.json?["result"] != nil)
        service.server.stop()
    }

    /// A flipped bit makes another transaction, of a stranger without money, or none.
    @Test func flippedTransactionsMoveNothing() throws {
        let service = try TestService()
        let client = try service.client()
        let raw = service.rpc.transaction(nonce: 0, value: 9).signed(with: service.owner).encoded
        for bit in 0..<raw.count * 8 {
            var bytes = raw
            bytes[bit / 8] ^= 1 << UInt8(bit % 8)
            let answer = try client.post("/", TestService.rawRequest(bytes))
            #expect(answer.json?["error"]?["code"] == -32000, "bit \(bit): \(answer.text)")
        }
        #expect(service.node.head.header.number == 0)
        #expect(try client.request("GET", "/health").status == 200)
        service.server.stop()
    }

    @Test func largeAndDeepBodiesAreRefused() throws {
        let service = try TestService()
        try service.register("small")
        let deep = [UInt8](repeating: UInt8(ascii: "["), count: 1 << 20)
        let path = TestService.path("small")
        for target in ["/", "/verify", "/settle", path] {
            let answer = try service.client().request("POST", target, body: deep)
            #expect(answer.status == (target == "/" ? 200 : 400))
        }
        let name = String(repeating: "ab", count: 32)
        for (line, bytes, status) in [
            ("POST /", (5 << 20) + 1, 413), ("POST \(path)", (5 << 20) + 1, 413),
            ("PUT /v1/blobs/00", 10, 400), ("PUT /v1/blobs/\(name)", (256 << 20) + 1, 413),
        ] {
            let client = try service.client()
            let head = "\(line) HTTP/1.1\r\nHost: x\r\nContent-Length: \(bytes)\r\n\r\n"
            try client.send(Array(head.utf8))
            #expect(try client.readResponse().status == status)
        }
        #expect(try service.client().request("GET", "/health").status == 200)
        service.server.stop()
    }

    /// Two thousand of them leave the node's memory as it was.
    @Test func hostileRequestsCostNoMemory() throws {
        let service = try TestService()
        try service.register("small")
        let requests = try HostileRequests(service)
        let client = try service.client()
        var random = SeededRandom(seed: 1)
        for round in 0..<300 { try requests.send(round, to: client, &random) }
        let money = try service.tokens(of: service.payer.address)
        let before = try residentBytes()
        for round in 0..<2_000 { try requests.send(round, to: client, &random) }
        let after = try residentBytes()
        #expect(after - before < 64 << 20)
        #expect(money - (try service.tokens(of: service.payer.address)) <= 2_500)
        #expect(try client.request("GET", "/health").status == 200)
        #expect(
            try service.ask("small", payment: try service.payment("small")).status == 200)
        service.server.stop()
        #expect(service.server.load.bodyBytes == 0)
    }

    private func residentBytes() throws -> Int {
        let text = String(decoding: try Files.read("/proc/self/statm"), as: UTF8.self)
        let pages = try #require(text.split(separator: " ").dropFirst().first.flatMap { Int($0) })
        return pages * 4_096
    }
}

extension TestService {
    static func rawRequest(_ raw: [UInt8]) -> String {
        let request: JSON = [
            "id": 1, "method": "eth_sendRawTransaction", "params": [.hex(raw)],
        ]
        return "\(request)"
    }
}

/// One kind of hostile request after another.
private struct HostileRequests {
    private let payment: [UInt8]
    private let raw: [UInt8]

    init(_ service: TestService) throws {
        payment = Array(try service.payment("small").utf8)
        raw = service.rpc.transaction(nonce: 0).signed(with: service.owner).encoded
    }

    func send(_ round: Int, to client: TestHTTPClient, _ random: inout SeededRandom) throws {
        let target = TestService.path("small")
        let answer: TestHTTPResponse
        let allowed: [Int]
        switch round % 10 {
        case 0:
            let bytes = (0..<200).map { _ in UInt8.random(in: 0...255, using: &random) }
            (answer, allowed) = (try client.request("POST", "/", body: bytes), [200])
        case 1:
            let depth = [UInt8](repeating: UInt8(ascii: "["), count: 20_000)
            (answer, allowed) = (try client.request("POST", target, body: depth), [400])
        case 2:
            let text = TestService.rawRequest(mutated(raw, &random))
            (answer, allowed) = (try client.post("/", text), [200])
        case 3:
            let header = String(decoding: mutated(payment, &random), as: UTF8.self)
                .filter { $0.isASCII && !$0.isNewline && $0 != "\0" && $0 >= " " && $0 != "\u{7f}" }
            answer = try client.request(
                "POST", target, headers: [(name: "PAYMENT-SIGNATURE", value: header)],
                body: TestService.body)
            // The timeout is advice: a payment with another one is still a payment, once.
            allowed = [200, 402]
        case 4:
            answer = try client.request(
                "POST", target, headers: [(name: "X-PAYMENT", value: "!!!! no base64 ====")],
                body: TestService.body)
            allowed = [402]
        case 5:
            let name = String(repeating: "ab", count: 32)
            answer = try client.request("PUT", "/v1/blobs/\(name)", body: raw)
            allowed = [400]
        case 6:
            answer = try client.request(
                "POST", TestService.path("nothing"),
                headers: [
                    (name: "PAYMENT-SIGNATURE", value: String(decoding: payment, as: UTF8.self))
                ], body: TestService.body)
            allowed = [404]
        case 7:
            answer = try client.post(round % 20 == 7 ? "/settle" : "/verify", "{\"x402Version\":2}")
            allowed = [400]
        case 8:
            let numbers = [String](repeating: "1e9", count: 1_000).joined(separator: ",")
            answer = try client.post(target, "{\"input\":[\(numbers)]}")
            allowed = [402]
        default:
            answer = try client.request("GET", "/v1/receipts/0xzz")
            allowed = [400]
        }
        #expect(allowed.contains(answer.status), "round \(round): \(answer.status)")
    }

    /// A copy with some bytes changed, and sometimes cut.
    private func mutated(_ bytes: [UInt8], _ random: inout SeededRandom) -> [UInt8] {
        var copy = bytes
        for _ in 0..<Int.random(in: 1...4, using: &random) {
            copy[Int.random(in: 0..<copy.count, using: &random)] =
                UInt8.random(in: 32...126, using: &random)
        }
        if Bool.random(using: &random) {
            copy.removeLast(Int.random(in: 0..<copy.count, using: &random))
        }
        return copy
    }
}
