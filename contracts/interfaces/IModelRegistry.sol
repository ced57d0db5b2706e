// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

/// The models of this chain. Native precompile at 0x00000000000000000000000000000000A55A0001.
/// A model's id is SHA-256("assay.model.v1" ‖ graphHash ‖ weightsRoot): it names the computation,
/// so the same graph with the same weights registers once, whoever comes first and by whatever
/// name. Name and version together are unique too. Of a record only price, owner and status change.
interface IModelRegistry {
    /// What an owner registers.
    struct Registration {
        /// 1 to 64 of a-z 0-9 . _ - / without a slash at either end.
        string name;
        /// major.minor in decimal without leading zeros, at most 20 bytes.
        string version;
        /// SHA-256 of the ONNX file.
        bytes32 onnxHash;
        /// SHA-256 of the integer graph's canonical bytes: what is run, re-run and proved. Not
        /// zero.
        bytes32 graphHash;
        /// Root of the commitment to the weights; zero while the model has none.
        bytes32 weightsRoot;
        /// Where the file can be fetched, at most 128 bytes; empty if nowhere.
        string cid;
        /// Canonical bytes, at most 512, of the policy that every settlement of this model has to
        /// meet besides the payer's own; empty for none.
        bytes policyFloor;
        /// The least a payment for one inference may be, in the smallest unit of the chain's
        /// token. It goes to the provider that ran the model, not to the owner.
        uint256 price;
        /// SHA-256 of the calibration report of the quantisation.
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
        /// active 1, deprecated 2, revoked 3.
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

    /// No function has this selector; shorter calldata is filled up with zeros.
    error UnknownFunction(bytes4 selector);
    /// The arguments cannot be read, or are longer than this chain takes.
    error InvalidCalldata(string reason);
    /// Ether came with the call.
    error NotPayable();
    /// A field breaks its rule, which `reason` names.
    error InvalidRecord(string reason);
    /// The bytes are no canonical policy.
    error InvalidPolicy(string reason);
    /// That model has this name and version.
    error NameTaken(bytes32 modelId);
    /// The same graph with the same weights is registered.
    error ModelExists(bytes32 modelId);
    /// No model has this id.
    error UnknownModel(bytes32 modelId);
    /// The caller is not `owner`.
    error NotOwner(address owner);
    /// The model is out of use for good.
    error ModelRevoked(bytes32 modelId);
    /// The kind is unknown, or its keys have another length.
    error InvalidProviderKey();

    /// Registers a model that the caller then owns.
    /// Reverts with InvalidRecord, InvalidPolicy, NameTaken or ModelExists, in this order.
    function register(Registration calldata registration) external returns (bytes32 id);

    /// The record of a model. Reverts with UnknownModel if there is none.
    function model(bytes32 id) external view returns (Model memory);

    /// The id of the model with that name and version; zero if none is registered.
    function modelId(string calldata name, string calldata version)
        external
        view
        returns (bytes32);

    /// How many models are registered; no record is ever removed.
    function modelCount() external view returns (uint256);

    /// The id of a model by the order of registration, from 0; zero from `modelCount()` on.
    function modelAt(uint256 index) external view returns (bytes32);

    /// Marks a model as superseded: it can still be settled. `reason` has at most 256 bytes here
    /// and below. This and what follows are for the owner, and reverts with UnknownModel, NotOwner
    /// or ModelRevoked.
    function deprecate(bytes32 id, string calldata reason) external;

    /// Takes a model out of use for good: it can no longer be settled or changed.
    function revoke(bytes32 id, string calldata reason) external;

    /// Sets the price of one inference, also of those that run already.
    function setPrice(bytes32 id, uint256 price) external;

    /// Hands a record to another owner, who is not the zero address.
    function transferOwnership(bytes32 id, address newOwner) external;

    /// Records the key with which the caller, as a provider, signs statements, in place of an older
    /// one. Kind 1 is secp256k1: the 20 bytes of the key's address. Kind 2 is P-256: x ‖ y, 64
    /// bytes. Anybody may: a key says who a provider is, not that it is honest.
    function registerProvider(uint8 keyKind, bytes calldata key) external;

    /// The key of a provider; kind 0 and no bytes if there is none.
    function providerKey(address provider)
        external
        view
        returns (uint8 keyKind, bytes memory key);
}
