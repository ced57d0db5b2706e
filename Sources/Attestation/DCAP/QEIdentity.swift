internal import Codec

/// What Intel says of its quoting enclaves: who signs them and which versions are in what state.
///
/// Source: Intel PCS API v4, "Get SGX Enclave Identity", "Get TDX Enclave Identity" (version 2).
public struct QEIdentity: Sendable, Equatable {
    /// `sgx` for the identity QE, `tdx` for TD_QE.
    public let tee: TEEType
    public let window: Window
    public let evaluationNumber: UInt32
    /// 4 bytes, as reports have them, as is the mask.
    public let miscSelect: [UInt8]
    public let miscSelectMask: [UInt8]
    /// 16 bytes, as is the mask.
    public let attributes: [UInt8]
    public let attributesMask: [UInt8]
    /// 32 bytes.
    public let signer: [UInt8]
    public let productID: UInt16
    /// Highest first.
    public let levels: [TCBInfo.VersionLevel]
}

extension QEIdentity {
    /// Reads the document; whether it is signed is the caller's matter.
    ///
    /// - Throws: `qeIdentityType`.
    public init(parsing document: [UInt8]) throws(AttestationError) {
        guard let json = CollateralObject.parse(document) else {
            throw AttestationError(.qeIdentityType, "QE identity is no strict JSON")
        }
        try self.init(json)
    }

    /// - Throws: `qeIdentityType` for whatever is not an identity of version 2.
    init(_ json: JSONOutline.Item) throws(AttestationError) {
        let document = CollateralObject(json, reason: .qeIdentityType)
        let version = try document.natural("version", max: 1000)
        guard version == 2 else {
            throw AttestationError(.qeIdentityType, "QE identity of version \(version)")
        }
        switch try document.text("id") {
        case "QE": tee = .sgx
        case "TD_QE": tee = .tdx
        default: throw AttestationError(.qeIdentityType, "identity of another enclave")
        }
        window = Window(
            start: try document.time("issueDate"), end: try document.time("nextUpdate"))
        evaluationNumber = UInt32(
            try document.natural("tcbEvaluationDataNumber", max: UInt64(UInt32.max)))
        miscSelect = try document.hex("miscselect", count: 4)
        miscSelectMask = try document.hex("miscselectMask", count: 4)
        attributes = try document.hex("attributes", count: 16)
        attributesMask = try document.hex("attributesMask", count: 16)
        signer = try document.hex("mrsigner", count: 32)
        productID = UInt16(try document.natural("isvprodid", max: 65_535))
        levels = try document.versionLevels(of: [
            .upToDate, .configurationNeeded, .outOfDate, .outOfDateConfigurationNeeded, .revoked,
        ])
    }
}
