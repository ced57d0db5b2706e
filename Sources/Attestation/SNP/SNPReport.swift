/// An AMD SEV-SNP attestation report, decoded and not yet verified: 1,184 bytes, little-endian.
///
/// Versions 2 to 5. Every reserved byte is zero, those behind the signature, too: what is not
/// signed must not vary.
/// Source: AMD 56860, "SEV Secure Nested Paging Firmware ABI Specification", table 23.
public struct SNPReport: Sendable, Equatable {
    public static let byteCount = 1184

    /// Which key signed.
    public enum Signer: UInt8, Sendable {
        /// Of one chip.
        case vcek = 0
        /// Of a cloud.
        case vlek = 1
    }

    public let bytes: [UInt8]

    /// Reads a report.
    ///
    /// - Throws: `size`, `version`, `reserved`, `signatureAlgorithm`, `signer`, in that order.
    public init(decoding bytes: [UInt8]) throws(AttestationError) {
        guard bytes.count == SNPReport.byteCount else {
            throw AttestationError(.size, "\(bytes.count) bytes")
        }
        self.bytes = bytes
        guard (2...5).contains(version) else {
            throw AttestationError(.version, "version \(version)")
        }
        try checkReserved()
        guard signatureAlgorithm == 1 else {
            throw AttestationError(.signatureAlgorithm, "algorithm \(signatureAlgorithm)")
        }
        guard Signer(rawValue: UInt8(keyInfo >> 2 & 7)) != nil else {
            throw AttestationError(.signer, "signed by key kind \(keyInfo >> 2 & 7)")
        }
    }

    private func checkReserved() throws(AttestationError) {
        guard policy >> 17 & 1 == 1, policy >> 26 == 0 else {
            throw AttestationError(.reserved, "policy bits")
        }
        guard vmpl <= 3 else { throw AttestationError(.reserved, "VMPL \(vmpl)") }
        guard keyInfo >> 5 == 0 else { throw AttestationError(.reserved, "key bits") }
        for range in SNPReport.zeros(version: version) {
            guard bytes[range].isZero else {
                throw AttestationError(.reserved, "bytes from \(range.lowerBound)")
            }
        }
    }

    /// What must be zero; versions give meaning to some of it.
    private static func zeros(version: UInt32) -> [Range<Int>] {
        [
            0x4c..<0x50, (version >= 3 ? 0x18b : 0x188)..<0x1a0, 0x1eb..<0x1ec, 0x1ef..<0x1f0,
            (version >= 5 ? 0x208 : 0x1f8)..<0x2a0, 0x2a0 + 48..<0x2e8, 0x2e8 + 48..<0x4a0,
        ]
    }
}

// MARK: - Fields

extension SNPReport {
    public var version: UInt32 { bytes[...].littleEndianUInt32(at: 0) }
    public var guestVersion: UInt32 { bytes[...].littleEndianUInt32(at: 4) }
    public var policy: UInt64 { bytes[...].littleEndianUInt64(at: 8) }
    public var familyID: ArraySlice<UInt8> { bytes[0x10..<0x20] }
    public var imageID: ArraySlice<UInt8> { bytes[0x20..<0x30] }
    public var vmpl: UInt32 { bytes[...].littleEndianUInt32(at: 0x30) }
    public var signatureAlgorithm: UInt32 { bytes[...].littleEndianUInt32(at: 0x34) }
    public var currentTCB: UInt64 { bytes[...].littleEndianUInt64(at: 0x38) }
    public var platformInfo: UInt64 { bytes[...].littleEndianUInt64(at: 0x40) }
    var keyInfo: UInt32 { bytes[...].littleEndianUInt32(at: 0x48) }
    public var isAuthorKeyEnabled: Bool { keyInfo & 1 == 1 }
    /// Whether the chip's identity is left out, and thus zero.
    public var isChipMasked: Bool { keyInfo >> 1 & 1 == 1 }
    public var signer: Signer { keyInfo >> 2 & 7 == 0 ? .vcek : .vlek }
    public var reportData: ArraySlice<UInt8> { bytes[0x50..<0x90] }
    public var measurement: ArraySlice<UInt8> { bytes[0x90..<0xc0] }
    public var hostData: ArraySlice<UInt8> { bytes[0xc0..<0xe0] }
    public var identityKeyDigest: ArraySlice<UInt8> { bytes[0xe0..<0x110] }
    public var authorKeyDigest: ArraySlice<UInt8> { bytes[0x110..<0x140] }
    public var reportID: ArraySlice<UInt8> { bytes[0x140..<0x160] }
    public var migrationAgentReportID: ArraySlice<UInt8> { bytes[0x160..<0x180] }
    public var reportedTCB: UInt64 { bytes[...].littleEndianUInt64(at: 0x180) }
    public var chipID: ArraySlice<UInt8> { bytes[0x1a0..<0x1e0] }
    public var committedTCB: UInt64 { bytes[...].littleEndianUInt64(at: 0x1e0) }
    /// Build, minor and major version of the firmware.
    public var currentFirmware: ArraySlice<UInt8> { bytes[0x1e8..<0x1eb] }
    public var committedFirmware: ArraySlice<UInt8> { bytes[0x1ec..<0x1ef] }
    public var launchTCB: UInt64 { bytes[...].littleEndianUInt64(at: 0x1f0) }

    /// Whether the host may read the guest's memory: policy bit 19.
    public var isDebug: Bool { policy >> 19 & 1 == 1 }
    /// Whether a migration agent may take the guest elsewhere: policy bit 18.
    public var isMigratable: Bool { policy >> 18 & 1 == 1 }

    /// Family and model of the processor as a product; nil before version 3 and for unknown ones.
    public var product: SNPProduct? {
        guard version >= 3 else { return nil }
        return SNPProduct(family: bytes[0x188], model: bytes[0x189])
    }

    /// Family, model and stepping of the processor; nil before version 3.
    public var processor: ArraySlice<UInt8>? { version >= 3 ? bytes[0x188..<0x18b] : nil }
    /// Mitigations that the firmware had at launch; nil before version 5.
    public var launchMitigations: UInt64? {
        version >= 5 ? bytes[...].littleEndianUInt64(at: 0x1f8) : nil
    }
    /// Mitigations that the firmware has; nil before version 5.
    public var currentMitigations: UInt64? {
        version >= 5 ? bytes[...].littleEndianUInt64(at: 0x200) : nil
    }

    /// What the signature covers.
    public var signedBytes: ArraySlice<UInt8> { bytes[..<0x2a0] }

    /// r ‖ s, 48 bytes each, big-endian.
    public var signature: [UInt8] {
        bytes[0x2a0..<0x2a0 + 48].reversed() + bytes[0x2e8..<0x2e8 + 48].reversed()
    }
}
