extension GraphBuilder {
    /// Imports one node and gives the value of its first output.
    mutating func importOperator(_ node: NodeContext) throws(ONNXError) -> Int {
        // Their attributes meant something else before version 7.
        let changed = ["Gemm", "BatchNormalization", "Add", "Sub", "Mul", "Dropout"]
        if opset < 7, changed.contains(node.operation) {
            throw node.unsupported("an operator set before version 7")
        }
        return switch node.operation {
        case "Gemm": try importGemm(node)
        case "MatMul": try importMatMul(node)
        case "Conv": try importConv(node)
        case "MaxPool": try importMaxPool(node)
        case "AveragePool": try importAveragePool(node)
        case "GlobalAveragePool": try importGlobalAveragePool(node)
        case "GlobalMaxPool": try importGlobalMaxPool(node)
        case "BatchNormalization": try importBatchNormalization(node)
        case "Add": try importSum(node, isDifference: false)
        case "Sub": try importSum(node, isDifference: true)
        case "Mul": try importProduct(node)
        case "Relu": try importRelu(node)
        case "LeakyRelu": try importLeakyRelu(node)
        case "Clip": try importClip(node)
        case "Identity": try importIdentity(node, inputs: 1...1)
        case "Dropout": try importDropout(node)
        case "Constant": try importConstant(node)
        case "Flatten": try importFlatten(node)
        case "Reshape": try importReshape(node)
        case "Squeeze": try importSqueeze(node)
        case "Unsqueeze": try importUnsqueeze(node)
        case "Transpose": try importTranspose(node)
        default: throw .unsupportedOperator(op: node.operation, node: node.label)
        }
    }
}
