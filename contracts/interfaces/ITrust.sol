// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

import {Statement, Evidence} from "./AssayTypes.sol";

/// Whom the chain trusts when machines attest themselves. Native precompile at
/// 0x00000000000000000000000000000000A55A0005.
///
/// Roots of vendors come with the genesis and are never added to; the admin can only take trust
/// away: a root, a TEE type, a machine. AMD signs no list of current versions, so the admin says, too,
/// which versions of its firmware count as up to date. Lists say what somebody vouches for; a policy names the list
/// it asks. Two are there from the start and belong to the admin: measurements,
/// keccak256("assay.list.measurements"), and executors, keccak256("assay.list.executors").
///
/// TEE types: nitro 1, sgx 2, tdx 3, snp 4, nvgpu 5. Families of roots: nitro 1, dcap 2, snp 3,
/// nvgpu 4. TCB status, best first: UpToDate 0, SWHardeningNeeded 1, ConfigurationNeeded 2,
/// ConfigurationAndSWHardeningNeeded 3, OutOfDate 4, OutOfDateConfigurationNeeded 5, Revoked 6.
///
/// What a policy's `age` bounds: the time since a Nitro document says it was made, whether it has
/// registered a key or is about the statement itself; it may be 300 seconds ahead of the block.
/// Quotes and SEV-SNP reports bear no date: one that registered a key is as old as the registration,
/// and one about a statement as the statement since its notBefore.
///
/// Gas: 6 a word of calldata; 2,100 a slot read, 22,100 a slot written for the first time, 5,000 for
/// any other; logs as in the EVM. Checking evidence adds 2,000, 4 a byte, 1,000 a certificate,
/// 60,000 a P-384 signature, 6,900 a P-256 signature and 6,000 an RSA signature: what the
/// outer form of the evidence declares is paid before any signature is looked at.
interface ITrust {
    struct Root {
        /// SHA-256 of the certificate's DER.
        bytes32 hash;
        /// A root whose keys anybody can have: good for local work only.
        bool isDevelopment;
        /// Since when it is not trusted, Unix seconds; zero while it is.
        uint64 disabledAt;
    }

    /// A key that an attested machine holds.
    struct AttestedKey {
        /// Who registered it.
        address owner;
        uint8 teeType;
        /// secp256k1 1 (the 20 bytes of the key's address), P-256 2 (x ‖ y), RSA-PSS 3 (modulus).
        uint8 scheme;
        bytes key;
        /// What its code measures; see `Report`.
        bytes32 measurement;
        bytes32 platform;
        /// The worse of what it was when the machine was attested and what it is now, by the
        /// collateral and the least versions that the chain holds; Revoked where the key would not
        /// be registered now, and does not count.
        uint8 status;
        /// The evidence rests on a development root.
        bool isDevelopment;
        /// When the machine was attested last, Unix seconds; a Nitro document says so itself.
        uint64 attestedAt;
        /// When it was registered first.
        uint64 registeredAt;
        /// The last second at which it counts.
        uint64 notAfter;
        /// Zero while it is not revoked.
        uint64 revokedAt;
    }

    /// What evidence was found to say.
    struct Report {
        uint8 teeType;
        /// nitro keccak256(PCR0 ‖ PCR1 ‖ PCR2); sgx keccak256("assay.sgx.v1" ‖ mr_enclave ‖
        /// mr_signer ‖ isv_prod_id ‖ isv_svn), the numbers in 2 bytes each, little-endian; tdx
        /// keccak256("assay.tdx.v1" ‖ mr_td ‖ rtmr0..3 ‖ mr_config_id); snp
        /// keccak256("assay.snp.v1" ‖ measurement ‖ host_data).
        bytes32 measurement;
        /// SHA-256 of chip id, PPID or module id.
        bytes32 platform;
        /// SHA-256 over the signed part: one for all spellings of the evidence.
        bytes32 identity;
        /// Zero for formats that bear no date.
        uint64 issuedAt;
        /// The end of the shortest of all windows that it rests on.
        uint64 notAfter;
        uint8 status;
        /// The machine's keeper can look into it. No debug evidence counts for anything.
        bool isDebug;
        bool isDevelopment;
        /// nitro: user_data; others: the 64 bytes.
        bytes reportData;
        /// nitro: public_key and nonce; empty otherwise.
        bytes publicKey;
        bytes nonce;
        /// Intel's advisories, separated by commas.
        string advisories;
    }

    /// Security versions of an AMD platform's firmware.
    struct SNPVersions {
        uint8 bootLoader;
        uint8 tee;
        uint8 snp;
        uint8 microcode;
        /// Of Turin; zero otherwise.
        uint8 fmc;
    }

    event AdminOffered(address indexed admin, address indexed to);
    event AdminChanged(address indexed previous, address indexed to);
    event LifetimeChanged(uint64 oldSeconds, uint64 newSeconds);
    event RootDisabled(
        uint8 indexed family, bytes32 indexed hash, address indexed by, string reason
    );
    event TypeRefused(uint8 indexed teeType, address indexed by, bool isRefused, string reason);
    event PlatformRefused(
        bytes32 indexed platform, address indexed by, bool isRefused, string reason
    );
    event SNPMinimumChanged(
        uint8 indexed product,
        uint24 indexed processor,
        address indexed by,
        SNPVersions least,
        string reason
    );
    event ListCreated(bytes32 indexed list, address indexed owner, string name);
    event EntryAdded(bytes32 indexed list, bytes32 indexed entry);
    event EntryRemoved(bytes32 indexed list, bytes32 indexed entry);
    event KeyAttested(
        bytes32 indexed keyId,
        address indexed owner,
        bytes32 indexed measurement,
        uint8 teeType,
        uint8 scheme,
        uint8 status,
        bool isDevelopment,
        uint64 attestedAt,
        uint64 notAfter
    );
    event KeyRevoked(bytes32 indexed keyId, address indexed by, string reason);
    event CollateralUploaded(
        bytes32 indexed key,
        uint64 notBefore,
        uint64 notAfter,
        uint64 evaluation,
        bytes32 rawHash,
        bytes32 codeHash
    );
    /// Two signed statements contradict each other. `verdict` is 0 where the chain has not run the
    /// model, 1 where its output is the first, 2 where it is the second, 3 where it is neither.
    event Disagreement(
        bytes32 indexed modelId,
        address indexed first,
        address indexed second,
        bytes32 inputHash,
        bytes32 firstOutputHash,
        bytes32 secondOutputHash,
        uint8 verdict
    );

    /// No function has this selector; shorter calldata is filled up with zeros.
    error UnknownFunction(bytes4 selector);
    /// The arguments cannot be read, or are longer than this chain takes.
    error InvalidCalldata(string reason);
    /// Ether came with the call.
    error NotPayable();
    /// The caller is not `admin`, or not whom the office is offered to.
    error NotAdmin(address admin);
    /// The caller is not `owner`, whose list or key it is.
    error NotOwner(address owner);
    /// No such root is trusted.
    error UnknownRoot(uint8 family, bytes32 hash);
    /// A lifetime is no shorter than `min` and no longer than `max`, in seconds.
    error InvalidLifetime(uint64 min, uint64 max);
    /// A field breaks its rule, which `reason` names.
    error InvalidRecord(string reason);
    /// Nobody has made the list.
    error UnknownList(bytes32 list);
    /// The caller has a list of that name.
    error ListExists(bytes32 list);
    /// There is no such TEE type.
    error UnknownTEEType(uint8 teeType);
    /// The admin has stopped all evidence of the type.
    error TEETypeRefused(uint8 teeType, uint64 since);
    /// The admin has stopped all evidence from that machine.
    error PlatformRefused(bytes32 platform, uint64 since);
    /// The evidence does not hold. `reason` is the number of the rule that it breaks and `code` the
    /// rule's name. Neither ever changes; the documentation of target Attestation has the table.
    error InvalidAttestation(uint16 reason, string code);
    /// The machine's keeper can look into it.
    error DebugEvidence();
    /// The free field of the evidence does not carry `registrationData`.
    error WrongBinding(bytes32 expected, bytes32 got);
    /// A key has been registered by this evidence before: it takes new evidence to renew one.
    error EvidenceUsed(bytes32 identity);
    /// The kind of key is unknown, or its keys have another length.
    error InvalidProviderKey();
    /// No key has this id.
    error UnknownAttestedKey(bytes32 keyId);
    /// The key is revoked, for good.
    error AttestedKeyRevoked(bytes32 keyId, uint64 revokedAt);
    /// There is no collateral for the platform.
    error UnknownCollateral(bytes32 key);
    /// The chain has newer collateral.
    error CollateralRolledBack(bytes32 key);
    /// The two statements do not contradict each other, or are not signed; `reason` says which.
    error NoDisagreement(string reason);
    /// It has been reported, and the chain has nothing to add.
    error AlreadyReported(uint64 reportedAt);
    /// There is no such kind of evidence.
    error UnknownEvidence(uint8 kind);
    /// Evidence of that kind bears no party's signature.
    error UnsupportedEvidence(uint8 kind);
    /// The bytes are no evidence of their kind.
    error InvalidEvidence(uint8 kind, string reason);
    /// A well-formed signature does not hold.
    error InvalidSignature(uint8 kind);
    /// Another key than the party's has signed; `got` is zero where none can have.
    error WrongSigner(address expected, address got);
    /// The signer or executor has registered no key, or has revoked it.
    error UnknownProvider(address provider);
    /// The provider's own word is no re-execution.
    error NotAnExecutor(address executor);
    /// No model has the id that the statements name.
    error UnknownModel(bytes32 modelId);
    /// A run of the model costs more than the chain runs for others.
    error TooCostlyToReexecute(uint64 gas, uint64 max);
    /// The input shown is another than the statements are about.
    error WrongInput(bytes32 expected, bytes32 got);

    function admin() external view returns (address);

    function pendingAdmin() external view returns (address);

    /// Offers the office; zero withdraws the offer. The default lists go with it.
    function offerAdmin(address to) external;

    function acceptAdmin() external;

    /// How long a key is good after its machine was attested.
    function lifetimeSeconds() external view returns (uint64);

    /// Sets it for keys registered from now on: 60 seconds to 90 days.
    function setLifetime(uint64 newSeconds) external;

    /// The roots of a family, disabled ones among them.
    function roots(uint8 family) external view returns (Root[] memory);

    /// Takes a root out of use, for good. `reason` has at most 256 bytes here and below.
    function disableRoot(uint8 family, bytes32 hash, string calldata reason) external;

    /// Since when evidence of a TEE type is refused, Unix seconds; zero while it is not.
    function typeRefusedSince(uint8 teeType) external view returns (uint64);

    /// Stops all evidence of a type, keys registered by it among it, or lets it in again.
    function refuseType(uint8 teeType, bool isRefused, string calldata reason) external;

    function platformRefusedSince(bytes32 platform) external view returns (uint64);

    /// The same for one machine.
    function refusePlatform(bytes32 platform, bool isRefused, string calldata reason) external;

    /// The least versions set for exactly that product and processor; zeros for none.
    function snpMinimum(uint8 product, uint24 processor) external view returns (SNPVersions memory);

    /// Sets what an AMD platform must reach to count as UpToDate rather than OutOfDate: versions
    /// that its report says are reported, committed and at launch, part by part. `product` is Milan
    /// 1, Genoa 2, Turin 3, as AMD has certified it with the machine's key. `processor` is family,
    /// model and stepping, a byte each, family highest (0xa00f11 in CPUID is 0x190101); zero for
    /// all processors of the product that have no entry of their own. Zeros take the entry away.
    /// Reverts with InvalidRecord for an entry that no machine is held against.
    function setSNPMinimum(
        uint8 product, uint24 processor, SNPVersions calldata least, string calldata reason
    ) external;

    /// Makes a list of the caller's; names have 1 to 64 bytes.
    function createList(string calldata name) external returns (bytes32 list);

    /// keccak256(owner ‖ name), the owner in 20 bytes.
    function listId(address owner, string calldata name) external view returns (bytes32);

    /// Reverts with UnknownList.
    function list(bytes32 id)
        external
        view
        returns (address owner, uint64 entries, uint64 createdAt);

    /// Adds up to 64 words: measurements, or addresses as numbers. They hold at once. Those that
    /// are there stay as they are.
    function addToList(bytes32 list, bytes32[] calldata entries) external;

    /// Removes words, which hold no longer at once.
    function removeFromList(bytes32 list, bytes32[] calldata entries) external;

    /// Since when an entry stands, Unix seconds; zero where it does not.
    function listed(bytes32 list, bytes32 entry) external view returns (uint64);

    /// Registers a key of the caller's by evidence that the machine which holds it has given, or
    /// renews it by new evidence. The free field of the evidence (nitro: user_data) begins with
    /// `registrationData`, and all else in it is zero. Evidence is checked at this block's time:
    /// nitro: the document; sgx, tdx: the quote, by collateral that the chain has; snp: the report
    /// of 1,184 bytes, a byte that counts certificates, and each as length (2 bytes, little-endian)
    /// and DER, the VEK first. Debug evidence is refused.
    /// The key counts until `lifetimeSeconds` after its machine was attested, at most. Its status is
    /// found again at each use: where the chain has other collateral than the quote was judged by,
    /// or least versions of SEV-SNP, the worse status counts, and a key that would not be registered
    /// now is refused with InvalidAttestation.
    function register(uint8 teeType, bytes calldata evidence, uint8 scheme, bytes calldata key)
        external
        returns (bytes32 keyId);

    /// SHA-256("assay.attested-key.v1" ‖ chain id in 32 bytes ‖ this precompile ‖ owner ‖ scheme ‖
    /// key), addresses in 20 bytes.
    function registrationData(address owner, uint8 scheme, bytes calldata key)
        external
        view
        returns (bytes32);

    /// Takes a key out of use for good. For its owner and the admin.
    function revoke(bytes32 keyId, string calldata reason) external;

    /// The key with that id, keccak256(scheme ‖ key). Reverts with UnknownAttestedKey.
    function attestedKey(bytes32 keyId) external view returns (AttestedKey memory);

    /// What evidence says at this block's time, by the roots and the collateral of this chain.
    /// Where it does not hold, `valid` is false, `reason` and `code` say why, and the report is
    /// empty.
    function verify(uint8 teeType, bytes calldata evidence)
        external
        view
        returns (bool valid, uint16 reason, string memory code, Report memory report);

    /// Takes Intel's collateral, checked now. Anybody may. The nine parts, as Intel's service
    /// gives them: issuer chain of the PCK revocation list (PEM), the root's revocation list (DER), that
    /// of PCK certificates (DER); issuer chain (PEM), value (JSON, byte for byte) and signature
    /// (r ‖ s) of the TCB info; the same of the QE identity. Together 262,144 bytes at most, and
    /// 24,575 as the chain keeps them. A part that is older than what the chain has is refused.
    function uploadCollateral(bytes[] calldata parts) external returns (bytes32 key);

    /// What the chain has under a key; zeros for none.
    function collateral(bytes32 key)
        external
        view
        returns (
            uint64 notBefore,
            uint64 notAfter,
            uint64 evaluation,
            uint64 uploadedAt,
            address account,
            bytes32 codeHash
        );

    /// Reports two signed statements (`signed`, or `reexecuted` by an executor) on one model, one
    /// system and one input with different outputs. Each signer's count goes up. Where `input` is
    /// given and the chain can run the model, it does, and says who was right.
    function reportDisagreement(
        Statement calldata first,
        Evidence calldata firstEvidence,
        Statement calldata second,
        Evidence calldata secondEvidence,
        bytes calldata input
    ) external returns (uint8 verdict);

    /// Disagreements of a signer, and in how many of them the chain found its output right and
    /// wrong.
    function disputes(address signer)
        external
        view
        returns (uint64 disagreements, uint64 foundRight, uint64 foundWrong);
}
