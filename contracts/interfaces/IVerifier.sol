// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

import {Statement, Evidence} from "./AssayTypes.sol";

/// Checks evidence against a statement. Native precompile at
/// 0x00000000000000000000000000000000A55A0002.
/// Answers `false` for a signature, an attestation, a run or a proof that is well formed and does
/// not hold, and outside the statement's window; reverts for what it cannot judge. Kinds are those
/// of Evidence.
/// Evidence of kind zk is version 1 in one byte, the digest of the verification key, which is the
/// model's weights root, the statement's hash, the length of the input in 4 bytes and the input,
/// the length of the output and the output, and the proof; lengths are little-endian, input and
/// output the canonical bytes whose SHA-256 the statement names. Version 2 hides the input: in the
/// place of its length and bytes stands the 32-byte commitment that is the statement's inputHash.
/// Whoever has input and secret can compute it again, as whoever has the input can hash it: so a
/// payer is told no less. What a proof of either version costs is fixed when its model is
/// registered, and charged before it is checked.
interface IVerifier {
    /// No function has this selector; shorter calldata is filled up with zeros.
    error UnknownFunction(bytes4 selector);
    /// The arguments cannot be read, or are longer than this chain takes.
    error InvalidCalldata(string reason);
    /// Ether came with the call.
    error NotPayable();
    /// The bytes are no canonical policy.
    error InvalidPolicy(string reason);
    /// The policy is not the one whose hash the statement names.
    error WrongPolicy(bytes32 expected, bytes32 got);
    /// The signer or executor has registered no key, or has revoked it.
    error UnknownProvider(address provider);
    /// There is no such kind of evidence.
    error UnknownEvidence(uint8 kind);
    /// Two pieces are one: of one signer, one attested key, one document or one executor; two runs
    /// by the chain; two proofs.
    error DuplicateEvidence(uint8 kind);
    /// The bytes are no evidence of their kind.
    error InvalidEvidence(uint8 kind, string reason);
    /// No model has the id that the statement names.
    error UnknownModel(bytes32 modelId);
    /// The model was registered without a weights root: no proof of it can hold.
    error ModelHasNoProofs(bytes32 modelId);
    /// An attestation does not hold. `reason` is the number of the rule that it breaks and `code`
    /// the rule's name, see ITrust.
    error InvalidAttestation(uint16 reason, string code);
    /// The admin of the trust registry has stopped all evidence of the TEE type.
    error TEETypeRefused(uint8 teeType, uint64 since);
    /// The admin has stopped all evidence from that machine.
    error PlatformRefused(bytes32 platform, uint64 since);
    /// The machine's keeper can look into it.
    error DebugEvidence();
    /// A document is about something else than this statement.
    error WrongBinding(bytes32 expected, bytes32 got);
    /// No key has the id that the evidence names.
    error UnknownAttestedKey(bytes32 keyId);
    /// The key's machine has to be attested again.
    error AttestedKeyExpired(bytes32 keyId, uint64 notAfter, uint64 timestamp);
    /// The key is out of use for good.
    error AttestedKeyRevoked(bytes32 keyId, uint64 revokedAt);
    /// The chain has no collateral for the quote's platform.
    error UnknownCollateral(bytes32 key);
    /// The provider's own word is no re-execution, or, in `verify`,
    /// the executor is not on the admin's list.
    error NotAnExecutor(address executor);
    /// A run of the model costs more than the chain runs for others.
    error TooCostlyToReexecute(uint64 gas, uint64 max);
    /// In `verify`: the measurement is not on the admin's list.
    error MeasurementNotListed(bytes32 measurement);

    /// Whether one piece of evidence of `kind` holds for `statement` at this block's time.
    /// Empty evidence of kind plain always does: it says nothing about the statement. A machine's
    /// measurement and an executor must be on the admin's lists (ITrust); other lists, and what
    /// else a policy may ask, `verifyPolicy` knows.
    function verify(uint8 kind, Statement calldata statement, bytes calldata evidence)
        external
        view
        returns (bool);

    /// Whether every piece of evidence holds, and all together meet `policy`, whose hash the
    /// statement names. At most 16 pieces of 327,680 bytes. Several of one kind may stand side
    /// by side where they are not one. Settling asks for the model's policy floor as well.
    function verifyPolicy(
        bytes calldata policy,
        Statement calldata statement,
        Evidence[] calldata evidence
    ) external view returns (bool);

    /// The hash that statements name a policy by: Keccak-256 of its canonical bytes. Reverts with
    /// InvalidPolicy.
    function policyHash(bytes calldata policy) external view returns (bytes32);

    /// What evidence may lack that meets `policy` but not `wanted`, in words; empty only where
    /// `policy` asks for at least as much. Reverts with InvalidPolicy.
    function policyShortfall(bytes calldata policy, bytes calldata wanted)
        external
        view
        returns (string memory missing);

    /// The hash that signatures and quotes carry and proofs bind: the EIP-712 digest of `Statement`
    /// as AssayTypes.sol declares it, in the domain of name "Assay", version "1", the chain's id
    /// and this precompile.
    function statementHash(Statement calldata statement) external view returns (bytes32);
}
