// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

import {Statement, Evidence} from "./AssayTypes.sol";

/// Checks evidence against a statement. Native precompile at
/// 0x00000000000000000000000000000000A55A0002.
/// Answers `false` for evidence that is well formed and does not hold; reverts for bytes that are
/// no evidence of the kind at all.
interface IVerifier {
    /// Whether one piece of evidence of `kind` holds for `statement` at this block's time.
    function verify(uint8 kind, Statement calldata statement, bytes calldata evidence)
        external
        view
        returns (bool);

    /// Whether all the evidence together meets `policy`, whose hash the statement names.
    function verifyPolicy(
        bytes calldata policy,
        Statement calldata statement,
        Evidence[] calldata evidence
    ) external view returns (bool);

    /// The hash that signatures and quotes carry and proofs bind.
    function statementHash(Statement calldata statement) external view returns (bytes32);
}
