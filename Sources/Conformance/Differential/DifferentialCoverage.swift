public import Codec
public import EVM
internal import Ledger
internal import Primitives

/// Counts what cases did: proof that they are not all trivial.
public final class DifferentialCoverage: Tracer {
    /// One table of counts.
    public struct Table: Sendable {
        public let title: String
        public let rows: [(name: String, count: Int)]
    }

    private static let system = [
        SystemContract.beaconRoots, SystemContract.history, SystemContract.withdrawalRequests,
        SystemContract.consolidationRequests, BlockCase.depositContract,
    ]

    private let precompiles: PrecompileTable
    private var opcodes = [Int](repeating: 0, count: 256)
    private var halts: [String: Int] = [:]
    private var called: [Address: Int] = [:]
    private var outcomes: [String: Int] = [:]
    private var types: [String: Int] = [:]
    private var refusals: [String: Int] = [:]
    private var contents: [String: UInt64] = [:]
    public private(set) var caseCount = 0
    /// Cases that ran with this as their tracer.
    public private(set) var tracedCount = 0

    public init(_ rules: DifferentialCase.Rules) {
        precompiles = PrecompileTable(rules.revision)
    }

    // MARK: Within a case

    public func step(_ step: Step) { opcodes[Int(step.opcode)] += 1 }

    public func enter(_ message: Message) {
        let address = message.codeAddress
        if precompiles.contains(address) || DifferentialCoverage.system.contains(address) {
            called[address, default: 0] += 1
        }
    }

    public func exit(_ outcome: Outcome) {
        switch outcome.status {
        case .success: break
        case .revert: halts["revert", default: 0] += 1
        case .halted(let halt): halts[CaseRefusal(halt).name, default: 0] += 1
        }
    }

    // MARK: After a case

    public func count(_ subject: DifferentialCase, _ outcome: JSON, isTraced: Bool) {
        caseCount += 1
        if isTraced { tracedCount += 1 }
        let status = outcome["status"]?.string ?? "error"
        outcomes["\(subject.kind.rawValue) \(status)", default: 0] += 1
        switch subject.content {
        case .transaction(let content) where subject.kind == .transaction:
            count(content.entry.transaction.kind, isIn: status != "refused")
        case .transaction: break
        case .block(let content):
            guard status == "accepted" else { break }
            contents["transactions", default: 0] += outcome["transactions"]?.uint64 ?? 0
            contents["withdrawals", default: 0] += UInt64(content.withdrawals.count)
            contents["request types", default: 0] += outcome["requests"]?.uint64 ?? 0
        }
        if status == "refused" {
            let reason = outcome["reason"]?.string ?? ""
            refusals["\(subject.kind.rawValue) \(reason)", default: 0] += 1
        }
    }

    private func count(_ kind: Transaction.Kind, isIn: Bool) {
        types["\(kind) \(isIn ? "accepted" : "refused")", default: 0] += 1
    }

    // MARK: Tables

    public var tables: [Table] {
        [
            table("cases", outcomes), table("transactions by type", types),
            table("refusals by rule", refusals),
            Table(
                title: "in accepted blocks",
                rows: contents.keys.sorted().map { ($0, Int(contents[$0] ?? 0)) }),
            Table(title: "frames that did not succeed, of traced cases", rows: sorted(halts)),
            Table(
                title: "precompiles and system contracts called, of traced cases",
                rows: called.keys.sorted().map { (name($0), called[$0] ?? 0) }),
            Table(title: "instructions by class, of traced cases", rows: classes),
        ]
    }

    private func table(_ title: String, _ counts: [String: Int]) -> Table {
        Table(title: title, rows: sorted(counts))
    }

    private func sorted(_ counts: [String: Int]) -> [(name: String, count: Int)] {
        counts.keys.sorted().map { ($0, counts[$0] ?? 0) }
    }

    private func name(_ address: Address) -> String { address.word.hexQuantity }

    private var classes: [(name: String, count: Int)] {
        let ranges: [(String, ClosedRange<Int>)] = [
            ("arithmetic", 0x01...0x0b), ("comparison and bits", 0x10...0x1e),
            ("keccak", 0x20...0x20), ("environment", 0x30...0x3f), ("block", 0x40...0x4a),
            ("stack and memory", 0x50...0x53), ("storage", 0x54...0x55), ("jumps", 0x56...0x5b),
            ("transient storage", 0x5c...0x5d), ("mcopy", 0x5e...0x5e), ("push", 0x5f...0x7f),
            ("dup and swap", 0x80...0x9f), ("log", 0xa0...0xa4), ("creation", 0xf0...0xf0),
            ("call", 0xf1...0xf2), ("return", 0xf3...0xf3), ("delegate call", 0xf4...0xf4),
            ("salted creation", 0xf5...0xf5), ("static call", 0xfa...0xfa),
            ("revert", 0xfd...0xfd), ("self-destruct", 0xff...0xff),
        ]
        let known = ranges.map { name, range in (name, opcodes[range].reduce(0, +)) }
        let others = opcodes.reduce(0, +) - known.reduce(0) { $0 + $1.1 }
        let distinct = opcodes.filter { $0 > 0 }.count
        return known + [("stop, invalid, undefined", others), ("distinct opcodes", distinct)]
    }
}
