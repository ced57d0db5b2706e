# pragma version 0.4.3
"""
@title Releases what it holds when an inference was paid for
@notice An example of acting on a receipt: the ether that it is deployed with goes to the payer of
        the first receipt of one model by one provider, signed, later than the deployment.
        ModelGate.sol is the same in Solidity.
@dev    A receipt alone says little. Anybody may settle, be a provider, or register a model, and a
        settlement without evidence names any output that its caller likes. So the gate asks for
        the provider and for the kind of evidence, and not for the model alone.
"""

from interfaces import ISettlement

event Released:
    receiptId: indexed(bytes32)
    payer: indexed(address)
    amount: uint256

SETTLEMENT: constant(address) = 0x00000000000000000000000000000000A55A0003
# Bit 1 of a receipt's mask: the provider's registered key has signed the statement.
SIGNED: constant(uint8) = 2

MODEL: public(immutable(bytes32))
PROVIDER: public(immutable(address))
SINCE: public(immutable(uint256))

isReleased: public(bool)


@payable
@deploy
def __init__(modelId: bytes32, provider: address):
    """
    @param modelId The model as IModelRegistry knows it.
    @param provider Whose word for the model's output counts.
    """
    MODEL = modelId
    PROVIDER = provider
    SINCE = block.number


@external
def release(receiptId: bytes32):
    """
    @notice Sends all ether to the receipt's payer, once. Reverts with UnknownReceipt if there is
            no such receipt. Anyone may call.
    """
    assert not self.isReleased, "ModelGate: released before"
    receipt: ISettlement.Receipt = staticcall ISettlement(SETTLEMENT).receipt(receiptId)
    assert receipt.modelId == MODEL, "ModelGate: another model"
    assert receipt.provider == PROVIDER, "ModelGate: another provider"
    assert receipt.evidenceMask & SIGNED != 0, "ModelGate: not signed"
    assert convert(receipt.blockNumber, uint256) > SINCE, "ModelGate: too old"
    self.isReleased = True
    amount: uint256 = self.balance
    log Released(receiptId=receiptId, payer=receipt.payer, amount=amount)
    raw_call(receipt.payer, b"", value=amount)
