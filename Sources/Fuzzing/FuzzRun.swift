internal import Files

/// The inputs of one harness.
public enum FuzzCorpus {
    /// Where the corpora lie in a checkout.
    public static let folder = "Tests/FuzzTests/Corpora"

    /// The files of a harness's folder in byte order of their names, and its seeds behind them.
    public static func inputs(
        of harness: FuzzHarness, in folder: String
    ) throws -> [(name: String, bytes: [UInt8])] {
        try Files.names(in: folder + "/" + harness.name).map { name in
            let path = folder + "/" + harness.name + "/" + name
            return (name: name, bytes: try Files.read(path, bytesMax: 1 << 24))
        } + harness.seeds().enumerated().map { (name: "seed \($0)", bytes: $1) }
    }
}

/// What a run saw.
public struct FuzzReport: Sendable {
    /// How often each outcome was reached.
    public private(set) var counts: [FuzzOutcome: Int] = [:]
    /// The inputs that broke a law: the file's name or the case's number, and the law.
    public private(set) var failures: [(input: String, failure: FuzzFailure)] = []

    public init() {}

    public var caseCount: Int { counts.values.reduce(failures.count, +) }

    /// The outcomes, the most frequent first, equals in order of their labels.
    public var rows: [(label: String, count: Int)] {
        counts.map { (label: $0.key.label, count: $0.value) }
            .sorted { ($1.count, $0.label) < ($0.count, $1.label) }
    }

    public var reachedAccept: Bool { counts[.accepted] != nil }
    public var reachedRefusal: Bool { counts.keys.contains { $0 != .accepted } }

    /// Runs one input and counts how it ended.
    public mutating func run(_ harness: FuzzHarness, _ input: String, _ bytes: [UInt8]) {
        do {
            counts[try harness.run(bytes), default: 0] += 1
        } catch {
            failures.append((input: input, failure: error))
        }
    }
}
