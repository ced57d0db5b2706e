internal import Codec
internal import EVM
internal import Ledger
internal import Primitives

/// The network names of official blockchain tests: a fork, or a change from one to another.
enum NetworkName {
    /// The config, or nil for a name that is not known.
    ///
    /// - Parameter schedules: the fixture's blob parameters by fork; built in where it has none.
    static func config(_ name: String, schedules: JSON?) -> ChainConfig? {
        if name == "ArrowGlacierToParisAtDiffC0000" {
            var config = ChainConfig(chainID: 1, always: .london)
            config.terminalTotalDifficulty = 0xc0000
            return config
        }
        let halves = split(name)
        guard let first = Fork(halves.from) else { return nil }
        guard let change = halves.change else {
            return config(first, nil, at: 0, isTime: false, schedules)
        }
        guard let second = Fork(change.to) else { return nil }
        return config(first, second, at: change.at, isTime: change.isTime, schedules)
    }

    /// `CancunToPragueAtTime15k` or `HomesteadToDaoAt5`.
    private static func split(
        _ name: String
    ) -> (from: Substring, change: (to: Substring, at: UInt64, isTime: Bool)?) {
        guard let to = name.firstRange(of: "To"), let at = name.firstRange(of: "At") else {
            return (name[...], nil)
        }
        var digits = name[at.upperBound...]
        let isTime = digits.hasPrefix("Time")
        if isTime { digits = digits.dropFirst(4) }
        let isThousands = digits.hasSuffix("k")
        if isThousands { digits = digits.dropLast() }
        guard let number = UInt64(digits) else { return (name[...], nil) }
        return (
            name[..<to.lowerBound],
            (name[to.upperBound..<at.lowerBound], isThousands ? number * 1000 : number, isTime)
        )
    }

    /// A fork as fixtures name it; blob-parameter forks have the rules of Osaka.
    private struct Fork {
        let name: String
        let revision: Revision
        let isDAO: Bool

        init?(_ text: Substring) {
            name = String(text)
            isDAO = name == "Dao"
            if isDAO {
                revision = .homestead
            } else if name.hasPrefix("BPO") {
                revision = .osaka
            } else if let rules = ForkName.rules(name) {
                revision = rules.revision
            } else {
                return nil
            }
        }
    }

    private static func config(
        _ first: Fork, _ second: Fork?, at: UInt64, isTime: Bool, _ schedules: JSON?
    ) -> ChainConfig? {
        var config = ChainConfig(chainID: 1, always: first.revision)
        config.depositContract = depositContract
        config.blobForks = []
        if let schedule = schedule(first, schedules) {
            config.blobForks.append(ChainConfig.BlobFork(time: 0, schedule: schedule))
        }
        guard let second else { return config }
        if second.isDAO {
            config.daoFork = at
            return config
        }
        if isTime {
            for revision in Revision.allCases
            where revision > first.revision && revision <= second.revision {
                config.timeForks.append((revision, at))
            }
            if let schedule = schedule(second, schedules) {
                config.blobForks.append(ChainConfig.BlobFork(time: at, schedule: schedule))
            }
        } else {
            for revision in Revision.allCases
            where revision > first.revision && revision <= second.revision {
                config.blockForks.append((revision, at))
            }
        }
        return config
    }

    private static func schedule(
        _ fork: Fork, _ schedules: JSON?
    ) -> ChainConfig.BlobSchedule? {
        guard fork.revision >= .cancun else { return nil }
        guard let entry = schedules?[fork.name] else {
            return ForkName.rules(fork.name)?.blobs
        }
        guard let target = try? Fixture.uint64(entry["target"], "target"),
            let max = try? Fixture.uint64(entry["max"], "max"),
            let fraction = try? Fixture.uint64(entry["baseFeeUpdateFraction"], "fraction")
        else { return nil }
        return ChainConfig.BlobSchedule(
            target: target, max: max, baseFeeUpdateFraction: fraction)
    }

    /// The deposit contract of the main network (EIP-6110), which the fixtures use.
    private static let depositContract = Address(
        truncating: UInt256(
            limbs: 0x9cbe05303d7705fa, 0x219ab540356cbb83, 0, 0))
}
