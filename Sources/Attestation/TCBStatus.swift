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

    public static func < (left: TCBStatus, right: TCBStatus) -> Bool {
        left.rawValue < right.rawValue
    }

    /// The state of two parts that both must be right, such as a platform and its quoting enclave:
    /// whatever either of them needs.
    ///
    /// That is never better than the worse of the two, and worse where one is out of date and the
    /// other needs configuration. Which of the two comes first does not matter.
    /// Source: Intel, SGX and TDX DCAP Quote Verification Library, `convergeTcbStatus`.
    public func merged(with other: TCBStatus) -> TCBStatus {
        if self == .revoked || other == .revoked { return .revoked }
        let needsConfiguration = self.needsConfiguration || other.needsConfiguration
        let needsHardening = self.needsHardening || other.needsHardening
        if max(self, other) >= .outOfDate {
            return needsConfiguration ? .outOfDateConfigurationNeeded : .outOfDate
        }
        switch (needsConfiguration, needsHardening) {
        case (true, true): return .configurationAndSWHardeningNeeded
        case (true, false): return .configurationNeeded
        case (false, true): return .swHardeningNeeded
        case (false, false): return .upToDate
        }
    }

    private var needsConfiguration: Bool {
        switch self {
        case .configurationNeeded, .configurationAndSWHardeningNeeded,
            .outOfDateConfigurationNeeded:
            true
        case .upToDate, .swHardeningNeeded, .outOfDate, .revoked: false
        }
    }

    private var needsHardening: Bool {
        self == .swHardeningNeeded || self == .configurationAndSWHardeningNeeded
    }
}
