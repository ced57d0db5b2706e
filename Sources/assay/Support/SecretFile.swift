internal import Arguments
internal import Codec
internal import Files
internal import Inference
internal import Primitives
internal import Proofs
internal import Prover

/// The secret that hides an input, and what was proved with it, as the file beside a proof keeps
/// them: whoever has input and secret can show what a commitment hides.
///
/// JSON: `secret`, `keyDigest`, `commitment`, each `0x` and 64 digits; `openingsLeft`, for people;
/// `statements`, a digest for each proof, which all show other parts of the hidden input.
struct SecretFile {
    let secret: Hash
    let keyDigest: Hash
    let commitment: Hash
    let statements: [Hash]
    let openingsLeft: Int

    private static let bytesMax = 1 << 16

    init(secret: Hash, _ hidden: HiddenInput) {
        self.secret = secret
        keyDigest = hidden.keyDigest
        commitment = hidden.commitment
        statements = hidden.provedStatements
        openingsLeft = hidden.openingsLeft
    }

    init(reading file: String) throws {
        let json = try ModelFiles.json(Files.read(file, bytesMax: SecretFile.bytesMax), file)
        guard let left = json["openingsLeft"]?.double.flatMap({ Int(exactly: $0) }),
            let digests = json["statements"]?.array
        else { throw SecretFile.malformed(file, "it wants openingsLeft and statements") }
        secret = try SecretFile.hash("secret", in: json, file)
        keyDigest = try SecretFile.hash("keyDigest", in: json, file)
        commitment = try SecretFile.hash("commitment", in: json, file)
        statements = try digests.map { digest in
            guard let text = digest.string, let hash = try? Hash(hex: text) else {
                throw SecretFile.malformed(file, "a statement is no digest")
            }
            return hash
        }
        openingsLeft = left
    }

    /// The secret alone, which is all that an auditor needs: of such a file, or of one that holds
    /// nothing else.
    static func secret(in file: String) throws -> Hash {
        let json = try ModelFiles.json(Files.read(file, bytesMax: bytesMax), file)
        return try hash("secret", in: json, file)
    }

    private static func hash(_ name: String, in json: JSON, _ file: String) throws -> Hash {
        guard let text = json[name]?.string, let hash = try? Hash(hex: text) else {
            throw malformed(file, "\(name) is not 0x and 64 digits")
        }
        return hash
    }

    private static func malformed(_ file: String, _ why: String) -> Failure {
        Failure(
            "\(file) holds no secret of a hidden input", why: why,
            remedy: "give the file that 'assay prove --hide' wrote beside its proof")
    }

    var bytes: [UInt8] {
        let json: JSON = [
            "secret": .string(secret.hex), "keyDigest": .string(keyDigest.hex),
            "commitment": .string(commitment.hex),
            "openingsLeft": .number(JSONNumber(openingsLeft)),
            "statements": .array(statements.map { .string($0.hex) }),
        ]
        return Array((json.prettyPrinted + "\n").utf8)
    }

    /// A file that holds a secret and nothing else: no proof was made with it here.
    static func bytes(of secret: Hash) -> [UInt8] {
        let json: JSON = ["secret": .string(secret.hex)]
        return Array((json.prettyPrinted + "\n").utf8)
    }

    /// 32 bytes that nobody can guess.
    static func random() -> Hash {
        var random = SystemRandomNumberGenerator()
        return Hash(UInt256(limbs: random.next(), random.next(), random.next(), random.next()))
    }
}

/// Whose secret hides the input of a run to be proved, as the options say it.
struct HidingChoice: ~Copyable {
    let secret: Hash
    /// What the secret has served already.
    private let earlier: SecretFile?
    /// Where it is kept; nil when no proof is written either.
    private let file: String?
    private let lock: FileLock?

    static let options: [Option] = [
        .flag("hide", "hides the input and all of the run but its output"),
        .value("secret", "FILE", "with --hide: a secret used before; counts its proofs"),
        .flag("commit", "with --hide: commits to the input and leaves the proof for later"),
    ]

    /// Nil where nothing is to be hidden.
    static func from(_ invocation: Invocation) throws -> HidingChoice? {
        let reused = invocation.text("secret")
        guard invocation.flag("hide") else {
            guard reused == nil, !invocation.flag("commit") else {
                throw UsageError(
                    "\(reused == nil ? "--commit" : "--secret") hides nothing by itself",
                    why: "the proof would show the input", remedy: "give --hide too")
            }
            return nil
        }
        guard invocation.text("form") == nil else {
            throw UsageError(
                "--form has no say with --hide", why: "one form of proofs hides inputs",
                remedy: "leave --form out")
        }
        if let reused { return try HidingChoice(reusing: reused) }
        let file = invocation.text("output").map { $0 + ".secret" }
        guard file != nil || !invocation.flag("commit") else {
            throw UsageError(
                "--commit keeps nothing", why: "the secret has no place",
                remedy: "give -o PROOF, beside which it will be")
        }
        if let file, Files.exists(file) {
            throw Failure(
                "\(file) is there already", why: "it is the secret of another hidden input",
                remedy: "give --secret \(file) to use it for the same input, or another -o")
        }
        return HidingChoice(secret: SecretFile.random(), earlier: nil, file: file, lock: nil)
    }

    private init(secret: Hash, earlier: SecretFile?, file: String?, lock: consuming FileLock?) {
        self.secret = secret
        self.earlier = earlier
        self.file = file
        self.lock = lock
    }

    private init(reusing file: String) throws {
        let lock = try FileLock(file)
        let earlier = try SecretFile(reading: file)
        self.init(secret: earlier.secret, earlier: earlier, file: file, lock: lock)
    }

    /// The input with its commitment; a secret that was used hides that input alone.
    func hide(
        _ input: [Int32], _ prover: ModelProver, workers: some Workers
    ) throws -> HiddenInput {
        if let earlier, earlier.keyDigest != prover.key.digest {
            throw Failure(
                "the secret is for another model", why: "its key is \(earlier.keyDigest)",
                remedy: "leave --secret out")
        }
        let hidden: HiddenInput
        do {
            hidden = try prover.hide(
                input, secret: secret, statements: earlier?.statements ?? [], workers: workers)
        } catch {
            guard case .key(.noHiddenForm) = error else { throw error }
            throw Failure(
                "proofs of the model cannot hide their input",
                why: "it has a node without a committed form, or is too large",
                remedy: "leave --hide out")
        }
        if let earlier, earlier.commitment != hidden.commitment {
            throw Failure(
                "the secret is for another input",
                why: "two inputs under one secret are not hidden", remedy: "leave --secret out")
        }
        return hidden
    }

    /// Keeps what was proved. It comes before the proof is written: a crash between the two loses
    /// an opening, and never the count of one that somebody has seen.
    func save(_ hidden: HiddenInput) throws {
        guard let file else { return }
        let bytes = SecretFile(secret: secret, hidden).bytes
        if earlier == nil {
            try Files.createPrivate(bytes, at: file)
        } else {
            try Files.replacePrivate(bytes, at: file)
        }
    }
}
