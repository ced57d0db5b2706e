// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

/// What was run: a claim that one input to one model gave one output. Every kind of evidence
/// (signature, TEE quote, re-execution, zk proof) speaks of this and nothing else.
struct Statement {
    /// The model's record, as IModelRegistry.modelId gives it.
    bytes32 modelId;
    /// Hash of the prompt or system configuration in force; zero when there is none.
    bytes32 systemHash;
    /// Hash of the request; a payment's terms name the same one.
    bytes32 requestHash;
    /// Keccak-256 of the input tensors in canonical form.
    bytes32 inputHash;
    /// Keccak-256 of the output tensors in canonical form.
    bytes32 outputHash;
    /// Keccak-256 of the policy that the evidence has to meet.
    bytes32 policyHash;
    /// Who ran the model, and is paid.
    address provider;
    /// First second, Unix time, at which the statement may be settled.
    uint64 notBefore;
    /// Last second, Unix time, at which the statement may be settled.
    uint64 notAfter;
}

/// One piece of evidence for a statement.
struct Evidence {
    /// The verification mode: signature, TEE, re-execution, zk, …
    uint8 kind;
    /// The evidence in the encoding of its kind.
    bytes data;
}
