internal import Codec
internal import Crypto
internal import EVM
internal import Payments
internal import Primitives
internal import Registry

/// The trust registry; interface in `contracts/interfaces/ITrust.sol`.
///
/// It says which roots, machines and measurements the chain takes attestation from, keeps the keys
/// that attested machines hold, and counts whose word was contradicted. `TrustSettings` says how it
/// lies in the account's slots.
struct TrustNative: Sendable {
    let verifier: VerifierNative

    func precompile() -> NativePrecompile {
        NativePrecompile(
            NativeAddress.trust,
            functions: Self.office + Self.versions + Self.lists + Self.keys + Self.evidence
                + Self.collateral
                + disputes)
    }

    /// Whoever calls must be the admin.
    static func requireAdmin(_ call: inout NativeCall) throws(NativeFailure) {
        let admin = Address(truncating: try call.read(TrustSettings.adminSlot))
        guard admin == call.caller else { throw NativeError.notAdmin(admin).failure }
    }

    static func hash(_ input: inout ABIReader) throws(NativeFailure) -> Hash {
        try input.arguments { (reader) throws(ABIError) in try reader.readHash() }
    }
}
