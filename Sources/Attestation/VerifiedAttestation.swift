public import Primitives

/// What evidence of every format says once it is verified.
public struct VerifiedAttestation: Sendable, Equatable {
    public var type: TEEType
    /// What runs, in one word; see the article for each format's rule.
    public var measurement: Hash
    /// Whether the host can read and change what runs.
    public var isDebug: Bool
    /// What the workload chose to say: 64 bytes, or a Nitro document's `user_data` (at most 512).
    public var reportData: [UInt8]
    /// Further fields of a Nitro document.
    public var publicKey: [UInt8]?
    public var nonce: [UInt8]?
    /// SHA-256 over the signed part: equal for the twins that one signature or wrapper has.
    public var identity: Hash
    /// Seconds since 1970, where the evidence says it.
    public var issuedAt: UInt64?
    /// The last second at which all it rests on is valid.
    public var notAfter: UInt64
    public var status: TCBStatus
    /// What the status was found from; nil for formats without such levels.
    public var basis: StatusBasis?
    /// Intel's advisories that apply at this status, in ascending byte order.
    public var advisories: [String]
    /// SHA-256 of the chip's, platform's or module's identifier.
    public var platform: Hash
    /// Whether it rests on a root for development.
    public var isDevelopment: Bool

    public init(
        type: TEEType, measurement: Hash, isDebug: Bool, reportData: [UInt8],
        publicKey: [UInt8]? = nil, nonce: [UInt8]? = nil, identity: Hash, issuedAt: UInt64? = nil,
        notAfter: UInt64, status: TCBStatus = .upToDate, basis: StatusBasis? = nil,
        advisories: [String] = [],
        platform: Hash, isDevelopment: Bool
    ) {
        self.type = type
        self.measurement = measurement
        self.isDebug = isDebug
        self.reportData = reportData
        self.publicKey = publicKey
        self.nonce = nonce
        self.identity = identity
        self.issuedAt = issuedAt
        self.notAfter = notAfter
        self.status = status
        self.basis = basis
        self.advisories = advisories
        self.platform = platform
        self.isDevelopment = isDevelopment
    }
}
