# pragma version 0.4.3
"""
@title Reads models, receipts and usage from a contract
@notice An example of using the native precompiles from Vyper. It keeps a note of receipts that a
        caller shows it, once each, and totals their value by model.
"""

from interfaces import IModelRegistry
from interfaces import ISettlement
from interfaces import IUsage

event Noted:
    receiptId: indexed(bytes32)
    modelId: indexed(bytes32)
    reader: indexed(address)
    outputHash: bytes32
    amount: uint256

REGISTRY: constant(address) = 0x00000000000000000000000000000000a55a0001
SETTLEMENT: constant(address) = 0x00000000000000000000000000000000A55A0003
USAGE: constant(address) = 0x00000000000000000000000000000000A55A0004

isNoted: public(HashMap[bytes32, bool])
outputOf: public(HashMap[bytes32, bytes32])
spentOn: public(HashMap[bytes32, uint256])


@external
def note(receiptId: bytes32) -> bytes32:
    """
    @notice Notes a receipt of the chain. Reverts if there is no such receipt, or it was noted.
    @return The hash of the output that was paid for.
    """
    # The output's hash is no mark of it: a statement may name zero.
    assert not self.isNoted[receiptId], "ReceiptReader: already noted"
    receipt: ISettlement.Receipt = staticcall ISettlement(SETTLEMENT).receipt(receiptId)
    self.isNoted[receiptId] = True
    self.outputOf[receiptId] = receipt.outputHash
    self.spentOn[receipt.modelId] += receipt.amount
    log Noted(
        receiptId=receiptId,
        modelId=receipt.modelId,
        reader=msg.sender,
        outputHash=receipt.outputHash,
        amount=receipt.amount,
    )
    return receipt.outputHash


@view
@external
def receiptOf(receiptId: bytes32) -> ISettlement.Receipt:
    """
    @notice The receipt as the chain has it.
    """
    return staticcall ISettlement(SETTLEMENT).receipt(receiptId)


@view
@external
def price(name: String[64], version: String[20]) -> uint256:
    """
    @notice The price of a model by its name and version. Reverts if there is none.
    """
    modelId: bytes32 = staticcall IModelRegistry(REGISTRY).modelId(name, version)
    model: IModelRegistry.Model = staticcall IModelRegistry(REGISTRY).model(modelId)
    return model.price


@view
@external
def isRunning(modelId: bytes32, graphHash: bytes32) -> bool:
    """
    @notice Whether a model's record names the graph that the caller expects.
    """
    model: IModelRegistry.Model = staticcall IModelRegistry(REGISTRY).model(modelId)
    return model.graphHash == graphHash


@view
@external
def settled(modelId: bytes32, kind: uint8) -> (uint256, uint256):
    """
    @notice How often, and for how much, a model was settled with a kind of evidence; kind 255
            is every settlement.
    """
    return staticcall IUsage(USAGE).modelCount(modelId, kind)
