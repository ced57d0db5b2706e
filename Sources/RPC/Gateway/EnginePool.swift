internal import Inference
internal import Primitives

/// Engines that wait for their next request, within a budget of bytes.
struct EnginePool {
    private var idle: [Hash: [Engine]] = [:]
    private(set) var bytes = 0
    private let bytesMax: Int

    init(bytesMax: Int = Limits.engineBytes) { self.bytesMax = bytesMax }

    mutating func take(_ graph: Hash) -> Engine? {
        guard let engine = idle[graph]?.popLast() else { return nil }
        if idle[graph]?.isEmpty == true { idle[graph] = nil }
        bytes -= EnginePool.bytes(of: engine)
        return engine
    }

    /// Keeps the engine where there is room for it: over the budget all others go.
    mutating func put(_ engine: Engine) {
        let graph = engine.graph.hash
        let size = EnginePool.bytes(of: engine)
        guard size <= bytesMax, idle[graph]?.count ?? 0 < Limits.enginesPerModel else {
            return
        }
        if bytes + size > bytesMax {
            idle = [:]
            bytes = 0
        }
        idle[graph, default: []].append(engine)
        bytes += size
    }

    /// About what an engine holds: the encoded graph, its weights as integers, and its arena.
    static func bytes(of engine: Engine) -> Int {
        let elements = Int(clamping: engine.graph.activationCount)
        return 4_096 + engine.graph.encoded.count * 4 + elements * 4
    }
}
