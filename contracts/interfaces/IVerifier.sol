// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

import {Statement, Evidence} from "./AssayTypes.sol";

/// Checks evidence against a statement. Native precompile at
/// 0x00000000000000000000000000000000A55A0002.
/// Answers `false` for a signature or a proof that is well formed and does not hold, and outside
/// the statement's window; reverts for what it cannot judge. Kinds are those of Evidence.
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
    /// The statement's provider has registered no key.
    error UnknownProvider(address provider);
    /// There is no such kind of evidence.
    error UnknownEvidence(uint8 kind);
    /// This chain cannot check that kind, so it never counts.
    error UnsupportedEvidence(uint8 kind);
    /// Two pieces are of one kind.
    error DuplicateEvidence(uint8 kind);
    /// The bytes are no evidence of their kind.
    error InvalidEvidence(uint8 kind, string reason);
    /// No model has the id that the statement names.
    error UnknownModel(bytes32 modelId);
    /// The model was registered without a weights root: no proof of it can hold.
    error ModelHasNoProofs(bytes32 modelId);

    /// Whether one piece of evidence of `kind` holds for `statement` at this block's time.
    /// Empty evidence of kind plain always does: it says nothing about the statement.
    function verify(uint8 kind, Statement calldata statement, bytes calldata evidence)
        external
        view
        returns (bool);

    /// Whether every piece of evidence holds, and all together meet `policy`, whose hash the
    /// statement names. At most 16 pieces of 327,680 bytes, one of a kind. Settling asks for the
    /// model's policy floor as well.
    function verifyPolicy(
        bytes calldata policy,
        Statement calldata statement,
        Evidence[] calldata evidence
    ) external view returns (bool);

    /// The hash that signatures and quotes carry and proofs bind: the EIP-712 digest of `Statement`
    /// as AssayTypes.sol declares it, in the domain of name "Assay", version "1", the chain's id
    /// and this precompile.
    function statementHash(Statement calldata statement) external view returns (bytes32);
}
