internal import Attestation
internal import Codec
internal import Crypto
internal import Primitives

/// Vectors of kind `dcap`: SGX and TDX quotes under Intel's root or the vectors' own.
enum DCAPVectors {
    /// The vector itself and, for a real quote that is accepted, the four times around the ends of
    /// what it rests on.
    static func run(
        _ vector: JSON, _ folder: VectorFolder
    ) throws(FixtureError) -> [VectorCase] {
        guard let time = vector["time"]?.uint64 else { throw FixtureError("no time") }
        let bytes = try folder.bytes(named: "quote", of: vector)
        let raw = try collateral(try folder.bytes(named: "collateral", of: vector))
        let anchors = try anchors(vector["root"]?.string, folder)
        let result = verify(bytes, raw, anchors: anchors, at: time)
        var main = try VectorCase(vector, got: result.verdict)
        main.wantedFields = wantedFields(vector)
        let late = ["E_CHAIN_TIME", "E_CRL_TIME", "E_TCBINFO_TIME", "E_QEID_TIME"]
        return main.withEnds(of: result.window, vector, reasons: late) { time in
            verify(bytes, raw, anchors: anchors, at: time).verdict
        }
    }

    /// The fields that `decoded` lists, and the states that `expect` does.
    private static func wantedFields(_ vector: JSON) -> JSON? {
        guard vector["expect"]?["verdict"]?.string == "accept" else { return nil }
        var fields = vector["decoded"]?.object ?? JSONObject()
        for name in ["tcb_status", "platform_status", "qe_status"] {
            fields[name] = vector["expect"]?[name]
        }
        // Advisories are a set; verdicts have them in order.
        if let advisories = vector["expect"]?["advisory_ids"]?.array {
            let names = Set(advisories.compactMap(\.string))
            fields["advisory_ids"] = .array(names.sorted().map { .string($0) })
        }
        return .object(fields)
    }

    private static func anchors(
        _ root: String?, _ folder: VectorFolder
    ) throws(FixtureError) -> TrustAnchors {
        switch root {
        case "intel-sgx": return .production
        case let name?:
            let root = SHA256.hash(try folder.root(name))
            return TrustAnchors([TrustAnchors.Anchor(.dcap, root, isDevelopment: true)])
        case nil: throw FixtureError("no member root")
        }
    }

    private static func collateral(_ bytes: [UInt8]) throws(FixtureError) -> RawDCAPCollateral {
        guard let json = try? JSON(parsing: bytes, limits: FixtureLimits.json),
            let raw = try? RawDCAPCollateral(json: json)
        else { throw FixtureError("no collateral of nine parts") }
        return raw
    }

    /// Verifies in one step, and in two with the collateral's encoding between them: they must
    /// agree.
    private static func verify(
        _ bytes: [UInt8], _ raw: RawDCAPCollateral, anchors: TrustAnchors, at time: UInt64
    ) -> (verdict: VectorCase.Verdict, window: Window?) {
        do throws(AttestationError) {
            let verified = try DCAPQuote.verify(bytes, raw, anchors: anchors, at: time)
            let kept = try DCAPCollateral(verifying: raw, anchors: anchors, at: time)
            let quote = try DCAPQuote(decoding: bytes)
            let again = try quote.verify(
                try DCAPCollateral(decoding: kept.encoded), anchors: anchors, at: time)
            guard again == verified else {
                throw AttestationError(.collateral, "kept collateral gives another verdict")
            }
            return (.accept(fields(quote, verified)), verified.window)
        } catch {
            return (.reject(error), nil)
        }
    }

    private static func hex(_ bytes: some Sequence<UInt8>) -> JSON {
        .string(Hex.encode(Array(bytes)))
    }

    private static func number(_ value: some FixedWidthInteger) -> JSON {
        .number(JSONNumber(value))
    }

    private static func fields(_ quote: DCAPQuote, _ verified: VerifiedDCAPQuote) -> JSON {
        let blocks =
            (try? PEM.decode(quote.certificates, label: "CERTIFICATE", blocksMax: 3)) ?? []
        let chain = blocks.compactMap { try? Certificate($0) }.map(CertificateFields.json)
        let platform = verified.platform
        return [
            "version": number(quote.version),
            "attestation_key_type": number(quote.attestationKeyType),
            "tee_type": number(quote.teeType), "body_kind": .string(kind(quote.body)),
            "qe_svn": number(quote.headerVersions.0), "pce_svn": number(quote.headerVersions.1),
            "qe_vendor_id": hex(quote.qeVendorID), "header_user_data": hex(quote.headerUserData),
            "quote_len": number(quote.byteCount), "padding": number(quote.paddingCount),
            "cert_type": 5, "body": body(quote.body),
            "signed_sha256": hex(verified.attestation.identity.bytes),
            "signature": hex(quote.signature), "attestation_key": hex(quote.attestationKey),
            "qe_report": report(quote.qeReport), "qe_auth_data": hex(quote.qeAuthenticationData),
            "pck_chain": .array(chain),
            "pck_ext": [
                "ppid": hex(platform.ppid), "cpu_svn": hex(platform.cpuSVN),
                "pce_svn": number(platform.pceVersion), "pce_id": hex(platform.pceID),
                "fmspc": hex(platform.fmspc), "sgx_type": number(platform.sgxType),
            ],
            "tcb_status": .string(verified.attestation.status.name),
            "platform_status": .string(verified.platformStatus.name),
            "qe_status": .string(verified.qeStatus.name),
            "advisory_ids": .array(verified.attestation.advisories.map { .string($0) }),
        ]
    }

    private static func kind(_ body: DCAPQuote.Body) -> String {
        switch body {
        case .sgx: "sgx"
        case .tdx(let report):
            switch report.form {
            case .td10: "td10"
            case .td15: "td15"
            case .td15Extended: "td15ex"
            }
        }
    }

    private static func body(_ body: DCAPQuote.Body) -> JSON {
        switch body {
        case .sgx(let report): self.report(report)
        case .tdx(let report): domain(report)
        }
    }

    private static func report(_ report: SGXReport) -> JSON {
        let bytes = { (number: UInt16) in [UInt8(number & 0xff), UInt8(number >> 8)] }
        return [
            "cpu_svn": hex(report.cpuSVN), "misc_select": hex(report.miscSelect),
            "attributes": hex(report.attributes), "mr_enclave": hex(report.enclaveMeasurement),
            "mr_signer": hex(report.signerMeasurement),
            "isv_prod_id": hex(bytes(report.productID)),
            "isv_svn": hex(bytes(report.securityVersion)), "report_data": hex(report.reportData),
        ]
    }

    private static func domain(_ report: TDReport) -> JSON {
        [
            "tee_tcb_svn": hex(report.securityVersions), "mr_seam": hex(report.seamMeasurement),
            "mr_signer_seam": hex(report.seamSigner),
            "seam_attributes": hex(report.seamAttributes),
            "td_attributes": hex(report.attributes), "xfam": hex(report.xfam),
            "mr_td": hex(report.measurement), "mr_config_id": hex(report.configID),
            "mr_owner": hex(report.owner), "mr_owner_config": hex(report.ownerConfig),
            "rtmr0": hex(report.runtimeMeasurement(0)), "rtmr1": hex(report.runtimeMeasurement(1)),
            "rtmr2": hex(report.runtimeMeasurement(2)), "rtmr3": hex(report.runtimeMeasurement(3)),
            "report_data": hex(report.reportData),
            "tee_tcb_svn2": report.currentSecurityVersions.map { hex($0) } ?? .null,
            "mr_service_td": report.serviceTD.map { hex($0) } ?? .null,
        ]
    }
}
