public import Payments
public import Primitives
internal import Registry

/// What evidence about a model costs in gas, as its registration fixed it.
public struct ModelCosts: Sendable, Equatable {
    /// One run by the chain itself.
    public let runGas: UInt64
    /// Checking a proof; nil without a weights root.
    public let proofGas: UInt64?
    /// Checking a proof that hides its input; nil where there is no such form.
    public let hiddenProofGas: UInt64?
    /// The longest proof; nil without a weights root.
    public let proofBytesMax: UInt64?

    /// The costs of a registered model; nil when there is none with that id.
    /// - Parameter read: gives a slot of an account's storage.
    public init?(of id: Hash, from read: (Address, UInt256) -> UInt256) {
        let run = read(NativeAddress.inference, ModelDirectory.runSlot(id))
        guard !run.isZero else { return nil }
        let proof = ProofTerms(of: id) { read(NativeAddress.verifier, $0) }
        runGas = run.limb0
        proofGas = proof?.gas
        hiddenProofGas = proof.flatMap { $0.hiddenGas > 0 ? $0.hiddenGas : nil }
        proofBytesMax = proof?.proofBytesMax
    }

    /// Nanoseconds that one thread takes to make a proof, of the order of: 0.3 ms and 15 ns for
    /// each gas of a run, or 3 ms and 150 ns where the input is hidden.
    ///
    /// `assay bench prove` measures it: five models from 40 to a million multiplications lie
    /// within a factor of three, on one core with AVX-512.
    public func provingNanoseconds(isInputHidden: Bool) -> UInt64 {
        isInputHidden ? 3_000_000 + 150 * runGas : 300_000 + 15 * runGas
    }

    /// Gas of checking one signature by a registered or attested key of that scheme.
    public static func signatureGas(_ scheme: SignatureScheme) -> UInt64 {
        switch scheme {
        case .secp256k1: NativeGas.digest + NativeGas.recovery
        case .p256: NativeGas.digest + NativeGas.p256
        case .rsaPSS: NativeGas.digest + NativeGas.rsaPSS
        }
    }
}
