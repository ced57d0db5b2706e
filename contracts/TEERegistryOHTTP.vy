# pragma version 0.4.3
"""
@title OpenGradient's TEERegistry with a `TEEInfo` of eleven fields
@notice The registry that the Python SDK 1.1.4 reads: the eleventh field is the configuration with
        which clients encrypt requests to the enclave (RFC 9458). It has also the functions about
        that configuration of og-evm's TEERegistryV2, whose shapes are kept: their configuration
        says when it was last set, the eleventh field does not.
@dev    The source of the deployed registry is not published. An enclave without a configuration
        has an eleventh field of zeros, and a `registeredAt` of 0 in it.
        See modules/tee_registry.vy for the rest.
"""
from modules import access_control
from modules import tee_registry

initializes: access_control
initializes: tee_registry[access_control := access_control]

exports: access_control.__interface__
exports: tee_registry.__interface__

# error: OHTTPConfigNotFound()
# error: OHTTPConfigInvalid()
# error: OHTTPConfigSignatureInvalid()

event OHTTPConfigUpdated:
    teeId: indexed(bytes32)
    keyId: uint8
    kemId: uint16
    kdfId: uint16
    aeadId: uint16
    publicKeyHash: bytes32
    keyConfigHash: bytes32

event OHTTPConfigCleared:
    teeId: indexed(bytes32)

struct OHTTPConfig:
    keyId: uint8
    kemId: uint16
    kdfId: uint16
    aeadId: uint16
    publicKey: Bytes[1024]
    keyConfig: Bytes[2048]
    registeredAt: uint256
    updatedAt: uint256

# The eleventh field.
struct OHTTPKey:
    keyId: uint8
    kemId: uint16
    kdfId: uint16
    aeadId: uint16
    publicKey: Bytes[1024]
    keyConfig: Bytes[2048]
    registeredAt: uint256

struct TEEInfo:
    owner: address
    paymentAddress: address
    endpoint: String[1024]
    publicKey: Bytes[2048]
    tlsCertificate: Bytes[8192]
    pcrHash: bytes32
    teeType: uint8
    enabled: bool
    registeredAt: uint256
    lastHeartbeatAt: uint256
    ohttpConfig: OHTTPKey

struct TEEOHTTPRecord:
    teeId: bytes32
    tee: tee_registry.TEEInfo
    ohttpConfig: OHTTPConfig

OHTTP_CONFIG_DOMAIN_SEPARATOR: public(constant(bytes32)) = keccak256(
    "OPENGRADIENT_TEE_OHTTP_CONFIG_V1"
)
KEM_ID_X25519_HKDF_SHA256: public(constant(uint16)) = 32
X25519_PUBLIC_KEY_SIZE: public(constant(uint256)) = 32

configs: HashMap[bytes32, OHTTPConfig]


@deploy
def __init__():
    access_control.__init__()
    tee_registry.__init__()


# Enclaves

@external
@view
def tees(
    teeId: bytes32,
) -> (
    address,
    address,
    String[1024],
    Bytes[2048],
    Bytes[8192],
    bytes32,
    uint8,
    bool,
    uint256,
    uint256,
    OHTTPKey,
):
    """
    @notice An enclave's record, or zeros.
    """
    tee: TEEInfo = self._info(teeId)
    return (
        tee.owner,
        tee.paymentAddress,
        tee.endpoint,
        tee.publicKey,
        tee.tlsCertificate,
        tee.pcrHash,
        tee.teeType,
        tee.enabled,
        tee.registeredAt,
        tee.lastHeartbeatAt,
        tee.ohttpConfig,
    )


@external
@view
def getTEE(teeId: bytes32) -> TEEInfo:
    self._check_exists(teeId)
    return self._info(teeId)


@external
@view
def getActiveTEEs(teeType: uint8) -> DynArray[TEEInfo, tee_registry.ACTIVE_MAX]:
    """
    @notice The records of all active enclaves of a type; 64 at most.
    """
    found: DynArray[TEEInfo, tee_registry.ACTIVE_MAX] = []
    for teeId: bytes32 in tee_registry.enabledByType[teeType]:
        if tee_registry._is_active(teeId):
            found.append(self._info(teeId))
    return found


@external
def registerTEEWithAttestationAndOHTTPConfig(
    attestationDocument: Bytes[16384],
    signingPublicKey: Bytes[2048],
    tlsCertificate: Bytes[8192],
    paymentAddress: address,
    endpoint: String[1024],
    teeType: uint8,
    keyId: uint8,
    kemId: uint16,
    kdfId: uint16,
    aeadId: uint16,
    ohttpPublicKey: Bytes[1024],
    ohttpKeyConfig: Bytes[2048],
    ohttpConfigSignature: Bytes[1024],
) -> bytes32:
    teeId: bytes32 = tee_registry._register(
        attestationDocument, signingPublicKey, tlsCertificate, paymentAddress, endpoint, teeType
    )
    self._set_config(
        teeId, keyId, kemId, kdfId, aeadId, ohttpPublicKey, ohttpKeyConfig, ohttpConfigSignature
    )
    return teeId


# Configurations

@external
def setOHTTPConfig(
    teeId: bytes32,
    keyId: uint8,
    kemId: uint16,
    kdfId: uint16,
    aeadId: uint16,
    ohttpPublicKey: Bytes[1024],
    ohttpKeyConfig: Bytes[2048],
    ohttpConfigSignature: Bytes[1024],
):
    """
    @notice Sets or changes an enclave's configuration, which its signing key has signed.
    """
    tee_registry._check_owner_or_admin(teeId)
    self._set_config(
        teeId, keyId, kemId, kdfId, aeadId, ohttpPublicKey, ohttpKeyConfig, ohttpConfigSignature
    )


@external
def clearOHTTPConfig(teeId: bytes32):
    tee_registry._check_owner_or_admin(teeId)
    self._check_has_config(teeId)
    self.configs[teeId] = empty(OHTTPConfig)
    log OHTTPConfigCleared(teeId=teeId)


@external
@view
def getOHTTPConfig(teeId: bytes32) -> OHTTPConfig:
    self._check_has_config(teeId)
    return self.configs[teeId]


@external
@view
def hasOHTTPConfig(teeId: bytes32) -> bool:
    return self.configs[teeId].registeredAt != 0


@external
@view
def getTEEWithOHTTPConfig(teeId: bytes32) -> (tee_registry.TEEInfo, OHTTPConfig):
    self._check_exists(teeId)
    self._check_has_config(teeId)
    return tee_registry.records[teeId], self.configs[teeId]


@external
@view
def getActiveTEERecordsWithOHTTPConfig(
    teeType: uint8,
) -> DynArray[TEEOHTTPRecord, tee_registry.ACTIVE_MAX]:
    """
    @notice The active enclaves of a type that have a configuration; 64 at most.
    """
    found: DynArray[TEEOHTTPRecord, tee_registry.ACTIVE_MAX] = []
    for teeId: bytes32 in tee_registry.enabledByType[teeType]:
        if tee_registry._is_active(teeId) and self.configs[teeId].registeredAt != 0:
            found.append(
                TEEOHTTPRecord(
                    teeId=teeId,
                    tee=tee_registry.records[teeId],
                    ohttpConfig=self.configs[teeId],
                )
            )
    return found


@external
@pure
def computeOHTTPConfigHash(
    teeId: bytes32,
    keyId: uint8,
    kemId: uint16,
    kdfId: uint16,
    aeadId: uint16,
    ohttpPublicKey: Bytes[1024],
    ohttpKeyConfig: Bytes[2048],
) -> bytes32:
    return self._config_hash(
        teeId, keyId, kemId, kdfId, aeadId, keccak256(ohttpPublicKey), keccak256(ohttpKeyConfig)
    )


# Steps

@internal
@view
def _info(teeId: bytes32) -> TEEInfo:
    tee: tee_registry.TEEInfo = tee_registry.records[teeId]
    config: OHTTPConfig = self.configs[teeId]
    return TEEInfo(
        owner=tee.owner,
        paymentAddress=tee.paymentAddress,
        endpoint=tee.endpoint,
        publicKey=tee.publicKey,
        tlsCertificate=tee.tlsCertificate,
        pcrHash=tee.pcrHash,
        teeType=tee.teeType,
        enabled=tee.enabled,
        registeredAt=tee.registeredAt,
        lastHeartbeatAt=tee.lastHeartbeatAt,
        ohttpConfig=OHTTPKey(
            keyId=config.keyId,
            kemId=config.kemId,
            kdfId=config.kdfId,
            aeadId=config.aeadId,
            publicKey=config.publicKey,
            keyConfig=config.keyConfig,
            registeredAt=config.registeredAt,
        ),
    )


@internal
@view
def _check_exists(teeId: bytes32):
    if tee_registry.records[teeId].registeredAt == 0:
        raw_revert(method_id("TEENotFound()"))


@internal
@view
def _check_has_config(teeId: bytes32):
    if self.configs[teeId].registeredAt == 0:
        raw_revert(method_id("OHTTPConfigNotFound()"))


@internal
@pure
def _config_hash(
    teeId: bytes32,
    keyId: uint8,
    kemId: uint16,
    kdfId: uint16,
    aeadId: uint16,
    keyHash: bytes32,
    configHash: bytes32,
) -> bytes32:
    return keccak256(
        abi_encode(
            OHTTP_CONFIG_DOMAIN_SEPARATOR,
            teeId,
            keyId,
            kemId,
            kdfId,
            aeadId,
            keyHash,
            configHash,
        )
    )


@internal
def _set_config(
    teeId: bytes32,
    keyId: uint8,
    kemId: uint16,
    kdfId: uint16,
    aeadId: uint16,
    key: Bytes[1024],
    config: Bytes[2048],
    signature: Bytes[1024],
):
    if len(key) == 0 or len(config) == 0:
        raw_revert(method_id("OHTTPConfigInvalid()"))
    if kemId == KEM_ID_X25519_HKDF_SHA256 and len(key) != X25519_PUBLIC_KEY_SIZE:
        raw_revert(method_id("OHTTPConfigInvalid()"))
    keyHash: bytes32 = keccak256(key)
    configHash: bytes32 = keccak256(config)
    message: bytes32 = self._config_hash(
        teeId, keyId, kemId, kdfId, aeadId, keyHash, configHash
    )
    if not tee_registry._is_signed(teeId, message, signature):
        raw_revert(method_id("OHTTPConfigSignatureInvalid()"))
    since: uint256 = self.configs[teeId].registeredAt
    if since == 0:
        since = block.timestamp
    self.configs[teeId] = OHTTPConfig(
        keyId=keyId,
        kemId=kemId,
        kdfId=kdfId,
        aeadId=aeadId,
        publicKey=key,
        keyConfig=config,
        registeredAt=since,
        updatedAt=block.timestamp,
    )
    log OHTTPConfigUpdated(
        teeId=teeId,
        keyId=keyId,
        kemId=kemId,
        kdfId=kdfId,
        aeadId=aeadId,
        publicKeyHash=keyHash,
        keyConfigHash=configHash,
    )
