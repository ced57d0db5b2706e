// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

import {Statement, Evidence} from "./AssayTypes.sol";

/// Settles a payment against evidence, all or nothing. Native precompile at
/// 0x00000000000000000000000000000000A55A0003.
/// The payer signs an EIP-3009 transfer to `escrowAddress(terms)`: the recipient itself commits to
/// model, request, policy and provider, so the money can move for this inference only.
/// Anyone may send such an authorization to the token without settling it. The money then lies at
/// the escrow address, which the token itself remembers: the provider settles all the same, with
/// the same call, and from a day after that block on the payer may reclaim what is not settled.
interface ISettlement {
    /// What the payment is for.
    struct Terms {
        bytes32 modelId;
        bytes32 requestHash;
        /// Keccak-256 of the policy's canonical bytes.
        bytes32 policyHash;
        /// Who is paid.
        address provider;
        /// Makes two payments for the same request distinct: random, one an offer.
        bytes32 salt;
    }

    /// The payer's EIP-3009 authorization. `signature` is r ‖ s ‖ v, or what the payer's contract
    /// takes (ERC-1271). Where the money is at the escrow address already, `validAfter` and
    /// `validBefore` may be zero and `signature` empty; a payer's contract has to leave them so.
    struct Payment {
        /// The chain's token; no other is settled.
        address asset;
        address payer;
        uint256 amount;
        uint256 validAfter;
        uint256 validBefore;
        bytes32 nonce;
        bytes signature;
    }

    /// What the chain keeps of a settlement.
    struct Receipt {
        /// Keccak-256 of the whole receipt, which `assay verify` checks.
        bytes32 receiptHash;
        uint64 blockNumber;
        /// Unix seconds.
        uint64 timestamp;
        /// Bit `1 << kind` for each kind of evidence that held. Where it is 1, plain alone,
        /// nothing backs the statement: `outputHash` is the word of whoever settled. Bit 7 marks
        /// evidence that rests on a development root, whose keys anybody can have.
        uint8 evidenceMask;
        /// How the payment named its terms: by its recipient 1; by recipient and nonce 2, where
        /// the nonce is the hash of the terms.
        uint8 binding;
        bytes32 modelId;
        address provider;
        address payer;
        bytes32 outputHash;
        /// In the smallest unit of the asset.
        uint256 amount;
    }

    event Settled(
        bytes32 indexed receiptId,
        bytes32 indexed modelId,
        address indexed payer,
        address provider,
        address asset,
        uint256 amount,
        bytes32 outputHash,
        uint8 evidenceMask
    );
    /// The payer has the deposit back.
    event Reclaimed(
        bytes32 indexed receiptId,
        bytes32 indexed termsHash,
        address indexed payer,
        uint256 amount
    );

    /// No function has this selector; shorter calldata is filled up with zeros.
    error UnknownFunction(bytes4 selector);
    /// The arguments cannot be read, or are longer than this chain takes.
    error InvalidCalldata(string reason);
    /// Ether came with the call.
    error NotPayable();
    /// The payment has been settled: this is its receipt.
    error AlreadySettled(bytes32 receiptId);
    /// No model has this id.
    error UnknownModel(bytes32 modelId);
    /// The model's owner took it out of use.
    error ModelRevoked(bytes32 modelId);
    /// The statement is of another model than the terms.
    error WrongModel(bytes32 expected, bytes32 got);
    /// The statement names another system text than the model's record.
    error WrongSystem(bytes32 expected, bytes32 got);
    /// The statement is of another request than the terms.
    error WrongRequest(bytes32 expected, bytes32 got);
    /// The statement is by another provider than the terms name.
    error WrongProvider(address expected, address got);
    /// The output shown, or the output of the chain's own run, has another SHA-256 than the statement
    /// says; of a run, `expected` is the run's.
    error WrongOutput(bytes32 expected, bytes32 got);
    /// The bytes are no canonical policy.
    error InvalidPolicy(string reason);
    /// Terms, statement and policy do not all name one policy.
    error WrongPolicy(bytes32 expected, bytes32 got);
    /// The block's time is outside the statement's window, both ends of which are inside.
    error StatementNotCurrent(uint64 notBefore, uint64 notAfter, uint64 timestamp);
    /// The payment is not in the chain's token.
    error WrongAsset(address expected, address got);
    /// The payment is less than the model's price.
    error PriceNotMet(uint256 price, uint256 amount);
    /// The signer or executor has registered no key, or has revoked it.
    error UnknownProvider(address provider);
    /// There is no such kind of evidence.
    error UnknownEvidence(uint8 kind);
    /// Two pieces are one: of one signer, one attested key, one document or one executor; two runs
    /// by the chain; two proofs.
    error DuplicateEvidence(uint8 kind);
    /// The bytes are no evidence of their kind.
    error InvalidEvidence(uint8 kind, string reason);
    /// A well-formed signature does not hold.
    error InvalidSignature(uint8 kind);
    /// Another key than the provider's has signed; `got` is zero where none can have.
    error WrongSigner(address expected, address got);
    /// The model was registered without a weights root: no proof of it can hold.
    error ModelHasNoProofs(bytes32 modelId);
    /// The proof of another model: its verification key has another digest than the weights root.
    error WrongKey(bytes32 expected, bytes32 got);
    /// The proof is for another statement, or for another chain.
    error WrongContext(bytes32 expected, bytes32 got);
    /// The evidence is about another input: SHA-256 of its input, or the commitment that hides it, is
    /// not what the statement says.
    error WrongInput(bytes32 expected, bytes32 got);
    /// A proof of the right things does not hold. `code` is the number of the rule that it breaks
    /// and `reason` the rule's name. Neither ever changes; the documentation of target Proofs has
    /// the table.
    error InvalidProof(uint16 code, string reason);
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
    /// The provider's own word is no re-execution.
    error NotAnExecutor(address executor);
    /// A run of the model costs more than the chain runs for others.
    error TooCostlyToReexecute(uint64 gas, uint64 max);
    /// The evidence does not meet the payer's policy; the text names what is missing.
    error PolicyNotMet(string missing);
    /// The evidence does not meet the model's policy floor.
    error FloorNotMet(string missing);
    /// The authorization is valid after `validAfter` only; `timestamp` is the time of the transfer.
    error PaymentNotYetValid(uint256 validAfter, uint64 timestamp);
    /// The authorization was valid before `validBefore` only; `timestamp` is as above.
    error PaymentExpired(uint256 validBefore, uint64 timestamp);
    /// The nonce is canceled, or spent on a transfer to another account or of another amount.
    error AuthorizationUsed(address payer, bytes32 nonce);
    /// The token refused, with these bytes: an invalid signature, or too little money.
    error TransferFailed(bytes reason);
    /// The money is at the escrow address, but `signature` is neither empty nor of the payer's key.
    error InvalidDeposit(string reason);
    /// The money of this payment is not at the escrow address: it never came, or was reclaimed.
    error NoDeposit(bytes32 receiptId);
    /// The provider may still settle, until `at`.
    error NotYetReclaimable(uint64 at, uint64 timestamp);
    /// No receipt has this id.
    error UnknownReceipt(bytes32 receiptId);

    /// Checks the statement, its evidence against the policy, and the payment; moves the money to
    /// the provider; writes receipt and usage. Anyone may call. A payment has one receipt, known
    /// by keccak256(abi.encode(asset, payer, nonce)).
    /// Money that the authorization brought to the escrow address before this call is moved from
    /// there. Then the payment's window must hold the time of that transfer and the signature be
    /// of the payer's key, or all three are left out (see Payment).
    /// Of the evidence, plain counts only where it is alone; no evidence at all is plain. At most
    /// 16 pieces of 327,680 bytes. Several of one kind may stand side by side where they are not one,
    /// and each must hold.
    /// `output` is the output tensors' canonical bytes, at most 16,384, whose SHA-256 must equal
    /// `statement.outputHash`; empty when they are not shown.
    function settle(
        Terms calldata terms,
        Payment calldata payment,
        Statement calldata statement,
        bytes calldata policy,
        Evidence[] calldata evidence,
        bytes calldata output
    ) external returns (bytes32 receiptId);

    /// The account that a payment under these terms goes to: the low 20 bytes of
    /// keccak256(0xff ‖ this precompile ‖ termsHash ‖ keccak256("assay.escrow.v1")).
    function escrowAddress(Terms calldata terms) external view returns (address);

    /// The hash of the terms: the EIP-712 digest of `Terms` as declared above, in the domain of
    /// name "Assay", version "1", the chain's id and this precompile.
    function termsHash(Terms calldata terms) external view returns (bytes32);

    /// The receipt with this id. Reverts with UnknownReceipt if there is none.
    function receipt(bytes32 id) external view returns (Receipt memory);

    /// Gives money at the escrow address of `terms` that was not settled back to its payer, from
    /// 86,400 seconds after the block of the transfer on. Anyone may call. Window and signature of
    /// the payment play no part.
    function reclaim(Terms calldata terms, Payment calldata payment) external;
}
