public import Codec
internal import EVM
internal import Ledger
internal import Primitives

/// Something to run here and on another EVM: a program, a transaction or a block.
public struct DifferentialCase: Sendable, Equatable {
    public enum Kind: String, Sendable, CaseIterable {
        /// A free call of random or mutated code.
        case program
        /// A transaction of any type, right or wrong.
        case transaction
        /// A sealed block, whole or damaged.
        case block
    }

    /// Whose rules hold: what the other EVM knows.
    public enum Rules: String, Sendable, CaseIterable {
        case cancun = "Cancun"
        case osaka = "Osaka"

        var revision: Revision { self == .osaka ? .osaka : .cancun }
        var blobs: ChainConfig.BlobSchedule { self == .osaka ? .prague : .cancun }

        /// What the peer of these rules can run: that of Cancun applies no blocks.
        public var kinds: [Kind] { self == .osaka ? Kind.allCases : [.program, .transaction] }

        /// The kinds of ten cases in a row: costly ones are fewer.
        fileprivate var mix: [Kind] {
            let (program, transaction) = (Kind.program, Kind.transaction)
            return self == .osaka
                ? [
                    program, transaction, program, transaction, .block, program, transaction,
                    program, transaction, program,
                ]
                : [
                    program, transaction, program, program, transaction, program, program,
                    transaction, program, program,
                ]
        }
    }

    enum Content: Sendable, Equatable {
        case transaction(TransactionCase)
        case block(BlockCase)
    }

    public let kind: Kind
    public let rules: Rules
    /// The number that the case was made from.
    public let seed: UInt64
    private(set) var content: Content

    /// The case of a number: the same on every machine.
    ///
    /// - Parameters:
    ///   - kind: nil for one of those that the peer can run.
    ///   - corpus: the code to mutate; without any all code is random.
    public init(seed: UInt64, rules: Rules, kind: Kind? = nil, corpus: CodeCorpus = CodeCorpus()) {
        self.seed = seed
        self.rules = rules
        let kind = kind ?? rules.mix[Int(seed % UInt64(rules.mix.count))]
        self.kind = kind
        var maker = CaseMaker(seed: seed, rules: rules, corpus: corpus)
        content =
            switch kind {
            case .program: .transaction(maker.program().fitted(to: rules))
            case .transaction: .transaction(maker.transaction().fitted(to: rules))
            case .block: .block(maker.block())
            }
    }

    // MARK: Running

    /// What the case led to here: a status, then gas, output, logs and what is left of the state.
    ///
    /// - Parameter coverage: counts what runs, at the price of the traced loop.
    public func run(_ coverage: DifferentialCoverage? = nil) -> JSON {
        switch content {
        case .transaction(let subject): subject.run(rules, tracer: coverage)
        case .block(let subject): subject.run(tracer: coverage)
        }
    }

    /// What the peer reads.
    ///
    /// - Parameter outcome: ours, which names the slots to ask for.
    public func question(_ outcome: JSON) -> JSON {
        switch content {
        case .transaction(let subject):
            var object = subject.question(rules).object ?? JSONObject()
            if rules == .cancun { object["slots"] = slots(outcome) }
            return .object(object)
        case .block(let subject): return subject.question
        }
    }

    /// The slots to ask for: those that were or are set, and the ones that programs use.
    private func slots(_ outcome: JSON) -> JSON {
        var object = JSONObject()
        for (address, account) in outcome["accounts"]?.object?.entries ?? [] {
            var names = ["0x0", "0x1", "0x2", "0x3"]
            for (slot, _) in account["storage"]?.object?.entries ?? [] where !names.contains(slot) {
                names.append(slot)
            }
            object[address] = .array(names.map { .string($0) })
        }
        return .object(object)
    }

    // MARK: Making it smaller

    /// The smallest case found that still fails.
    public func minimised(_ fails: (DifferentialCase) -> Bool) -> DifferentialCase {
        var copy = self
        withoutActuallyEscaping(fails) { fails in
            switch content {
            case .transaction(var subject):
                var minimiser = Minimiser(subject) {
                    fails(with(.transaction($0.fitted(to: rules))))
                }
                subject.minimise(&minimiser)
                copy.content = .transaction(subject.fitted(to: rules))
            case .block(var subject):
                var minimiser = Minimiser(subject) { fails(with(.block($0))) }
                subject.minimise(&minimiser)
                copy.content = .block(subject)
            }
        }
        return copy
    }

    private func with(_ content: Content) -> DifferentialCase {
        var copy = self
        copy.content = content
        return copy
    }

    /// Bytes of code and calldata, accounts, transactions: what minimising is to lower.
    var size: Int {
        switch content {
        case .transaction(let subject):
            subject.world.accounts.reduce(0) { $0 + 1 + $1.code.count + $1.storage.count }
                + subject.entry.transaction.input.count
        case .block(let subject):
            subject.world.accounts.reduce(0) { $0 + 1 + $1.code.count + $1.storage.count }
                + subject.transactions.reduce(0) { $0 + 1 + $1.transaction.input.count }
        }
    }
}
