/// Why evidence is refused. Codes are those of the shared test vectors.
///
/// Numbers are part of what contracts read: they never change, and new ones come behind the last.
public enum AttestationReason: UInt16, CaseIterable, Sendable {
    // Every format.
    /// Empty, or more bytes than the format allows.
    case size = 1
    /// Bytes behind the evidence.
    case trailing = 2
    /// A version that is not read here.
    case version = 3
    /// The chain does not begin at a trusted root.
    case root = 4
    /// Bytes that are no certificate of the strict form.
    case certificate = 5
    /// A key or signature algorithm other than the format's.
    case chainAlgorithm = 6
    /// A certificate outside its validity.
    case chainTime = 7
    /// A critical extension that is not understood.
    case chainExtension = 8
    /// A certificate that may not issue or sign what it did.
    case chainAuthority = 9
    /// An issuer that is not the parent's subject, or a subject of another role.
    case chainName = 10
    /// A certificate that its parent did not sign.
    case chainSignature = 11
    /// A certificate that occurs twice.
    case chainDuplicate = 12
    /// A chain of another length or order.
    case chain = 13
    /// A certificate that its issuer has revoked.
    case revoked = 14
    /// The attested statement is not signed by the attesting key.
    case signature = 15
    /// Too old, or from the future.
    case fresh = 16
    /// A debug environment, whose memory its host can read.
    case debug = 17
    /// The evidence answers another challenge.
    case binding = 18
    /// Bytes that do not have the evidence's form.
    case format = 19
    /// Reserved bits or bytes that are set.
    case reserved = 20
    // AWS Nitro.
    /// No CBOR of the strict form.
    case cbor = 21
    /// No COSE_Sign1 of the strict form.
    case cose = 22
    /// Another protected header than ES384's.
    case coseAlgorithm = 23
    /// A key of a map that occurs twice.
    case duplicateKey = 24
    /// A field that is missing, of another type, or outside its limits.
    case document = 25
    // Intel SGX and TDX.
    /// A TEE type that the quote's version does not have.
    case teeType = 26
    /// A body type that is not read here.
    case bodyType = 27
    /// A body whose size is not its type's.
    case bodySize = 28
    /// An attestation key that is not P-256.
    case keyType = 29
    /// A quoting enclave that is not Intel's.
    case qeVendor = 30
    /// Certification data that hold no PCK chain.
    case certificationType = 31
    /// Authentication data of the quoting enclave that have not 32 bytes.
    case qeAuthLength = 32
    /// A revocation list outside its window.
    case crlTime = 33
    /// TCB info outside its window.
    case tcbInfoTime = 34
    /// TCB info that its signer did not sign.
    case tcbInfoSignature = 35
    /// TCB info signed by another role's key.
    case tcbInfoSigner = 36
    /// TCB info that is no JSON of the strict form.
    case tcbInfoFormat = 37
    /// TCB info of another kind or version.
    case tcbInfoType = 38
    /// A quoting enclave's identity outside its window.
    case qeIdentityTime = 39
    /// A quoting enclave's identity that its signer did not sign.
    case qeIdentitySignature = 40
    /// An enclave identity of another kind or version.
    case qeIdentityType = 41
    /// A PCK certificate without Intel's extension in its form.
    case pckExtension = 42
    /// TCB info of another PCE.
    case pceID = 43
    /// TCB info of another platform family.
    case fmspc = 44
    /// The quoting enclave's report is not signed by the PCK.
    case qeSignature = 45
    /// The quoting enclave's report does not name the attestation key.
    case qeHash = 46
    /// A quoting enclave other than the identity's.
    case qeIdentity = 47
    /// A quoting enclave in debug mode.
    case qeDebug = 48
    /// A quoting enclave older than every level of its identity.
    case qeSVN = 49
    /// The quote is not signed by the attestation key.
    case quoteSignature = 50
    /// A platform below every TCB level.
    case tcbLevel = 51
    /// A platform whose TCB level is revoked.
    case tcbRevoked = 52
    /// A TDX module that the TCB info does not know.
    case tdxModule = 53
    /// Attributes of a trust domain that are not production's.
    case tdAttributes = 54
    /// A trust domain that a service domain may change.
    case serviceTD = 55
    // AMD SEV-SNP.
    /// A report signed by another algorithm.
    case signatureAlgorithm = 56
    /// A processor of another product line.
    case product = 57
    /// A report signed by another kind of key.
    case signer = 58
    /// A versioned key of another TCB than the report's.
    case tcb = 59
    /// A versioned key of another chip.
    case chipID = 60
    // Collateral.
    /// What the evidence needs is not in the chain's state.
    case collateral = 61
    // What a chain asks for besides.
    /// Genuine, and of a guest that others may speak for: SEV-SNP below VMPL 0, or with a migration
    /// agent.
    case guestPolicy = 62

    /// The word in test vectors, replies and receipts.
    public var code: String {
        switch self {
        case .size: "E_SIZE"
        case .trailing: "E_TRAILING"
        case .version: "E_VERSION"
        case .root: "E_ROOT"
        case .certificate: "E_CERT"
        case .chainAlgorithm: "E_CHAIN_ALG"
        case .chainTime: "E_CHAIN_TIME"
        case .chainExtension: "E_CHAIN_EXT"
        case .chainAuthority: "E_CHAIN_CA"
        case .chainName: "E_CHAIN_NAME"
        case .chainSignature: "E_CHAIN_SIG"
        case .chainDuplicate: "E_CHAIN_DUP"
        case .chain: "E_CHAIN"
        case .revoked: "E_REVOKED"
        case .signature: "E_SIG"
        case .fresh: "E_FRESH"
        case .debug: "E_DEBUG"
        case .binding: "E_BINDING"
        case .format: "E_FORMAT"
        case .reserved: "E_RESERVED"
        case .cbor: "E_CBOR"
        case .cose: "E_COSE"
        case .coseAlgorithm: "E_COSE_ALG"
        case .duplicateKey: "E_DUP_KEY"
        case .document: "E_DOC"
        case .teeType: "E_TEE_TYPE"
        case .bodyType: "E_BODY_TYPE"
        case .bodySize: "E_BODY_SIZE"
        case .keyType: "E_KEY_TYPE"
        case .qeVendor: "E_QE_VENDOR"
        case .certificationType: "E_CERT_TYPE"
        case .qeAuthLength: "E_QE_AUTH_LEN"
        case .crlTime: "E_CRL_TIME"
        case .tcbInfoTime: "E_TCBINFO_TIME"
        case .tcbInfoSignature: "E_TCBINFO_SIG"
        case .tcbInfoSigner: "E_TCBINFO_SIGNER"
        case .tcbInfoFormat: "E_TCBINFO_FORMAT"
        case .tcbInfoType: "E_TCBINFO_TYPE"
        case .qeIdentityTime: "E_QEID_TIME"
        case .qeIdentitySignature: "E_QEID_SIG"
        case .qeIdentityType: "E_QEID_TYPE"
        case .pckExtension: "E_PCK_EXT"
        case .pceID: "E_PCEID"
        case .fmspc: "E_FMSPC"
        case .qeSignature: "E_QE_SIG"
        case .qeHash: "E_QE_HASH"
        case .qeIdentity: "E_QE_IDENTITY"
        case .qeDebug: "E_QE_DEBUG"
        case .qeSVN: "E_QE_SVN"
        case .quoteSignature: "E_QUOTE_SIG"
        case .tcbLevel: "E_TCB_LEVEL"
        case .tcbRevoked: "E_TCB_REVOKED"
        case .tdxModule: "E_TDX_MODULE"
        case .tdAttributes: "E_TD_ATTR"
        case .serviceTD: "E_SERVICE_TD"
        case .signatureAlgorithm: "E_SIG_ALG"
        case .product: "E_PRODUCT"
        case .signer: "E_SIGNER"
        case .tcb: "E_TCB"
        case .chipID: "E_CHIP_ID"
        case .collateral: "E_COLLATERAL"
        case .guestPolicy: "E_GUEST_POLICY"
        }
    }

    public init?(code: some StringProtocol) {
        let found = AttestationReason.allCases.first { code.utf8.elementsEqual($0.code.utf8) }
        guard let reason = found else { return nil }
        self = reason
    }
}

/// A refusal: its reason, and which part of the evidence it concerns.
public struct AttestationError: Error, Equatable, Sendable {
    public let reason: AttestationReason
    /// Short, and a function of the evidence, time and state alone.
    public let detail: String

    public init(_ reason: AttestationReason, _ detail: String) {
        self.reason = reason
        self.detail = detail
    }
}

extension AttestationError: CustomStringConvertible {
    public var description: String { "\(reason.code): \(detail)" }
}
