extension GraphBuilder {
    /// Imports one node and gives the values of its outputs; those that are missing at the end
    /// are refused when they are read.
    mutating func importOperator(_ node: NodeContext) throws(ONNXError) -> [Int] {
        if let result = try importUnary(node) { return [result] }
        if let result = try importArithmetic(node) { return [result] }
        if let result = try importLogic(node) { return [result] }
        if let result = try importMove(node) { return [result] }
        if let result = try importSelection(node) { return [result] }
        if let result = try importReduction(node) { return [result] }
        if let result = try importLinear(node) { return [result] }
        if let result = try importNormalisation(node) { return [result] }
        if let result = try importConstantOperator(node) { return [result] }
        switch node.operation {
        case "Split": return try importSplit(node)
        case "TopK": return try importTopK(node)
        case "LayerNormalization": return try importLayerNormalization(node)
        case "LSTM": return try importLSTM(node)
        case "GRU": return try importGRU(node)
        case "RNN": return try importRNN(node)
        case "DynamicQuantizeLinear": return try importDynamicQuantizeLinear(node)
        case "SoftmaxCrossEntropyLoss": return try importCrossEntropy(node)
        case "If": return try importIf(node)
        case "Dropout": return try importDropout(node)
        default: throw .unsupportedOperator(op: node.operation, node: node.label)
        }
    }

    private mutating func importArithmetic(_ node: NodeContext) throws(ONNXError) -> Int? {
        switch node.operation {
        case "Add": try importSum(node, isDifference: false)
        case "Sub": try importSum(node, isDifference: true)
        case "Mul": try importProduct(node)
        case "Div": try importQuotient(node)
        case "Mod": try importRemainder(node)
        case "Pow": try importPower(node)
        case "Max": try importExtremum(node, isMinimum: false)
        case "Min": try importExtremum(node, isMinimum: true)
        case "Sum": try importTotal(node)
        case "Mean": try importMeanOfInputs(node)
        case "Clip": try importClip(node)
        case "Cast": try importCast(node)
        case "CastLike": try importCastLike(node)
        case "BitShift": try importBitShift(node)
        case "QuantizeLinear": try importQuantizeLinear(node)
        case "DequantizeLinear": try importDequantizeLinear(node)
        default: nil
        }
    }

    private mutating func importLogic(_ node: NodeContext) throws(ONNXError) -> Int? {
        switch node.operation {
        case "Equal": try importComparison(node, .equal)
        case "Less": try importComparison(node, .less)
        case "LessOrEqual": try importComparison(node, .lessOrEqual)
        case "Greater": try importComparison(node, .less, isSwapped: true)
        case "GreaterOrEqual": try importComparison(node, .lessOrEqual, isSwapped: true)
        case "And": try importConjunction(node, isDisjunction: false)
        case "Or": try importConjunction(node, isDisjunction: true)
        case "Xor": try importExclusion(node)
        case "Not": try importNot(node)
        case "Where": try importWhere(node)
        case "IsNaN": try importIsNaN(node)
        case "IsInf": try importIsInfinite(node)
        default: nil
        }
    }

    private mutating func importMove(_ node: NodeContext) throws(ONNXError) -> Int? {
        switch node.operation {
        case "Flatten": try importFlatten(node)
        case "Reshape": try importReshape(node)
        case "Squeeze": try importSqueeze(node)
        case "Unsqueeze": try importUnsqueeze(node)
        case "Transpose": try importTranspose(node)
        case "Identity": try importIdentity(node)
        case "Concat": try importConcat(node)
        case "Slice": try importSlice(node)
        case "Pad": try importPad(node)
        case "Expand": try importExpand(node)
        case "Tile": try importTile(node)
        case "DepthToSpace": try importDepthToSpace(node)
        case "SpaceToDepth": try importSpaceToDepth(node)
        case "ReverseSequence": try importReverseSequence(node)
        case "Trilu": try importTrilu(node)
        case "Resize": try importResize(node)
        case "Upsample": try importUpsample(node)
        case "CenterCropPad": try importCenterCropPad(node)
        default: nil
        }
    }

    private mutating func importSelection(_ node: NodeContext) throws(ONNXError) -> Int? {
        switch node.operation {
        case "Gather": try importGather(node)
        case "GatherElements": try importGatherElements(node)
        case "GatherND": try importGatherND(node)
        case "Scatter", "ScatterElements": try importScatterElements(node)
        case "ScatterND": try importScatterND(node)
        case "Compress": try importCompress(node)
        case "OneHot": try importOneHot(node)
        case "ArgMax": try importArgExtremum(node, isMinimum: false)
        case "ArgMin": try importArgExtremum(node, isMinimum: true)
        case "Hardmax": try importHardmax(node)
        case "NegativeLogLikelihoodLoss": try importLikelihoodLoss(node)
        default: nil
        }
    }

    private mutating func importLinear(_ node: NodeContext) throws(ONNXError) -> Int? {
        switch node.operation {
        case "Gemm": try importGemm(node)
        case "MatMul": try importMatMul(node)
        case "MatMulInteger": try importMatMulInteger(node)
        case "QLinearMatMul": try importQLinearMatMul(node)
        case "Einsum": try importEinsum(node)
        case "CumSum": try importCumSum(node)
        case "DFT": try importDFT(node)
        case "Conv": try importConv(node)
        case "ConvInteger": try importConvInteger(node)
        case "QLinearConv": try importQLinearConv(node)
        case "ConvTranspose": try importConvTranspose(node)
        case "MaxPool": try importMaxPool(node)
        case "AveragePool": try importAveragePool(node)
        case "LpPool": try importLpPool(node)
        case "GlobalAveragePool": try importGlobalAveragePool(node)
        case "GlobalMaxPool": try importGlobalMaxPool(node)
        case "GlobalLpPool": try importGlobalLpPool(node)
        default: nil
        }
    }

    private mutating func importNormalisation(_ node: NodeContext) throws(ONNXError) -> Int? {
        switch node.operation {
        case "BatchNormalization": try importBatchNormalization(node)
        case "InstanceNormalization": try importInstanceNormalization(node)
        case "GroupNormalization": try importGroupNormalization(node)
        case "RMSNormalization": try importRMSNormalization(node)
        case "MeanVarianceNormalization": try importMeanVarianceNormalization(node)
        case "LpNormalization": try importLpNormalization(node)
        case "LRN": try importLRN(node)
        case "Softmax": try importSoftmax(node, isLogarithm: false)
        case "LogSoftmax": try importSoftmax(node, isLogarithm: true)
        default: nil
        }
    }

    private mutating func importConstantOperator(
        _ node: NodeContext
    ) throws(ONNXError) -> Int? {
        switch node.operation {
        case "Constant": try importConstant(node)
        case "ConstantOfShape": try importConstantOfShape(node)
        case "Shape": try importShape(node)
        case "Size": try importSize(node)
        case "Range": try importRange(node)
        case "EyeLike": try importEyeLike(node)
        case "NonZero": try importNonZero(node)
        case "HannWindow": try importWindow(node, [0.5, -0.5, 0])
        case "HammingWindow":
            try importWindow(node, [25.0 / 46, 25.0 / 46 - 1, 0])
        case "BlackmanWindow": try importWindow(node, [0.42, -0.5, 0.08])
        default: nil
        }
    }
}
