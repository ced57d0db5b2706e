// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

/// Models that run within a transaction: OpenGradient's inference precompile at
/// 0x00000000000000000000000000000000000000F4, by the ABI of its SDK.
/// The answer is that of the model's integer graph, bit for bit, on every node; a call of
/// eth_call or eth_estimateGas runs the model too and says so in `is_simulation_result`.
/// A model costs a gas of its own, fixed when it was registered, then 8 gas for each byte of the
/// event, and what its calldata costs.
/// The functions for language models, runLLMChat and runLLMCompletion, always revert with
/// LanguageModelsUnsupported.
interface IInference {
    /// value / 10^decimals. Of a request: decimals from 0 to 2³² − 1; what is beyond the range of
    /// the model's input becomes its end. Of an answer: every digit.
    struct Number {
        int128 value;
        int128 decimals;
    }

    /// Numbers in row-major order.
    struct NumberTensor {
        string name;
        Number[] values;
        uint32[] shape;
    }

    struct StringTensor {
        string name;
        string[] values;
    }

    struct JsonScalar {
        string name;
        string value;
    }

    struct ModelInput {
        /// Every input of the model once, in any order, in the model's own shape.
        NumberTensor[] numbers;
        /// Empty: models take numbers.
        StringTensor[] strings;
    }

    struct ModelOutput {
        NumberTensor[] numbers;
        StringTensor[] strings;
        JsonScalar[] jsons;
        /// Whether this answer is no part of a block.
        bool is_simulation_result;
    }

    struct ModelInferenceRequest {
        /// VANILLA 0: the chain itself runs the model. ZKML 1 and TEE 2 are refused until it can
        /// check their evidence.
        uint8 mode;
        /// Which model. 0x and 64 hex digits are its id; a text with an @ is name@version; a CID
        /// of version 1 in base 32, or a text that is no valid name, is the CID of the first
        /// model that was registered with it; any other text is a name, and its newest version
        /// is meant.
        string modelCID;
        ModelInput input;
    }

    event ModelInferenceEvent(
        string inferenceID, ModelInferenceRequest request, ModelOutput response
    );

    /// No function has this selector; shorter calldata is filled up with zeros.
    error UnknownFunction(bytes4 selector);
    /// The arguments cannot be read, or are longer than this chain takes.
    error InvalidCalldata(string reason);
    /// Ether came with the call.
    error NotPayable();
    /// No language model runs on this chain.
    error LanguageModelsUnsupported();
    /// A mode whose evidence this chain cannot check. Nothing weaker is used in its place.
    error UnsupportedMode(uint8 mode);
    /// There is no such mode.
    error UnknownMode(uint8 mode);
    /// The text names no registered model.
    error UnknownModelReference(string reference);
    /// The model's owner has withdrawn it.
    error ModelRevoked(bytes32 modelId);
    /// Models take numbers.
    error StringsUnsupported(string tensor);
    /// An input came twice.
    error DuplicateTensor(string tensor);
    /// The model has no input of this name.
    error UnknownTensor(string tensor);
    /// An input of the model is not in the request.
    error MissingTensor(string tensor);
    /// The tensor has another shape than the model's input, both as [1,28,28].
    error WrongShape(string tensor, string expected, string got);
    /// The tensor has more or fewer numbers than its shape says.
    error WrongValueCount(string tensor, uint256 expected, uint256 got);
    /// A number has decimals below 0 or above 2³² − 1.
    error InvalidDecimals(string tensor, uint256 index);

    /// Runs a model. Not within a static call, since it logs.
    function runModelInference(ModelInferenceRequest calldata request)
        external
        returns (ModelOutput memory response);
}

/// OpenGradient's hub at 0x8383C9bD7462F12Eb996DD02F78234C0421A6FaE, which its SDK calls: the same,
/// with an event of its own.
interface IInferenceHub {
    event InferenceResult(IInference.ModelOutput output);

    function run(
        string calldata modelId, uint8 inferenceMode, IInference.ModelInput calldata modelInput
    ) external returns (IInference.ModelOutput memory);
}
