internal import Inference

/// A node whose accumulators are sums of products: of activations with committed weights, or of
/// two activations.
///
/// Its outputs are `items × channels × rows × columns` (convolution), `items × rows × channels`
/// (dense; an item is one inference of the batch) or `items × rows × channels` with one item for
/// each batch of a matrix product. For random vectors `e` along each axis,
///
///     Σ e[i] e[c] e[y] e[x] · acc[i, c, y, x] = Σ_j U[j] · V[j]
///
/// where `U` depends on the weights (or the left operand) and `V` on the operand (or the right
/// one) only. The index `j` runs over groups and terms, `j = group · 2^termBits + term`; the last
/// term of a layer with weights is its bias, against which `V` holds the sum of all `e`.
package struct LinearSite: Sendable, Equatable {
    package enum Operands: Sendable, Equatable {
        case weights(linear: Int, operand: Int)
        case product(left: Int, right: Int)
    }

    package let node: Int
    package let operands: Operands
    let items: Int
    let channels: Int
    let rows: Int
    let columns: Int
    let groups: Int
    /// Inner terms of one group, the bias among them.
    let termCount: Int
    let termBits: Int
    /// Convolutions only.
    let geometry: Geometry?
    /// Matrix products only: whether an operand's one matrix serves all items.
    let repeatsLeft: Bool
    let repeatsRight: Bool

    struct Geometry: Sendable, Equatable {
        let window: Window
        /// Input channels of one group.
        let groupChannels: Int
        let height: Int
        let width: Int
    }

    var outputCount: Int { items * channels * rows * columns }
    /// Groups of the index `j`: the items of a product, of all inferences.
    package func groupCount(batch: Int) -> Int {
        if case .product = operands { return batch * items }
        return groups
    }

    /// Variables of the index `j`.
    package func bits(batch: Int) -> Int { termBits + Bits.ceiling(log2: groupCount(batch: batch)) }
    package func indexCount(batch: Int) -> Int { groupCount(batch: batch) << termBits }
}

extension LinearSite {
    /// The site of a node for one inference, or nil where the node has no such sums.
    ///
    /// - Parameter termBitsMin: the low bits that all claims on weights share.
    init?(_ outline: GraphOutline, node: Int, termBitsMin: Int) {
        let types = outline.analysis.types
        let inputs = outline.nodes[node].inputs
        let output = types[outline.firstNodeTensor + node].shape
        switch outline.nodes[node].operation {
        case .dense(let linear) where outline.usesCommittedWeights(node):
            let outputs = outline.linears[linear].outputCount
            let count = outline.linears[linear].innerCount + 1
            self.init(
                node: node, operands: .weights(linear: linear, operand: inputs[0]), items: 1,
                channels: outputs, rows: output.reduce(1, *) / outputs, columns: 1, groups: 1,
                termCount: count,
                termBits: max(termBitsMin, Bits.ceiling(log2: count)), geometry: nil,
                repeatsLeft: false, repeatsRight: false)
        case .convolution(let linear, let window, let groups)
        where outline.usesCommittedWeights(node):
            let shape = types[inputs[0]].shape
            let count = outline.linears[linear].innerCount + 1
            self.init(
                node: node, operands: .weights(linear: linear, operand: inputs[0]),
                items: output[0], channels: output[1], rows: output[2], columns: output[3],
                groups: groups, termCount: count,
                termBits: max(termBitsMin, Bits.ceiling(log2: count)),
                geometry: Geometry(
                    window: window, groupChannels: shape[1] / groups, height: shape[2],
                    width: shape[3]),
                repeatsLeft: false, repeatsRight: false)
        case .matrixProduct:
            let (left, right) = (types[inputs[0]].shape, types[inputs[1]].shape)
            self.init(
                node: node, operands: .product(left: inputs[0], right: inputs[1]),
                items: output[0], channels: output[2], rows: output[1], columns: 1,
                groups: output[0],
                termCount: left[2], termBits: Bits.ceiling(log2: left[2]),
                geometry: nil, repeatsLeft: left[0] == 1, repeatsRight: right[0] == 1)
        default: return nil
        }
    }

    /// The tensors that the vectors depend on; the left one is weights where there is none.
    var operandTensors: (left: Int?, right: Int) {
        switch operands {
        case .weights(_, let operand): (nil, operand)
        case .product(let left, let right): (left, right)
        }
    }

    /// The channels of one group.
    var groupOutputs: Int { channels / (geometry == nil ? 1 : groups) }
}

/// Integer logarithms.
enum Bits {
    /// The least `k` with `2^k ≥ count`; `count` is at least one.
    static func ceiling(log2 count: Int) -> Int {
        count <= 1 ? 0 : Int.bitWidth - (count - 1).leadingZeroBitCount
    }
}
