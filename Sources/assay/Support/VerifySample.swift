internal import Attestation
internal import Codec
internal import Crypto
internal import Files
internal import Inference
internal import Primitives
internal import Proofs
internal import Prover
internal import Threads

/// One piece of evidence to verify again and again, and the bare signatures in it.
struct VerifySample {
    let name: String
    /// Verifications in one turn.
    let runs: Int
    let verify: () throws -> Void
    /// Such as `3 P-256`; empty where there are none of OpenSSL's.
    var signatureText = ""
    /// The bare checks of them by OpenSSL.
    var signatures: (() throws -> Void)?
    /// What the peer is asked, where it can verify this.
    var peerQuestion: JSONObject?

    static var all: [() throws -> VerifySample] {
        [
            nitro, { try tdx(keepsCollateral: false) }, { try tdx(keepsCollateral: true) }, snp,
            signed, proof,
        ]
    }

    private static var folder: String { BenchOptions.sharedFolder + "/attestation/" }

    private static func read(_ path: String) throws -> [UInt8] {
        guard let bytes = try? Files.read(folder + path) else {
            throw Failure(
                "there is no \(folder)\(path)", why: "the samples are shared data",
                remedy: "set ASSAY_SHARED to their folder")
        }
        return bytes
    }

    private static func vector(_ kind: String, _ name: String) throws -> JSON {
        let vectors = try JSON(parsing: try read("\(kind)/vectors.json"))["vectors"]?.array ?? []
        guard let vector = vectors.first(where: { $0["id"]?.string == name }) else {
            throw Failure(
                "there is no vector \(name)", why: "the shared data is another version",
                remedy: "update it")
        }
        return vector
    }

    private static func require(_ isValid: Bool, _ name: String) throws {
        guard isValid else {
            throw Failure(
                "\(name) does not hold", why: "the sample or the code is wrong",
                remedy: "run assay check attestation")
        }
    }

    /// The first real document under AWS's root.
    private static func nitro() throws -> VerifySample {
        let vectors = try JSON(parsing: try read("nitro/vectors.json"))["vectors"]?.array ?? []
        let found = vectors.first {
            $0["group"]?.string == "real" && $0["expect"]?["verdict"]?.string == "accept"
                && $0["root"]?.string == "aws-nitro-g1"
        }
        guard let vector = found, let file = vector["doc"]?.string,
            let time = vector["time"]?.uint64
        else { return try unavailable("nitro") }
        let bytes = try read("nitro/" + file)
        let bare = try BareSignatures(of: try NitroDocument(bytes))
        return VerifySample(
            name: "nitro", runs: 20,
            verify: {
                _ = try NitroVerifier.verify(bytes, at: time, anchors: .production)
            }, signatureText: "\(bare.count) P-384",
            signatures: { try require(bare.check(), "nitro") })
    }

    private static func unavailable(_ name: String) throws -> VerifySample {
        throw Failure(
            "there is no sample of \(name)", why: "the shared data is another version",
            remedy: "update it")
    }

    /// A quote of TDX 1.5, with the collateral beside it or kept from before.
    private static func tdx(keepsCollateral: Bool) throws -> VerifySample {
        let vector = try vector("dcap", "dcap-real-tdx5-gcp@2026-02")
        guard let file = vector["quote"]?.string, let parts = vector["collateral"]?.string,
            let time = vector["time"]?.uint64
        else { return try unavailable("tdx") }
        let bytes = try read("dcap/" + file)
        let raw = try RawDCAPCollateral(json: try JSON(parsing: try read("dcap/" + parts)))
        let kept = try DCAPCollateral(verifying: raw, anchors: .production, at: time)
        let bare = try BareSignatures(
            of: try DCAPQuote(decoding: bytes), with: keepsCollateral ? nil : raw)
        let question: JSONObject = JSONObject([
            (key: "quote", value: .string(folder + "dcap/" + file)),
            (key: "collateral", value: .string(folder + "dcap/" + parts)),
            (key: "time", value: .number(JSONNumber(time))),
        ])
        return VerifySample(
            name: keepsCollateral ? "tdx, collateral kept" : "tdx, collateral inline", runs: 100,
            verify: {
                if keepsCollateral {
                    _ = try DCAPQuote(decoding: bytes).verify(
                        kept, anchors: .production, at: time)
                } else {
                    _ = try DCAPQuote.verify(bytes, raw, anchors: .production, at: time)
                }
            }, signatureText: "\(bare.count) P-256",
            signatures: { try require(bare.check(), "tdx") }, peerQuestion: question)
    }

    private static func snp() throws -> VerifySample {
        let vector = try vector("snp", "snp-real-milan-trustee")
        guard let file = vector["report"]?.string, let name = vector["vek"]?.string,
            let time = vector["time"]?.uint64
        else { return try unavailable("snp") }
        let evidence = SNPEvidence(
            report: try SNPReport(decoding: try read("snp/" + file)), vek: try read("snp/" + name))
        let bytes = evidence.encoded
        let vek = try Certificate(evidence.vek)
        let signer = try Certificate(try read("roots/amd-milan-ask.der"))
        guard case .p384(let key) = vek.key, case .rsa(let modulus) = signer.key else {
            return try unavailable("snp")
        }
        let digest = SHA384.hash(evidence.report.signedBytes)
        let signature = evidence.report.signature
        let certificateDigest = SHA384.hash(vek.signedPart)
        return VerifySample(
            name: "snp", runs: 100,
            verify: {
                _ = try SNPEvidence(decoding: bytes).verify(anchors: .production, at: time)
            }, signatureText: "1 P-384, 1 RSA-4096",
            signatures: {
                try require(
                    P384.verify(digest: digest, signature: signature[...], key: key[...]), "snp")
                try require(
                    RSAPSS.verify(
                        digest: certificateDigest, by: .sha384, signature: vek.signature,
                        modulus: modulus[...]), "snp")
            })
    }

    /// A provider's signature, by libsecp256k1.
    private static func signed() throws -> VerifySample {
        let key = try Accounts.keys(mnemonic: Accounts.mnemonic, count: 1)[0]
        let digest = Keccak.hash(Array("a statement".utf8))
        let signature = key.sign(digest)
        return VerifySample(
            name: "signed, secp256k1", runs: 500,
            verify: {
                try require(
                    Secp256k1.recoverAddress(digest: digest, signature: signature) == key.address,
                    "signed")
            })
    }

    /// An open proof of one run of LeNet-5.
    private static func proof() throws -> VerifySample {
        guard let model = BenchModel.shared.first(where: { $0.name == "lenet5" }),
            let onnx = try? Files.read(model.onnx)
        else { return try unavailable("zk") }
        let rows = try ModelFiles.rows(
            ModelFiles.json(Files.read(model.rows), model.rows), model.rows)
        let graph = try PreparedModel(
            onnx: onnx, rows: Array(rows.prefix(4)),
            options: QuantiseOptions(activations: model.activations)
        ).graph
        let input = try graph.integers(from: rows[0])
        let pool = ThreadPool(count: 1)
        let prover = try ModelProver(graph: graph, workers: pool)
        let (output, proof) = try prover.prove(
            input: input, context: .zero, form: .open, workers: pool)
        let statement = ProofStatement(context: .zero, input: input, output: output)
        let key = prover.key
        return VerifySample(
            name: "zk, lenet5 open", runs: 5,
            verify: { try ProofVerifier.verify(proof, statement, key: key) })
    }
}
