/// A generation of AMD's processors.
public enum SNPProduct: String, CaseIterable, Sendable {
    case milan = "Milan"
    case genoa = "Genoa"
    case turin = "Turin"

    /// Its number in a chain's interface.
    public var number: UInt8 {
        switch self {
        case .milan: 1
        case .genoa: 2
        case .turin: 3
        }
    }

    public init?(number: UInt8) {
        let found = SNPProduct.allCases.first { $0.number == number }
        guard let product = found else { return nil }
        self = product
    }

    /// Source: AMD 56860, table 8 (CPUID family and model of each generation).
    public init?(family: UInt8, model: UInt8) {
        switch (family, model) {
        case (0x19, 0x00...0x0f): self = .milan
        case (0x19, 0x10...0x1f), (0x19, 0xa0...0xaf): self = .genoa
        case (0x1a, 0x00...0x11): self = .turin
        default: return nil
        }
    }

    /// Bytes of a chip's identity; the report's field has 64.
    var chipIDByteCount: Int { self == .turin ? 8 : 64 }

    /// The versions in eight bytes of a report, in the order that certificates have them.
    func versions(_ tcb: UInt64) -> SNPVersions {
        func byte(_ index: Int) -> UInt8 { UInt8(truncatingIfNeeded: tcb >> UInt64(8 * index)) }
        return switch self {
        case .milan, .genoa:
            SNPVersions(
                bootLoader: byte(0), tee: byte(1), snp: byte(6), microcode: byte(7), fmc: nil)
        case .turin:
            SNPVersions(
                bootLoader: byte(1), tee: byte(2), snp: byte(3), microcode: byte(7), fmc: byte(0))
        }
    }
}

/// The security versions of a platform's firmware.
public struct SNPVersions: Sendable, Equatable {
    public let bootLoader: UInt8
    public let tee: UInt8
    public let snp: UInt8
    public let microcode: UInt8
    /// Of Turin only.
    public let fmc: UInt8?

    public init(bootLoader: UInt8, tee: UInt8, snp: UInt8, microcode: UInt8, fmc: UInt8?) {
        self.bootLoader = bootLoader
        self.tee = tee
        self.snp = snp
        self.microcode = microcode
        self.fmc = fmc
    }
}
