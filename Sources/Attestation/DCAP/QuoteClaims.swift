/// What Intel's statements are compared with: all of a quote and its PCK certificate that its
/// status follows from.
///
/// A chain keeps it beside a key that a quote has registered. Later statements then judge the
/// machine again, without the quote.
public struct QuoteClaims: Sendable, Equatable {
    /// The quoting enclave, as its report has it.
    struct Enclave: Sendable, Equatable {
        /// 4 bytes.
        let miscSelect: ArraySlice<UInt8>
        /// 16 bytes.
        let attributes: ArraySlice<UInt8>
        /// 32 bytes.
        let signer: ArraySlice<UInt8>
        let productID: UInt16
        let version: UInt16

        /// Whether the host can read the enclave's memory: flag 1.
        var isDebug: Bool { attributes.byte(at: 0) & 0x02 != 0 }
    }

    /// The TDX module below a trust domain.
    struct Module: Sendable, Equatable {
        /// 48 bytes.
        let signer: ArraySlice<UInt8>
        /// 8 bytes.
        let attributes: ArraySlice<UInt8>
        /// 16 component versions of the module that started the domain and, where it is another, of
        /// the one that runs.
        let versions: [ArraySlice<UInt8>]
    }

    public let tee: TEEType
    /// Of the PCK certificate, big-endian without leading zeros, at most 20 bytes.
    let serial: ArraySlice<UInt8>
    /// 6 bytes.
    let fmspc: ArraySlice<UInt8>
    /// 2 bytes.
    let pceID: ArraySlice<UInt8>
    /// 16 component versions of the platform.
    let components: ArraySlice<UInt8>
    let pceVersion: UInt16
    let enclave: Enclave
    /// Nil for SGX.
    let module: Module?

    init(_ quote: DCAPQuote, _ chain: PCKChain) {
        tee = quote.tee
        serial = chain.leaf.serial
        fmspc = chain.platform.fmspc[...]
        pceID = chain.platform.pceID[...]
        components = chain.platform.components[...]
        pceVersion = chain.platform.pceVersion
        let report = quote.qeReport
        enclave = Enclave(
            miscSelect: report.miscSelect, attributes: report.attributes,
            signer: report.signerMeasurement, productID: report.productID,
            version: report.securityVersion)
        module =
            switch quote.body {
            case .sgx: nil
            case .tdx(let report): Module(report)
            }
    }

    /// The status of the machine by statements of Intel's about its family.
    ///
    /// No window is asked about: what was said last is the last that is known.
    /// - Throws: `revoked` for a PCK certificate on the list, then the reasons of a quote that fits
    ///   the statements no longer: `qeDebug`, `qeIdentity`, `qeSVN`, `fmspc`, `pceID`, `tcbLevel`,
    ///   `tdxModule`; `tcbRevoked`.
    public func status(under collateral: DCAPCollateral) throws(AttestationError) -> TCBStatus {
        guard !collateral.revokedPCKs.contains(serial) else {
            throw AttestationError(.revoked, "the PCK certificate")
        }
        let enclaveState = try collateral.qeIdentity.match(enclave)
        let state = try collateral.tcbInfo.match(self).merged(with: enclaveState)
        guard state.status != .revoked else {
            throw AttestationError(.tcbRevoked, "the TCB level is revoked")
        }
        return state.status
    }
}

extension QuoteClaims.Module {
    init(_ report: TDReport) {
        signer = report.seamSigner
        attributes = report.seamAttributes
        let started = report.securityVersions
        let current = report.currentSecurityVersions.flatMap {
            $0.elementsEqual(started) ? nil : $0
        }
        versions = [started] + [current].compactMap { $0 }
    }
}

// MARK: - Encoding

extension QuoteClaims {
    /// The longest encoding: of TDX with two modules.
    public static let bytesMax = 200

    /// Fields in their order, numbers little-endian; `init(decoding:)` reads them back.
    ///
    /// `TEE type ‖ FMSPC ‖ PCE id ‖ components ‖ PCE version ‖ MISCSELECT, attributes, signer,
    /// product and version of the QE ‖ count and digits of the serial number`, then for TDX `signer
    /// and attributes of the module ‖ count of versions ‖ versions`.
    public var encoded: [UInt8] {
        func pair(_ number: UInt16) -> [UInt8] { [UInt8(number & 0xff), UInt8(number >> 8)] }
        var bytes = [tee.rawValue]
        bytes += fmspc
        bytes += pceID
        bytes += components
        bytes += pair(pceVersion)
        bytes += enclave.miscSelect
        bytes += enclave.attributes
        bytes += enclave.signer
        bytes += pair(enclave.productID) + pair(enclave.version)
        bytes.append(UInt8(serial.count))
        bytes += serial
        guard let module else { return bytes }
        bytes += module.signer
        bytes += module.attributes
        bytes.append(UInt8(module.versions.count))
        for versions in module.versions { bytes += versions }
        return bytes
    }

    /// Reads what `encoded` wrote, and nothing else.
    ///
    /// - Throws: `format`.
    public init(decoding bytes: [UInt8]) throws(AttestationError) {
        var reader = LittleEndianReader(bytes[...])
        let number = try reader.readUInt8("TEE type")
        guard let tee = TEEType(rawValue: number), tee == .sgx || tee == .tdx else {
            throw AttestationError(.format, "claims of TEE type \(number)")
        }
        self.tee = tee
        fmspc = try reader.read(6, "FMSPC")
        pceID = try reader.read(2, "PCE id")
        components = try reader.read(16, "components")
        pceVersion = try reader.readUInt16("PCE version")
        enclave = Enclave(
            miscSelect: try reader.read(4, "MISCSELECT"),
            attributes: try reader.read(16, "QE attributes"),
            signer: try reader.read(32, "QE signer"),
            productID: try reader.readUInt16("QE product"),
            version: try reader.readUInt16("QE version"))
        let count = Int(try reader.readUInt8("serial length"))
        guard count <= SerialNumber.byteCountMax else {
            throw AttestationError(.format, "a serial number of \(count) bytes")
        }
        serial = try reader.read(count, "serial number")
        module = tee == .sgx ? nil : try Module(reading: &reader)
        guard reader.rest.isEmpty else {
            throw AttestationError(.format, "\(reader.rest.count) bytes behind the claims")
        }
    }
}

extension QuoteClaims.Module {
    fileprivate init(reading reader: inout LittleEndianReader) throws(AttestationError) {
        signer = try reader.read(48, "module signer")
        attributes = try reader.read(8, "module attributes")
        let count = try reader.readUInt8("module count")
        guard count == 1 || count == 2 else {
            throw AttestationError(.format, "\(count) modules")
        }
        var versions: [ArraySlice<UInt8>] = []
        for _ in 0..<count { versions.append(try reader.read(16, "module versions")) }
        self.versions = versions
    }
}
