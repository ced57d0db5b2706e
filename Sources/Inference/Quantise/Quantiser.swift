/// How to quantise.
public struct QuantiseOptions: Sendable, Equatable {
    public enum Activations: Sendable, Equatable {
        /// W8A8: unsigned where the calibration saw nothing negative, else signed.
        case eightBits
        /// W8A16: signed, for small nets and wide ranges.
        case sixteenBits
    }

    public var activations: Activations
    /// One weight scale for each output channel instead of one for the tensor.
    public var perChannel: Bool

    public init(activations: Activations = .eightBits, perChannel: Bool = false) {
        self.activations = activations
        self.perChannel = perChannel
    }

    public static let standard = QuantiseOptions()
}

/// Turns float graphs into integer graphs. Floats end here.
///
/// All scales are powers of two. A tensor's scale is the finest at which its range (see
/// `Calibration`) exceeds the element type by one step at most; weights likewise with their
/// largest magnitude. Numbers round half up and saturate. A clamp after a linear layer becomes its
/// limits. The last layer's accumulators are the result, unscaled, so that no precision is lost.
/// Where an accumulator might overflow, activations and then weights lose bits until none can.
/// Same graph, rows and options give the same bytes.
public enum Quantiser {
    public static func quantise(
        _ graph: FloatGraph, calibration rows: [[Float]], options: QuantiseOptions = .standard,
        limits: InferenceLimits = .standard
    ) throws(QuantiseError) -> (graph: IntegerGraph, report: QuantisationReport) {
        guard !rows.isEmpty else { throw .noCalibrationRows }
        guard rows.count <= limits.calibrationRowCountMax else {
            throw .tooManyCalibrationRows(rows.count, max: limits.calibrationRowCountMax)
        }
        for (index, row) in rows.enumerated() {
            guard row.count == graph.inputCount else {
                throw .wrongRowLength(row: index, wanted: graph.inputCount, got: row.count)
            }
            guard row.allSatisfy(\.isFinite) else { throw .rowNotFinite(row: index) }
        }
        let calibration = try Calibration(graph, rows: rows)
        var last = QuantiseError.noCalibrationRows
        for widths in widths(options) {
            var builder = IntegerGraphBuilder(graph, calibration, options, widths: widths)
            do {
                let integers = try builder.build(limits: limits)
                let report = try report(
                    graph, integers, builder, rows: Array(rows.prefix(measuredRowCountMax)))
                return (integers, report)
            } catch {
                guard isTooWide(error) else { throw error }
                last = error
            }
        }
        throw last
    }

    static let measuredRowCountMax = 32

    /// The widths to try. The spread between channels goes first, then activations down to twelve
    /// bits, weights last: they have none to spare.
    private static func widths(_ options: QuantiseOptions) -> [IntegerGraphBuilder.Widths] {
        let (first, least) = options.activations == .sixteenBits ? (16, 12) : (8, 8)
        var widths = [8, 6, 4, 2, 0].filter { $0 == 0 || options.perChannel }.map {
            IntegerGraphBuilder.Widths(
                activationBits: first, weightBits: 8, channelSpread: $0)
        }
        for bits in stride(from: first - 1, through: least, by: -1) {
            widths.append(.init(activationBits: bits, weightBits: 8, channelSpread: 0))
        }
        for bits in stride(from: 7, through: 4, by: -1) {
            widths.append(.init(activationBits: least, weightBits: bits, channelSpread: 0))
        }
        return widths
    }

    private static func isTooWide(_ error: QuantiseError) -> Bool {
        switch error {
        case .graph(.accumulatorMayOverflow), .graph(.decompositionNotUnique): true
        default: false
        }
    }

    /// Runs both graphs on some rows and compares them layer by layer.
    private static func report(
        _ graph: FloatGraph, _ integers: IntegerGraph, _ builder: IntegerGraphBuilder,
        rows: [[Float]]
    ) throws(QuantiseError) -> QuantisationReport {
        var sums = [ErrorSum](repeating: ErrorSum(), count: integers.nodes.count)
        let runner = ReferenceRunner(graph)
        var engine = ReferenceEngine(integers)
        let firstOutput = integers.inputs.count + integers.constants.count
        for row in rows {
            let values: [[Float]]
            do {
                values = try runner.trace(row)
                _ = try engine.run(try integers.integers(from: row))
            } catch {
                throw .calibrationRun(error)
            }
            for index in integers.nodes.indices {
                let tensor = firstOutput + index
                let unit = Scale.power(-integers.analysis.types[tensor].scaleExponent)
                sums[index].add(
                    engine.values(of: tensor), unit: unit,
                    values[builder.floatValues[index]])
            }
        }
        let layers = integers.nodes.indices.map { index in
            let type = integers.analysis.types[firstOutput + index]
            let interval = integers.analysis.sites[index]?.interval ?? 0...0
            let bound = max(interval.upperBound, -interval.lowerBound)
            return QuantisationReport.Layer(
                name: builder.names[index], operation: integers.nodes[index].operation.name,
                element: type.element, scaleExponent: type.scaleExponent,
                shifts: integers.nodes[index].requantisation?.shifts ?? [],
                errorMax: sums[index].largest, errorRootMeanSquare: sums[index].error,
                signalRootMeanSquare: sums[index].signal,
                accumulatorBits: Int64.bitWidth - bound.leadingZeroBitCount)
        }
        return QuantisationReport(
            activationBits: builder.activationBits, weightBits: builder.weightBits,
            inputs: integers.inputs, layers: layers, rowsMeasured: rows.count)
    }

    private struct ErrorSum {
        var largest = 0.0
        private var squares = 0.0
        private var signalSquares = 0.0
        private var count = 0

        mutating func add(_ integers: ArraySlice<Int32>, unit: Double, _ floats: [Float]) {
            for (integer, float) in zip(integers, floats) {
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
