/// A constant spread over another tensor's shape: element `i` takes `elements[(i / inner) mod n]`.
struct Broadcast {
    let elements: [Float]
    let inner: Int

    /// Whether broadcasting `shape` with `target` gives `target`.
    static func fits(_ shape: [Int], into target: [Int]) -> Bool {
        shape.count <= target.count
            && zip(shape.reversed(), target.reversed()).allSatisfy { $0 == 1 || $0 == $1 }
    }

    /// The shape that all of them broadcast to, or nil where they do not.
    static func shape(_ shapes: [[Int]]) -> [Int]? {
        var result: [Int] = []
        for shape in shapes {
            while result.count < shape.count { result.insert(1, at: 0) }
            let first = result.count - shape.count
            for (axis, size) in shape.enumerated() where size != 1 {
                guard result[first + axis] == 1 || result[first + axis] == size else { return nil }
                result[first + axis] = size
            }
        }
        return result
    }

    /// Leading and trailing axes of size one cost nothing; ones in between are written out.
    init(_ constant: [Float], shape: [Int], into target: [Int]) {
        let full = [Int](repeating: 1, count: target.count - shape.count) + shape
        guard let first = full.firstIndex(where: { $0 != 1 }),
            let last = full.lastIndex(where: { $0 != 1 })
        else {
            elements = constant
            inner = 1
            return
        }
        let spread = FloatOperation.expand(
            FloatTensor(Array(full[first...last]), constant), to: Array(target[first...last]))
        inner = Shape.elementCount(target[(last + 1)...])
        // One number everywhere is no list.
        if let number = spread.first, spread.allSatisfy({ $0 == number }) {
            elements = [number]
        } else {
            elements = spread
        }
    }
}

extension GraphBuilder {
    /// The values under the shape that they broadcast to.
    mutating func broadcast(_ inputs: [Int]) throws(ONNXError) -> [Int] {
        let target = try broadcastShape(inputs)
        var result: [Int] = []
        for input in inputs { result.append(try expanded(input, to: target)) }
        return result
    }

    func broadcastShape(_ inputs: [Int]) throws(ONNXError) -> [Int] {
        guard let target = Broadcast.shape(inputs.map { shape($0) }) else {
            throw node.shapeMismatch
        }
        return target
    }

    /// The value repeated along axes of size one and along new leading axes.
    mutating func expanded(_ input: Int, to target: [Int]) throws(ONNXError) -> Int {
        let given = shape(input)
        if given == target { return input }
        guard Broadcast.fits(given, into: target) else { throw node.shapeMismatch }
        let lifted = try reshaped(
            input, [Int](repeating: 1, count: target.count - given.count) + given)
        if shape(lifted) == target { return lifted }
        return try emit(.expand, [lifted], target)
    }
}
