internal import Codec
internal import Crypto
internal import Primitives

/// A TDX platform of nobody: issues quotes, and the collateral that they need, in Intel's formats
/// under a root of its own.
///
/// The bytes have Intel's form to the last field, so what checks them is what checks the real
/// ones. Everything follows from the seed and the arguments.
public struct DevelopmentPlatform: Sendable {
    /// What a trust domain says of itself; lengths are those of the report.
    public struct Domain: Sendable {
        /// 48 bytes.
        public var measurement: [UInt8]
        /// 64 bytes.
        public var reportData: [UInt8]
        public var isDebug = false

        public init(measurement: [UInt8], reportData: [UInt8]) {
            precondition(measurement.count == 48, "a measurement has 48 bytes")
            precondition(reportData.count == 64, "report data have 64 bytes")
            self.measurement = measurement
            self.reportData = reportData
        }
    }

    /// The root certificate, DER.
    public let root: [UInt8]
    private let rootKey: DevelopmentKey
    private let authorityKey: DevelopmentKey
    private let signerKey: DevelopmentKey
    private let platformKey: DevelopmentKey
    private let attestationKey: DevelopmentKey
    private let authority: [UInt8]
    private let signer: [UInt8]
    private let platform: [UInt8]

    /// The platform of a seed of 32 bytes.
    public init(seed: [UInt8] = DevelopmentAuthority.knownSeed) {
        precondition(seed.count == DevelopmentAuthority.seedBytes, "a seed has 32 bytes")
        func key(_ label: String) -> DevelopmentKey {
            DevelopmentKey(.p256, seed: seed, label: "assay.dev.dcap/\(label)")
        }
        rootKey = key("root")
        authorityKey = key("authority")
        signerKey = key("signer")
        platformKey = key("platform")
        attestationKey = key("attestation")
        let usage = KeyUsage([.keyCertSign, .crlSign])
        func certificate(
            _ label: String, _ name: String, _ key: DevelopmentKey, by issuer: String,
            _ issuerKey: DevelopmentKey, isAuthority: Bool,
            _ others: [CertificateTemplate.Extension] = []
        ) -> [UInt8] {
            CertificateTemplate(
                serial: DevelopmentAuthority.serial("dcap/\(label)", seed: seed),
                issuer: DevelopmentAuthority.name(issuer),
                subject: DevelopmentAuthority.name(name),
                notBefore: DevelopmentPlatform.start, notAfter: DevelopmentPlatform.end,
                extensions: [
                    .basicConstraints(isAuthority: isAuthority),
                    .keyUsage(isAuthority ? usage : .digitalSignature, isCritical: true),
                    .subjectKey(key), .authorityKey(issuerKey),
                ] + others
            ).signed(for: key, by: issuerKey)
        }
        let rootName = "DEV SGX Root CA"
        let authorityName = "DEV SGX PCK Platform CA"
        root = certificate("root", rootName, rootKey, by: rootName, rootKey, isAuthority: true)
        authority = certificate(
            "authority", authorityName, authorityKey, by: rootName, rootKey, isAuthority: true)
        signer = certificate(
            "signer", "DEV SGX TCB Signing", signerKey, by: rootName, rootKey, isAuthority: false)
        platform = certificate(
            "platform", "DEV SGX PCK Certificate", platformKey, by: authorityName, authorityKey,
            isAuthority: false, [DevelopmentPlatform.pckExtension])
    }

    /// What a chain for development lists among its roots.
    public var anchors: TrustAnchors {
        TrustAnchors([TrustAnchors.Anchor(.dcap, SHA256.hash(root), isDevelopment: true)])
    }

    /// Thirty years from 2020.
    private static let start: UInt64 = 1_577_836_800
    private static let end: UInt64 = 2_524_607_999
    private static let fmspc: [UInt8] = [0, 0xde, 0, 0, 0, 1]
    /// Of every component that is not the module's.
    private static let version: UInt8 = 5
    private static let pceVersion: UInt64 = 13
    private static let qeVersion: UInt8 = 4
    private static let qeSigner = SHA256.hash(Array("assay development QE".utf8)).bytes
    /// Version 5 of the module's first generation with an identity.
    private static let moduleVersions: [UInt8] = [5, 1, 3] + [UInt8](repeating: 0, count: 13)

    private static var pckExtension: CertificateTemplate.Extension {
        func pair(_ arcs: [UInt8], _ value: [UInt8]) -> [UInt8] {
            let type = PCKExtension.type.contents + arcs
            return DERWriter.sequence([DERWriter.element(DERTag.objectIdentifier, type), value])
        }
        var tcb = (1...16).map { pair([2, $0], DERWriter.natural(UInt64(version))) }
        tcb.append(pair([2, 17], DERWriter.natural(pceVersion)))
        tcb.append(pair([2, 18], DERWriter.octetString([UInt8](repeating: version, count: 16))))
        let ppid = SHA256.hash(Array("assay development platform".utf8)).bytes.prefix(16)
        let fields = [
            pair([1], DERWriter.octetString(Array(ppid))), pair([2], DERWriter.sequence(tcb)),
            pair([3], DERWriter.octetString([0, 0])), pair([4], DERWriter.octetString(fmspc)),
            pair([5], DERWriter.element(DERTag.enumerated, [1])),
        ]
        return CertificateTemplate.Extension(
            type: PCKExtension.type, value: DERWriter.sequence(fields))
    }
}

// MARK: - Collateral

extension DevelopmentPlatform {
    /// Collateral that holds for thirty days from `time`, in seconds since 1970.
    ///
    /// - Parameters:
    ///   - status: of the platform's TCB level.
    ///   - qeStatus: of the quoting enclave's level.
    ///   - isRevoked: whether its authority has revoked the platform's certificate.
    public func collateral(
        at time: UInt64, status: TCBStatus = .upToDate, qeStatus: TCBStatus = .upToDate,
        evaluationNumber: UInt32 = 1, isRevoked: Bool = false
    ) -> RawDCAPCollateral {
        let window = (time, time + 30 * 86_400)
        let info = tcbInfo(window, status: status, evaluationNumber: evaluationNumber)
        let identity = qeIdentity(window, status: qeStatus, evaluationNumber: evaluationNumber)
        let chain = { (leaf: [UInt8]) -> [UInt8] in
            [leaf, root].flatMap { Array(PEM.encode($0, label: "CERTIFICATE").utf8) }
        }
        return RawDCAPCollateral(
            pckCRLIssuerChain: chain(authority),
            rootCACRL: list(of: "DEV SGX Root CA", by: rootKey, window),
            pckCRL: list(
                of: "DEV SGX PCK Platform CA", by: authorityKey, window,
                revoking: isRevoked ? platform : nil),
            tcbInfoIssuerChain: chain(signer), tcbInfo: info,
            tcbInfoSignature: signerKey.sign(info), qeIdentityIssuerChain: chain(signer),
            qeIdentity: identity, qeIdentitySignature: signerKey.sign(identity))
    }

    /// A revocation list with one certificate on it, or none.
    private func list(
        of name: String, by key: DevelopmentKey, _ window: (UInt64, UInt64),
        revoking certificate: [UInt8]? = nil
    ) -> [UInt8] {
        let serial = certificate.flatMap { try? Certificate($0).serial }
        let entries = serial.map { serial in
            let entry = [DERWriter.natural(serial), DERWriter.time(window.0)]
            return DERWriter.sequence([DERWriter.sequence(entry)])
        }
        let body = DERWriter.sequence(
            [
                DERWriter.natural(1), key.algorithm,
                CertificateTemplate.encode(DevelopmentAuthority.name(name)),
                // A list no longer holds at its next update; the other parts do at theirs.
                DERWriter.time(window.0), DERWriter.time(window.1 + 1),
            ] + [entries].compactMap { $0 })
        let pair = key.sign(body)
        let signature = DERWriter.sequence([
            DERWriter.natural(pair.prefix(32)), DERWriter.natural(pair.suffix(32)),
        ])
        return DERWriter.sequence([body, key.algorithm, DERWriter.bitString(signature)])
    }

    private func times(_ window: (UInt64, UInt64)) -> [(String, JSON)] {
        [
            ("issueDate", .string(InternetTime.text(window.0))),
            ("nextUpdate", .string(InternetTime.text(window.1))),
        ]
    }

    private func object(_ members: [(String, JSON)]) -> JSON {
        .object(JSONObject(members.map { (key: $0.0, value: $0.1) }))
    }

    private func tcbInfo(
        _ window: (UInt64, UInt64), status: TCBStatus, evaluationNumber: UInt32
    ) -> [UInt8] {
        let date = JSON.string(InternetTime.text(DevelopmentPlatform.start))
        let components = { (versions: [UInt8]) -> JSON in
            .array(versions.map { ["svn": .number(JSONNumber($0))] })
        }
        let module: [(String, JSON)] = [
            ("mrsigner", .string(String(repeating: "0", count: 96))),
            ("attributes", "0000000000000000"), ("attributesMask", "FFFFFFFFFFFFFFFF"),
        ]
        let level: JSON = [
            "tcb": [
                "sgxtcbcomponents": components([UInt8](repeating: 5, count: 16)),
                "pcesvn": .number(JSONNumber(DevelopmentPlatform.pceVersion)),
                "tdxtcbcomponents": components(DevelopmentPlatform.moduleVersions),
            ],
            "tcbDate": date, "tcbStatus": .string(status.name),
        ]
        let moduleLevel: JSON = [
            "tcb": ["isvsvn": 5], "tcbDate": date, "tcbStatus": "UpToDate",
        ]
        let identity = object(
            [("id", "TDX_01")] + module + [("tcbLevels", .array([moduleLevel]))])
        return object(
            [("id", "TDX"), ("version", 3)] + times(window) + [
                ("fmspc", .string(Hex.encode(DevelopmentPlatform.fmspc))), ("pceId", "0000"),
                ("tcbType", 0),
                ("tcbEvaluationDataNumber", .number(JSONNumber(evaluationNumber))),
                ("tdxModule", object(module)), ("tdxModuleIdentities", .array([identity])),
                ("tcbLevels", .array([level])),
            ]
        ).serialized
    }

    private func qeIdentity(
        _ window: (UInt64, UInt64), status: TCBStatus, evaluationNumber: UInt32
    ) -> [UInt8] {
        let level: JSON = [
            "tcb": ["isvsvn": .number(JSONNumber(DevelopmentPlatform.qeVersion))],
            "tcbDate": .string(InternetTime.text(DevelopmentPlatform.start)),
            "tcbStatus": .string(status.name),
        ]
        return object(
            [("id", "TD_QE"), ("version", 2)] + times(window) + [
                ("tcbEvaluationDataNumber", .number(JSONNumber(evaluationNumber))),
                ("miscselect", "00000000"), ("miscselectMask", "FFFFFFFF"),
                ("attributes", "11000000000000000000000000000000"),
                ("attributesMask", "FBFFFFFFFFFFFFFF0000000000000000"),
                ("mrsigner", .string(Hex.encode(DevelopmentPlatform.qeSigner))),
                ("isvprodid", 2), ("tcbLevels", .array([level])),
            ]
        ).serialized
    }
}

// MARK: - Quotes

extension DevelopmentPlatform {
    /// A quote of version 4 for the domain.
    public func quote(_ domain: Domain) -> [UInt8] {
        var body = [UInt8](repeating: 0, count: TDReport.Form.td10.byteCount)
        body.replaceSubrange(0..<16, with: DevelopmentPlatform.moduleVersions)
        // SEPT_VE_DISABLE, as every production domain has it.
        body[120 + 3] = 0x10
        if domain.isDebug { body[120] = 1 }
        body.replaceSubrange(136..<184, with: domain.measurement)
        body.replaceSubrange(520..<584, with: domain.reportData)
        let signed = DevelopmentPlatform.header + body
        let chain = [platform, authority, root].flatMap {
            Array(PEM.encode($0, label: "CERTIFICATE").utf8)
        }
        let authentication = [UInt8](0..<32)
        let report = quotingEnclave(
            SHA256.hash(attestationKey.point + authentication).bytes)
        let inner =
            report + platformKey.sign(report) + bytes(UInt16(32)) + authentication
            + bytes(UInt16(5)) + bytes(UInt32(chain.count)) + chain
        let section =
            attestationKey.sign(signed) + attestationKey.point + bytes(UInt16(6))
            + bytes(UInt32(inner.count)) + inner
        return signed + bytes(UInt32(section.count)) + section
    }

    /// Version 4, key on P-256, TDX, Intel's vendor identifier.
    private static var header: [UInt8] {
        [4, 0, 2, 0, 0x81, 0, 0, 0, 0, 0, 0, 0] + DCAPQuote.intel
            + [UInt8](repeating: 0, count: 20)
    }

    private func quotingEnclave(_ named: [UInt8]) -> [UInt8] {
        var report = [UInt8](repeating: 0, count: SGXReport.byteCount)
        report[48] = 0x11
        report.replaceSubrange(128..<160, with: DevelopmentPlatform.qeSigner)
        report[256] = 2
        report[258] = DevelopmentPlatform.qeVersion
        report.replaceSubrange(320..<352, with: named)
        return report
    }

    /// Little-endian.
    private func bytes(_ number: some FixedWidthInteger & UnsignedInteger) -> [UInt8] {
        stride(from: 0, to: number.bitWidth, by: 8).map {
            UInt8(truncatingIfNeeded: number >> $0)
        }
    }
}
