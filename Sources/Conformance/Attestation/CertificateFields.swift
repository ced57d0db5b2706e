internal import Attestation
internal import Codec
internal import Primitives

/// A certificate as vectors write it.
enum CertificateFields {
    static func json(_ certificate: Certificate) -> JSON {
        let digits = Hex.encode(certificate.serial).drop { $0 == "0" }
        return [
            "subject": .string(certificate.subject.description),
            "serial": .string(digits.isEmpty ? "0" : String(digits)),
            "not_before": .number(JSONNumber(certificate.notBefore)),
            "not_after": .number(JSONNumber(certificate.notAfter)),
            "basic_constraints": constraints(certificate),
            "key_usage": usage(certificate.keyUsage),
            "sha256": .string(Hex.encode(certificate.fingerprint.bytes)),
        ]
    }

    private static func constraints(_ certificate: Certificate) -> JSON {
        guard let constraints = certificate.basicConstraints else { return .null }
        let isCritical =
            certificate.extensions.first { $0.type == BasicConstraints.type }?.isCritical ?? false
        return [
            "ca": .bool(constraints.isAuthority),
            "pathlen": constraints.pathLength.map { .number(JSONNumber($0)) } ?? .null,
            "critical": .bool(isCritical),
        ]
    }

    private static func usage(_ usage: KeyUsage?) -> JSON {
        guard let usage else { return .null }
        let names: [(KeyUsage, String)] = [
            (.digitalSignature, "digital_signature"), (.keyCertSign, "key_cert_sign"),
            (.crlSign, "crl_sign"),
        ]
        return .array(names.filter { usage.contains($0.0) }.map { .string($0.1) })
    }
}
