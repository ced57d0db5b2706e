extension Quantiser {
    static let measuredRowCountMax = 32

    /// Runs both graphs on some rows and compares them layer by layer.
    static func report(
        _ graph: FloatGraph, _ integers: IntegerGraph, _ labels: [GraphAssembly.Label],
        rows: [[Float]], testSet: TestSet?
    ) throws(QuantiseError) -> QuantisationReport {
        var sums = [ErrorSum](repeating: ErrorSum(), count: integers.nodes.count)
        let runner = ReferenceRunner(graph)
        var engine = Engine(integers)
        let firstOutput = integers.inputs.count + integers.constants.count
        for row in rows {
            let values: [[Float]]
            do {
                values = try runner.trace(row)
                _ = try engine.run(try integers.integers(from: row))
            } catch {
                throw .calibrationRun(error)
            }
            for (index, label) in labels.enumerated() {
                guard let value = label.value else { continue }
                let tensor = firstOutput + index
                let unit = Scale.power(-integers.analysis.types[tensor].scaleExponent)
                sums[index].add(engine.values(of: tensor), unit: unit, values[value])
            }
        }
        var layers: [QuantisationReport.Layer] = []
        for (index, label) in labels.enumerated() where label.value != nil {
            layers.append(layer(integers, index, label, sums[index]))
        }
        return QuantisationReport(
            activationBits: layers.map(\.activationBits).filter { $0 > 0 }.min() ?? 0,
            weightBits: layers.map(\.weightBits).filter { $0 > 0 }.min() ?? 8,
            inputs: integers.inputs, layers: layers, rowsMeasured: rows.count,
            agreement: try testSet.map { set throws(QuantiseError) in
                try agreement(graph, integers, set)
            })
    }

    private static func layer(
        _ integers: IntegerGraph, _ index: Int, _ label: GraphAssembly.Label, _ sum: ErrorSum
    ) -> QuantisationReport.Layer {
        let type = integers.analysis.types[
            integers.inputs.count + integers.constants.count + index]
        let interval = integers.analysis.sites[index]?.interval ?? 0...0
        let bound = max(interval.upperBound, -interval.lowerBound)
        return QuantisationReport.Layer(
            name: label.name, operation: integers.nodes[index].operation.name,
            element: type.element, scaleExponent: type.scaleExponent,
            shifts: integers.nodes[index].requantisation?.shifts ?? [],
            errorMax: sum.largest, errorRootMeanSquare: sum.error,
            signalRootMeanSquare: sum.signal,
            accumulatorBits: Int64.bitWidth - bound.leadingZeroBitCount,
            activationBits: label.activationBits, weightBits: label.weightBits)
    }

    /// How often the integer graph chooses as the float graph does, or as posted results do.
    ///
    /// The choice is the place of the largest number of all results together, the first of equals.
    public static func agreement(
        _ graph: FloatGraph, _ integers: IntegerGraph, _ set: TestSet
    ) throws(QuantiseError) -> QuantisationReport.Agreement {
        for count in [set.labels?.count, set.references?.count].compactMap({ $0 })
        where count != set.rows.count {
            throw .wrongTestSet(rows: set.rows.count, others: count)
        }
        let runner = ReferenceRunner(graph)
        var engine = Engine(integers)
        var (agreeing, correct, correctFloat) = (0, 0, 0)
        for (index, row) in set.rows.enumerated() {
            let wanted: Int?
            let got: Int?
            do throws(RunError) {
                wanted = argmax(
                    set.references == nil ? try runner.run(row) : set.references?[index] ?? [])
                let output = try engine.run(try integers.integers(from: row))
                got = argmax(try integers.numbers(from: output).map(\.approximation))
            } catch {
                throw .calibrationRun(error)
            }
            if wanted == got { agreeing += 1 }
            if let label = set.labels?[index] {
                if label == got { correct += 1 }
                if label == wanted { correctFloat += 1 }
            }
        }
        return QuantisationReport.Agreement(
            rowCount: set.rows.count, agreeingCount: agreeing,
            correctCount: set.labels.map { _ in correct },
            correctFloatCount: set.labels.map { _ in correctFloat })
    }

    private struct ErrorSum {
        var largest = 0.0
        private var squares = 0.0
        private var signalSquares = 0.0
        private var count = 0

        mutating func add(_ integers: ArraySlice<Int32>, unit: Double, _ floats: [Float]) {
            for (integer, float) in zip(integers, floats) where float.isFinite {
                let difference = Double(integer) * unit - Double(float)
                largest = max(largest, difference.magnitude)
                squares += difference * difference
                signalSquares += Double(float) * Double(float)
            }
            count += floats.count
        }

        var error: Double { (squares / Double(max(count, 1))).squareRoot() }
        var signal: Double { (signalSquares / Double(max(count, 1))).squareRoot() }
    }
}

extension BinaryFixedPoint {
    fileprivate var approximation: Double { Double(integer) * Scale.power(-scaleExponent) }
}
