/// A report with the certificates that it needs, as transactions carry them.
///
/// `report, 1,184 bytes ‖ count, 1 byte ‖ count × (length, 2 bytes little-endian ‖ DER)`: the
/// versioned key's certificate, then, where they are not AMD's, its signer's and the root's.
public struct SNPEvidence: Sendable, Equatable {
    public static let certificateBytesMax = 4096

    public let report: SNPReport
    public let vek: [UInt8]
    public let ask: [UInt8]?
    public let ark: [UInt8]?

    public init(report: SNPReport, vek: [UInt8], ask: [UInt8]? = nil, ark: [UInt8]? = nil) {
        self.report = report
        self.vek = vek
        self.ask = ask
        self.ark = ask == nil ? nil : ark
    }

    /// Reads evidence that fills all of `bytes`.
    ///
    /// - Throws: `size`, the reasons of a report, `format`, `trailing`.
    public init(decoding bytes: [UInt8]) throws(AttestationError) {
        guard bytes.count > SNPReport.byteCount else {
            throw AttestationError(.size, "\(bytes.count) bytes")
        }
        report = try SNPReport(decoding: Array(bytes[..<SNPReport.byteCount]))
        let certificates = try CertificateList.decode(
            bytes[SNPReport.byteCount...], counts: 1...3, bytesMax: SNPEvidence.certificateBytesMax)
        vek = certificates[0]
        ask = certificates.count > 1 ? certificates[1] : nil
        ark = certificates.count > 2 ? certificates[2] : nil
    }

    public var encoded: [UInt8] {
        report.bytes + CertificateList.encode([vek] + [ask, ark].compactMap { $0 })
    }
}

/// Certificates behind evidence: how many, and each with its length.
enum CertificateList {
    static func decode(
        _ bytes: ArraySlice<UInt8>, counts: ClosedRange<Int>, bytesMax: Int
    ) throws(AttestationError) -> [[UInt8]] {
        var reader = LittleEndianReader(bytes)
        let count = Int(try reader.readUInt8("certificate count"))
        guard counts.contains(count) else {
            throw AttestationError(.format, "\(count) certificates")
        }
        var certificates: [[UInt8]] = []
        for _ in 0..<count {
            let length = Int(try reader.readUInt16("certificate length"))
            guard length <= bytesMax else {
                throw AttestationError(.size, "a certificate of \(length) bytes")
            }
            certificates.append(Array(try reader.read(length, "certificate")))
        }
        guard reader.rest.isEmpty else {
            throw AttestationError(.trailing, "\(reader.rest.count) bytes")
        }
        return certificates
    }

    static func encode(_ certificates: [[UInt8]]) -> [UInt8] {
        certificates.reduce(into: [UInt8(certificates.count)]) { bytes, certificate in
            precondition(certificate.count <= 0xffff, "a certificate's length has two bytes")
            bytes += [UInt8(certificate.count & 0xff), UInt8(certificate.count >> 8)]
            bytes += certificate
        }
    }
}
