# pragma version 0.4.3
"""
@title Registry of enclaves that sign inferences, as OpenGradient's chain has it
@notice Types of enclaves, approved measurements (PCR0 to PCR2), and enclaves registered by an
        AWS Nitro attestation that binds their signing key and TLS certificate. An enclave is
        *enabled* until someone disables it, and *active* while it is enabled, its last heartbeat
        is fresh and its measurement is approved.
@dev    A module: all but the functions that give a `TEEInfo`, whose layout differs between
        versions. Behaviour, errors and order of checks are those of og-evm's contract, and what
        clients can observe of its weaknesses too: heartbeats may be repeated and need no approved
        measurement; enabling an enabled enclave changes and logs nothing.

        Invariants:
        - `enabledIndex[type][id]` is the place of an enabled enclave in `enabledByType[type]`;
          order there changes when one is removed, since the last takes its place.
        - `registeredAt` is 0 for enclaves that do not exist, and only for them.

        Solidity's lists and texts have no bounds. Here: 4,096 enclaves a type and an owner, 1,024
        measurements, 256 types; endpoint 1,024, signing key 2,048 and certificate 8,192 bytes.
        A key of the largest modulus that can sign heartbeats, 8,192 bits, takes 1,062.
"""
from modules import ITEEVerifier
from modules import access_control

uses: access_control

# error: TEETypeExists()
# error: TEETypeNotFound()
# error: InvalidTEEType()
# error: PCRNotApproved()
# error: PCRAlreadyExists()
# error: TEEAlreadyExists()
# error: TEENotFound()
# error: TEENotEnabled()
# error: NotTEEOwner()
# error: AttestationInvalid(string reason)
# error: KeyBindingFailed(string reason)
# error: HeartbeatSignatureInvalid()
# error: HeartbeatTimestampTooOld()
# error: HeartbeatTimestampInFuture()

event TEETypeAdded:
    typeId: indexed(uint8)
    name: String[128]

event PCRApproved:
    pcrHash: indexed(bytes32)
    teeType: indexed(uint8)
    version: String[256]

event PCRRevoked:
    pcrHash: indexed(bytes32)
    teeType: indexed(uint8)

event TEERegistered:
    teeId: indexed(bytes32)
    owner: indexed(address)
    teeType: uint8

event TEEDisabled:
    teeId: indexed(bytes32)

event TEEEnabled:
    teeId: indexed(bytes32)

event AWSCertificateUpdated:
    certHash: indexed(bytes32)

event HeartbeatReceived:
    teeId: indexed(bytes32)
    timestamp: uint256

struct PCRMeasurements:
    pcr0: Bytes[256]
    pcr1: Bytes[256]
    pcr2: Bytes[256]

struct ApprovedPCR:
    approved: bool
    teeType: uint8
    approvedAt: uint256
    version: String[256]

struct PCRKey:
    pcrHash: bytes32
    teeType: uint8

struct TEETypeInfo:
    name: String[128]
    addedAt: uint256

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

TEE_OPERATOR: public(constant(bytes32)) = keccak256("TEE_OPERATOR")
VERIFIER: public(constant(address)) = 0x0000000000000000000000000000000000000900

TYPES_MAX: constant(uint256) = 256
PCRS_MAX: constant(uint256) = 1024
TEES_MAX: constant(uint256) = 4096
# How many active enclaves one answer holds.
ACTIVE_MAX: constant(uint256) = 64

awsRootCertificate: public(Bytes[8192])
heartbeatMaxAge: public(uint256)
types: HashMap[uint8, TEETypeInfo]
typeList: DynArray[uint8, TYPES_MAX]
pcrs: HashMap[uint8, HashMap[bytes32, ApprovedPCR]]
pcrList: DynArray[PCRKey, PCRS_MAX]
records: HashMap[bytes32, TEEInfo]
enabledByType: HashMap[uint8, DynArray[bytes32, TEES_MAX]]
enabledIndex: HashMap[uint8, HashMap[bytes32, uint256]]
allByType: HashMap[uint8, DynArray[bytes32, TEES_MAX]]
allByOwner: HashMap[address, DynArray[bytes32, TEES_MAX]]


@deploy
def __init__():
    self.heartbeatMaxAge = 1800
    access_control._grant_role(access_control.DEFAULT_ADMIN_ROLE, msg.sender)
    access_control._grant_role(TEE_OPERATOR, msg.sender)
    access_control._set_role_admin(TEE_OPERATOR, access_control.DEFAULT_ADMIN_ROLE)


# Settings

@external
def setAWSRootCertificate(certificate: Bytes[8192]):
    """
    @param certificate PEM, or nothing for the root built into the precompile.
    """
    access_control._check_role(access_control.DEFAULT_ADMIN_ROLE)
    self.awsRootCertificate = certificate
    log AWSCertificateUpdated(certHash=keccak256(certificate))


@external
def setHeartbeatMaxAge(maxAge: uint256):
    access_control._check_role(access_control.DEFAULT_ADMIN_ROLE)
    self.heartbeatMaxAge = maxAge


# Types

@external
def addTEEType(typeId: uint8, name: String[128]):
    access_control._check_role(access_control.DEFAULT_ADMIN_ROLE)
    if self.types[typeId].addedAt != 0:
        raw_revert(method_id("TEETypeExists()"))
    self.types[typeId] = TEETypeInfo(name=name, addedAt=block.timestamp)
    self.typeList.append(typeId)
    log TEETypeAdded(typeId=typeId, name=name)


@external
@view
def teeTypes(typeId: uint8) -> (String[128], uint256):
    return self.types[typeId].name, self.types[typeId].addedAt


@external
@view
def isValidTEEType(typeId: uint8) -> bool:
    return self.types[typeId].addedAt != 0


@external
@view
def getTEETypes() -> (DynArray[uint8, TYPES_MAX], DynArray[TEETypeInfo, TYPES_MAX]):
    infos: DynArray[TEETypeInfo, TYPES_MAX] = []
    for typeId: uint8 in self.typeList:
        infos.append(self.types[typeId])
    return self.typeList, infos


# Measurements

@external
def approvePCR(pcrs: PCRMeasurements, version: String[256], teeType: uint8):
    """
    @notice Approves a measurement for a type; one that is approved already gets a new record.
    """
    access_control._check_role(access_control.DEFAULT_ADMIN_ROLE)
    self._check_type(teeType)
    pcrHash: bytes32 = self._pcr_hash(pcrs)
    if self.pcrs[teeType][pcrHash].approvedAt == 0:
        self.pcrList.append(PCRKey(pcrHash=pcrHash, teeType=teeType))
    self.pcrs[teeType][pcrHash] = ApprovedPCR(
        approved=True, teeType=teeType, approvedAt=block.timestamp, version=version
    )
    log PCRApproved(pcrHash=pcrHash, teeType=teeType, version=version)


@external
def revokePCR(pcrHash: bytes32, teeType: uint8):
    """
    @notice Revokes a measurement, and disables every enabled enclave that has it.
    """
    access_control._check_role(access_control.DEFAULT_ADMIN_ROLE)
    self._check_pcr(pcrHash, teeType)
    self.pcrs[teeType][pcrHash].approved = False
    # From the end: what takes a removed one's place has been looked at.
    count: uint256 = len(self.enabledByType[teeType])
    for behind: uint256 in range(count, bound=TEES_MAX):
        teeId: bytes32 = self.enabledByType[teeType][count - 1 - behind]
        if self.records[teeId].pcrHash == pcrHash:
            self._disable(teeId, teeType)
    log PCRRevoked(pcrHash=pcrHash, teeType=teeType)


@external
@view
def pcrRecords(teeType: uint8, pcrHash: bytes32) -> (bool, uint8, uint256, String[256]):
    record: ApprovedPCR = self.pcrs[teeType][pcrHash]
    return record.approved, record.teeType, record.approvedAt, record.version


@external
@view
def isPCRApproved(teeType: uint8, pcrHash: bytes32) -> bool:
    return self.pcrs[teeType][pcrHash].approved


@external
@pure
def computePCRHash(pcrs: PCRMeasurements) -> bytes32:
    return self._pcr_hash(pcrs)


@external
@view
def getApprovedPCRs() -> DynArray[PCRKey, PCRS_MAX]:
    found: DynArray[PCRKey, PCRS_MAX] = []
    for entry: PCRKey in self.pcrList:
        if self.pcrs[entry.teeType][entry.pcrHash].approved:
            found.append(entry)
    return found


# Enclaves

@external
def registerTEEWithAttestation(
    attestationDocument: Bytes[16384],
    signingPublicKey: Bytes[2048],
    tlsCertificate: Bytes[8192],
    paymentAddress: address,
    endpoint: String[1024],
    teeType: uint8,
) -> bytes32:
    """
    @return keccak256 of the signing key, by which the enclave is known from now on.
    """
    return self._register(
        attestationDocument, signingPublicKey, tlsCertificate, paymentAddress, endpoint, teeType
    )


@external
def disableTEE(teeId: bytes32):
    self._check_owner_or_admin(teeId)
    if not self.records[teeId].enabled:
        raw_revert(method_id("TEENotEnabled()"))
    self._disable(teeId, self.records[teeId].teeType)


@external
def enableTEE(teeId: bytes32):
    self._check_owner_or_admin(teeId)
    if self.records[teeId].enabled:
        return
    teeType: uint8 = self.records[teeId].teeType
    self._check_pcr(self.records[teeId].pcrHash, teeType)
    self.records[teeId].enabled = True
    self._add_enabled(teeId, teeType)
    log TEEEnabled(teeId=teeId)


@external
def heartbeat(teeId: bytes32, timestamp: uint256, signature: Bytes[1024]):
    """
    @notice A sign of life: RSA-PSS by the enclave's key over keccak256(teeId . timestamp).
    """
    if self.records[teeId].registeredAt == 0:
        raw_revert(method_id("TEENotFound()"))
    if not self.records[teeId].enabled:
        raw_revert(method_id("TEENotEnabled()"))
    if timestamp > block.timestamp:
        raw_revert(method_id("HeartbeatTimestampInFuture()"))
    if block.timestamp - timestamp > self.heartbeatMaxAge:
        raw_revert(method_id("HeartbeatTimestampTooOld()"))
    message: bytes32 = keccak256(concat(teeId, convert(timestamp, bytes32)))
    if not self._is_signed(teeId, message, signature):
        raw_revert(method_id("HeartbeatSignatureInvalid()"))
    self.records[teeId].lastHeartbeatAt = block.timestamp
    log HeartbeatReceived(teeId=teeId, timestamp=timestamp)


@external
@view
def getEnabledTEEs(teeType: uint8) -> DynArray[bytes32, TEES_MAX]:
    return self.enabledByType[teeType]


@external
@view
def getTEEsByType(teeType: uint8) -> DynArray[bytes32, TEES_MAX]:
    return self.allByType[teeType]


@external
@view
def getTEEsByOwner(owner: address) -> DynArray[bytes32, TEES_MAX]:
    return self.allByOwner[owner]


@external
@view
def isTEEEnabled(teeId: bytes32) -> bool:
    return self.records[teeId].enabled


@external
@view
def isTEEActive(teeId: bytes32) -> bool:
    return self._is_active(teeId)


@external
@view
def getTEEPublicKey(teeId: bytes32) -> Bytes[2048]:
    return self.records[teeId].publicKey


@external
@pure
def computeTEEId(publicKey: Bytes[8192]) -> bytes32:
    return keccak256(publicKey)


# Steps that contracts share

@internal
def _register(
    document: Bytes[16384],
    key: Bytes[2048],
    certificate: Bytes[8192],
    payment: address,
    endpoint: String[1024],
    teeType: uint8,
) -> bytes32:
    access_control._check_role(TEE_OPERATOR)
    self._check_type(teeType)
    teeId: bytes32 = keccak256(key)
    if self.records[teeId].registeredAt != 0:
        raw_revert(method_id("TEEAlreadyExists()"))
    valid: bool = False
    pcrHash: bytes32 = empty(bytes32)
    valid, pcrHash = staticcall ITEEVerifier(VERIFIER).verifyAttestation(
        document, key, certificate, self.awsRootCertificate
    )
    if not valid:
        raw_revert(
            abi_encode(
                "Attestation document verification failed",
                method_id=method_id("AttestationInvalid(string)"),
            )
        )
    self._check_pcr(pcrHash, teeType)
    self.records[teeId] = TEEInfo(
        owner=msg.sender,
        paymentAddress=payment,
        endpoint=endpoint,
        publicKey=key,
        tlsCertificate=certificate,
        pcrHash=pcrHash,
        teeType=teeType,
        enabled=True,
        registeredAt=block.timestamp,
        lastHeartbeatAt=block.timestamp,
    )
    self._add_enabled(teeId, teeType)
    self.allByType[teeType].append(teeId)
    self.allByOwner[msg.sender].append(teeId)
    log TEERegistered(teeId=teeId, owner=msg.sender, teeType=teeType)
    return teeId


@internal
@view
def _check_type(teeType: uint8):
    if self.types[teeType].addedAt == 0:
        raw_revert(method_id("InvalidTEEType()"))


@internal
@view
def _check_pcr(pcrHash: bytes32, teeType: uint8):
    if not self.pcrs[teeType][pcrHash].approved:
        raw_revert(method_id("PCRNotApproved()"))


@internal
@view
def _check_owner_or_admin(teeId: bytes32):
    """
    @notice Its owner, as long as that is an operator, or an admin.
    """
    if self.records[teeId].registeredAt == 0:
        raw_revert(method_id("TEENotFound()"))
    if access_control.members[access_control.DEFAULT_ADMIN_ROLE][msg.sender]:
        return
    if self.records[teeId].owner != msg.sender or not access_control.members[TEE_OPERATOR][
        msg.sender
    ]:
        raw_revert(method_id("NotTEEOwner()"))


@internal
@pure
def _pcr_hash(pcrs: PCRMeasurements) -> bytes32:
    return keccak256(concat(pcrs.pcr0, pcrs.pcr1, pcrs.pcr2))


@internal
@view
def _is_signed(teeId: bytes32, message: bytes32, signature: Bytes[1024]) -> bool:
    """
    @notice RSA-PSS by the enclave's signing key over the SHA-256 of `message`.
    """
    return staticcall ITEEVerifier(VERIFIER).verifyRSAPSS(
        self.records[teeId].publicKey, message, signature
    )


@internal
@view
def _is_active(teeId: bytes32) -> bool:
    if not self.records[teeId].enabled:
        return False
    if block.timestamp - self.records[teeId].lastHeartbeatAt > self.heartbeatMaxAge:
        return False
    return self.pcrs[self.records[teeId].teeType][self.records[teeId].pcrHash].approved


@internal
def _add_enabled(teeId: bytes32, teeType: uint8):
    self.enabledIndex[teeType][teeId] = len(self.enabledByType[teeType])
    self.enabledByType[teeType].append(teeId)


@internal
def _disable(teeId: bytes32, teeType: uint8):
    self.records[teeId].enabled = False
    index: uint256 = self.enabledIndex[teeType][teeId]
    last: bytes32 = self.enabledByType[teeType].pop()
    if last != teeId:
        self.enabledByType[teeType][index] = last
        self.enabledIndex[teeType][last] = index
    self.enabledIndex[teeType][teeId] = 0
    log TEEDisabled(teeId=teeId)
