import Attestation
import Codec
import Files
import Primitives
import TestSupport
import Testing

/// Evidence of a machine that others have published, as a transaction carries it.
struct RealDocument: Sendable, CustomTestStringConvertible {
    enum Family: String, Sendable {
        case nitro, dcap, snp, nvgpu
    }

    /// What a document says when it holds, all that its format tells.
    enum Meaning: Sendable, Equatable {
        case attestation(VerifiedAttestation)
        case quote(VerifiedDCAPQuote)
        case report(VerifiedSNPReport)

        var type: TEEType {
            switch self {
            case .attestation(let attestation): attestation.type
            case .quote(let quote): quote.attestation.type
            case .report(let report): report.attestation.type
            }
        }
    }

    typealias Verify = @Sendable ([UInt8]) throws -> Meaning

    let family: Family
    /// The vector's name behind `<kind>-real-`.
    let name: String
    let format: String
    /// The repository that published it.
    let source: String

    var testDescription: String { name }

    /// Each format in each of its forms.
    static let all = [
        RealDocument(
            family: .nitro, name: "base-2024-11", format: "Nitro, map of definite length",
            source: "base/nitro-validator"),
        RealDocument(
            family: .nitro, name: "dstack-2025-12", format: "Nitro, map of indefinite length",
            source: "Dstack-TEE/dstack"),
        RealDocument(
            family: .nitro, name: "opengradient-2026-02", format: "Nitro, all optional fields",
            source: "OpenGradient/og-evm"),
        RealDocument(
            family: .nitro, name: "evervault-2022-10-debug", format: "Nitro, debug mode",
            source: "evervault/attestation-doc-validation"),
        RealDocument(
            family: .dcap, name: "sgx3-hello@2025-06", format: "SGX quote v3, processor CA",
            source: "Phala-Network/dcap-qvl"),
        RealDocument(
            family: .dcap, name: "sgx3-automata@2025-08", format: "SGX quote v3, platform CA",
            source: "automata-network/automata-dcap-attestation"),
        RealDocument(
            family: .dcap, name: "tdx4-phala@2025-06", format: "TDX quote v4",
            source: "Phala-Network/dcap-qvl"),
        RealDocument(
            family: .dcap, name: "tdx4-automata@2025-06", format: "TDX quote v4, 3 kB of zeros",
            source: "automata-network/automata-dcap-attestation"),
        RealDocument(
            family: .dcap, name: "tdx5-gcp@2026-02", format: "TDX quote v5, TD report 1.5",
            source: "google/go-tdx-guest"),
        RealDocument(
            family: .snp, name: "milan-trustee", format: "SNP report v2, VCEK, Milan",
            source: "confidential-containers/trustee"),
        RealDocument(
            family: .snp, name: "genoa-azure", format: "SNP report v3, VCEK, Genoa",
            source: "confidential-containers/trustee"),
        RealDocument(
            family: .snp, name: "milan-dstack-v3", format: "SNP report v3, VCEK, Milan",
            source: "Dstack-TEE/dstack"),
        RealDocument(
            family: .snp, name: "milan-vlek-aws", format: "SNP report v3, VLEK, Milan",
            source: "confidential-containers/trustee"),
        RealDocument(
            family: .nvgpu, name: "h100-nvtrust", format: "NVIDIA H100 with its chain",
            source: "NVIDIA/nvtrust"),
        RealDocument(
            family: .nvgpu, name: "nvswitch-0", format: "NVIDIA NVSwitch with its chain",
            source: "NVIDIA/nvtrust"),
    ]

    /// A sample takes each format about half a second: P-384 is eleven times slower than P-256.
    var sampleStep: Int {
        switch family {
        case .nitro, .nvgpu: 211
        case .dcap, .snp: 23
        }
    }
}

extension RealDocument {
    private var folder: String {
        get throws { try #require(SharedData.folder) + "/attestation/\(family.rawValue)/" }
    }

    private func vector() throws -> JSON {
        let kind = family == .nvgpu ? "nv" : family.rawValue
        let vectors = try JSON(parsing: Files.read(folder + "vectors.json"))["vectors"]?.array
        return try #require(vectors?.first { $0["id"]?.string == "\(kind)-real-\(name)" })
    }

    private func file(_ member: String, of vector: JSON) throws -> [UInt8] {
        try Files.read(folder + (try #require(vector[member]?.string)))
    }

    /// The document as a transaction carries it, and what judges it at its time, alone.
    func load() throws -> (bytes: [UInt8], verify: Verify) {
        let vector = try vector()
        let time = try #require(vector["time"]?.uint64)
        switch family {
        case .nitro:
            return (
                try file("doc", of: vector),
                { .attestation(try NitroVerifier.verify($0, at: time, anchors: .production)) }
            )
        case .dcap:
            let (quote, raw, _) = try loadQuote()
            let kept = try DCAPCollateral(verifying: raw, anchors: .production, at: time)
            return (
                quote,
                {
                    .quote(
                        try DCAPQuote(decoding: $0)
                            .verify(kept, anchors: .production, at: time))
                }
            )
        case .snp:
            let report = try SNPReport(decoding: file("report", of: vector))
            let evidence = SNPEvidence(report: report, vek: try file("vek", of: vector))
            return (
                evidence.encoded,
                {
                    .report(
                        try SNPEvidence(decoding: $0).verify(anchors: .production, at: time))
                }
            )
        case .nvgpu:
            let evidence = try GPUEvidence(
                file("report", of: vector), pem: file("chain", of: vector))
            let nonce = try Hash(hex: "0x" + (try #require(vector["nonce"]?.string)))
            return (
                evidence.encoded,
                {
                    .attestation(
                        try GPUEvidence(decoding: $0).verify(
                            nonce: nonce, anchors: .production, at: time))
                }
            )
        }
    }

    /// A quote of Intel's, the collateral that judges it, and when.
    func loadQuote() throws -> (quote: [UInt8], collateral: RawDCAPCollateral, time: UInt64) {
        let vector = try vector()
        let raw = try RawDCAPCollateral(json: JSON(parsing: file("collateral", of: vector)))
        return (try file("quote", of: vector), raw, try #require(vector["time"]?.uint64))
    }

    /// A quote's collateral, its nine parts one behind the other, and what judges the quote by
    /// such bytes: the parts keep their lengths.
    func loadCollateral() throws -> (bytes: [UInt8], verify: Verify) {
        let (quote, raw, time) = try loadQuote()
        let counts = raw.parts.map(\.count)
        return (
            raw.parts.flatMap { $0 },
            { bytes in
                var start = 0
                let parts = counts.map { count in
                    defer { start += count }
                    return Array(bytes[min(start, bytes.count)..<min(start + count, bytes.count)])
                }
                let changed = RawDCAPCollateral(
                    pckCRLIssuerChain: parts[0], rootCACRL: parts[1], pckCRL: parts[2],
                    tcbInfoIssuerChain: parts[3], tcbInfo: parts[4], tcbInfoSignature: parts[5],
                    qeIdentityIssuerChain: parts[6], qeIdentity: parts[7],
                    qeIdentitySignature: parts[8])
                return .quote(
                    try DCAPQuote.verify(quote, changed, anchors: .production, at: time))
            }
        )
    }
}
