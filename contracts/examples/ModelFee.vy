# pragma version 0.4.3
"""
@title Charges a fee that a model sets in the middle of the transaction
@notice An example of using a model's output on chain: whoever pays sends what the model asks for
        the order's four features, and gets the rest back. ModelFee.sol is the same in Solidity.
@dev    The model is named by its id, which stands for one integer graph for ever: a name could
        mean a newer version tomorrow. The answer is the chain's own, so nobody has to be trusted
        for it. Each of the model's outputs is a tier; the tier of the largest sets the fee.
"""

from interfaces import IInference

event Paid:
    payer: indexed(address)
    tier: uint256
    score: int256
    fee: uint256

INFERENCE: constant(address) = 0x00000000000000000000000000000000000000F4
VANILLA: constant(uint8) = 0
FEATURES: constant(uint256) = 4
# Scores are kept with 36 decimals.
DECIMALS: constant(int128) = 36

MODEL: public(immutable(String[66]))
OWNER: public(immutable(address))
# Wei for an order of each tier.
FEES: public(immutable(uint256[3]))


@deploy
def __init__(modelId: String[66], fees: uint256[3]):
    """
    @param modelId The model's id, 0x and 64 hex digits.
    @param fees What an order of each tier costs, in wei.
    """
    MODEL = modelId
    OWNER = msg.sender
    FEES = fees


@external
@payable
def pay(features: int128[FEATURES], decimals: int128) -> uint256:
    """
    @notice Pays the fee for an order; more than it comes back.
    @param features The order's features, each times 10^decimals.
    @return The fee in wei.
    """
    tier: uint256 = 0
    score: int256 = 0
    tier, score = self._classify(features, decimals)
    fee: uint256 = FEES[tier]
    assert msg.value >= fee, "ModelFee: too little"
    log Paid(payer=msg.sender, tier=tier, score=score, fee=fee)
    raw_call(OWNER, b"", value=fee)
    raw_call(msg.sender, b"", value=msg.value - fee)
    return fee


@internal
def _classify(features: int128[FEATURES], decimals: int128) -> (uint256, int256):
    values: DynArray[IInference.Number, 32] = []
    for feature: int128 in features:
        values.append(IInference.Number(value=feature, decimals=decimals))
    tensor: IInference.NumberTensor = IInference.NumberTensor(
        name="input", values=values, shape=[1, 4]
    )
    answer: IInference.ModelOutput = extcall IInference(INFERENCE).runModelInference(
        IInference.ModelInferenceRequest(
            mode=VANILLA,
            modelCID=MODEL,
            input=IInference.ModelInput(numbers=[tensor], strings=[]),
        )
    )
    best: uint256 = 0
    highest: int256 = min_value(int256)
    index: uint256 = 0
    for number: IInference.Number in answer.numbers[0].values:
        assert number.decimals >= 0 and number.decimals <= DECIMALS, "ModelFee: decimals"
        scale: int256 = convert(10 ** convert(DECIMALS - number.decimals, uint256), int256)
        score: int256 = convert(number.value, int256) * scale
        if score > highest:
            highest = score
            best = index
        index += 1
    return best, highest
