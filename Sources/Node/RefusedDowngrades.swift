internal import Ledger
internal import Payments
internal import Synchronization

/// Settlements and requests that were refused since their evidence was, or would have been, less
/// than somebody asked for. A refused settlement leaves no state, so the node counts.
///
/// Counts are the node's own, from its start on, and say nothing of other nodes.
public final class RefusedDowngrades: Sendable {
    /// Where it was noticed.
    public enum Place: Int, CaseIterable, Sendable {
        /// A request for inference, before anything was paid: the provider cannot give so much.
        case request
        /// A dry run: `eth_call`, `eth_estimateGas`, or the gateway's and the facilitator's own.
        case dryRun
        /// A transaction in a block, which failed.
        case block

        public var name: String {
            switch self {
            case .request: "requests"
            case .dryRun: "dryRuns"
            case .block: "transactions"
            }
        }
    }

    /// Refusals in one place, and for how many of them each kind was named as missing.
    public struct Count: Sendable, Equatable {
        public var refusals: UInt64 = 0
        /// By the kind's number.
        public var missing = [UInt64](repeating: 0, count: EvidenceKind.allCases.count)
    }

    private let counts = Mutex([Count](repeating: Count(), count: Place.allCases.count))

    public init() {}

    public func count(of place: Place) -> Count { counts.withLock { $0[place.rawValue] } }

    /// - Parameter missing: what was missing, in the words of `Policy.missing`.
    public func add(_ missing: String, at place: Place) {
        let named = RefusedDowngrades.kinds(in: missing)
        counts.withLock { counts in
            counts[place.rawValue].refusals += 1
            for kind in named { counts[place.rawValue].missing[Int(kind.rawValue)] += 1 }
        }
    }

    /// Counts a refusal of a native by its revert data; other data is none.
    public func add(revertData: [UInt8], at place: Place) {
        guard let missing = NativeError.missingEvidence(inRevertData: revertData) else { return }
        add(missing, at: place)
    }

    /// The kinds whose names are words of the text.
    private static func kinds(in text: String) -> [EvidenceKind] {
        let words = text.utf8.split { byte in
            !(UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
        }
        return EvidenceKind.allCases.filter { kind in
            words.contains { $0.elementsEqual(kind.name.utf8) }
        }
    }
}
