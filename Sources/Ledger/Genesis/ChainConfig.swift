public import EVM
public import Primitives

/// When which rules hold on a chain: geth's `config` object.
public struct ChainConfig: Sendable, Equatable {
    /// Blob parameters of a fork (EIP-7840).
    public struct BlobSchedule: Sendable, Equatable {
        public var target: UInt64
        public var max: UInt64
        public var baseFeeUpdateFraction: UInt64

        public init(target: UInt64, max: UInt64, baseFeeUpdateFraction: UInt64) {
            self.target = target
            self.max = max
            self.baseFeeUpdateFraction = baseFeeUpdateFraction
        }

        public static let cancun = BlobSchedule(
            target: 3, max: 6, baseFeeUpdateFraction: 3_338_477)
        public static let prague = BlobSchedule(
            target: 6, max: 9, baseFeeUpdateFraction: 5_007_716)
    }

    /// From this block on the difficulty bomb counts from `delay` blocks later.
    public struct BombDelay: Sendable, Equatable {
        public var number: UInt64
        public var delay: UInt64

        public init(number: UInt64, delay: UInt64) {
            self.number = number
            self.delay = delay
        }
    }

    /// A change of blob parameters from a time on; BPO forks change nothing else (EIP-7892).
    public struct BlobFork: Sendable, Equatable {
        public var time: UInt64
        public var schedule: BlobSchedule

        public init(time: UInt64, schedule: BlobSchedule) {
            self.time = time
            self.schedule = schedule
        }
    }

    public var chainID: UInt64
    /// First block of each revision up to London, ascending by revision.
    public var blockForks: [(revision: Revision, number: UInt64)]
    /// First timestamp of each revision from Shanghai on, ascending by revision.
    public var timeForks: [(revision: Revision, time: UInt64)]
    /// Whether Paris rules hold from the first block on.
    public var isMergedAtGenesis: Bool
    /// The sum of difficulties that ends proof of work (EIP-3675); nil on chains that never do.
    public var terminalTotalDifficulty: UInt256?
    /// The block of the DAO fork, whose headers say so for ten blocks (EIP-779).
    public var daoFork: UInt64?
    /// How far each fork set the difficulty bomb back, ascending by block
    /// (EIP-649, 1234, 2384, 3554, 4345, 5133).
    public var bombDelays: [BombDelay] = []
    /// Ascending by time.
    public var blobForks: [BlobFork]
    public var depositContract: Address?
    /// Whether the native precompiles are part of this chain.
    public var hasNatives: Bool
    /// The one token that the settlement precompile moves, where the profile names one. Its
    /// storage must be laid out as that of `contracts/UsdcLikeToken.vy` (`AuthorizationWord`).
    public var token: Address?

    public init(
        chainID: UInt64, blockForks: [(revision: Revision, number: UInt64)],
        timeForks: [(revision: Revision, time: UInt64)], isMergedAtGenesis: Bool,
        blobForks: [BlobFork], depositContract: Address? = nil, hasNatives: Bool = false,
        token: Address? = nil
    ) {
        self.chainID = chainID
        self.blockForks = blockForks
        self.timeForks = timeForks
        self.isMergedAtGenesis = isMergedAtGenesis
        terminalTotalDifficulty = isMergedAtGenesis ? .zero : nil
        self.blobForks = blobForks
        self.depositContract = depositContract
        self.hasNatives = hasNatives
        self.token = token
    }

    /// The config of a chain that has one revision's rules from the first block on.
    public init(chainID: UInt64, always revision: Revision) {
        self.init(
            chainID: chainID,
            blockForks: Revision.allCases.filter { $0 <= min(revision, .london) }
                .map { ($0, 0) },
            timeForks: Revision.allCases.filter { $0 >= .shanghai && $0 <= revision }
                .map { ($0, 0) },
            isMergedAtGenesis: revision >= .paris,
            blobForks: revision >= .prague
                ? [BlobFork(time: 0, schedule: .prague)]
                : revision >= .cancun ? [BlobFork(time: 0, schedule: .cancun)] : [])
    }

    /// The rules of the block with this number and timestamp.
    public func revision(number: UInt64, timestamp: UInt64) -> Revision {
        revision(number: number, timestamp: timestamp, isMerged: isMergedAtGenesis)
    }

    /// The rules of a block before or after the merge, as the chain's total difficulty decides.
    public func revision(number: UInt64, timestamp: UInt64, isMerged: Bool) -> Revision {
        var current = Revision.frontier
        for fork in blockForks where fork.number <= number { current = fork.revision }
        if isMerged, current >= .london { current = .paris }
        for fork in timeForks where fork.time <= timestamp && current >= .paris {
            current = fork.revision
        }
        return current
    }

    /// The blob parameters at the time, or nil before Cancun.
    public func blobSchedule(timestamp: UInt64) -> BlobSchedule? {
        blobForks.last { $0.time <= timestamp }?.schedule
    }

    public static func == (left: ChainConfig, right: ChainConfig) -> Bool {
        left.chainID == right.chainID
            && left.blockForks.elementsEqual(right.blockForks, by: ==)
            && left.timeForks.elementsEqual(right.timeForks, by: ==)
            && left.isMergedAtGenesis == right.isMergedAtGenesis
            && left.blobForks == right.blobForks
            && left.terminalTotalDifficulty == right.terminalTotalDifficulty
            && left.daoFork == right.daoFork && left.bombDelays == right.bombDelays
            && left.depositContract == right.depositContract
            && left.hasNatives == right.hasNatives && left.token == right.token
    }
}
