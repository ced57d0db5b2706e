/// An SGX enclave's report: 384 bytes, little-endian.
///
/// Source: Intel SGX ECDSA QuoteLibReferenceDCAP API, "Enclave Report Body".
public struct SGXReport: Sendable, Equatable {
    public static let byteCount = 384

    public let bytes: ArraySlice<UInt8>

    init(checked bytes: ArraySlice<UInt8>) {
        precondition(bytes.count == SGXReport.byteCount, "an SGX report has 384 bytes")
        self.bytes = bytes
    }

    public var cpuSVN: ArraySlice<UInt8> { bytes.field(at: 0, count: 16) }
    public var miscSelect: ArraySlice<UInt8> { bytes.field(at: 16, count: 4) }
    /// 8 bytes of flags and 8 of XFRM.
    public var attributes: ArraySlice<UInt8> { bytes.field(at: 48, count: 16) }
    public var enclaveMeasurement: ArraySlice<UInt8> { bytes.field(at: 64, count: 32) }
    public var signerMeasurement: ArraySlice<UInt8> { bytes.field(at: 128, count: 32) }
    public var productID: UInt16 { bytes.littleEndianUInt16(at: 256) }
    public var securityVersion: UInt16 { bytes.littleEndianUInt16(at: 258) }
    public var reportData: ArraySlice<UInt8> { bytes.field(at: 320, count: 64) }

    /// Whether the host can read the enclave's memory: flag 1.
    public var isDebug: Bool { attributes.byte(at: 0) & 0x02 != 0 }
}
