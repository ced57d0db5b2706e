// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

/// Counters of settled inferences. Native precompile at
/// 0x00000000000000000000000000000000A55A0004. Read only: settling writes them.
/// `kind` is the verification mode, as in Evidence; `value` is in the token's smallest unit.
interface IUsage {
    /// All settlements with a kind of evidence.
    function count(uint8 kind) external view returns (uint256 settlements, uint256 value);

    /// Those of one model.
    function modelCount(bytes32 modelId, uint8 kind)
        external
        view
        returns (uint256 settlements, uint256 value);

    /// Those of one provider.
    function providerCount(address provider, uint8 kind)
        external
        view
        returns (uint256 settlements, uint256 value);

    /// Those of one epoch.
    function epochCount(uint64 epoch, uint8 kind)
        external
        view
        returns (uint256 settlements, uint256 value);
}
