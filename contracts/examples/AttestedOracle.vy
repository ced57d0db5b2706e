# pragma version 0.4.3
"""
@title Keeps answers of a model that evidence backs
@notice An example of asking for evidence from a contract, without a payment: an answer is taken
        when it meets the policy that the oracle was deployed with, whoever brings it.
@dev    A statement names its policy by hash, so nobody can bring a weaker one. What the policy
        asks of machines (age, measurement, development roots) the verifier judges by the trust
        registry; `machineOf` shows how to look there oneself.
"""

from interfaces import ITrust
from interfaces import IVerifier

event Answered:
    inputHash: indexed(bytes32)
    outputHash: indexed(bytes32)
    provider: indexed(address)

VERIFIER: constant(address) = 0x00000000000000000000000000000000a55a0002
TRUST: constant(address) = 0x00000000000000000000000000000000a55A0005

MODEL: public(immutable(bytes32))
policy: public(Bytes[512])
policyHash: public(bytes32)
answerOf: public(HashMap[bytes32, bytes32])


@deploy
def __init__(modelId: bytes32, wanted: Bytes[512]):
    """
    @param modelId The model as IModelRegistry knows it.
    @param wanted Canonical bytes of the policy; the verifier refuses any other.
    """
    MODEL = modelId
    self.policy = wanted
    self.policyHash = staticcall IVerifier(VERIFIER).policyHash(wanted)


@external
def answer(statement: IVerifier.Statement, evidence: DynArray[IVerifier.Evidence, 4]):
    """
    @notice Takes an answer whose evidence meets the policy, once for each input. Reverts with the
            verifier's reason where it cannot judge the evidence.
    """
    assert statement.modelId == MODEL, "AttestedOracle: another model"
    assert statement.policyHash == self.policyHash, "AttestedOracle: another policy"
    assert self.answerOf[statement.inputHash] == empty(bytes32), "AttestedOracle: answered"
    assert staticcall IVerifier(VERIFIER).verifyPolicy(
        self.policy, statement, evidence
    ), "AttestedOracle: not enough"
    self.answerOf[statement.inputHash] = statement.outputHash
    log Answered(
        inputHash=statement.inputHash,
        outputHash=statement.outputHash,
        provider=statement.provider,
    )


@view
@external
def machineOf(keyId: bytes32) -> (bytes32, bool):
    """
    @notice What the machine behind an attested key measures, and whether the key counts now and
            rests on a vendor's own root. Reverts with UnknownAttestedKey.
    """
    key: ITrust.AttestedKey = staticcall ITrust(TRUST).attestedKey(keyId)
    counts: bool = convert(key.notAfter, uint256) >= block.timestamp and key.revokedAt == 0
    return key.measurement, counts and not key.isDevelopment
