internal import Crypto

/// What a Nitro-format document for development is to say.
public struct NitroRequest: Sendable, Equatable {
    /// Seconds since 1970 at which the document is made, one of ``times``.
    public var time: UInt64
    /// At most 512 bytes.
    public var userData: [UInt8]?
    /// At most 512 bytes.
    public var nonce: [UInt8]?
    /// 1 to 1024 bytes.
    public var publicKey: [UInt8]?
    /// Sixteen registers of 48 bytes.
    public var pcrs: [[UInt8]]
    /// The instance and enclave, 17 and 16 hexadecimal digits.
    public var instance: String
    public var enclave: String
    /// What is wrong with it; nil for nothing.
    public var fault: DevelopmentFault?

    public static let pcrCount = 16
    /// 2020-02-01 to 2049-12-01: every certificate lies within its root's validity.
    public static let times: ClosedRange<UInt64> = 1_580_515_200...2_521_929_600

    /// A request with the registers of the default image.
    public init(
        time: UInt64, userData: [UInt8]? = nil, nonce: [UInt8]? = nil, publicKey: [UInt8]? = nil,
        image: String = "assay development image", fault: DevelopmentFault? = nil
    ) {
        self.time = time
        self.userData = userData
        self.nonce = nonce
        self.publicKey = publicKey
        pcrs = NitroRequest.registers(image: image)
        instance = "0a55a7000000000de"
        enclave = "0a55a70000000de1"
        self.fault = fault
    }

    public var moduleID: String { "i-\(instance)-enc\(enclave)" }

    /// Registers 0 to 2 of an image by its description, 3 and 4 of role and instance; the others
    /// are zero. None of the first three is: that would be debug mode.
    public static func registers(image: String) -> [[UInt8]] {
        let zero = [UInt8](repeating: 0, count: SHA384.byteCount)
        let texts = [
            "\(image)", "\(image), kernel", "\(image), application", "assay development role",
            "assay development instance",
        ]
        return texts.map { SHA384.hash(Array($0.utf8)) }
            + [[UInt8]](repeating: zero, count: pcrCount - texts.count)
    }
}

/// One thing that is wrong with evidence, to show that it is refused.
public enum DevelopmentFault: String, CaseIterable, Sendable {
    /// The leaf's validity is over.
    case expiredLeaf = "expired-leaf"
    /// The leaf's validity has not begun.
    case futureLeaf = "future-leaf"
    /// Register 0 has one other bit: verified, and on no list of measurements.
    case wrongMeasurement = "wrong-measurement"
    /// Registers 0 to 2 are zero.
    case debug
    /// A root with the same name and another key.
    case otherRoot = "other-root"
    /// The leaf is signed by its own key.
    case selfSignedLeaf = "self-signed-leaf"
    /// The document is signed by another key than the leaf's.
    case otherSigner = "other-signer"
    /// The timestamp is a day old.
    case stale

    /// Why a verifier that wants a fresh document and no debug mode refuses it; nil where only
    /// the measurement is another.
    public var expectedReason: AttestationReason? {
        switch self {
        case .expiredLeaf, .futureLeaf: .chainTime
        case .wrongMeasurement: nil
        case .debug: .debug
        case .otherRoot: .root
        case .selfSignedLeaf: .chainSignature
        case .otherSigner: .signature
        case .stale: .fresh
        }
    }
}
