internal import Arguments
internal import Attestation
internal import Codec
internal import Primitives

/// Evidence as people read it: what it says, and whether it holds under which root.
struct EvidenceView {
    /// The outcome under one set of roots.
    struct Verdict {
        /// `production` or `development`.
        let roots: String
        /// What was verified; nil when it was refused.
        let result: VerifiedAttestation?
        let refusal: AttestationError?

        init(
            _ roots: String,
            _ verify: () throws(AttestationError) -> VerifiedAttestation
        ) {
            self.roots = roots
            do throws(AttestationError) {
                result = try verify()
                refusal = nil
            } catch {
                result = nil
                refusal = error
            }
        }
    }

    static let bytesMax = 1 << 20

    /// Names and values of the fields, in the order of the format.
    let fields: [(name: String, value: String)]
    /// The certificates, root first, where the evidence holds its chain.
    let certificates: [Certificate]
    /// When it was checked, in seconds since 1970.
    let time: UInt64
    let verdicts: [Verdict]

    /// Reads evidence of whichever format the bytes have.
    ///
    /// Nil for `time` takes the evidence's own.
    init(
        _ bytes: [UInt8], at time: UInt64?, development: TrustAnchors
    ) throws(AttestationError) {
        self = try .nitro(bytes, at: time, development: development)
    }

    init(
        fields: [(name: String, value: String)], certificates: [Certificate], time: UInt64,
        verdicts: [Verdict]
    ) {
        self.fields = fields
        self.certificates = certificates
        self.time = time
        self.verdicts = verdicts
    }

    func print(on out: Terminal) {
        out.write(out.table(rows: fields.map { [$0.name, $0.value] }))
        if !certificates.isEmpty {
            out.line()
            out.write(
                out.table(
                    header: ["certificate", "from", "until"],
                    rows: certificates.map { certificate in
                        [
                            certificate.subject.commonName ?? certificate.subject.description,
                            UTCTime.text(seconds: certificate.notBefore),
                            UTCTime.text(seconds: certificate.notAfter),
                        ]
                    }))
        }
        out.line()
        out.line("checked as of \(UTCTime.text(seconds: time)) UTC")
        out.write(out.table(rows: verdicts.map { EvidenceView.row($0, out) }))
        for verdict in verdicts {
            guard let result = verdict.result else { continue }
            if result.isDevelopment {
                out.line(out.yellow("! rests on a development root: it shows no hardware"))
            }
            if result.isDebug {
                out.line(out.yellow("! debug mode: the host can read and change what runs"))
            }
        }
    }

    private static func row(_ verdict: Verdict, _ out: Terminal) -> [String] {
        let roots = "\(verdict.roots) roots"
        guard let result = verdict.result else {
            return [out.cross, roots, verdict.refusal?.description ?? ""]
        }
        return [out.check, roots, "holds until \(UTCTime.text(seconds: result.notAfter)) UTC"]
    }

    var json: JSON {
        [
            "fields": .object(JSONObject(fields.map { (key: $0.name, value: .string($0.value)) })),
            "certificates": .array(certificates.map(EvidenceView.json)),
            "time": .number(JSONNumber(time)),
            "verdicts": .array(verdicts.map(EvidenceView.json)),
        ]
    }

    private static func json(_ certificate: Certificate) -> JSON {
        [
            "subject": .string(certificate.subject.description),
            "issuer": .string(certificate.issuer.description),
            "serial": .string(Hex.encodePrefixed(certificate.serial)),
            "notBefore": .number(JSONNumber(certificate.notBefore)),
            "notAfter": .number(JSONNumber(certificate.notAfter)),
            "sha256": .string(certificate.fingerprint.hex),
        ]
    }

    private static func json(_ verdict: Verdict) -> JSON {
        guard let result = verdict.result else {
            return [
                "roots": .string(verdict.roots), "holds": false,
                "reason": .string(verdict.refusal?.reason.code ?? ""),
                "detail": .string(verdict.refusal?.detail ?? ""),
            ]
        }
        return [
            "roots": .string(verdict.roots), "holds": true,
            "type": .string(result.type.name), "measurement": .string(result.measurement.hex),
            "debug": .bool(result.isDebug), "development": .bool(result.isDevelopment),
            "reportData": .string(Hex.encodePrefixed(result.reportData)),
            "identity": .string(result.identity.hex), "platform": .string(result.platform.hex),
            "notAfter": .number(JSONNumber(result.notAfter)),
            "status": .string(result.status.name),
            "advisories": .array(result.advisories.map { .string($0) }),
        ]
    }
}

// MARK: - Nitro

extension EvidenceView {
    static func nitro(
        _ bytes: [UInt8], at time: UInt64?, development: TrustAnchors
    ) throws(AttestationError) -> EvidenceView {
        let document = try NitroDocument(bytes)
        let time = time ?? document.timestamp / 1000
        let sets: [(String, TrustAnchors)] = [
            ("production", .production), ("development", development),
        ]
        let path = try? CertificatePath(document.bundle + [document.certificate])
        return EvidenceView(
            fields: nitroFields(document), certificates: path?.certificates ?? [], time: time,
            verdicts: sets.map { roots, anchors in
                Verdict(roots) { () throws(AttestationError) in
                    try NitroVerifier.verify(document, at: time, anchors: anchors)
                }
            })
    }

    private static func nitroFields(
        _ document: NitroDocument
    ) -> [(name: String, value: String)] {
        let text = { (bytes: [UInt8]?) in bytes.map { Hex.encodePrefixed($0) } ?? "none" }
        var fields = [
            (name: "format", value: "AWS Nitro attestation document"),
            (name: "module", value: document.moduleID),
            (
                name: "made",
                value: "\(UTCTime.text(seconds: document.timestamp / 1000)) UTC"
            ),
            (name: "measurement", value: document.measurement.hex),
        ]
        for register in document.pcrs where register.value.contains(where: { $0 != 0 }) {
            fields.append((name: "PCR\(register.index)", value: Hex.encodePrefixed(register.value)))
        }
        let zeros = document.pcrs.count { !$0.value.contains { $0 != 0 } }
        fields += [
            (name: "zero registers", value: "\(zeros) of \(document.pcrs.count)"),
            (name: "public key", value: text(document.publicKey)),
            (name: "user data", value: text(document.userData)),
            (name: "nonce", value: text(document.nonce)),
            (name: "debug", value: document.isDebug ? "yes" : "no"),
        ]
        if !document.otherKeys.isEmpty {
            fields.append(
                (name: "other keys", value: document.otherKeys.joined(separator: ", ")))
        }
        return fields
    }
}
