# pragma version 0.4.3
"""
@title OpenGradient's TEEBatchVerifier
@notice TEEInferenceVerifier with a second check that knows no time, for answers settled in
        batches long after they were signed. See modules/tee_inference_verifier.vy.
"""
from modules import access_control
from modules import tee_inference_verifier

initializes: access_control
initializes: tee_inference_verifier[access_control := access_control]

exports: access_control.__interface__
exports: tee_inference_verifier.__interface__


@deploy
def __init__(_registry: address):
    access_control.__init__()
    tee_inference_verifier.__init__(_registry)


@external
@view
def verifySignatureNoTimestamp(
    teeId: bytes32,
    inputHash: bytes32,
    outputHash: bytes32,
    timestamp: uint256,
    signature: Bytes[1024],
) -> bool:
    """
    @return Whether the signature holds and the enclave is enabled, however old the answer is.
    """
    if not staticcall tee_inference_verifier.ITEERegistry(
        tee_inference_verifier.registry
    ).isTEEEnabled(teeId):
        return False
    return tee_inference_verifier._is_signed(teeId, inputHash, outputHash, timestamp, signature)
