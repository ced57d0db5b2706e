// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

import {IInference} from "../interfaces/IInference.sol";

/// ModelFee.vy in Solidity, to read: whoever pays sends what a model asks for the order's four
/// features, and gets the rest back.
/// The model is named by its id, which stands for one integer graph for ever: a name could mean a
/// newer version tomorrow. The answer is the chain's own, so nobody has to be trusted for it. Each
/// of the model's outputs is a tier; the tier of the largest sets the fee.
contract ModelFee {
    event Paid(address indexed payer, uint256 tier, int256 score, uint256 fee);

    IInference constant INFERENCE = IInference(0x00000000000000000000000000000000000000F4);
    uint8 constant VANILLA = 0;
    /// Scores are kept with 36 decimals.
    int128 constant DECIMALS = 36;

    string public MODEL;
    address public immutable OWNER;
    /// Wei for an order of each tier.
    uint256[3] public FEES;

    constructor(string memory modelId, uint256[3] memory fees) {
        MODEL = modelId;
        OWNER = msg.sender;
        FEES = fees;
    }

    /// Pays the fee for an order; more than it comes back.
    function pay(int128[4] calldata features, int128 decimals) external payable returns (uint256) {
        (uint256 tier, int256 score) = classify(features, decimals);
        uint256 fee = FEES[tier];
        require(msg.value >= fee, "ModelFee: too little");
        emit Paid(msg.sender, tier, score, fee);
        (bool isSent, ) = OWNER.call{value: fee}("");
        require(isSent);
        (isSent, ) = msg.sender.call{value: msg.value - fee}("");
        require(isSent);
        return fee;
    }

    function classify(int128[4] calldata features, int128 decimals)
        private
        returns (uint256 best, int256 highest)
    {
        IInference.NumberTensor memory tensor;
        tensor.name = "input";
        tensor.values = new IInference.Number[](4);
        for (uint256 i = 0; i < 4; i++) tensor.values[i] = IInference.Number(features[i], decimals);
        tensor.shape = new uint32[](2);
        (tensor.shape[0], tensor.shape[1]) = (1, 4);
        IInference.ModelInferenceRequest memory request;
        request.mode = VANILLA;
        request.modelCID = MODEL;
        request.input.numbers = new IInference.NumberTensor[](1);
        request.input.numbers[0] = tensor;
        IInference.ModelOutput memory answer = INFERENCE.runModelInference(request);
        highest = type(int256).min;
        IInference.Number[] memory values = answer.numbers[0].values;
        for (uint256 i = 0; i < values.length; i++) {
            int128 places = values[i].decimals;
            require(places >= 0 && places <= DECIMALS, "ModelFee: decimals");
            int256 scale = int256(10 ** uint256(uint128(DECIMALS - places)));
            int256 score = int256(values[i].value) * scale;
            if (score > highest) (best, highest) = (i, score);
        }
    }
}
