// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

/// The models of this chain. Native precompile at 0x00000000000000000000000000000000A55A0001.
///
/// A record is one version of a name. Its id is SHA-256("assay.record.v1" ‖ computationId ‖ name ‖
/// "@" ‖ version), with computationId = SHA-256("assay.model.v1" ‖ graphHash ‖ weightsRoot). So one
/// graph may be registered under many names, by anybody, and no record can be held up, repriced or
/// revoked by the owner of another; whoever signs an id signs the computation and the name.
///
/// Names: who registers a name first owns it, and alone adds versions to it. A name whose first
/// part is an address in lower case ("0x…/lenet5") belongs to that address, so that nobody can be
/// faster. Versions grow: minors within a major, majors in rising order.
///
/// Changes: price, floor and system config change for work that begins after a stated time; work
/// that began at it or before is settled by what held then. Work begins at `notBefore` of its
/// statement, but for this no longer than 600 seconds before the block that settles it. The same
/// holds of a revocation.
///
/// History: the third topic of every event of a model or system config is the key of its name:
/// keccak256(name) of a model, keccak256("system:" ‖ namespace ‖ "/" ‖ name) of a system config,
/// keccak256("namespace:" ‖ namespace) of a namespace. `previousBlock` is the block of the event
/// before it with the same key, zero for the first: `nameRecord(key).changedBlock` is where a
/// reader begins, as with ERC-1056.
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
        /// Digest of the verification key that follows from the graph, its weights committed to:
        /// what proofs are checked by. Zero for a model whose runs nobody can prove.
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

    /// What holds of a model, and from when on: a value holds for work that begins at its `…From` or
    /// before, its `next…` after it. Without a change both are one and the time is zero.
    struct ModelTerms {
        /// What is computed, whatever it is called.
        bytes32 computationId;
        uint256 price;
        uint256 nextPrice;
        uint64 priceFrom;
        bytes floor;
        bytes nextFloor;
        uint64 floorFrom;
        /// SHA-256 of the system text that statements must name; zero for any.
        bytes32 systemHash;
        bytes32 nextSystemHash;
        uint64 systemFrom;
        /// The system config of the newest change.
        bytes32 systemId;
        /// The record to use in place of a deprecated one; zero for none.
        bytes32 successor;
        /// Zero while it is not revoked.
        uint64 revokedAt;
    }

    /// A version of a system config, a prompt or other text. It never changes.
    struct System {
        address owner;
        string namespace;
        string name;
        string version;
        /// SHA-256 of the text, which lies in the blob store.
        bytes32 textHash;
        /// The version registered before it; zero for the first.
        bytes32 previousId;
        uint64 registeredAt;
    }

    event ModelRegistered(
        bytes32 indexed modelId,
        bytes32 indexed nameHash,
        address indexed owner,
        string name,
        string version,
        bytes32 graphHash,
        uint64 previousBlock
    );
    event ModelStatusChanged(
        bytes32 indexed modelId,
        bytes32 indexed nameHash,
        address indexed by,
        uint8 oldStatus,
        uint8 newStatus,
        bytes32 successor,
        string reason,
        uint64 previousBlock
    );
    event PriceChanged(
        bytes32 indexed modelId,
        bytes32 indexed nameHash,
        address indexed by,
        uint256 oldPrice,
        uint256 newPrice,
        uint64 start,
        string reason,
        uint64 previousBlock
    );
    /// `isWeaker`: some evidence meets the new floor that did not meet the old one.
    event FloorChanged(
        bytes32 indexed modelId,
        bytes32 indexed nameHash,
        address indexed by,
        bytes oldFloor,
        bytes newFloor,
        bool isWeaker,
        uint64 start,
        string reason,
        uint64 previousBlock
    );
    event ModelSystemChanged(
        bytes32 indexed modelId,
        bytes32 indexed nameHash,
        address indexed by,
        bytes32 oldHash,
        bytes32 newHash,
        bytes32 systemId,
        uint64 start,
        string reason,
        uint64 previousBlock
    );
    event OwnershipTransferred(
        bytes32 indexed modelId,
        bytes32 indexed nameHash,
        address indexed from,
        address to,
        uint64 previousBlock
    );
    event NameOffered(
        address indexed owner,
        bytes32 indexed nameHash,
        address indexed to,
        string name,
        uint64 previousBlock
    );
    event NameTransferred(
        address indexed from,
        bytes32 indexed nameHash,
        address indexed to,
        string name,
        uint64 previousBlock
    );
    event SystemRegistered(
        bytes32 indexed systemId,
        bytes32 indexed nameHash,
        address indexed owner,
        string namespace,
        string name,
        string version,
        bytes32 oldHash,
        bytes32 newHash,
        string reason,
        uint64 previousBlock
    );
    event ProviderKeyRegistered(address indexed provider, uint8 kind, bytes key);
    event ProviderKeyRevoked(address indexed provider);

    /// No function has this selector; shorter calldata is filled up with zeros.
    error UnknownFunction(bytes4 selector);
    /// The arguments cannot be read, or are longer than this chain takes.
    error InvalidCalldata(string reason);
    /// Ether came with the call.
    error NotPayable();
    /// A field breaks its rule, which `reason` names.
    error InvalidRecord(string reason);
    /// The weights root is not the digest of the graph's verification key.
    error WrongWeightsRoot(bytes32 expected, bytes32 got);
    /// The graph holds what no proof can be made of; register it with a weights root of zero.
    /// `reason` names the rule, as in `ISettlement.InvalidProof`.
    error NotProvable(string reason);
    /// The bytes are no canonical policy.
    error InvalidPolicy(string reason);
    /// That model has this name and version.
    error NameTaken(bytes32 modelId);
    /// No model has this id.
    error UnknownModel(bytes32 modelId);
    /// The caller is not `owner`, whose record or name it is; zero where nobody has the name.
    error NotOwner(address owner);
    /// The name has `newest`, and versions grow.
    error VersionNotNewer(string newest);
    /// A later version asks for less than the one before it; `missing` is what it drops.
    error FloorWeakened(string missing);
    /// Work that began before the last change of the same kind can still be settled, until `until`.
    error ChangeTooSoon(uint64 until, uint64 nowAt);
    /// A change cannot start before the block that makes it.
    error ChangeInThePast(uint64 start, uint64 nowAt);
    /// No system config has this id.
    error UnknownSystem(bytes32 systemId);
    /// The name is offered to `to`, or to nobody, who is zero.
    error NameNotOffered(address to);
    /// The model is out of use for good.
    error ModelRevoked(bytes32 modelId);
    /// The kind is unknown, or its keys have another length or form.
    error InvalidProviderKey();
    /// The caller has no key to revoke.
    error UnknownProvider(address provider);

    /// Registers a version of a name, which is the caller's from then on if nobody has it. Its floor
    /// asks for at least what that of the version registered before it asks for now: to ask for
    /// less takes `setFloor`, which says so in an event.
    /// Reverts with InvalidRecord, InvalidPolicy, NameTaken, NotOwner, VersionNotNewer or
    /// FloorWeakened, in this order.
    function register(Registration calldata registration) external returns (bytes32 id);

    /// The record of a model, with price and floor of work that begins now. Reverts with
    /// UnknownModel if there is none.
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

    /// What holds of a model and from when on.
    function terms(bytes32 id) external view returns (ModelTerms memory);

    /// What the registry keeps of a name by its key; zeros for a key that nobody used. `newest` is
    /// the version registered last. A system config has versions, its namespace has the owner.
    function nameRecord(bytes32 key)
        external
        view
        returns (
            address owner,
            address pendingOwner,
            uint64 registeredAt,
            uint64 versions,
            bytes32 newest,
            uint64 changedBlock
        );

    /// The id of a version by the order of registration, from 0; zero behind the last.
    function versionAt(bytes32 key, uint256 index) external view returns (bytes32);

    /// Marks a model as superseded: it can still be settled. `reason` has at most 256 bytes here
    /// and below. This and what follows are for the owner of the record, and revert with
    /// UnknownModel, NotOwner or ModelRevoked.
    function deprecate(bytes32 id, string calldata reason) external;

    /// The same, with the record to use instead, which is registered and not revoked.
    function deprecateFor(bytes32 id, bytes32 successor, string calldata reason) external;

    /// Takes a model out of use for good: no work that begins later is settled, nothing changes.
    function revoke(bytes32 id, string calldata reason) external;

    /// Sets the price of one inference for work that begins after this block's time.
    function setPrice(bytes32 id, uint256 price) external;

    /// Sets the price for work that begins after `start`, in Unix seconds; zero for this block's
    /// time. A price announced before and not in force yet is replaced. Of two prices within 600
    /// seconds the lower is enough for work that began before both. Reverts with ChangeInThePast.
    function announcePrice(bytes32 id, uint256 price, uint64 start, string calldata reason)
        external;

    /// Sets the floor, likewise. Reverts with InvalidPolicy too, and with ChangeTooSoon within 600
    /// seconds of a change to a floor neither of which holds the other.
    function setFloor(bytes32 id, bytes calldata floor, uint64 start, string calldata reason)
        external;

    /// Names the system config whose text statements must name, zero for none, likewise. Reverts
    /// with UnknownSystem too, and with ChangeTooSoon within 600 seconds of the last change.
    function setSystem(bytes32 id, bytes32 systemId, uint64 start, string calldata reason)
        external;

    /// Hands a record to another owner, who is not the zero address, at once. The name stays.
    function transferOwnership(bytes32 id, address newOwner) external;

    /// Offers a name of models to another owner, zero for nobody any more. A name that is lost to a
    /// mistyped address takes all its users along: so it is handed over once it is accepted.
    /// Reverts with NotOwner. Records of the name stay with their owners.
    function offerName(string calldata name, address to) external;

    /// Takes a name that is offered to the caller. Reverts with NameNotOffered.
    function acceptName(string calldata name) external;

    /// The same for namespaces of system configs.
    function offerNamespace(string calldata namespace, address to) external;

    function acceptNamespace(string calldata namespace) external;

    /// Registers a version of a system config, by the rules of names and versions of models; what
    /// has an owner is the namespace. Namespace and name are names without a slash, 63 bytes
    /// together at most. Reverts with InvalidRecord, NameTaken, NotOwner or VersionNotNewer.
    function registerSystem(
        string calldata namespace,
        string calldata name,
        string calldata version,
        bytes32 textHash,
        string calldata reason
    ) external returns (bytes32 id);

    /// A version of a system config. Reverts with UnknownSystem if there is none.
    function system(bytes32 id) external view returns (System memory);

    /// The id of a version of a system config; zero if none is registered.
    function systemId(string calldata namespace, string calldata name, string calldata version)
        external
        view
        returns (bytes32);

    /// Records the key with which the caller, as a provider, signs statements, in place of an older
    /// one. Kind 1 is secp256k1: the 20 bytes of the key's address. Kind 2 is P-256: x ‖ y, 64
    /// bytes. Kind 3 is RSA-PSS (SHA-256, MGF1 with SHA-256, salt of 32 bytes, exponent 65537): the
    /// modulus, 256, 384 or 512 bytes with the highest and the lowest bit set. Anybody may: a key
    /// says who a provider is, not that it is honest. The older key stays good for work that began
    /// before this block's time, as prices do.
    function registerProvider(uint8 keyKind, bytes calldata key) external;

    /// Takes the caller's keys out of use at once: a statement signed by one is settled no longer.
    /// Reverts with UnknownProvider. Another key may be registered then.
    function revokeProvider() external;

    /// The keys of a provider: kind 0 and no bytes where there is none. The previous one is good
    /// for work that began at `replacedAt` or before. None is good once `revokedAt` is not zero.
    function providerKeys(address provider)
        external
        view
        returns (
            uint8 keyKind,
            bytes memory key,
            uint8 previousKind,
            bytes memory previousKey,
            uint64 replacedAt,
            uint64 revokedAt
        );

    /// The key of a provider; kind 0 and no bytes if there is none, or it is revoked.
    function providerKey(address provider)
        external
        view
        returns (uint8 keyKind, bytes memory key);
}
