internal import Crypto
public import Inference
public import Primitives

/// What a verifier knows of a model: its graph without the committed weights, the root of these,
/// and the parameters of the opening.
///
/// Bytes: `"ASYK" u16(1) u32(outline bytes) outline hash(weights) opening`, the hash zero where no
/// weights are committed, the opening absent where nothing is ever opened. A key of the same graph
/// is the same everywhere: it follows from the graph alone.
public struct VerificationKey: Sendable, Equatable {
    public let outline: GraphOutline
    /// The root of the weights; zero where the graph has none that are committed.
    public let weightsRoot: Hash
    /// For the stacks of weights, witness and helpers, as far as there are such.
    public let opening: OpeningParameters?
    public let encoded: [UInt8]
    /// SHA-256 of `"assay.key.v1"` and the bytes: what the registry keeps.
    public let digest: Hash
    /// How a single inference is committed to; nil where a node cannot be.
    package let plan: WitnessPlan?
    package let layout: WeightLayout?

    public static func == (left: VerificationKey, right: VerificationKey) -> Bool {
        left.encoded == right.encoded
    }

    /// The key of a graph and, if weights are committed, their stack with its codeword.
    ///
    /// - Throws: `tooLarge` where no parameters hold the graph.
    package static func make(
        _ graph: IntegerGraph, workers: some Workers
    ) throws(ProofError) -> (key: VerificationKey, weights: StackCommitment?) {
        let outline = GraphOutline(graph)
        let sizing = try KeySizing(outline)
        guard let opening = sizing.opening, let layout = sizing.layout else {
            let key = VerificationKey(
                outline, weightsRoot: .zero, opening: sizing.opening, plan: sizing.plan,
                layout: nil)
            return (key, nil)
        }
        let weights = StackCommitment(
            values: layout.stack(graph.linears, logRows: opening.logRows),
            shape: opening.stacks[0], code: opening.code, workers: workers)
        let key = VerificationKey(
            outline, weightsRoot: weights.root, opening: opening, plan: sizing.plan,
            layout: layout)
        return (key, weights)
    }

    /// The key of a graph: encodes and hashes its weights.
    public init(
        graph: IntegerGraph, workers: some Workers = SerialWorkers()
    ) throws(ProofError) {
        self = try VerificationKey.make(graph, workers: workers).key
    }

    private init(
        _ outline: GraphOutline, weightsRoot: Hash, opening: OpeningParameters?,
        plan: WitnessPlan?, layout: WeightLayout?
    ) {
        self.outline = outline
        self.weightsRoot = weightsRoot
        self.opening = opening
        self.plan = plan
        self.layout = layout
        var writer = ProofWriter()
        writer.append(VerificationKey.magic)
        writer.append(VerificationKey.version)
        writer.append(UInt32(outline.encoded.count))
        writer.append(outline.encoded)
        writer.append(weightsRoot)
        writer.append(opening?.bytes ?? [])
        encoded = writer.bytes
        digest = SHA256.hash(VerificationKey.domain + encoded)
    }

    private static let magic: [UInt8] = [0x41, 0x53, 0x59, 0x4b]
    private static let version: UInt16 = 1

    /// Reads the bytes of a key.
    ///
    /// - Throws: what is wrong with the bytes; `parametersMismatch` where the parameters are not
    ///   those that the outline leads to.
    public init(
        decoding bytes: [UInt8], limits: InferenceLimits = .standard
    ) throws(ProofError) {
        var reader = ProofReader(bytes)
        guard try reader.readBytes(4).elementsEqual(VerificationKey.magic) else {
            throw .notAKey
        }
        let version = try reader.readUInt16()
        guard version == VerificationKey.version else { throw .unsupportedVersion(Int(version)) }
        let outlineBytes = Array(try reader.readBytes(Int(try reader.readUInt32())))
        let outline: GraphOutline
        do {
            outline = try GraphOutline(decoding: outlineBytes, limits: limits)
        } catch { throw .outline(error) }
        let root = try reader.readHash()
        let opening = reader.left > 0 ? try OpeningParameters(reader: &reader) : nil
        try reader.finish()
        let sizing = try KeySizing(outline)
        guard opening == sizing.opening, (root == .zero) == (sizing.layout == nil) else {
            throw .parametersMismatch
        }
        self.init(
            outline, weightsRoot: root, opening: opening, plan: sizing.plan, layout: sizing.layout)
    }

    // MARK: What proofs need

    /// What a run takes and gives.
    public var inputs: [TensorType] { outline.inputs }
    public var outputs: [TensorType] { outline.outputs }

    /// The forms that proofs under this key may have.
    public var forms: [ProofForm] { plan == nil ? [.open] : ProofForm.allCases }

    /// The form with the smaller proofs of one inference.
    public var form: ProofForm {
        guard let plan else { return .open }
        guard layout != nil, let committed = try? parameters(plan) else { return .committed }
        guard let open = try? parameters(nil) else { return .committed }
        let trace = OpenRun.byteCount(outline)
        let openBytes = trace + open.cost(isWitness: [false]).proofBytes
        let committedBytes = committed.cost(isWitness: committed.stacks.map { _ in true })
            .proofBytes
        return openBytes <= committedBytes ? .open : .committed
    }

    /// Bytes that no proof of one inference exceeds.
    public var proofBytesMax: Int {
        let open = ((try? parameters(nil)) ?? nil)?.byteCountMax ?? 0
        let committed = plan.flatMap { plan in
            ((try? parameters(plan)) ?? nil).map { $0.byteCountMax + plan.messageBytes(layout) }
        }
        let rounds = (layout?.logColumns ?? 0) + 32 + 2 * outline.nodes.count
        return max(
            OpenRun.byteCount(outline) + open + rounds * 2 * Extension.byteCount, committed ?? 0)
            + 4
    }

    /// Bits of security of the weaker form; those of the hash where nothing is opened.
    public var securityBits: Int { forms.reduce(128) { min($0, securityBits($1)) } }

    /// The witness plan for a number of inferences.
    package func plan(batch: Int) throws(ProofError) -> WitnessPlan {
        guard let plan else { throw .noWitnessForm }
        if batch == 1 { return plan }
        do {
            return try WitnessPlan(outline, batch: batch, logColumns: layout?.logColumns ?? 0)
        } catch { throw .plan(error) }
    }

    /// The opening's parameters for a form and a number of inferences; nil where nothing is opened.
    package func parameters(_ plan: WitnessPlan?) throws(ProofError) -> OpeningParameters? {
        guard let opening else { return nil }
        var stacks = layout == nil ? [] : [opening.stacks[0]]
        if let plan {
            for count in [plan.cellCount, plan.helperCount] where count > 0 {
                stacks.append(
                    StackShape(
                        logColumns: max(0, Bits.ceiling(log2: count) - opening.logRows)))
            }
        }
        guard !stacks.isEmpty else { return nil }
        return try OpeningParameters(
            logBlowup: opening.logBlowup, queryCount: opening.queryCount,
            workBits: opening.workBits, logRows: opening.logRows, stacks: stacks,
            folds: opening.folds)
    }
}

/// The parameters that a graph leads to.
struct KeySizing {
    let opening: OpeningParameters?
    let plan: WitnessPlan?
    let layout: WeightLayout?

    init(_ outline: GraphOutline) throws(ProofError) {
        let hasWeights = outline.linears.contains { $0.innerCount > 1 }
        // The plan's sizes do not depend on how the weights lie.
        let draft = try? WitnessPlan(outline, batch: 1, logColumns: 0)
        var requests: [StackRequest] = []
        for count in [draft?.cellCount ?? 0, draft?.helperCount ?? 0] where count > 0 {
            requests.append(StackRequest(logSize: Bits.ceiling(log2: count)))
        }
        guard hasWeights else {
            layout = nil
            plan = draft
            guard !requests.isEmpty else {
                opening = nil
                return
            }
            guard let chosen = OpeningParameters.choose(requests, workBits: KeySizing.workBits)
            else { throw .tooLarge }
            opening = chosen
            return
        }
        // More columns in a row fill up more of the weights' rows with zeros.
        var best: (parameters: OpeningParameters, cost: OpeningParameters.Cost)?
        for logColumns in 0...KeySizing.weightColumnsMax {
            let layout = WeightLayout(outline.linears, logColumns: logColumns)
            let size = Bits.ceiling(log2: layout.blockCount) + logColumns
            let all =
                [
                    StackRequest(
                        logSize: size, isPrefolded: true, logColumnsMax: logColumns,
                        isWitness: false)
                ] + requests
            guard let parameters = OpeningParameters.choose(all, workBits: KeySizing.workBits)
            else { continue }
            let cost = parameters.cost(isWitness: [false] + requests.map { _ in true })
            if let best, best.cost <= cost { continue }
            best = (parameters, cost)
        }
        guard let best else { throw .tooLarge }
        let logColumns = best.parameters.stacks[0].logColumns
        opening = best.parameters
        layout = WeightLayout(outline.linears, logColumns: logColumns)
        plan = draft == nil ? nil : try? WitnessPlan(outline, batch: 1, logColumns: logColumns)
    }

    private static let weightColumnsMax = 8
    /// Twelve bits of work save a tenth of the positions for 4,096 hashes: a bit more would cost
    /// more time than its bytes are worth.
    private static let workBits = 12
}

extension OpeningParameters {
    package enum WitnessStack {
        case witness
        case helpers
    }

    /// Elements of a stack of the committed form, as a power of two; nil where there is none.
    package func logSize(_ plan: WitnessPlan, _ stack: WitnessStack) -> Int? {
        let hasHelpers = plan.helperCount > 0
        switch stack {
        case .witness:
            guard plan.cellCount > 0 else { return nil }
            return logRows + stacks[stacks.count - (hasHelpers ? 2 : 1)].logColumns
        case .helpers: return hasHelpers ? logRows + stacks[stacks.count - 1].logColumns : nil
        }
    }
}
