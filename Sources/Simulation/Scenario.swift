internal import Payments
public import Primitives

/// What a simulated run does. The same scenario gives the same blocks on every machine.
public struct Scenario: Sendable, Equatable {
    public var models: Int
    public var inferences: Int
    public var seed: UInt64
    /// Settlements that are handed in before each block is made.
    public var settlementsPerBlock: Int
    public var mix: ModeMix
    /// Of a hundred inferences, how many a transaction asks for besides: the chain runs the model.
    public var callPercent: UInt64

    public init(
        models: Int = 4, inferences: Int = 1000, seed: UInt64 = 1, settlementsPerBlock: Int = 32,
        mix: ModeMix = .standard, callPercent: UInt64 = 10
    ) {
        self.models = models
        self.inferences = inferences
        self.seed = seed
        self.settlementsPerBlock = settlementsPerBlock
        self.mix = mix
        self.callPercent = callPercent
    }

    /// Seconds since 1970 at which every run starts: no clock is read.
    public static let startTime: UInt64 = 1_800_000_000
}

/// Of a hundred settlements, how many ask for each kind of evidence.
public struct ModeMix: Sendable, Equatable {
    /// By the kind's number; their sum is 100.
    public let percents: [UInt64]
    /// Of a hundred that ask for more than `plain`, how many ask for the provider's signature too.
    public var combinedPercent: UInt64

    /// Mostly signatures, as where answers are cheap and few are checked; some of everything.
    public static let standard = ModeMix(
        plain: 20, signed: 40, tee: 20, reexecuted: 15, zk: 5)

    private init(plain: UInt64, signed: UInt64, tee: UInt64, reexecuted: UInt64, zk: UInt64) {
        percents = [plain, signed, tee, reexecuted, zk]
        combinedPercent = 10
    }

    /// The mix with those percents, by kind number; nil unless there is one a kind and their sum
    /// is 100.
    public init?(percents: [UInt64], combinedPercent: UInt64 = 10) {
        guard percents.count == EvidenceKind.allCases.count, combinedPercent <= 100,
            percents.allSatisfy({ $0 <= 100 }), percents.reduce(0, +) == 100
        else { return nil }
        self.percents = percents
        self.combinedPercent = combinedPercent
    }

    /// The kind that a number below 100 falls on.
    func kind(_ number: UInt64) -> EvidenceKind {
        var sum: UInt64 = 0
        for kind in EvidenceKind.allCases {
            sum += percents[Int(kind.rawValue)]
            if number < sum { return kind }
        }
        return .plain
    }
}

/// What a run led to.
public struct ScenarioResult: Sendable, Equatable {
    public var blocks: Int
    public var headHash: Hash
    public var stateRoot: Hash
    /// Keccak-256 over the hashes of all blocks in order.
    public var chainDigest: Hash
    /// Of settlements that were sent, those that the chain took.
    public var settled: Int
    /// Of inferences that transactions asked for, those that the chain ran.
    public var called: Int
    public var gasUsed: UInt64
}
