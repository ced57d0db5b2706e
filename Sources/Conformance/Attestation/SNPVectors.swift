internal import Attestation
internal import Codec
internal import Crypto
internal import Primitives

/// Vectors of kind `snp`: SEV-SNP reports under AMD's roots or the vectors' own.
enum SNPVectors {
    /// The vector itself and, for a real report that is accepted, the four times around the ends of
    /// its chain's validity.
    static func run(
        _ vector: JSON, _ folder: VectorFolder
    ) throws(FixtureError) -> [VectorCase] {
        guard let time = vector["time"]?.uint64 else { throw FixtureError("no time") }
        let sample = Sample(
            report: try folder.bytes(named: "report", of: vector),
            vek: try certificate("vek", vector, folder),
            ask: try certificate("ask", vector, folder),
            ark: try certificate("ark", vector, folder),
            product: vector["product"]?.string.flatMap { SNPProduct(rawValue: $0) },
            allowsDebug: vector["opts"]?["allow_debug"]?.bool ?? true)
        let result = verify(sample, at: time)
        var main = try VectorCase(vector, got: result.verdict)
        main.wantedFields = wantedFields(vector)
        return main.withEnds(of: result.window, vector) { time in
            verify(sample, at: time).verdict
        }
    }

    private struct Sample {
        let report: [UInt8]
        let vek: [UInt8]
        let ask: [UInt8]
        let ark: [UInt8]
        let product: SNPProduct?
        let allowsDebug: Bool
    }

    /// A vendor's certificate by its name, or a file beside the vectors.
    private static func certificate(
        _ member: String, _ vector: JSON, _ folder: VectorFolder
    ) throws(FixtureError) -> [UInt8] {
        guard let name = vector[member]?.string else { throw FixtureError("no member \(member)") }
        guard name.hasPrefix("amd-") else { return try folder.bytes(name) }
        if let known = constant(name) { return known }
        return try folder.bytes("../roots/\(name).der")
    }

    /// AMD's certificate of that name, `amd-milan-ark`, of those that verifiers carry.
    private static func constant(_ name: String) -> [UInt8]? {
        for product in SNPProduct.allCases {
            let prefix = "amd-\(product.rawValue.lowercased())-"
            switch name {
            case prefix + "ark": return product.authorities(.vcek).root
            case prefix + "ask": return product.authorities(.vcek).signer
            case prefix + "asvk": return product.authorities(.vlek).signer
            default: continue
            }
        }
        return nil
    }

    private static func wantedFields(_ vector: JSON) -> JSON? {
        guard vector["expect"]?["verdict"]?.string == "accept" else { return nil }
        var fields = vector["decoded"]?.object ?? JSONObject()
        for name in ["vek_tcb", "vek_product", "csp_id"] {
            fields[name] = vector["expect"]?[name]
        }
        return .object(fields)
    }

    /// The vector names its root. A report that needs nothing but AMD's constants must be judged
    /// alike without them.
    private static func verify(
        _ sample: Sample, at time: UInt64
    ) -> (verdict: VectorCase.Verdict, window: Window?) {
        let root = SHA256.hash(sample.ark)
        let isProduction = TrustAnchors.production.anchor(.snp, root) != nil
        let anchors =
            isProduction
            ? .production
            : TrustAnchors([TrustAnchors.Anchor(.snp, root, isDevelopment: true)])
        do throws(AttestationError) {
            let report = try SNPReport(decoding: sample.report)
            let evidence = SNPEvidence(
                report: report, vek: sample.vek, ask: sample.ask, ark: sample.ark)
            let verified = try evidence.verify(
                as: sample.product, anchors: anchors, at: time, allowsDebug: sample.allowsDebug)
            let short = isProduction ? SNPEvidence(report: report, vek: sample.vek) : evidence
            let again = try SNPEvidence(decoding: short.encoded).verify(
                anchors: anchors, at: time, allowsDebug: sample.allowsDebug)
            guard again == verified else {
                throw AttestationError(.collateral, "its encoding gives another verdict")
            }
            return (.accept(fields(report, verified)), verified.window)
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

    private static func word(_ value: UInt64) -> JSON { .string("0x" + String(value, radix: 16)) }

    private static func fields(_ report: SNPReport, _ verified: VerifiedSNPReport) -> JSON {
        [
            "version": number(report.version), "guest_svn": number(report.guestVersion),
            "policy": word(report.policy), "policy_bits": policyBits(report.policy),
            "family_id": hex(report.familyID), "image_id": hex(report.imageID),
            "vmpl": number(report.vmpl), "signature_algo": number(report.signatureAlgorithm),
            "current_tcb": word(report.currentTCB), "platform_info": word(report.platformInfo),
            "author_key_en": number(report.isAuthorKeyEnabled ? 1 : 0),
            "mask_chip_key": number(report.isChipMasked ? 1 : 0),
            "signing_key": report.signer == .vcek ? "VCEK" : "VLEK",
            "report_data": hex(report.reportData), "measurement": hex(report.measurement),
            "host_data": hex(report.hostData), "id_key_digest": hex(report.identityKeyDigest),
            "author_key_digest": hex(report.authorKeyDigest), "report_id": hex(report.reportID),
            "report_id_ma": hex(report.migrationAgentReportID),
            "reported_tcb": word(report.reportedTCB), "chip_id": hex(report.chipID),
            "committed_tcb": word(report.committedTCB),
            "current_version": .array(report.currentFirmware.reversed().map { number($0) }),
            "committed_version": .array(report.committedFirmware.reversed().map { number($0) }),
            "launch_tcb": word(report.launchTCB),
            "cpuid_fms": report.processor.map { .array($0.map { number($0) }) } ?? .null,
            "product_from_fms": report.product.map { .string($0.rawValue) } ?? .null,
            "launch_mit_vector": report.launchMitigations.map(word) ?? .null,
            "current_mit_vector": report.currentMitigations.map(word) ?? .null,
            "vek_tcb": versions(verified.versions),
            "vek_product": verified.productName.map { .string($0) } ?? .null,
            "csp_id": verified.cloudID.map { .string($0) } ?? .null,
        ]
    }

    private static func versions(_ versions: SNPVersions) -> JSON {
        [
            "bl": number(versions.bootLoader), "tee": number(versions.tee),
            "snp": number(versions.snp), "ucode": number(versions.microcode),
            "fmc": versions.fmc.map { number($0) } ?? .null,
        ]
    }

    private static func policyBits(_ policy: UInt64) -> JSON {
        let names = [
            "smt", "", "migrate_ma", "debug", "single_socket", "cxl", "aes256xts", "rapl_dis",
            "ct_hiding", "page_swap_dis",
        ]
        var bits = JSONObject()
        bits["abi_minor"] = number(policy & 0xff)
        bits["abi_major"] = number(policy >> 8 & 0xff)
        for (index, name) in names.enumerated() where !name.isEmpty {
            bits[name] = number(policy >> UInt64(16 + index) & 1)
        }
        return .object(bits)
    }
}
