// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

/// What was run: a claim that one input to one model gave one output. Every kind of evidence
/// (signature, TEE quote, re-execution, zk proof) speaks of this and nothing else.
struct Statement {
    /// The model's record, which stands for a computation and the name it goes by, see
    /// IModelRegistry.
    bytes32 modelId;
    /// Hash of the prompt or system configuration in force; zero when there is none.
    bytes32 systemHash;
    /// Hash of the request; a payment's terms name the same one. For HTTP it is
    /// keccak256("assay.request.v1\n" ‖ METHOD ‖ "\n" ‖ path ‖ "\n" ‖ sha256(body)).
    bytes32 requestHash;
    /// SHA-256 of the input tensors' canonical bytes; where a proof hides the input, the commitment
    /// to it, which input and secret lead to.
    bytes32 inputHash;
    /// SHA-256 of the output tensors' canonical bytes.
    bytes32 outputHash;
    /// Keccak-256 of the canonical bytes of the policy that the evidence has to meet.
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
    /// The verification mode: plain 0, signed 1, tee 2, reexecuted 3, zk 4.
    uint8 kind;
    /// plain: no bytes, and nothing backs the statement.
    /// signed: the signature of the provider's registered key over `IVerifier.statementHash`; r ‖ s
    /// ‖ v of 65 bytes with s in the lower half and v 27 or 28 for secp256k1, r ‖ s of 64 bytes for
    /// P-256, RSA-PSS of 256, 384 or 512 bytes over the SHA-256 of the hash. Another registered
    /// party's signature has the byte 1 and its address before it.
    /// tee: the byte 1, the id of an attested key (ITrust) and its signature over the same hash; or
    /// the byte 2, the TEE type and a document whose free field begins with the hash and is zero
    /// behind it.
    /// reexecuted: the byte 0 and the canonical bytes of the input, for the chain to run the model
    /// itself; or the byte 1, an executor's address and its registered key's signature over the
    /// EIP-712 digest of Reexecution(bytes32 statementHash,address executor) in the domain of
    /// statements.
    /// zk: see IVerifier.
    bytes data;
}
