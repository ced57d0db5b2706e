public import Codec
internal import Crypto
internal import EVM
internal import Ledger
internal import Primitives

/// One call on a small state, to be run here and on another EVM.
public struct DifferentialCase: Sendable, Equatable {
    /// Whose rules hold: what the other EVM knows.
    public enum Rules: String, Sendable, CaseIterable {
        case cancun = "Cancun"
        case osaka = "Osaka"

        fileprivate var revision: Revision { self == .osaka ? .osaka : .cancun }
    }

    public let rules: Rules
    /// The number that the case was made from.
    public let seed: UInt64
    /// Codes of contracts at `contract(0)`, `contract(1)`, …
    public var codes: [[UInt8]]
    public var input: [UInt8]
    /// Wei.
    public var value: UInt64
    public var gas: UInt64

    static let caller = Address(truncating: 0xca11)
    static let coinbase = Address(truncating: 0xc01)
    static let balance = UInt256(1_000_000_000_000_000_000)

    static func contract(_ index: Int) -> Address {
        Address(truncating: UInt256(0xc0de_0000 + index))
    }

    /// The case of a number: the same on every machine.
    public init(seed: UInt64, rules: Rules) {
        self.seed = seed
        self.rules = rules
        var random = SeededRandom(seed: seed)
        let count = 1 + Int(random.next() % 3)
        let targets =
            (0..<count).map { DifferentialCase.contract($0) } + [DifferentialCase.caller]
        var codes: [[UInt8]] = []
        for _ in 0..<count {
            let steps = 4 + Int(random.next() % 60)
            codes.append(RandomProgram.make(&random, targets: targets, steps: steps))
        }
        self.codes = codes
        input = random.bytes(Int(random.next() % 100))
        value = random.next() % 4 == 0 ? random.next() % 1_000_000 : 0
        gas = random.next() % 8 == 0 ? 30_000 + random.next() % 40_000 : 1_000_000
    }

    /// What the other EVM reads.
    public var json: JSON {
        [
            "codes": .array(codes.map { .string(Hex.encode($0)) }),
            "input": .string(Hex.encode(input)), "value": .number(JSONNumber(value)),
            "gas": .number(JSONNumber(gas)),
        ]
    }

    // MARK: Running

    /// What the call led to, in the form that peers answer in.
    public func run() -> JSON {
        // Past blocks hash as the state tests have it, and the peer.
        let state = MemoryState { Keccak.hash(Array(String($0).utf8)) }
        state.apply(accounts)
        let journal = Journal(source: state)
        let block = BlockContext(
            chainID: 1, number: 1000, timestamp: 2000, beneficiary: DifferentialCase.coinbase,
            gasLimit: 30_000_000, baseFee: .zero,
            prevRandao: Hash([UInt8](repeating: 7, count: 32)))
        var processor = TransactionProcessor(
            revision: rules.revision, block: block, blobSchedule: .cancun,
            precompiles: PrecompileTable(rules.revision), journal: journal)
        processor.isSimulation = true
        let transaction = Transaction(
            kind: .legacy, chainID: nil, nonce: 0, maxPriorityFeePerGas: .zero,
            maxFeePerGas: .zero, gasLimit: gas, to: DifferentialCase.contract(0),
            value: UInt256(value), input: input)
        let result: TransactionResult
        do {
            result = try processor.process(
                transaction, from: DifferentialCase.caller, gasLeft: 30_000_000)
        } catch {
            return ["error": .string("\(error)")]
        }
        return outcome(result, journal.changes())
    }

    private var accounts: [AccountChange] {
        let contracts = codes.enumerated().map { index, code in
            AccountChange(
                address: DifferentialCase.contract(index),
                account: Account(nonce: 1, balance: 1000, codeHash: Keccak.hash(code)),
                code: code)
        }
        let caller = AccountChange(
            address: DifferentialCase.caller,
            account: Account(
                balance: DifferentialCase.balance, codeHash: Keccak.emptyHash))
        return ([caller] + contracts).sorted { $0.address < $1.address }
    }

    private func outcome(_ result: TransactionResult, _ changes: [AccountChange]) -> JSON {
        let status: JSON =
            switch result.outcome.status {
            case .success: "success"
            case .revert: "revert"
            case .halted: "halt"
            }
        let isHalt = status == "halt"
        var states = JSONObject()
        for change in changes where change.address != DifferentialCase.caller {
            guard let account = change.account else {
                states[change.address.hex] = "gone"
                continue
            }
            var slots = JSONObject()
            for (slot, value) in change.storage {
                slots[slot.hexQuantity] = .string(value.hexQuantity)
            }
            states[change.address.hex] = [
                "balance": .string(account.balance.hexQuantity),
                "nonce": .number(JSONNumber(account.nonce)),
                "codeHash": .string(account.codeHash.hex), "storage": .object(slots),
            ]
        }
        return [
            "status": status, "gas": .number(JSONNumber(result.gasUsed)),
            "output": .string(Hex.encode(isHalt ? [] : result.outcome.output)),
            "logs": .array(
                result.logs.map { log in
                    [
                        "address": .string(log.address.hex),
                        "topics": .array(log.topics.map { .string($0.hex) }),
                        "data": .string(Hex.encode(log.data)),
                    ]
                }),
            "accounts": .object(states),
        ]
    }

    // MARK: Making it smaller

    /// The smallest case found that still fails: bytes become stops or go, contracts go.
    public func minimised(_ fails: (DifferentialCase) -> Bool) -> DifferentialCase {
        var best = self
        func attempt(_ change: (inout DifferentialCase) -> Void) -> Bool {
            var candidate = best
            change(&candidate)
            guard candidate != best, fails(candidate) else { return false }
            best = candidate
            return true
        }
        _ = attempt { $0.value = 0 }
        _ = attempt { $0.input = [] }
        for index in codes.indices.reversed() {
            _ = attempt { $0.codes[index] = [] }
            var size = max(1, best.codes[index].count / 2)
            while size >= 1 {
                var start = 0
                while start < best.codes[index].count {
                    let end = min(start + size, best.codes[index].count)
                    // Offsets of what follows stay where they are.
                    let isGone = attempt { candidate in
                        for place in start..<end { candidate.codes[index][place] = 0x5b }
                    }
                    if !isGone, end == best.codes[index].count {
                        _ = attempt { $0.codes[index].removeSubrange(start..<end) }
                    }
                    start = end
                }
                size /= 2
            }
        }
        return best
    }
}
