internal import Arguments
internal import Codec
internal import Files
internal import Inference
internal import Primitives

extension Subcommand {
    static let quantise = Subcommand(
        command: Command(
            "quantise", "Makes an ONNX model into the integer graph that the chain would run",
            details: """
                CALIBRATION holds inputs like those the model will see, as {"input_data": \
                [[…], …]}: they choose the scales of the integers. The report tells each layer's \
                error on them.
                TEST holds {"input_data": [[…], …]} and perhaps "labels": [0, …], the right place \
                of the largest result, or "expected": [[…], …], posted results to agree with.
                """,
            options: [
                .value("output", letter: "o", "GRAPH", "writes the graph's canonical bytes there"),
                .flag("json", "prints JSON"),
            ] + QuantiseFlags.options,
            positionals: [
                .required("ONNX", "the model's file"),
                .required("CALIBRATION", "a JSON file of inputs"),
            ])
    ) { invocation in
        let flags = try QuantiseFlags(invocation)
        let calibration = invocation.positional("CALIBRATION")
        let model = try PreparedModel(
            onnx: try Files.read(invocation.positional("ONNX")),
            rows: try ModelFiles.rows(
                ModelFiles.json(Files.read(calibration), calibration), calibration),
            importing: flags.importing, options: flags.quantising, testSet: flags.testSet)
        if let target = invocation.text("output") {
            try Files.write(model.graph.encoded, to: target)
        }
        let out = Terminal.output
        invocation.flag("json")
            ? out.line(model.json.prettyPrinted) : out.write(model.text(on: out))
        return 0
    }
}

extension PreparedModel {
    fileprivate var json: JSON {
        [
            "graphHash": .string(graph.hash.hex),
            "graphBytes": .number(JSONNumber(graph.encoded.count)),
            "onnxHash": .string(onnxHash.hex), "macs": .string("\(graph.macs)"),
            "report": report.json,
        ]
    }

    fileprivate func text(on terminal: Terminal) -> String {
        let layers = terminal.table(
            header: ["layer", "operation", "type", "scale", "error", "signal", "error/signal"],
            rows: report.layers.map { layer in
                let ratio = layer.errorRootMeanSquare / max(layer.signalRootMeanSquare, 1e-30)
                return [
                    layer.name, layer.operation, layer.element.name, "2^-\(layer.scaleExponent)",
                    short(layer.errorRootMeanSquare), short(layer.signalRootMeanSquare),
                    MeasurementTable.fixed(ratio * 100, decimals: 2) + " %",
                ]
            }, alignments: [.left, .left, .left, .right, .right, .right, .right])
        var rows = [
            ["graph", "\(graph.hash)"],
            ["size", "\(graph.encoded.count) bytes, \(graph.macs) multiplications a run"],
            ["bits", "activations \(report.activationBits), weights \(report.weightBits)"],
            ["rows", "\(report.rowsMeasured) measured, root mean squares"],
        ]
        if let agreement = report.agreement { rows.append(["test set", agreement.text]) }
        return layers + terminal.table(rows: rows)
    }

    /// Four digits that matter.
    private func short(_ value: Double) -> String {
        value == 0 || value >= 0.01
            ? MeasurementTable.fixed(value, decimals: 4)
            : MeasurementTable.fixed(value * 1e6, decimals: 1) + "e-6"
    }
}

extension ElementType {
    fileprivate var name: String {
        switch self {
        case .unsigned8: "u8"
        case .signed8: "i8"
        case .signed16: "i16"
        case .signed32: "i32"
        }
    }
}

extension QuantisationReport.Agreement {
    fileprivate var text: String {
        func share(_ count: Int) -> String {
            MeasurementTable.fixed(Double(count) * 100 / Double(max(rowCount, 1)), decimals: 2)
                + " %"
        }
        let agrees = "agrees on \(agreeingCount) of \(rowCount) rows (\(share(agreeingCount)))"
        guard let correctCount, let correctFloatCount else { return agrees }
        return agrees + ", right on \(share(correctCount)), in floats \(share(correctFloatCount))"
    }
}
