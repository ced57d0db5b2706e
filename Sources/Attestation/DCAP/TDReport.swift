/// A trust domain's report: 584 bytes (TDX 1.0), 648 (1.5) or 885 (1.5 with devices),
/// little-endian.
///
/// Source: Intel TDX DCAP Quoting Library API, appendix A.3; of the third form, which no document
/// describes, only the part in common with the second is read.
public struct TDReport: Sendable, Equatable {
    public enum Form: UInt8, Sendable {
        case td10 = 2
        case td15 = 3
        case td15Extended = 4

        public var byteCount: Int {
            switch self {
            case .td10: 584
            case .td15: 648
            case .td15Extended: 885
            }
        }
    }

    public let form: Form
    public let bytes: ArraySlice<UInt8>

    init(checked bytes: ArraySlice<UInt8>, form: Form) {
        precondition(bytes.count == form.byteCount, "a TD report has its form's size")
        self.bytes = bytes
        self.form = form
    }

    public var securityVersions: ArraySlice<UInt8> { bytes.field(at: 0, count: 16) }
    public var seamMeasurement: ArraySlice<UInt8> { bytes.field(at: 16, count: 48) }
    public var seamSigner: ArraySlice<UInt8> { bytes.field(at: 64, count: 48) }
    public var seamAttributes: ArraySlice<UInt8> { bytes.field(at: 112, count: 8) }
    public var attributes: ArraySlice<UInt8> { bytes.field(at: 120, count: 8) }
    public var xfam: ArraySlice<UInt8> { bytes.field(at: 128, count: 8) }
    public var measurement: ArraySlice<UInt8> { bytes.field(at: 136, count: 48) }
    public var configID: ArraySlice<UInt8> { bytes.field(at: 184, count: 48) }
    public var owner: ArraySlice<UInt8> { bytes.field(at: 232, count: 48) }
    public var ownerConfig: ArraySlice<UInt8> { bytes.field(at: 280, count: 48) }
    /// Runtime measurement 0…3.
    public func runtimeMeasurement(_ index: Int) -> ArraySlice<UInt8> {
        precondition(index >= 0 && index < 4, "a TD has four runtime measurements")
        return bytes.field(at: 328 + 48 * index, count: 48)
    }
    public var reportData: ArraySlice<UInt8> { bytes.field(at: 520, count: 64) }

    /// The security versions of the TDX module that runs now (1.5 on).
    public var currentSecurityVersions: ArraySlice<UInt8>? {
        form == .td10 ? nil : bytes.field(at: 584, count: 16)
    }
    /// The measurement of a service TD that may see this one (1.5 on); zero when there is none.
    public var serviceTD: ArraySlice<UInt8>? {
        form == .td10 ? nil : bytes.field(at: 600, count: 48)
    }

    /// Whether the host can read the domain's memory: attribute 0.
    public var isDebug: Bool { attributes.byte(at: 0) & 0x01 != 0 }

    /// Attributes as a number, bit 0 lowest.
    var attributeBits: UInt64 { attributes.littleEndianUInt64(at: 0) }
}
