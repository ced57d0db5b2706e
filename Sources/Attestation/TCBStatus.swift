/// How up to date a platform's trusted computing base is, from best to worst.
///
/// Intel names the states; a format without such levels is up to date when its checks hold.
/// Numbers are part of the chain's interface.
/// Source: Intel, "TCB Info" and "Enclave Identity" of the PCS API, version 4.
public enum TCBStatus: UInt8, CaseIterable, Comparable, Sendable {
    case upToDate = 0
    case swHardeningNeeded
    case configurationNeeded
    case configurationAndSWHardeningNeeded
    case outOfDate
    case outOfDateConfigurationNeeded
    case revoked

    /// Intel's spelling.
    public var name: String {
        switch self {
        case .upToDate: "UpToDate"
        case .swHardeningNeeded: "SWHardeningNeeded"
        case .configurationNeeded: "ConfigurationNeeded"
        case .configurationAndSWHardeningNeeded: "ConfigurationAndSWHardeningNeeded"
        case .outOfDate: "OutOfDate"
        case .outOfDateConfigurationNeeded: "OutOfDateConfigurationNeeded"
        case .revoked: "Revoked"
        }
    }

    public init?(name: some StringProtocol) {
        let found = TCBStatus.allCases.first { name.utf8.elementsEqual($0.name.utf8) }
        guard let status = found else { return nil }
        self = status
    }

    /// The state of a whole one part of which is in this state and another in that.
    ///
    /// It is the worse of the two, but what is out of date and must be configured is told as both.
    /// Source: Intel's quote verification library, where the states of the TDX module and of the
    /// quoting enclave converge with the platform's.
    public func joined(with other: TCBStatus) -> TCBStatus {
        let worse = max(self, other)
        return switch min(self, other) {
        case .configurationNeeded, .configurationAndSWHardeningNeeded:
            worse == .outOfDate ? .outOfDateConfigurationNeeded : worse
        default: worse
        }
    }

    public static func < (left: TCBStatus, right: TCBStatus) -> Bool {
        left.rawValue < right.rawValue
    }
}
