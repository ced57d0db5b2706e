public import Primitives

/// What a simulated run does. The same scenario gives the same blocks on every machine.
public struct Scenario: Sendable, Equatable {
    public var models: Int
    public var inferences: Int
    public var seed: UInt64
    /// Settlements that are handed in before each block is made.
    public var settlementsPerBlock: Int
    /// Of a hundred inferences, how many settle without any evidence.
    public var plainPercent: UInt64
    /// Of a hundred inferences, how many a transaction asks for besides: the chain runs the model.
    public var callPercent: UInt64

    public init(
        models: Int = 4, inferences: Int = 1000, seed: UInt64 = 1, settlementsPerBlock: Int = 32,
        plainPercent: UInt64 = 30, callPercent: UInt64 = 10
    ) {
        self.models = models
        self.inferences = inferences
        self.seed = seed
        self.settlementsPerBlock = settlementsPerBlock
        self.plainPercent = plainPercent
        self.callPercent = callPercent
    }

    /// Seconds since 1970 at which every run starts: no clock is read.
    public static let startTime: UInt64 = 1_800_000_000
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
