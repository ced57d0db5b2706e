internal import Attestation
internal import Codec
internal import Crypto
internal import Primitives

/// Vectors of kind `nvgpu`: measurements of NVIDIA's GPUs and switches.
enum GPUVectors {
    /// The vector itself and, for a real sample that is accepted, the four times around the ends of
    /// its chain's validity.
    static func run(
        _ vector: JSON, _ folder: VectorFolder
    ) throws(FixtureError) -> [VectorCase] {
        guard let time = vector["time"]?.uint64, let name = vector["root"]?.string else {
            throw FixtureError("no time and root")
        }
        let anchors = try anchors(name, folder)
        let sample = Sample(
            bytes: try folder.bytes(named: "report", of: vector),
            chain: try folder.bytes(named: "chain", of: vector),
            nonce: vector["nonce"]?.string.flatMap { try? Hash(hex: "0x" + $0) },
            anchors: anchors)
        let result = verify(sample, at: time)
        var main = try VectorCase(vector, got: result.verdict)
        if main.accepts, var fields = vector["decoded"]?.object {
            fields["chain_subjects"] = vector["chain_subjects"]
            main.wantedFields = .object(fields)
        }
        return main.withEnds(of: result.window, vector) { time in
            verify(sample, at: time).verdict
        }
    }

    /// NVIDIA's root is known by its hash; others are files.
    private static func anchors(
        _ root: String, _ folder: VectorFolder
    ) throws(FixtureError) -> TrustAnchors {
        guard root != "nvidia-device-root" else { return .production }
        let hash = SHA256.hash(try folder.certificate("../roots/\(root).pem"))
        return TrustAnchors([TrustAnchors.Anchor(.nvgpu, hash, isDevelopment: false)])
    }

    private struct Sample {
        let bytes: [UInt8]
        let chain: [UInt8]
        let nonce: Hash?
        let anchors: TrustAnchors
    }

    private static func verify(
        _ sample: Sample, at time: UInt64
    ) -> (verdict: VectorCase.Verdict, window: Window?) {
        do throws(AttestationError) {
            let evidence = try GPUEvidence(sample.bytes, pem: sample.chain)
            let verified = try evidence.verify(
                nonce: sample.nonce, anchors: sample.anchors, at: time)
            guard try GPUEvidence(decoding: evidence.encoded) == evidence else {
                throw AttestationError(.format, "its encoding reads back otherwise")
            }
            let chain = evidence.certificates.compactMap { try? Certificate($0) }
            let window = Window(
                start: chain.map(\.notBefore).max() ?? 0, end: verified.notAfter)
            return (.accept(fields(evidence.spdm, chain)), window)
        } catch {
            return (.reject(error), nil)
        }
    }

    /// Names of opaque values; those that newer firmware adds go by their number.
    private static let names: [UInt16: String] = [
        1: "CERT_ISSUER_NAME", 2: "CERT_AUTHORITY_KEY_IDENTIFIER", 3: "DRIVER_VERSION",
        4: "GPU_INFO", 5: "SKU", 6: "VBIOS_VERSION", 7: "MANUFACTURER_ID",
        8: "TAMPER_DETECTION", 9: "SMC", 10: "VPR", 11: "NVDEC0_STATUS", 12: "MSRSCNT",
        13: "CPRINFO", 14: "BOARD_ID", 15: "CHIP_SKU", 16: "CHIP_SKU_MOD", 17: "PROJECT",
        18: "PROJECT_SKU", 19: "PROJECT_SKU_MOD", 20: "FWID", 21: "PROTECTED_PCIE_STATUS",
        22: "SWITCH_PDI", 23: "FLOORSWEPT_PORTS", 24: "POSITION_ID", 25: "LOCK_SWITCH_STATUS",
        32: "GPU_LINK_CONN", 33: "SYS_ENABLE_STATUS", 34: "OPAQUE_DATA_VERSION",
    ]

    private static func fields(_ spdm: SPDMEvidence, _ chain: [Certificate]) -> JSON {
        let hex = { (bytes: ArraySlice<UInt8>) -> JSON in .string(Hex.encode(Array(bytes))) }
        var measurements = JSONObject()
        for measurement in spdm.measurements {
            measurements["\(measurement.index)"] = hex(measurement.digest)
        }
        var opaque = JSONObject()
        for value in spdm.opaque {
            opaque[names[value.type] ?? "\(value.type)"] = hex(value.value)
        }
        return [
            "request_nonce": hex(spdm.requestNonce), "slot": .number(JSONNumber(spdm.slot)),
            "response_nonce": hex(spdm.responseNonce), "measurements": .object(measurements),
            "opaque": .object(opaque),
            "chain_subjects": .array(chain.map { .string($0.subject.description) }),
        ]
    }
}
