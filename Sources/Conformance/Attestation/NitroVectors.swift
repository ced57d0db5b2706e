internal import Attestation
internal import Codec
internal import Crypto
internal import Primitives

/// Vectors of kind `nitro`: documents under AWS's root or the vectors' own.
enum NitroVectors {
    /// The vector itself and, for a real document that is accepted, the four times around the ends
    /// of its chain's validity.
    static func run(
        _ vector: JSON, _ folder: VectorFolder
    ) throws(FixtureError) -> [VectorCase] {
        guard let time = vector["time"]?.uint64 else { throw FixtureError("no time") }
        let bytes = try folder.bytes(named: "doc", of: vector)
        let anchors = try anchors(vector["root"]?.string, folder)
        let verdict = verify(bytes, at: time, anchors: anchors, options: vector["opts"])
        var main = try VectorCase(vector, got: verdict)
        if main.accepts {
            var fields = vector["decoded"]?.object ?? JSONObject()
            fields["debug_mode"] = vector["expect"]?["debug_mode"]
            main.wantedFields = .object(fields)
        }
        var window: Window?
        if let first = vector["decoded"]?["chain_valid_from"]?.uint64,
            let last = vector["decoded"]?["chain_valid_until"]?.uint64
        {
            window = Window(start: first, end: last)
        }
        return main.withEnds(of: window, vector) { time in
            verify(bytes, at: time, anchors: anchors, options: nil)
        }
    }

    private static func anchors(
        _ root: String?, _ folder: VectorFolder
    ) throws(FixtureError) -> TrustAnchors {
        switch root {
        case "aws-nitro-g1": return .production
        case let name?:
            let root = SHA256.hash(try folder.root(name))
            return TrustAnchors([TrustAnchors.Anchor(.nitro, root, isDevelopment: true)])
        case nil: throw FixtureError("no member root")
        }
    }

    private static func verify(
        _ bytes: [UInt8], at time: UInt64, anchors: TrustAnchors, options: JSON?
    ) -> VectorCase.Verdict {
        var freshness: NitroVerifier.Freshness?
        let (ageMax, skew) = (options?["max_age"]?.uint64, options?["skew"]?.uint64)
        if ageMax != nil || skew != nil {
            freshness = NitroVerifier.Freshness(ageMax: ageMax ?? .max, skew: skew ?? 0)
        }
        do throws(AttestationError) {
            let document = try NitroDocument(bytes)
            let verified = try NitroVerifier.verify(
                document, at: time, anchors: anchors, freshness: freshness,
                allowsDebug: options?["allow_debug"]?.bool ?? true)
            return .accept(try fields(document, verified))
        } catch {
            return .reject(error)
        }
    }

    private static func fields(
        _ document: NitroDocument, _ verified: VerifiedAttestation
    ) throws(AttestationError) -> JSON {
        let path = try CertificatePath(document.bundle + [document.certificate])
        let hex = { (bytes: [UInt8]?) -> JSON in bytes.map { .string(Hex.encode($0)) } ?? .null }
        let pcrs = document.pcrs.map { ("\($0.index)", JSON.string(Hex.encode($0.value))) }
        return [
            "debug_mode": .bool(verified.isDebug),
            "module_id": .string(document.moduleID), "digest": "SHA384",
            "timestamp_ms": .number(JSONNumber(document.timestamp)),
            "pcrs": .object(JSONObject(pcrs.map { (key: $0.0, value: $0.1) })),
            "public_key": hex(document.publicKey), "user_data": hex(document.userData),
            "nonce": hex(document.nonce),
            "other_keys": .array(document.otherKeys.map { .string($0) }),
            "payload_head": hex(document.payload.first.map { [$0] }),
            "payload_len": .number(JSONNumber(document.payload.count)),
            "payload_sha384": hex(SHA384.hash(document.payload)),
            "sig_structure_sha384": hex(SHA384.hash(document.signedPart)),
            "signature": hex(Array(document.signature)),
            "chain_valid_from": .number(JSONNumber(path.notBefore)),
            "chain_valid_until": .number(JSONNumber(verified.notAfter)),
            "chain": .array(path.certificates.map(CertificateFields.json)),
        ]
    }
}
