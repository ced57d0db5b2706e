// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

/// The models of this chain. Native precompile at 0x00000000000000000000000000000000A55A0001.
/// A record is found by `modelId`; name and version together are unique. Hashes and versions of a
/// record never change: a new model is a new version.
interface IModelRegistry {
    /// What an owner registers.
    struct Registration {
        string name;
        string version;
        /// SHA-256 of the ONNX file.
        bytes32 onnxHash;
        /// Hash of the integer graph in canonical bytes: what is run, re-run and proved.
        bytes32 graphHash;
        /// Root of the commitment to the weights.
        bytes32 weightsRoot;
        /// Where the file can be fetched; empty if nowhere.
        string cid;
        /// The weakest policy under which this model may be settled; empty for none.
        bytes policyFloor;
        /// Price of one inference, in the smallest unit of the chain's token.
        uint256 price;
        /// Hash of the calibration report of the quantisation.
        bytes32 calibrationHash;
        /// Multiply-accumulates of one inference.
        uint64 macs;
    }

    /// A registration with what the chain added to it.
    struct Model {
        address owner;
        string name;
        string version;
        bytes32 onnxHash;
        bytes32 graphHash;
        bytes32 weightsRoot;
        string cid;
        bytes policyFloor;
        uint256 price;
        bytes32 calibrationHash;
        uint64 macs;
        /// As ModelStatusChanged gives it.
        uint8 status;
        /// Time of the block that registered it, in Unix seconds.
        uint64 registeredAt;
    }

    event ModelRegistered(
        bytes32 indexed modelId,
        address indexed owner,
        string name,
        string version,
        bytes32 graphHash
    );
    event ModelStatusChanged(bytes32 indexed modelId, uint8 status, string reason);
    event PriceChanged(bytes32 indexed modelId, uint256 oldPrice, uint256 newPrice);
    event OwnershipTransferred(bytes32 indexed modelId, address indexed from, address indexed to);
    event ProviderKeyRegistered(address indexed provider, uint8 kind, bytes key);

    /// Registers a model that the caller then owns. Reverts if name and version are taken.
    function register(Registration calldata registration) external returns (bytes32 id);

    /// The record of a model. Reverts if there is none.
    function model(bytes32 id) external view returns (Model memory);

    /// The id that a name and version have, registered or not.
    function modelId(string calldata name, string calldata version)
        external
        view
        returns (bytes32);

    /// Marks a model as superseded: it can still be settled. Owner only.
    function deprecate(bytes32 id, string calldata reason) external;

    /// Takes a model out of use for good: it can no longer be settled. Owner only.
    function revoke(bytes32 id, string calldata reason) external;

    /// Sets the price of one inference. Owner only.
    function setPrice(bytes32 id, uint256 price) external;

    /// Hands a record to another owner. Owner only.
    function transferOwnership(bytes32 id, address newOwner) external;

    /// Records the key with which the caller, as a provider, signs statements.
    function registerProvider(uint8 keyKind, bytes calldata key) external;

    /// The key of a provider; kind 0 and no bytes if there is none.
    function providerKey(address provider)
        external
        view
        returns (uint8 keyKind, bytes memory key);
}
