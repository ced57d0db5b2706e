// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

/// The chain's payment token: ERC-20 with EIP-3009 authorizations and EIP-2612 permits, as USDC
/// has them (FiatTokenV2_2). At 0x036CbD53842c5426634e7929541eC2318f3dCF7e in the genesis files;
/// 6 decimals. Refusals are revert texts, not custom errors.
interface IToken {
    event Transfer(address indexed from, address indexed to, uint256 value);
    event Approval(address indexed owner, address indexed spender, uint256 value);
    event AuthorizationUsed(address indexed authorizer, bytes32 indexed nonce);
    event AuthorizationCanceled(address indexed authorizer, bytes32 indexed nonce);

    function name() external view returns (string memory);
    function symbol() external view returns (string memory);
    function decimals() external view returns (uint8);
    function currency() external view returns (string memory);
    /// The EIP-712 version of the domain separator.
    function version() external view returns (string memory);

    function totalSupply() external view returns (uint256);
    function balanceOf(address account) external view returns (uint256);
    function transfer(address to, uint256 value) external returns (bool);
    function transferFrom(address from, address to, uint256 value) external returns (bool);
    function allowance(address owner, address spender) external view returns (uint256);
    function approve(address spender, uint256 value) external returns (bool);
    function increaseAllowance(address spender, uint256 increment) external returns (bool);
    function decreaseAllowance(address spender, uint256 decrement) external returns (bool);

    function DOMAIN_SEPARATOR() external view returns (bytes32);
    function TRANSFER_WITH_AUTHORIZATION_TYPEHASH() external view returns (bytes32);
    function RECEIVE_WITH_AUTHORIZATION_TYPEHASH() external view returns (bytes32);
    function CANCEL_AUTHORIZATION_TYPEHASH() external view returns (bytes32);
    function PERMIT_TYPEHASH() external view returns (bytes32);

    /// Whether a nonce was used or canceled.
    function authorizationState(address authorizer, bytes32 nonce) external view returns (bool);

    /// Moves tokens as their owner has signed. Valid while validAfter < block.timestamp <
    /// validBefore. A low s and a v of 27 or 28 are required.
    function transferWithAuthorization(
        address from,
        address to,
        uint256 value,
        uint256 validAfter,
        uint256 validBefore,
        bytes32 nonce,
        uint8 v,
        bytes32 r,
        bytes32 s
    ) external;

    /// The same with r ‖ s ‖ v, or an ERC-1271 signature of at most 4,096 bytes.
    function transferWithAuthorization(
        address from,
        address to,
        uint256 value,
        uint256 validAfter,
        uint256 validBefore,
        bytes32 nonce,
        bytes calldata signature
    ) external;

    /// As transferWithAuthorization, for a call by the payee only.
    function receiveWithAuthorization(
        address from,
        address to,
        uint256 value,
        uint256 validAfter,
        uint256 validBefore,
        bytes32 nonce,
        uint8 v,
        bytes32 r,
        bytes32 s
    ) external;

    function receiveWithAuthorization(
        address from,
        address to,
        uint256 value,
        uint256 validAfter,
        uint256 validBefore,
        bytes32 nonce,
        bytes calldata signature
    ) external;

    /// Spends a nonce so that no authorization with it can be used.
    function cancelAuthorization(address authorizer, bytes32 nonce, uint8 v, bytes32 r, bytes32 s)
        external;

    function cancelAuthorization(address authorizer, bytes32 nonce, bytes calldata signature)
        external;

    function nonces(address owner) external view returns (uint256);

    /// Sets an allowance as the owner has signed. The greatest deadline never expires.
    function permit(
        address owner,
        address spender,
        uint256 value,
        uint256 deadline,
        uint8 v,
        bytes32 r,
        bytes32 s
    ) external;

    function permit(
        address owner,
        address spender,
        uint256 value,
        uint256 deadline,
        bytes calldata signature
    ) external;
}
