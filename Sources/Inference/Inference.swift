// ONNX graphs on fixed-point tensors.
