/// `Einsum`'s equation: one letter an axis, and what broadcasts under the dots.
struct EinsumEquation {
    /// Axes that the dots stand for are labelled with numbers below the letters.
    private(set) var terms: [[UInt8]] = []
    private(set) var result: [UInt8] = []

    /// - Throws: `invalidAttribute` for what is no equation over operands of these ranks.
    init(_ text: String, ranks: [Int], _ node: NodeContext) throws(ONNXError) {
        let bytes = text.utf8.filter { $0 != UInt8(ascii: " ") }
        let sides = EinsumEquation.split(bytes)
        let left = sides.left.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
        guard left.count == ranks.count else { throw node.invalid("equation") }
        var dotted = 0
        for (term, rank) in zip(left, ranks) {
            let letters = try EinsumEquation.letters(Array(term), node)
            guard letters.count <= rank, letters.count == rank || letters.dots != nil else {
                throw node.invalid("equation")
            }
            let hidden = rank - letters.count
            dotted = max(dotted, hidden)
            terms.append(letters.labels(hidden))
        }
        if let right = sides.right {
            result = try EinsumEquation.letters(right, node).labels(dotted)
        } else {
            // Without a right side: the dots, then letters that occur once, in order.
            let all = terms.flatMap { $0 }
            let once = Set(all).filter { label in
                label >= 8 && all.count { $0 == label } == 1
            }
            result = EinsumEquation.dots(dotted) + once.sorted()
        }
        guard Set(result).count == result.count, Set(result).isSubset(of: terms.flatMap { $0 })
        else { throw node.invalid("equation") }
    }

    private static func split(_ bytes: [UInt8]) -> (left: [UInt8], right: [UInt8]?) {
        for index in bytes.indices.dropLast()
        where bytes[index] == UInt8(ascii: "-") && bytes[index + 1] == UInt8(ascii: ">") {
            return (Array(bytes[..<index]), Array(bytes[(index + 2)...]))
        }
        return (bytes, nil)
    }

    private struct Letters {
        var before: [UInt8] = []
        var after: [UInt8] = []
        var dots: Int?

        var count: Int { before.count + after.count }

        func labels(_ hidden: Int) -> [UInt8] {
            before + (dots == nil ? [] : EinsumEquation.dots(hidden)) + after
        }
    }

    /// Labels of hidden axes, aligned at the last.
    private static func dots(_ count: Int) -> [UInt8] {
        (0..<count).map { UInt8(7 - (count - 1 - $0)) }
    }

    private static func letters(
        _ bytes: [UInt8], _ node: NodeContext
    ) throws(ONNXError) -> Letters {
        var result = Letters()
        var index = 0
        while index < bytes.count {
            if bytes[index...].starts(with: Array("...".utf8)), result.dots == nil {
                result.dots = index
                index += 3
                continue
            }
            let isLetter = (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(bytes[index] | 0x20)
            guard isLetter, result.count < 8 else { throw node.invalid("equation") }
            if result.dots == nil {
                result.before.append(bytes[index])
            } else {
                result.after.append(bytes[index])
            }
            index += 1
        }
        return result
    }
}

extension GraphBuilder {
    /// A tensor whose axes have labels.
    fileprivate struct Labelled {
        var value: Int
        var labels: [UInt8]
    }

    /// Two operands at a time, each pair as one matrix product. Source: ONNX operator `Einsum`,
    /// version 12.
    mutating func importEinsum(_ node: NodeContext) throws(ONNXError) -> Int {
        try node.expectInputs(1...8)
        var operands: [Int] = []
        for index in 0..<node.operandCount { operands.append(try node.operand(index)) }
        let equation = try EinsumEquation(
            try node.text("equation", default: ""), ranks: operands.map { shape($0).count }, node)
        var rest: [Labelled] = []
        for (operand, labels) in zip(operands, equation.terms) {
            rest.append(try withoutRepeats(Labelled(value: operand, labels: labels)))
        }
        while rest.count > 1 {
            let (left, right) = (rest.removeFirst(), rest.removeFirst())
            let kept = Set(equation.result + rest.flatMap(\.labels))
            rest.insert(try contracted(left, right, kept: kept), at: 0)
        }
        let last = try summed(rest[0], kept: Set(equation.result))
        let order = equation.result.map { label in last.labels.firstIndex(of: label) ?? 0 }
        return try permuted(last.value, order)
    }

    /// Axes with the same label are one: the diagonal.
    private mutating func withoutRepeats(_ input: Labelled) throws(ONNXError) -> Labelled {
        var result = input
        while let (first, second) = result.repeated {
            let moved = try moved(
                try self.moved(result.value, axis: second, to: result.labels.count - 1),
                axis: first, to: result.labels.count - 2)
            let given = shape(moved)
            let size = given[given.count - 1]
            guard given[given.count - 2] == size else { throw node.shapeMismatch }
            let flat = try reshaped(moved, given.dropLast(2) + [size * size])
            let diagonal = try gathered(
                flat, axis: given.count - 2, (0..<size).map { $0 * (size + 1) })
            var labels = result.labels
            let label = labels.remove(at: second)
            labels.remove(at: first)
            result = Labelled(value: diagonal, labels: labels + [label])
        }
        return result
    }

    /// Sums over the axes that nobody asks for.
    private mutating func summed(
        _ input: Labelled, kept: Set<UInt8>
    ) throws(ONNXError) -> Labelled {
        let axes = input.labels.indices.filter { !kept.contains(input.labels[$0]) }
        let total = try reduced(.sum, input.value, axes)
        let left = input.labels.indices.filter { !axes.contains($0) }
        return Labelled(
            value: try reshaped(total, left.map { shape(total)[$0] }),
            labels: left.map { input.labels[$0] })
    }

    private mutating func contracted(
        _ first: Labelled, _ second: Labelled, kept: Set<UInt8>
    ) throws(ONNXError) -> Labelled {
        let left = try summed(first, kept: kept.union(second.labels))
        let right = try summed(second, kept: kept.union(first.labels))
        let both = left.labels.filter { right.labels.contains($0) }
        let batch = both.filter { kept.contains($0) }
        let inner = both.filter { !kept.contains($0) }
        let rows = left.labels.filter { !both.contains($0) }
        let columns = right.labels.filter { !both.contains($0) }
        let (batchSizes, innerSizes) = (
            try sizes(batch, left, right), try sizes(inner, left, right)
        )
        let (rowSizes, columnSizes) = (
            try sizes(rows, left, left), try sizes(columns, right, right)
        )
        func count(_ sizes: [Int]) -> Int { Shape.elementCount(sizes) }
        let leftMatrix = try reshaped(
            try arranged(left, batch + rows + inner, batchSizes + rowSizes + innerSizes),
            [count(batchSizes), count(rowSizes), count(innerSizes)])
        let rightMatrix = try reshaped(
            try arranged(right, batch + inner + columns, batchSizes + innerSizes + columnSizes),
            [count(batchSizes), count(innerSizes), count(columnSizes)])
        let product =
            batch.isEmpty
            ? try matrixProduct(
                try reshaped(leftMatrix, Array(shape(leftMatrix).dropFirst())),
                try reshaped(rightMatrix, Array(shape(rightMatrix).dropFirst())))
            : try matrixProduct(leftMatrix, rightMatrix)
        return Labelled(
            value: try reshaped(product, batchSizes + rowSizes + columnSizes),
            labels: batch + rows + columns)
    }

    /// The sizes of labelled axes; one of either side broadcasts.
    private func sizes(
        _ labels: [UInt8], _ left: Labelled, _ right: Labelled
    ) throws(ONNXError) -> [Int] {
        var result: [Int] = []
        for label in labels {
            guard let first = left.labels.firstIndex(of: label),
                let second = right.labels.firstIndex(of: label)
            else { throw node.shapeMismatch }
            let (one, other) = (shape(left.value)[first], shape(right.value)[second])
            guard one == other || one == 1 || other == 1 else { throw node.shapeMismatch }
            result.append(max(one, other))
        }
        return result
    }

    private mutating func arranged(
        _ input: Labelled, _ labels: [UInt8], _ sizes: [Int]
    ) throws(ONNXError) -> Int {
        let order = labels.map { label in input.labels.firstIndex(of: label) ?? 0 }
        return try expanded(try permuted(input.value, order), to: sizes)
    }
}

extension GraphBuilder.Labelled {
    /// The first two axes with one label.
    fileprivate var repeated: (Int, Int)? {
        for second in labels.indices {
            if let first = labels[..<second].firstIndex(of: labels[second]) {
                return (first, second)
            }
        }
        return nil
    }
}
