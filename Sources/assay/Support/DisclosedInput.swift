internal import Arguments
internal import Crypto
internal import Inference
internal import Ledger
internal import Primitives
internal import Proofs

/// An input that somebody says a proof is about, to be compared with what the proof says.
struct DisclosedInput {
    private let file: String
    /// Of a hidden input.
    private let secret: Hash?

    static let options: [Option] = [
        .value("input", "INPUT", "a JSON file with the input's numbers, to be compared"),
        .value("secret", "FILE", "the secret of a hidden input, to be compared with --input"),
    ]

    /// Nil where none is given.
    static func from(_ invocation: Invocation, isHidden: Bool) throws -> DisclosedInput? {
        let (input, secret) = (invocation.text("input"), invocation.text("secret"))
        guard isHidden else {
            guard secret == nil else {
                throw UsageError(
                    "--secret is of no use", why: "the input is public",
                    remedy: "leave --secret out")
            }
            return input.map { DisclosedInput(file: $0, secret: nil) }
        }
        guard (input == nil) == (secret == nil) else {
            throw UsageError(
                "the input is hidden",
                why: "a commitment is compared with input and secret together",
                remedy: "give --input INPUT --secret FILE, or neither")
        }
        guard let input, let secret else { return nil }
        return DisclosedInput(file: input, secret: try SecretFile.secret(in: secret))
    }

    /// What a statement about it has as `inputHash`.
    func hash(_ key: VerificationKey) throws -> Hash {
        let integers = try InputFile.integers(file, key.inputs)
        if let secret {
            do { return try key.inputCommitment(integers, secret: secret) } catch {
                throw ProofRefusal.proof(error)
            }
        }
        return SHA256.hash(try TensorType.bytes(of: integers, as: key.inputs))
    }
}
