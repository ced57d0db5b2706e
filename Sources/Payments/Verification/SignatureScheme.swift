/// How a registered key signs digests. The numbers are part of the registry and of policies.
public enum SignatureScheme: UInt8, CaseIterable, Sendable {
    case secp256k1 = 1
    case p256 = 2
    /// RSASSA-PSS with SHA-256, MGF1 with SHA-256, a salt of 32 bytes and e = 65537 (RFC 8017).
    case rsaPSS = 3

    /// The word for it in JSON and text.
    public var name: String {
        switch self {
        case .secp256k1: "secp256k1"
        case .p256: "p256"
        case .rsaPSS: "rsa-pss"
        }
    }

    /// The scheme of that name; nil for other words, cases included.
    public init?(name: String) {
        let found = SignatureScheme.allCases.first { $0.name.utf8.elementsEqual(name.utf8) }
        guard let found else { return nil }
        self = found
    }
}

/// Some schemes; bit `1 << number` stands for a scheme.
public struct SchemeSet: OptionSet, Sendable, Hashable {
    public let rawValue: UInt8

    public init(rawValue: UInt8) { self.rawValue = rawValue }

    public init(_ scheme: SignatureScheme) { rawValue = 1 << scheme.rawValue }

    public static let all = SignatureScheme.allCases.reduce(into: SchemeSet()) {
        $0.formUnion(SchemeSet($1))
    }

    public func contains(_ scheme: SignatureScheme) -> Bool { contains(SchemeSet(scheme)) }
}
