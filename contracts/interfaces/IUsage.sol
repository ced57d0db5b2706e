// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

/// Counters of settled inferences. Native precompile at
/// 0x00000000000000000000000000000000A55A0004. Read only: settling writes them.
/// `kind` is the verification mode, as in Evidence: a settlement counts once under each kind that
/// held, and once under kind 255, which is every settlement. `value` is in the token's smallest
/// unit. Both stop at their greatest value, 2⁶⁴ − 1 and 2¹⁹² − 1. Kind 254 counts settlements whose
/// model could have given a stronger kind of evidence: its price is the same whatever the evidence.
interface IUsage {
    /// No function has this selector; shorter calldata is filled up with zeros.
    error UnknownFunction(bytes4 selector);
    /// The arguments cannot be read, or are longer than this chain takes.
    error InvalidCalldata(string reason);
    /// Ether came with the call.
    error NotPayable();

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

    /// Those of one epoch, a day: the block's timestamp divided by 86,400.
    function epochCount(uint64 epoch, uint8 kind)
        external
        view
        returns (uint256 settlements, uint256 value);

    /// Gas that checking evidence of one kind has taken, in all settlements.
    function evidenceGas(uint8 kind) external view returns (uint256);

    /// Settlements by the seconds from the statement's `notBefore` to the block: at most 2, 12, 60,
    /// and more.
    function delays()
        external
        view
        returns (uint64 within2, uint64 within12, uint64 within60, uint64 later);
}
