internal import Crypto
public import Primitives

// What goes into a run and comes out of it, outside the integers.
extension TensorType {
    /// The integer for `value / 10^decimals`, rounded as `floor(x · 2^scaleExponent + 1/2)` and
    /// kept within the range, without floats.
    ///
    /// Total: beyond sixty decimals every 128-bit value is nearer to zero than to one step.
    public func integer(from number: FixedPoint) -> Int32 {
        Int32(number.scaled(by: scaleExponent, within: range))
    }

    /// The number that an integer of this tensor stands for.
    public func number(of integer: Int32) -> BinaryFixedPoint {
        BinaryFixedPoint(integer: integer, scaleExponent: scaleExponent)
    }
}

extension IntegerGraph {
    /// The integers for one row of fixed-point numbers, all inputs one after another.
    public func integers(from row: [FixedPoint]) throws(RunError) -> [Int32] {
        try integers(from: row) { number, type in type.integer(from: number) }
    }

    func integers<Number>(
        from row: [Number], _ convert: (Number, TensorType) -> Int32?
    ) throws(RunError) -> [Int32] {
        guard row.count == inputCount else {
            throw .wrongInputCount(wanted: inputCount, got: row.count)
        }
        var result: [Int32] = []
        result.reserveCapacity(row.count)
        for type in inputs {
            for _ in 0..<type.elementCount {
                guard let integer = convert(row[result.count], type) else {
                    throw .notANumber(index: result.count)
                }
                result.append(integer)
            }
        }
        return result
    }

    /// The exact numbers that a run's results stand for.
    public func numbers(from output: [Int32]) throws(RunError) -> [BinaryFixedPoint] {
        guard output.count == outputCount else {
            throw .wrongInputCount(wanted: outputCount, got: output.count)
        }
        var numbers: [BinaryFixedPoint] = []
        for type in outputs {
            for _ in 0..<type.elementCount {
                numbers.append(type.number(of: output[numbers.count]))
            }
        }
        return numbers
    }

    /// The inputs as bytes: little-endian, each as wide as its element type, one after another.
    public func inputBytes(_ integers: [Int32]) throws(RunError) -> [UInt8] {
        try TensorType.bytes(of: integers, as: inputs)
    }

    /// The results as bytes, by the same rule.
    public func outputBytes(_ integers: [Int32]) throws(RunError) -> [UInt8] {
        try TensorType.bytes(of: integers, as: outputs)
    }

    /// SHA-256 of the input bytes, as statements carry it.
    public func inputHash(_ integers: [Int32]) throws(RunError) -> Hash {
        SHA256.hash(try inputBytes(integers))
    }

    /// SHA-256 of the output bytes, as statements carry it.
    public func outputHash(_ integers: [Int32]) throws(RunError) -> Hash {
        SHA256.hash(try outputBytes(integers))
    }
}

extension GraphOutline {
    /// The types of the results, in order.
    public var outputs: [TensorType] {
        results.map { result in
            let type = analysis.types[result.tensor]
            return TensorType(
                name: result.name, shape: type.shape, element: type.element,
                scaleExponent: type.scaleExponent, range: type.range)
        }
    }

    /// The inputs as bytes, as `IntegerGraph.inputBytes` gives them.
    public func inputBytes(_ integers: [Int32]) throws(RunError) -> [UInt8] {
        try TensorType.bytes(of: integers, as: inputs)
    }

    /// The results as bytes, by the same rule.
    public func outputBytes(_ integers: [Int32]) throws(RunError) -> [UInt8] {
        try TensorType.bytes(of: integers, as: outputs)
    }
}

/// The position of the largest number; the first of equals. Nil for none.
public func argmax<Number: Comparable>(_ numbers: some Collection<Number>) -> Int? {
    var best: (index: Int, number: Number)?
    for (index, number) in numbers.enumerated() {
        if let current = best, number <= current.number { continue }
        best = (index, number)
    }
    return best?.index
}
