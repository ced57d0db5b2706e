import Codec
import Crypto
import Files
import Ledger
import Node
import Primitives
import Store
import TestSupport
import Testing

@testable import RPC

/// A node in memory with a clock that stands still, and its JSON-RPC server.
struct TestRPC {
    let node: Node
    let store = MemoryStore()
    let server: RPCServer
    let keys: [PrivateKey]

    static let start: UInt64 = 1_800_000_000
    static let receiver = Address(truncating: 0xbeef)

    init(
        sealing: Sealing = .instant, profile: String = "dev", blobLimits: BlobLimits = .standard
    ) throws {
        node = try Node(
            genesis: try TestRPC.genesis(profile), store: store,
            clock: ManualClock(TestRPC.start), sealing: sealing, blobLimits: blobLimits)
        keys = try TestRPC.keys(4)
        server = RPCServer(node: node, accounts: keys, clientVersion: "test/1")
    }

    static func genesis(_ profile: String) throws -> Genesis {
        let root = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
        return try Genesis(parsing: try Files.read("/\(root)/genesis/\(profile).json"))
    }

    /// Keys of accounts with 10,000 ether each.
    static func keys(_ count: Int) throws -> [PrivateKey] {
        let words = "test test test test test test test test test test test junk"
        let wallet = try HDWallet(mnemonic: words)
        return try (0..<count).map { try wallet.key(path: HDWallet.ethereumPath(UInt32($0))) }
    }

    var token: Address {
        get throws { try #require(node.config.token) }
    }

    // MARK: Requests

    func answer(_ text: String) throws -> JSON {
        try JSON(parsing: server.answer(Array(text.utf8)))
    }

    private func send(_ method: String, _ parameters: [JSON]) throws -> JSON {
        let request: JSON = [
            "jsonrpc": "2.0", "id": 7, "method": .string(method), "params": .array(parameters),
        ]
        let answer = try JSON(parsing: server.answer(request.serialized))
        #expect(answer["jsonrpc"] == "2.0")
        #expect(answer["id"] == 7)
        #expect((answer["result"] == nil) != (answer["error"] == nil), "\(method)")
        return answer
    }

    /// The result of a request that must have one.
    func call(_ method: String, _ parameters: JSON...) throws -> JSON {
        let answer = try send(method, parameters)
        return try #require(answer["result"], "\(method): \(answer)")
    }

    /// The error of a request that must have one.
    func error(_ method: String, _ parameters: [JSON]) throws -> JSON {
        let answer = try send(method, parameters)
        return try #require(answer["error"], "\(method) \(parameters): \(answer)")
    }

    // MARK: Transactions

    func transaction(
        _ kind: Transaction.Kind = .dynamicFee, nonce: UInt64, to: Address? = TestRPC.receiver,
        value: UInt256 = 0, input: [UInt8] = [], gas: UInt64 = 500_000
    ) -> Transaction {
        let hasOnePrice = kind == .legacy || kind == .accessList
        return Transaction(
            kind: kind, chainID: node.config.chainID, nonce: nonce,
            maxPriorityFeePerGas: hasOnePrice ? 10_000_000_000 : 1_000_000_000,
            maxFeePerGas: 10_000_000_000, gasLimit: gas, to: to, value: value, input: input)
    }

    /// Sends a signed transaction; gives its hash.
    func submit(_ transaction: Transaction, key: Int = 0) throws -> JSON {
        let raw = transaction.signed(with: keys[key]).encoded
        return try call("eth_sendRawTransaction", .string(Hex.encodePrefixed(raw)))
    }

    /// A signed transaction with one blob beside it.
    func blobTransaction(nonce: UInt64) throws -> PooledTransaction {
        let commitment = try ConstantBlob.commitment()
        var transaction = transaction(.blob, nonce: nonce)
        transaction.blobHashes = [KZG.versionedHash(of: commitment[...])]
        transaction.maxFeePerBlobGas = 1_000
        return PooledTransaction(
            transaction.signed(with: keys[0]),
            sidecar: BlobSidecar(
                version: .cellProofs, blobs: [ConstantBlob.bytes], commitments: [commitment],
                proofs: Array(repeating: ConstantBlob.proof, count: 128)))
    }

    func raw(_ pooled: PooledTransaction) -> JSON {
        .string(Hex.encodePrefixed(pooled.encoded))
    }

    /// Creates a contract with this code; gives its address.
    func deploy(_ code: [UInt8], nonce: UInt64) throws -> Address {
        let length = try #require(UInt8(exactly: code.count))
        let create: [UInt8] = [0x60, length, 0x80, 0x60, 9, 0x5f, 0x39, 0x5f, 0xf3]
        let hash = try submit(transaction(nonce: nonce, to: nil, input: create + code))
        let receipt = try call("eth_getTransactionReceipt", hash)
        #expect(receipt["status"] == "0x1")
        return try Address(hex: try #require(receipt["contractAddress"]?.string))
    }

    /// Reverts with its calldata.
    static let reverter: [UInt8] = [0x36, 0x5f, 0x5f, 0x37, 0x36, 0x5f, 0xfd]
    /// Logs its calldata: two topics, then data.
    static let logger: [UInt8] = [
        0x36, 0x5f, 0x5f, 0x37, 0x60, 0x20, 0x35, 0x5f, 0x35, 0x60, 0x40, 0x36, 0x03, 0x60, 0x40,
        0xa2, 0x00,
    ]
}

extension JSON {
    static func hex(_ number: UInt64) -> JSON { .string("0x" + String(number, radix: 16)) }
    static func hex(_ bytes: [UInt8]) -> JSON { .string(Hex.encodePrefixed(bytes)) }
    static func of(_ address: Address) -> JSON { .string(address.hex) }
    static func of(_ hash: Hash) -> JSON { .string(hash.hex) }

    /// The number in a hexadecimal quantity.
    var quantity: UInt256? { string.flatMap { try? UInt256(hex: $0) } }

    /// The bytes of hexadecimal data.
    var bytes: [UInt8]? { string.flatMap { try? Hex.decodePrefixed($0) } }

    /// The same with the members of every object in the order of their names.
    var sorted: JSON {
        switch self {
        case .array(let list): .array(list.map(\.sorted))
        case .object(let object):
            .object(
                JSONObject(
                    object.entries.map { (key: $0.key, value: $0.value.sorted) }
                        .sorted { $0.key < $1.key }))
        default: self
        }
    }

    /// The names of an object's members, sorted.
    var members: [String] { (object?.entries ?? []).map(\.key).sorted() }
}
