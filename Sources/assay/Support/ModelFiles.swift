internal import Codec
internal import Crypto
internal import Files
internal import Inference
internal import Ledger
internal import Payments
internal import Primitives
internal import Registry

/// A model read from an ONNX file and made into what the chain registers and runs.
struct PreparedModel {
    let graph: IntegerGraph
    let report: QuantisationReport
    let onnxHash: Hash

    /// - Parameter rows: inputs that are like those it will see; they choose the scales.
    init(
        onnx: [UInt8], rows: [[Float]], importing: ONNXOptions = ONNXOptions(),
        options: QuantiseOptions = .standard, testSet: TestSet? = nil
    ) throws {
        onnxHash = SHA256.hash(onnx)
        let float: FloatGraph
        do { float = try ONNX.importModel(onnx, options: importing) } catch {
            throw Failure(
                "the model cannot be read", why: "\(error)",
                remedy: "see the README for the operators that are supported")
        }
        do {
            (graph, report) = try Quantiser.quantise(
                float, calibration: rows, options: options, testSet: testSet)
        } catch {
            throw Failure(
                "the model cannot be quantised", why: "\(error)",
                remedy: "check that each calibration row is one whole input")
        }
    }

    /// - Parameter weightsRoot: digest of the verification key; zero for a model without proofs.
    func record(
        name: String, version: String, price: UInt256, floor: Policy?, weightsRoot: Hash = .zero
    ) -> ModelRecord {
        ModelRecord(
            owner: .zero, name: name, version: version, onnxHash: onnxHash, graphHash: graph.hash,
            weightsRoot: weightsRoot, cid: "", policyFloor: floor?.encoded ?? [], price: price,
            calibrationHash: SHA256.hash(report.json.serialized), macs: graph.macs,
            status: .active, registeredAt: 0)
    }
}

/// Numbers in the JSON files that go with models.
enum ModelFiles {
    /// A user's own file may be as long as memory allows, unlike what comes over a network.
    private static let limits = JSONLimits(
        bytesMax: 1 << 30, depthMax: 128, itemsMax: 1 << 27)

    static func json(_ bytes: [UInt8], _ name: String) throws -> JSON {
        do { return try JSON(parsing: bytes, limits: limits) } catch {
            throw Failure("\(name) is no JSON", why: "\(error)", remedy: "correct the file")
        }
    }

    /// Rows of numbers: `{"input_data": [[…], …]}`, `{"input": …}` or a bare list of lists.
    static func rows(_ json: JSON, _ name: String) throws -> [[Float]] {
        let list = json["input_data"] ?? json["input"] ?? json
        guard let rows = list.array, !rows.isEmpty else {
            throw Failure(
                "\(name) has no rows", why: "it wants a list of inputs",
                remedy: "write {\"input_data\": [[…], …]}")
        }
        return rows.map { row in numbers(row).compactMap { $0.double.map { Float($0) } } }
    }

    /// One input as the gateway takes it: the first row, digits as they are written.
    ///
    /// - Parameter secret: where the evidence is to hide the input.
    static func requestBody(_ json: JSON, hiding secret: Hash? = nil) -> [UInt8] {
        let list = json["input_data"] ?? json["input"] ?? json
        let row = list[0].map { $0.array == nil ? list : $0 } ?? list
        var body = JSONObject([("input", .array(numbers(row).map { .number($0) }))])
        if let secret { body["hidden"] = ["secret": .string(secret.hex)] }
        return JSON.object(body).serialized
    }

    /// The numbers of that row, exactly as they are written.
    static func firstRow(_ json: JSON, _ name: String) throws -> [FixedPoint] {
        let list = json["input_data"] ?? json["input"] ?? json
        let row = list[0].map { $0.array == nil ? list : $0 } ?? list
        return try numbers(row).map { number in
            guard let value = FixedPoint(number.text) else {
                throw Failure(
                    "\(name) holds \(number.text)", why: "128 bits do not hold its digits",
                    remedy: "write fewer digits")
            }
            return value
        }
    }

    private static func numbers(_ json: JSON) -> [JSONNumber] {
        switch json {
        case .array(let parts): parts.flatMap { numbers($0) }
        case .number(let number): [number]
        default: []
        }
    }
}

extension QuantisationReport {
    /// What the registry keeps the SHA-256 of.
    var json: JSON {
        func number(_ value: Double) -> JSON { JSONNumber(value).map { .number($0) } ?? .null }
        var object = JSONObject([
            ("activationBits", .number(JSONNumber(activationBits))),
            ("weightBits", .number(JSONNumber(weightBits))),
            ("rowsMeasured", .number(JSONNumber(rowsMeasured))),
        ])
        if let agreement { object["agreement"] = agreement.json }
        object["layers"] =
            .array(
                layers.map { layer in
                    [
                        "name": .string(layer.name), "operation": .string(layer.operation),
                        "scaleExponent": .number(JSONNumber(layer.scaleExponent)),
                        "accumulatorBits": .number(JSONNumber(layer.accumulatorBits)),
                        "errorMax": number(layer.errorMax),
                        "errorRootMeanSquare": number(layer.errorRootMeanSquare),
                        "signalRootMeanSquare": number(layer.signalRootMeanSquare),
                    ]
                })
        return .object(object)
    }
}

extension QuantisationReport.Agreement {
    fileprivate var json: JSON {
        var object = JSONObject([
            ("rows", .number(JSONNumber(rowCount))),
            ("agreeing", .number(JSONNumber(agreeingCount))),
        ])
        if let correctCount, let correctFloatCount {
            object["correct"] = .number(JSONNumber(correctCount))
            object["correctFloat"] = .number(JSONNumber(correctFloatCount))
        }
        return .object(object)
    }
}
