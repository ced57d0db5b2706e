# pragma version 0.4.3
"""
@title OpenGradient's TEEInferenceVerifier
@notice See modules/tee_inference_verifier.vy.
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
