# pragma version 0.4.3
"""
@title OpenGradient's TEERegistry with a `TEEInfo` of ten fields
@notice The registry of the public og-evm, as TypeScript SDK and block explorer read it. See
        modules/tee_registry.vy for what it does.
"""
from modules import access_control
from modules import tee_registry

initializes: access_control
initializes: tee_registry[access_control := access_control]

exports: access_control.__interface__
exports: tee_registry.__interface__


@deploy
def __init__():
    access_control.__init__()
    tee_registry.__init__()


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
):
    """
    @notice An enclave's record, or zeros.
    """
    tee: tee_registry.TEEInfo = tee_registry.records[teeId]
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
    )


@external
@view
def getTEE(teeId: bytes32) -> tee_registry.TEEInfo:
    if tee_registry.records[teeId].registeredAt == 0:
        raw_revert(method_id("TEENotFound()"))
    return tee_registry.records[teeId]


@external
@view
def getActiveTEEs(teeType: uint8) -> DynArray[tee_registry.TEEInfo, tee_registry.ACTIVE_MAX]:
    """
    @notice The records of all active enclaves of a type; 64 at most.
    """
    found: DynArray[tee_registry.TEEInfo, tee_registry.ACTIVE_MAX] = []
    for teeId: bytes32 in tee_registry.enabledByType[teeType]:
        if tee_registry._is_active(teeId):
            found.append(tee_registry.records[teeId])
    return found
