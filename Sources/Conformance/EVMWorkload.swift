public import Codec
internal import Crypto
public import EVM
internal import Ledger
internal import Primitives

/// Why a workload cannot be read, or did not do what was published.
public struct WorkloadError: Error, Equatable, CustomStringConvertible {
    public let description: String

    public init(_ description: String) { self.description = description }
}

/// One message call on a state of its own, with what it must cost and answer: a contract as people
/// run it, or a loop over one opcode.
///
/// The published figures were taken on Osaka with a base fee of zero and a cold beneficiary.
public struct EVMWorkload {
    /// The table of what every workload of a folder costs and answers.
    public static let expectedFile = "EXPECTED.json"

    public let name: String
    private let state = MemoryState()
    private let block: BlockContext
    private let message: Message
    /// Gas of the message call: no intrinsic gas, no refunds.
    private let gas: UInt64
    /// The first 16 digits of the output's SHA-256.
    private let outputDigest: String

    private static let gasLimit: UInt64 = 50_000_000_000

    /// The names in the table, in its order.
    public static func names(expected: JSON) -> [String] {
        (expected.object?.entries ?? []).map(\.key)
    }

    public init(name: String, file: [UInt8], expected: JSON) throws(WorkloadError) {
        do {
            try self.init(name, JSON(parsing: file), Fixture.member(expected, name))
        } catch let error as FixtureError {
            throw WorkloadError("\(name): \(error.message)")
        } catch {
            throw WorkloadError("\(name): \(error)")
        }
    }

    private init(_ name: String, _ json: JSON, _ expected: JSON) throws {
        self.name = name
        state.apply(try Fixture.accounts(try Fixture.member(json, "pre")))
        let env = try Fixture.member(json, "env")
        block = BlockContext(
            chainID: try Fixture.uint64(env["chainId"], "chainId"),
            number: try Fixture.uint64(env["number"], "number"),
            timestamp: try Fixture.uint64(env["timestamp"], "timestamp"),
            beneficiary: try Fixture.address(env["coinbase"], "coinbase"),
            gasLimit: try Fixture.uint64(env["gasLimit"], "gasLimit"),
            prevRandao: try Fixture.hash(env["random"], "random"))
        let call = try Fixture.member(json, "call")
        message = Message(
            caller: try Fixture.address(call["from"], "from"),
            recipient: try Fixture.address(call["to"], "to"),
            value: try Fixture.word(call["value"], "value"),
            input: try Fixture.bytes(call["data"], "data"), gas: EVMWorkload.gasLimit)
        guard let gas = expected["execGas"]?.uint64,
            let digest = expected["outputSha256_64bit"]?.string
        else { throw FixtureError("no published result") }
        self.gas = gas
        outputDigest = digest
    }

    /// Runs the call on a journal and a machine of its own. The state was read before.
    public func run(_ codes: CodeCache) -> Outcome {
        let journal = Journal(source: state, codeCache: codes)
        journal.beginTransaction()
        let precompiles = PrecompileTable(.osaka)
        var machine = Machine(
            revision: .osaka, block: block, transaction: TransactionContext(origin: message.caller),
            journal: journal, precompiles: precompiles)
        journal.warm(precompiles)
        journal.warm(message.caller)
        journal.warm(message.recipient)
        let balance = journal.balance(of: message.caller)
        if balance < message.value { journal.setBalance(of: message.caller, to: message.value) }
        return machine.execute(message)
    }

    /// Throws unless the outcome has the published gas and output.
    public func check(_ outcome: Outcome) throws(WorkloadError) {
        let used = EVMWorkload.gasLimit - outcome.gasLeft
        guard used == gas else {
            throw WorkloadError("\(name): used \(used) gas instead of \(gas): \(outcome.status)")
        }
        let digest = Hex.encode(SHA256.hash(outcome.output).bytes[..<8])
        guard digest == outputDigest else {
            throw WorkloadError("\(name): the output has digest \(digest), not \(outputDigest)")
        }
    }
}
