internal import Crypto
public import Inference
public import Primitives

/// What a verifier knows of a model: its graph without the committed weights, the root of these,
/// and the parameters of the opening.
///
/// Bytes: `"ASYK" u16(1) u32(outline bytes) outline hash(weights) opening`, the hash zero where no
/// weights are committed, the opening absent where nothing is ever opened; a hash more where proofs
/// on hidden inputs need a longer code. A key of the same graph is the same everywhere: it follows
/// from the graph alone.
public struct VerificationKey: Sendable, Equatable {
    public let outline: GraphOutline
    /// The root of the weights; zero where the graph has none that are committed.
    public let weightsRoot: Hash
    /// The root of the weights for proofs about hidden inputs: another one for small models, which
    /// are too short to hide anything.
    package let hiddenWeightsRoot: Hash
    /// For the stacks of weights, witness and helpers, as far as there are such.
    public let opening: OpeningParameters?
    public let encoded: [UInt8]
    /// SHA-256 of `"assay.key.v1"` and the bytes: what the registry keeps.
    public let digest: Hash
    /// How a single inference is committed to; nil where a node cannot be.
    package let plan: WitnessPlan?
    package let layout: WeightLayout?
    /// How a run with a hidden input is proved; nil where it cannot be.
    package let hidden: HiddenForm?

    public static func == (left: VerificationKey, right: VerificationKey) -> Bool {
        left.encoded == right.encoded
    }

    /// The key of a graph and, if weights are committed, their stack with its codeword.
    ///
    /// - Throws: `tooLarge` where no parameters hold the graph.
    package static func make(
        _ graph: IntegerGraph, workers: some Workers
    ) throws(ProofError) -> (key: VerificationKey, weights: KeyWeights) {
        let outline = GraphOutline(graph)
        let sizing = try KeySizing(outline)
        func commit(_ opening: OpeningParameters?) -> StackCommitment? {
            guard let opening, let layout = sizing.layout else { return nil }
            return StackCommitment(
                values: layout.stack(graph.linears, logRows: opening.logRows),
                shape: opening.stacks[0], code: opening.code, workers: workers)
        }
        let shared = commit(sizing.opening)
        let own = sizing.hidden.flatMap { $0.hasOwnWeights ? commit($0.parameters) : nil }
        let key = VerificationKey(
            outline, sizing, weightsRoot: shared?.root ?? .zero, hiddenRoot: own?.root)
        return (key, KeyWeights(shared: shared, hidden: own ?? shared))
    }

    /// The key of a graph: encodes and hashes its weights.
    public init(
        graph: IntegerGraph, workers: some Workers = SerialWorkers()
    ) throws(ProofError) {
        self = try VerificationKey.make(graph, workers: workers).key
    }

    private init(
        _ outline: GraphOutline, _ sizing: KeySizing, weightsRoot: Hash, hiddenRoot: Hash?
    ) {
        self.outline = outline
        self.weightsRoot = weightsRoot
        hiddenWeightsRoot = hiddenRoot ?? weightsRoot
        opening = sizing.opening
        plan = sizing.plan
        layout = sizing.layout
        hidden = sizing.hidden
        var writer = ProofWriter()
        writer.append(VerificationKey.magic)
        writer.append(VerificationKey.version)
        writer.append(UInt32(outline.encoded.count))
        writer.append(outline.encoded)
        writer.append(weightsRoot)
        writer.append(opening?.bytes ?? [])
        if let hiddenRoot { writer.append(hiddenRoot) }
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
        let sizing = try KeySizing(outline)
        let opening = sizing.opening == nil ? nil : try OpeningParameters(reader: &reader)
        guard opening == sizing.opening, (root == .zero) == (sizing.layout == nil) else {
            throw .parametersMismatch
        }
        let hiddenRoot = sizing.hidden?.hasOwnWeights == true ? try reader.readHash() : nil
        try reader.finish()
        self.init(outline, sizing, weightsRoot: root, hiddenRoot: hiddenRoot)
    }

    // MARK: What proofs need

    /// What a run takes and gives.
    public var inputs: [TensorType] { outline.inputs }
    public var outputs: [TensorType] { outline.outputs }

    /// The forms that proofs under this key may have.
    public var forms: [ProofForm] {
        plan == nil ? [.open] : hidden == nil ? [.open, .committed] : ProofForm.allCases
    }

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
        let hidden = hidden.map { $0.parameters.byteCountMax + $0.plan.messageBytes(layout) }
        return max(
            OpenRun.byteCount(outline) + open + rounds * 2 * Extension.byteCount,
            max(committed ?? 0, hidden ?? 0)) + 4
    }

    /// Bits of security of the weaker form; those of the hash where nothing is opened.
    public var securityBits: Int { forms.reduce(128) { min($0, securityBits($1)) } }

    /// The witness plan for a number of inferences.
    package func plan(batch: Int, isHidden: Bool = false) throws(ProofError) -> WitnessPlan {
        if isHidden {
            guard let hidden else { throw .noHiddenForm }
            guard batch == 1 else { throw .wrongBatch(batch, wanted: 1) }
            return hidden.plan
        }
        guard let plan else { throw .noWitnessForm }
        if batch == 1 { return plan }
        do {
            return try WitnessPlan(outline, batch: batch, logColumns: layout?.logColumns ?? 0)
        } catch { throw .plan(error) }
    }

    /// The opening's parameters for a form and a number of inferences; nil where nothing is opened.
    package func parameters(_ plan: WitnessPlan?) throws(ProofError) -> OpeningParameters? {
        if plan?.mask != nil { return hidden?.parameters }
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

/// The weights of a model with their codewords; nil where none are committed.
package struct KeyWeights: Sendable {
    package let shared: StackCommitment?
    /// For proofs about hidden inputs.
    package let hidden: StackCommitment?
}

/// The parameters that a graph leads to.
struct KeySizing {
    let opening: OpeningParameters?
    let plan: WitnessPlan?
    let layout: WeightLayout?
    let hidden: HiddenForm?

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
            if requests.isEmpty {
                opening = nil
            } else {
                guard
                    let chosen = OpeningParameters.choose(requests, workBits: KeySizing.workBits)
                else { throw .tooLarge }
                opening = chosen
            }
            hidden = HiddenForm(outline, opening, nil)
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
        hidden = HiddenForm(outline, opening, layout)
    }

    private static let weightColumnsMax = 8
    /// Twelve bits of work save a tenth of the positions for 4,096 hashes: a bit more would cost
    /// more time than its bytes are worth.
    static let workBits = 12
}

extension OpeningParameters {
    package enum WitnessStack {
        case input
        case witness
        case helpers
    }

    /// Elements of a stack of the committed form, as a power of two; nil where there is none.
    package func logSize(_ plan: WitnessPlan, _ stack: WitnessStack) -> Int? {
        let hasHelpers = plan.helperCount > 0
        if plan.mask != nil {
            // The stacks of a hidden run end in those of its input, witness, helpers and masks.
            let place: Int
            switch stack {
            case .input: place = stacks.count - (hasHelpers ? 4 : 3)
            case .witness: place = stacks.count - (hasHelpers ? 3 : 2)
            case .helpers:
                guard hasHelpers else { return nil }
                place = stacks.count - 2
            }
            return logRows + stacks[place].logColumns
        }
        switch stack {
        case .input: return nil
        case .witness:
            guard plan.cellCount > 0 else { return nil }
            return logRows + stacks[stacks.count - (hasHelpers ? 2 : 1)].logColumns
        case .helpers: return hasHelpers ? logRows + stacks[stacks.count - 1].logColumns : nil
        }
    }
}
