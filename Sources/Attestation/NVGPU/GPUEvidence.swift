internal import Codec
internal import Crypto
public import Primitives

/// Measurements of a GPU or a switch of NVIDIA's with the chain of its key, as transactions carry
/// them.
///
/// `length, 2 bytes little-endian ‖ SPDM ‖ count, 1 byte ‖ count × (length, 2 bytes little-endian
/// ‖ DER)`, leaf first, root last. It says nothing of the machine around the device: that must
/// name this evidence, and be named by its nonce.
public struct GPUEvidence: Sendable, Equatable {
    public static let certificatesMax = 8
    public static let certificateBytesMax = 4096

    public let spdm: SPDMEvidence
    public let certificates: [[UInt8]]

    public init(spdm: SPDMEvidence, certificates: [[UInt8]]) {
        self.spdm = spdm
        self.certificates = certificates
    }

    /// The evidence with its chain in PEM, as NVIDIA's libraries give it.
    ///
    /// - Throws: the reasons of `SPDMEvidence`, or `certificate`.
    public init(_ bytes: [UInt8], pem: [UInt8]) throws(AttestationError) {
        spdm = try SPDMEvidence(decoding: bytes)
        guard
            let chain = try? PEM.decode(
                GPUEvidence.separated(pem)[...], label: "CERTIFICATE",
                blocksMax: GPUEvidence.certificatesMax)
        else { throw AttestationError(.certificate, "the chain is no PEM") }
        certificates = chain
    }

    /// Ends each block's last line: chains joined from files without one run into the next block.
    private static func separated(_ pem: [UInt8]) -> [UInt8] {
        var text: [UInt8] = []
        text.reserveCapacity(pem.count + 8)
        var dashes = 0
        for byte in pem {
            dashes = byte == UInt8(ascii: "-") ? dashes + 1 : 0
            if dashes == 6 {
                text.append(UInt8(ascii: "\n"))
                dashes = 1
            }
            text.append(byte)
        }
        return text
    }

    /// Reads evidence that fills all of `bytes`.
    ///
    /// - Throws: `size`, `format`, `trailing`.
    public init(decoding bytes: [UInt8]) throws(AttestationError) {
        var reader = LittleEndianReader(bytes[...])
        let count = Int(try reader.readUInt16("evidence length"))
        spdm = try SPDMEvidence(decoding: Array(try reader.read(count, "evidence")))
        certificates = try CertificateList.decode(
            reader.rest, counts: 1...GPUEvidence.certificatesMax,
            bytesMax: GPUEvidence.certificateBytesMax)
    }

    public var encoded: [UInt8] {
        let bytes = spdm.signedBytes + spdm.signature
        return [UInt8(bytes.count & 0xff), UInt8(bytes.count >> 8)] + bytes
            + CertificateList.encode(certificates)
    }
}

extension GPUEvidence {
    /// Verifies the measurements down to a trusted root.
    ///
    /// One signature on P-384 for each certificate but the root, and one for the evidence.
    /// - Parameter nonce: what the device was asked with; nil leaves that to the caller.
    /// - Throws: `certificate`, `root`, `chainTime`, `chainExtension`, `chainAlgorithm`,
    ///   `chainName`, `chainAuthority`, `chainSignature`, `signature`, `binding`.
    public func verify(
        nonce: Hash? = nil, anchors: TrustAnchors, at time: UInt64
    ) throws(AttestationError) -> VerifiedAttestation {
        guard let rootBytes = certificates.last else {
            throw AttestationError(.certificate, "no certificates")
        }
        guard let anchor = anchors.anchor(.nvgpu, SHA256.hash(rootBytes)) else {
            throw AttestationError(.root, "the last certificate is no trusted root")
        }
        var chain: [Certificate] = []
        for bytes in certificates {
            guard let certificate = try? Certificate(bytes) else {
                throw AttestationError(.certificate, "certificate \(chain.count)")
            }
            chain.append(certificate)
        }
        for certificate in chain {
            try GPUEvidence.checkForm(certificate, at: time)
        }
        for index in chain.indices.dropLast() {
            try GPUEvidence.checkLink(chain[index], by: chain[index + 1], below: index)
        }
        guard case .p384(let key) = chain[0].key,
            P384.verify(
                digest: SHA384.hash(spdm.signedBytes), signature: spdm.signature, key: key[...])
        else { throw AttestationError(.signature, "not the device's signature") }
        guard nonce == nil || nonce.map({ spdm.requestNonce.elementsEqual($0.bytes) }) == true
        else { throw AttestationError(.binding, "asked with another nonce") }
        // The second certificate is of the device, the leaf of its firmware.
        let device = chain[min(1, chain.count - 1)]
        return VerifiedAttestation(
            type: .nvgpu, measurement: spdm.combinedMeasurement, isDebug: false,
            reportData: spdm.requestNonce + [UInt8](repeating: 0, count: 32),
            nonce: Array(spdm.requestNonce), identity: SHA256.hash(spdm.signedBytes),
            notAfter: chain.map(\.notAfter).min() ?? 0,
            platform: SHA256.hash(device.subject.encoding), isDevelopment: anchor.isDevelopment)
    }

    private static func checkForm(
        _ certificate: Certificate, at time: UInt64
    ) throws(AttestationError) {
        guard certificate.isValid(at: time) else {
            throw AttestationError(.chainTime, "\(certificate.subject)")
        }
        guard certificate.unknownCriticalExtension == nil else {
            throw AttestationError(.chainExtension, "\(certificate.subject)")
        }
        guard case .p384 = certificate.key, certificate.algorithm == .ecdsa(.sha384) else {
            throw AttestationError(.chainAlgorithm, "\(certificate.subject)")
        }
    }

    /// Checks that the parent may issue and did; `depth` authorities stand below it.
    private static func checkLink(
        _ certificate: Certificate, by parent: Certificate, below depth: Int
    ) throws(AttestationError) {
        guard certificate.issuer.encoding == parent.subject.encoding else {
            throw AttestationError(.chainName, "\(certificate.subject)")
        }
        guard let constraints = parent.basicConstraints, constraints.isAuthority,
            constraints.pathLength.map({ depth <= $0 }) ?? true,
            parent.keyUsage?.contains(.keyCertSign) == true
        else { throw AttestationError(.chainAuthority, "\(parent.subject)") }
        try certificate.checkSignature(by: parent.key)
    }
}

extension SPDMEvidence {
    /// What runs, as one word: Keccak-256 of `assay.nvgpu.v1` ‖ each index ‖ its digest.
    public var combinedMeasurement: Hash {
        var bytes = Array("assay.nvgpu.v1".utf8)
        for measurement in measurements {
            bytes.append(measurement.index)
            bytes += measurement.digest
        }
        return Keccak.hash(bytes)
    }
}
