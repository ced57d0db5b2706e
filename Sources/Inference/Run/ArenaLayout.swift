/// Where the tensors of a run lie: those that live at different times share memory, unless all are
/// to be kept.
struct ArenaLayout {
    private let graph: IntegerGraph
    /// By tensor: the one whose memory it shares, itself for most. A reshape shares its operand's.
    private var owners: [Int]
    /// By owner: the last node that reads it or a tensor that shares its memory.
    private var lastUses: [Int]

    init(_ graph: IntegerGraph, keepsTensors: Bool) {
        self.graph = graph
        let count = graph.analysis.types.count
        owners = Array(0..<count)
        lastUses = [Int](repeating: -1, count: count)
        let first = graph.inputs.count + graph.constants.count
        for (index, node) in graph.nodes.enumerated() {
            if case .reshape = node.operation { owners[first + index] = owners[node.inputs[0]] }
            for input in node.inputs { lastUses[owners[input]] = index }
            lastUses[owners[first + index]] = max(lastUses[owners[first + index]], index)
        }
        for result in graph.results { lastUses[owners[result.tensor]] = graph.nodes.count }
        if keepsTensors { lastUses = lastUses.map { _ in graph.nodes.count } }
    }

    /// Sets the place of every tensor that is no constant; gives the bytes they need together.
    mutating func place(_ places: inout [Place]) -> Int {
        let firstConstant = graph.inputs.count
        let firstNode = firstConstant + graph.constants.count
        var live: [(offset: Int, end: Int, lastUse: Int)] = []
        var byteCount = 0
        for tensor in places.indices {
            if (firstConstant..<firstNode).contains(tensor) { continue }
            let owner = owners[tensor]
            guard owner == tensor else {
                places[tensor] = places[owner]
                continue
            }
            // Inputs are all there before the first node.
            let start = tensor < firstConstant ? -1 : tensor - firstNode
            live.removeAll { $0.lastUse < start }
            let size = bytes(tensor)
            var offset = 0
            var position = 0
            while position < live.count, live[position].offset - offset < size {
                offset = max(offset, live[position].end)
                position += 1
            }
            live.insert((offset, offset + size, lastUses[tensor]), at: position)
            places[tensor] = Place(isConstant: false, offset: offset)
            byteCount = max(byteCount, offset + size)
        }
        return byteCount
    }

    private func bytes(_ tensor: Int) -> Int {
        let type = graph.analysis.types[tensor]
        return (type.elementCount * type.element.byteCount + 63) / 64 * 64
    }
}
