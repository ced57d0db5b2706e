import Codec
import Crypto
import EVM
import Glibc
import Primitives
import Testing
import TestSupport

/// One message call of the shared benchmark set, with what it must cost and answer.
///
/// The published figures were taken with a base fee of zero and a cold beneficiary.
struct Workload {
    let name: String
    let source = MemorySource()
    let block: BlockContext
    let message: Message
    let gas: UInt64
    /// The first 16 digits of the output's SHA-256.
    let outputDigest: String

    static let gasLimit: UInt64 = 50_000_000_000

    init(name: String, folder: String, expected: JSON) throws {
        let file = try JSON(parsing: readFile("\(folder)/\(name).json"))
        self.name = name
        let pre = try #require(file["pre"]?.object)
        for (address, account) in pre.entries {
            var storage: [UInt256: UInt256] = [:]
            for (slot, value) in account["storage"]?.object?.entries ?? [] {
                storage[try UInt256(hex: slot)] = try UInt256(hex: try #require(value.string))
            }
            source.set(
                try Address(hex: address),
                balance: try UInt256(hex: try #require(account["balance"]?.string)),
                nonce: try UInt256(hex: try #require(account["nonce"]?.string)).limb0,
                code: try Hex.decodePrefixed(try #require(account["code"]?.string)),
                storage: storage)
        }
        let env = try #require(file["env"])
        func number(_ key: String) throws -> UInt256 {
            try UInt256(hex: try #require(env[key]?.string))
        }
        block = BlockContext(
            chainID: try number("chainId").limb0, number: try number("number").limb0,
            timestamp: try number("timestamp").limb0,
            beneficiary: try Address(hex: try #require(env["coinbase"]?.string)),
            gasLimit: try number("gasLimit").limb0, prevRandao: Hash(try number("random")))
        let call = try #require(file["call"])
        message = Message(
            caller: try Address(hex: try #require(call["from"]?.string)),
            recipient: try Address(hex: try #require(call["to"]?.string)),
            value: try UInt256(hex: try #require(call["value"]?.string)),
            input: try Hex.decodePrefixed(try #require(call["data"]?.string)),
            gas: Workload.gasLimit)
        let result = try #require(expected[name])
        gas = try #require(result["execGas"]?.uint64)
        outputDigest = try #require(result["outputSha256_64bit"]?.string)
    }

    /// All workloads, or none on a machine without the shared data.
    static func all() throws -> [Workload] {
        guard let shared = SharedData.folder else { return [] }
        let folder = shared + "/evm-bench"
        let expected = try JSON(parsing: readFile(folder + "/EXPECTED.json"))
        return try (expected.object?.entries ?? []).map { entry in
            try Workload(name: entry.key, folder: folder, expected: expected)
        }
    }

    func run(_ codes: CodeCache) -> Outcome {
        let journal = Journal(source: source, codeCache: codes)
        journal.beginTransaction()
        var machine = Machine(
            revision: .osaka, block: block, transaction: TransactionContext(origin: message.caller),
            journal: journal)
        for address in PrecompileTable(.osaka).addresses { journal.warm(address) }
        journal.warm(message.caller)
        journal.warm(message.recipient)
        let balance = journal.balance(of: message.caller)
        if balance < message.value { journal.setBalance(of: message.caller, to: message.value) }
        return machine.execute(message)
    }
}

/// The file's bytes.
func readFile(_ path: String) throws -> [UInt8] {
    let file = unsafe fopen(path, "rb")
    guard let file = unsafe file else { throw MissingFile(path: path) }
    defer { unsafe fclose(file) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
        let count = unsafe buffer.withUnsafeMutableBytes {
            unsafe fread($0.baseAddress, 1, $0.count, file)
        }
        if count == 0 { return bytes }
        bytes += buffer[..<count]
    }
}

struct MissingFile: Error { let path: String }
