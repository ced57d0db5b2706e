// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

import {Statement, Evidence} from "./AssayTypes.sol";

/// Settles a payment against evidence, all or nothing. Native precompile at
/// 0x00000000000000000000000000000000A55A0003.
/// The payer signs an EIP-3009 transfer to `escrowAddress(terms)`: the recipient itself commits to
/// model, request, policy and provider, so the money can move for this inference only.
interface ISettlement {
    /// What the payment is for.
    struct Terms {
        bytes32 modelId;
        bytes32 requestHash;
        bytes32 policyHash;
        address provider;
        bytes32 salt;
    }

    /// The payer's EIP-3009 authorization. `signature` is r ‖ s ‖ v, or what the payer's contract
    /// takes (ERC-1271).
    struct Payment {
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
        bytes32 receiptHash;
        uint64 blockNumber;
        /// Unix seconds.
        uint64 timestamp;
        /// One bit for each kind of evidence that was checked.
        uint8 evidenceMask;
        /// How the payment was bound to the request.
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

    /// Checks the statement, its evidence against the policy, and the payment; moves the money to
    /// the provider; writes receipt and usage. Anyone may call.
    function settle(
        Terms calldata terms,
        Payment calldata payment,
        Statement calldata statement,
        bytes calldata policy,
        Evidence[] calldata evidence
    ) external returns (bytes32 receiptId);

    /// The account that a payment under these terms goes to.
    function escrowAddress(Terms calldata terms) external view returns (address);

    /// The hash of the terms.
    function termsHash(Terms calldata terms) external view returns (bytes32);

    /// The receipt with this id. Reverts if there is none.
    function receipt(bytes32 id) external view returns (Receipt memory);

    /// Gives money that lies at the escrow address back to the payer, once the payment can no
    /// longer be settled.
    function reclaim(Terms calldata terms, Payment calldata payment) external;
}
