internal import Attestation
internal import Payments
internal import Primitives

extension NativeError {
    /// Canonical signature and arguments of the refusals about attestation and trust.
    static func trustParts(
        _ error: NativeError
    ) -> (signature: String, arguments: [ErrorArgument])? {
        switch error {
        case .invalidAttestation(let reason):
            (
                "InvalidAttestation(uint16,string)",
                [.number(UInt64(reason.rawValue)), .text(reason.code)]
            )
        case .unknownTEEType(let type): ("UnknownTEEType(uint8)", [.number(UInt64(type))])
        case .teeTypeRefused(let type, let since):
            ("TEETypeRefused(uint8,uint64)", [.number(UInt64(type)), .number(since)])
        case .platformRefused(let platform, let since):
            ("PlatformRefused(bytes32,uint64)", [.hash(platform), .number(since)])
        case .debugEvidence: ("DebugEvidence()", [])
        case .wrongBinding(let expected, let got):
            ("WrongBinding(bytes32,bytes32)", [.hash(expected), .hash(got)])
        case .unknownAttestedKey(let id): ("UnknownAttestedKey(bytes32)", [.hash(id)])
        case .attestedKeyExpired(let id, let notAfter, let now):
            (
                "AttestedKeyExpired(bytes32,uint64,uint64)",
                [.hash(id), .number(notAfter), .number(now)]
            )
        case .attestedKeyRevoked(let id, let at):
            ("AttestedKeyRevoked(bytes32,uint64)", [.hash(id), .number(at)])
        case .evidenceUsed(let identity): ("EvidenceUsed(bytes32)", [.hash(identity)])
        case .measurementNotListed(let measurement):
            ("MeasurementNotListed(bytes32)", [.hash(measurement)])
        case .notAnExecutor(let executor): ("NotAnExecutor(address)", [.address(executor)])
        default: recordParts(error)
        }
    }

    private static func recordParts(
        _ error: NativeError
    ) -> (signature: String, arguments: [ErrorArgument])? {
        switch error {
        case .unknownCollateral(let key): ("UnknownCollateral(bytes32)", [.hash(key)])
        case .collateralRolledBack(let key): ("CollateralRolledBack(bytes32)", [.hash(key)])
        case .notAdmin(let admin): ("NotAdmin(address)", [.address(admin)])
        case .unknownRoot(let family, let hash):
            ("UnknownRoot(uint8,bytes32)", [.number(UInt64(family)), .hash(hash)])
        case .invalidLifetime(let min, let max):
            ("InvalidLifetime(uint64,uint64)", [.number(min), .number(max)])
        case .unknownList(let id): ("UnknownList(bytes32)", [.hash(id)])
        case .listExists(let id): ("ListExists(bytes32)", [.hash(id)])
        case .tooCostlyToReexecute(let gas, let max):
            ("TooCostlyToReexecute(uint64,uint64)", [.number(gas), .number(max)])
        case .noDisagreement(let why): ("NoDisagreement(string)", [.text(why)])
        case .alreadyReported(let at): ("AlreadyReported(uint64)", [.number(at)])
        default: nil
        }
    }

    static let trustSignatures = [
        "InvalidAttestation(uint16,string)", "UnknownTEEType(uint8)",
        "TEETypeRefused(uint8,uint64)", "PlatformRefused(bytes32,uint64)", "DebugEvidence()",
        "WrongBinding(bytes32,bytes32)", "UnknownAttestedKey(bytes32)",
        "AttestedKeyExpired(bytes32,uint64,uint64)", "AttestedKeyRevoked(bytes32,uint64)",
        "EvidenceUsed(bytes32)", "MeasurementNotListed(bytes32)", "NotAnExecutor(address)",
        "UnknownCollateral(bytes32)",
        "CollateralRolledBack(bytes32)", "NotAdmin(address)", "UnknownRoot(uint8,bytes32)",
        "InvalidLifetime(uint64,uint64)", "UnknownList(bytes32)", "ListExists(bytes32)",
        "TooCostlyToReexecute(uint64,uint64)", "NoDisagreement(string)",
        "AlreadyReported(uint64)",
    ]
}
