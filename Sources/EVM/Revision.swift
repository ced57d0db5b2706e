/// A set of EVM rules, named after the fork that brought it, in order of time.
public enum Revision: UInt8, Comparable, CaseIterable, Sendable {
    case frontier, homestead, tangerineWhistle, spuriousDragon, byzantium, constantinople
    case petersburg, istanbul, berlin, london, paris, shanghai, cancun, prague, osaka

    @inlinable
    public static func < (left: Revision, right: Revision) -> Bool {
        left.rawValue < right.rawValue
    }
}
