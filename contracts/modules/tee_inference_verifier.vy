# pragma version 0.4.3
"""
@title Checks answers that registered enclaves have signed
@notice RSA-PSS by the enclave's signing key over keccak256(inputHash . outputHash . timestamp).
        An enclave must be enabled, not active: a late heartbeat does not unsay an answer.
@dev    A module: behaviour and order of checks are those of og-evm's TEEInferenceVerifier.
        Nothing is stored, so one signature holds as often as it is shown.
"""
from modules import ITEEVerifier
from modules import access_control

uses: access_control

# error: InvalidRegistryAddress()

interface ITEERegistry:
    def isTEEEnabled(teeId: bytes32) -> bool: view
    def getTEEPublicKey(teeId: bytes32) -> Bytes[8192]: view

event RegistryUpdated:
    oldRegistry: indexed(address)
    newRegistry: indexed(address)

VERIFIER: public(constant(address)) = 0x0000000000000000000000000000000000000900
MAX_INFERENCE_AGE: public(constant(uint256)) = 3600
FUTURE_TOLERANCE: public(constant(uint256)) = 300

registry: public(address)


@deploy
def __init__(registry: address):
    self._check_registry(registry)
    self.registry = registry
    access_control._grant_role(access_control.DEFAULT_ADMIN_ROLE, msg.sender)


@external
def setRegistry(_registry: address):
    access_control._check_role(access_control.DEFAULT_ADMIN_ROLE)
    self._check_registry(_registry)
    log RegistryUpdated(oldRegistry=self.registry, newRegistry=_registry)
    self.registry = _registry


@external
@pure
def computeMessageHash(inputHash: bytes32, outputHash: bytes32, timestamp: uint256) -> bytes32:
    return self._message_hash(inputHash, outputHash, timestamp)


@external
@view
def verifySignature(
    teeId: bytes32,
    inputHash: bytes32,
    outputHash: bytes32,
    timestamp: uint256,
    signature: Bytes[1024],
) -> bool:
    """
    @return Whether the signature holds, the enclave is enabled, and the answer is at most an hour
            old and at most five minutes in the future.
    """
    if not staticcall ITEERegistry(self.registry).isTEEEnabled(teeId):
        return False
    if block.timestamp > MAX_INFERENCE_AGE and timestamp < block.timestamp - MAX_INFERENCE_AGE:
        return False
    if timestamp > block.timestamp + FUTURE_TOLERANCE:
        return False
    return self._is_signed(teeId, inputHash, outputHash, timestamp, signature)


@internal
@pure
def _check_registry(registry: address):
    if registry == empty(address):
        raw_revert(method_id("InvalidRegistryAddress()"))


@internal
@pure
def _message_hash(inputHash: bytes32, outputHash: bytes32, timestamp: uint256) -> bytes32:
    return keccak256(concat(inputHash, outputHash, convert(timestamp, bytes32)))


@internal
@view
def _is_signed(
    teeId: bytes32,
    inputHash: bytes32,
    outputHash: bytes32,
    timestamp: uint256,
    signature: Bytes[1024],
) -> bool:
    key: Bytes[8192] = staticcall ITEERegistry(self.registry).getTEEPublicKey(teeId)
    message: bytes32 = self._message_hash(inputHash, outputHash, timestamp)
    return staticcall ITEEVerifier(VERIFIER).verifyRSAPSS(key, message, signature)
