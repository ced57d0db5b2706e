/// An Intel SGX or TDX quote, decoded and not yet verified.
///
/// Versions 3 (SGX), 4 and 5 (TDX); attestation keys on P-256; PCK certificates inside. All
/// lengths are compared with what is there before they are used, what follows the quote must be
/// zero, and nothing else is left unread.
/// Source: Intel SGX ECDSA QuoteLibReferenceDCAP API, appendix A.4; Intel TDX DCAP Quoting Library
/// API, appendix A.
public struct DCAPQuote: Sendable, Equatable {
    public enum Body: Sendable, Equatable {
        case sgx(SGXReport)
        case tdx(TDReport)
    }

    public let version: UInt16
    public let attestationKeyType: UInt16
    /// 0 for SGX, 0x81 for TDX.
    public let teeType: UInt32
    /// Bytes 8 and 10 of the header: versions of QE and PCE, which libraries order differently.
    public let headerVersions: (UInt16, UInt16)
    public let qeVendorID: ArraySlice<UInt8>
    public let headerUserData: ArraySlice<UInt8>
    public let body: Body
    /// Header and body.
    public let signedBytes: ArraySlice<UInt8>
    /// r and s, 32 bytes each, big-endian.
    public let signature: ArraySlice<UInt8>
    /// x and y, 32 bytes each, big-endian.
    public let attestationKey: ArraySlice<UInt8>
    public let qeReport: SGXReport
    public let qeReportSignature: ArraySlice<UInt8>
    public let qeAuthenticationData: ArraySlice<UInt8>
    /// PCK certificate, its authority's and the root's, as PEM.
    public let certificates: ArraySlice<UInt8>
    /// Bytes of the quote, and zeros behind it.
    public let byteCount: Int
    public let paddingCount: Int

    /// Reads a quote that fills all of `bytes`, but for zeros behind it.
    ///
    /// - Throws: `size`, `version`, `keyType`, `qeVendor`, `teeType`, `bodyType`, `bodySize`,
    ///   `format`, `certificationType`, `qeAuthLength`, `trailing`, in that order.
    public init(decoding bytes: [UInt8]) throws(AttestationError) {
        guard bytes.count <= DCAPLimits.quoteBytesMax else {
            throw AttestationError(.size, "\(bytes.count) bytes")
        }
        var reader = LittleEndianReader(bytes[...])
        version = try reader.readUInt16("version")
        guard (3...5).contains(version) else {
            throw AttestationError(.version, "version \(version)")
        }
        attestationKeyType = try reader.readUInt16("key type")
        guard attestationKeyType == 2 else {
            throw AttestationError(.keyType, "attestation key type \(attestationKeyType)")
        }
        teeType = try reader.readUInt32("TEE type")
        headerVersions = (try reader.readUInt16("version"), try reader.readUInt16("version"))
        qeVendorID = try reader.read(16, "QE vendor")
        guard qeVendorID.elementsEqual(DCAPQuote.intel) else {
            throw AttestationError(.qeVendor, "the quoting enclave is not Intel's")
        }
        headerUserData = try reader.read(20, "user data")
        body = try DCAPQuote.readBody(&reader, version: version, teeType: teeType)
        signedBytes = bytes[..<reader.rest.startIndex]

        let sectionCount = Int(try reader.readUInt32("signature length"))
        var section = LittleEndianReader(try reader.read(sectionCount, "signature section"))
        signature = try section.read(64, "signature")
        attestationKey = try section.read(64, "attestation key")
        if version >= 4 { try DCAPQuote.enterReportCertification(&section) }
        qeReport = SGXReport(checked: try section.read(SGXReport.byteCount, "QE report"))
        qeReportSignature = try section.read(64, "QE report signature")
        let authenticationCount = try section.readUInt16("QE authentication length")
        guard authenticationCount == 32 else {
            throw AttestationError(
                .qeAuthLength, "\(authenticationCount) bytes of QE authentication data")
        }
        qeAuthenticationData = try section.read(32, "QE authentication data")
        let kind = try section.readUInt16("certification type")
        guard kind == 5 else {
            throw AttestationError(.certificationType, "certification data of type \(kind)")
        }
        certificates = try section.read(
            Int(try section.readUInt32("certification length")), "certification data")
        guard section.rest.isEmpty else {
            throw AttestationError(.format, "\(section.rest.count) bytes after the certificates")
        }
        guard reader.rest.isZero else {
            throw AttestationError(.trailing, "\(reader.rest.count) bytes after the quote")
        }
        byteCount = reader.rest.startIndex
        paddingCount = reader.rest.count
    }

    /// Intel's vendor identifier.
    static let intel: [UInt8] = [
        0x93, 0x9a, 0x72, 0x33, 0xf7, 0x9c, 0x4c, 0xa9, 0x94, 0x0a, 0x0d, 0xb3, 0x95, 0x7f, 0x06,
        0x07,
    ]

    /// SGX travels in version 3 only: no platform issues it otherwise, and other verifiers differ.
    private static func readBody(
        _ reader: inout LittleEndianReader, version: UInt16, teeType: UInt32
    ) throws(AttestationError) -> Body {
        switch (teeType, version) {
        case (0, 3):
            return .sgx(SGXReport(checked: try reader.read(SGXReport.byteCount, "body")))
        case (0, _):
            throw AttestationError(.version, "SGX in a quote of version \(version)")
        case (0x81, 4):
            let form = TDReport.Form.td10
            return .tdx(TDReport(checked: try reader.read(form.byteCount, "body"), form: form))
        case (0x81, 5):
            let form = try readForm(&reader)
            return .tdx(TDReport(checked: try reader.read(form.byteCount, "body"), form: form))
        default:
            throw AttestationError(.teeType, "TEE type \(teeType) in version \(version)")
        }
    }

    /// Version 5 says which body follows, and how long it is.
    private static func readForm(
        _ reader: inout LittleEndianReader
    ) throws(AttestationError) -> TDReport.Form {
        let kind = try reader.readUInt16("body type")
        let count = try reader.readUInt32("body size")
        guard let form = UInt8(exactly: kind).flatMap(TDReport.Form.init(rawValue:)) else {
            throw AttestationError(.bodyType, "body of type \(kind)")
        }
        guard count == form.byteCount else {
            // Another body's size contradicts the type; any other is no size at all.
            let others = [384, 584, 648, 885]
            throw AttestationError(
                others.contains(Int(count)) ? .format : .bodySize,
                "\(count) bytes for a body of type \(kind)")
        }
        return form
    }

    /// Versions 4 and 5 wrap the QE report and the certificates once more, as type 6.
    private static func enterReportCertification(
        _ section: inout LittleEndianReader
    ) throws(AttestationError) {
        let kind = try section.readUInt16("certification type")
        guard kind == 6 else {
            throw AttestationError(.certificationType, "outer certification data of type \(kind)")
        }
        let count = try section.readUInt32("certification length")
        guard Int(count) == section.rest.count else {
            throw AttestationError(
                .format, "certification data of \(count) bytes, \(section.rest.count) left")
        }
    }

    public static func == (left: DCAPQuote, right: DCAPQuote) -> Bool {
        left.signedBytes == right.signedBytes && left.signature == right.signature
            && left.attestationKey == right.attestationKey && left.qeReport == right.qeReport
            && left.qeReportSignature == right.qeReportSignature
            && left.qeAuthenticationData == right.qeAuthenticationData
            && left.certificates == right.certificates
    }
}

extension DCAPQuote {
    public var tee: TEEType {
        switch body {
        case .sgx: .sgx
        case .tdx: .tdx
        }
    }

    public var reportData: ArraySlice<UInt8> {
        switch body {
        case .sgx(let report): report.reportData
        case .tdx(let report): report.reportData
        }
    }

    public var isDebug: Bool {
        switch body {
        case .sgx(let report): report.isDebug
        case .tdx(let report): report.isDebug
        }
    }
}
