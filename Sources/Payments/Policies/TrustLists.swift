internal import Crypto
public import Primitives

/// Lists of the trust registry that policies ask when they name no other.
///
/// The list `name` of any owner has the id `keccak256(owner ‖ name)`; these two are the admin's
/// and have ids of their own.
public enum TrustLists {
    /// Measurements of machines.
    public static let measurements = Keccak.hash(Array("assay.list.measurements".utf8))
    /// Addresses of executors.
    public static let executors = Keccak.hash(Array("assay.list.executors".utf8))
}

/// The lists that policies ask, default ones included, each sorted and without repetition.
public struct PolicyLists: Sendable, Equatable {
    /// Asked about signers' addresses.
    public var signers: [Hash]
    /// Asked about measurements.
    public var measurements: [Hash]
    /// Asked about executors' addresses.
    public var executors: [Hash]

    public init(signers: [Hash] = [], measurements: [Hash] = [], executors: [Hash] = []) {
        self.signers = Set(signers).sorted()
        self.measurements = Set(measurements).sorted()
        self.executors = Set(executors).sorted()
    }

    public func union(_ other: PolicyLists) -> PolicyLists {
        PolicyLists(
            signers: signers + other.signers, measurements: measurements + other.measurements,
            executors: executors + other.executors)
    }
}

extension Requirement {
    /// The lists that decide whether this is met.
    public var lists: PolicyLists {
        switch self {
        case .plain, .zk: return PolicyLists()
        case .signed(let signed):
            if case .list(let list) = signed.group { return PolicyLists(signers: [list]) }
            return PolicyLists()
        case .tee(let tee):
            if case .list(let list) = tee.measurement { return PolicyLists(measurements: [list]) }
            return PolicyLists()
        case .reexecuted(.chainOrTwo): return PolicyLists(executors: [TrustLists.executors])
        case .reexecuted(.executors(.list(let list), _)): return PolicyLists(executors: [list])
        case .reexecuted: return PolicyLists()
        }
    }
}

extension Policy {
    /// The lists that decide whether the policy holds: whoever makes facts for it asks these.
    public var lists: PolicyLists {
        switch self {
        case .leaf(let requirement): requirement.lists
        case .anyOf(let parts), .allOf(let parts), .atLeast(_, let parts):
            parts.reduce(PolicyLists()) { $0.union($1.lists) }
        }
    }
}
