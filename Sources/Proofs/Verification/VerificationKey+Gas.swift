internal import Inference

// What a verification costs at most, from the key alone: nothing that a prover chooses counts, and
// the dearer of the forms about public inputs is charged.
extension VerificationKey {
    /// Gas of verifying a proof of one inference with a public input.
    ///
    /// Work is estimated in nanoseconds of one core, as measured with AVX2, and charged at
    /// 50 gas a microsecond, near the price of the older precompiles.
    public var gas: UInt64 {
        VerificationKey.gas(
            nanoseconds: max(openNanoseconds, plan.map { committedNanoseconds($0) } ?? 0))
    }

    /// The same of one with a hidden input; nil where there is no such form.
    public var hiddenGas: UInt64? {
        hidden.map { VerificationKey.gas(nanoseconds: committedNanoseconds($0.plan)) }
    }

    private static func gas(nanoseconds: Int) -> UInt64 { gasBase + UInt64(nanoseconds) / 20 }

    private static let gasBase: UInt64 = 5_000

    /// The graph is run but for the layers with committed weights.
    private var openNanoseconds: Int {
        let analysis = outline.analysis
        var work = 40 * outline.encoded.count / 32
        for (index, node) in outline.nodes.enumerated() {
            let count = analysis.types[outline.firstNodeTensor + index].elementCount
            work += 12 * count
            if let site = LinearSite(
                outline, node: index, termBitsMin: layout?.logColumns ?? 0),
                outline.usesCommittedWeights(index)
            {
                work += 20 * count + siteNanoseconds(site)
            } else {
                work += 3 * Int(multiplications(index, node))
            }
        }
        return work + openingNanoseconds(try? parameters(nil))
    }

    private func multiplications(_ index: Int, _ node: IntegerNode) -> UInt64 {
        let types = outline.analysis.types
        let count = UInt64(types[outline.firstNodeTensor + index].elementCount)
        switch node.operation {
        case .matrixProduct: return count * UInt64(types[node.inputs[0]].shape[2])
        case .maxPool(let window):
            return count * UInt64(window.kernel.height * window.kernel.width)
        default:
            return node.inputs.reduce(count) { $0 + UInt64(types[$1].elementCount) }
        }
    }

    /// The operand's vector of a site and its end.
    private func siteNanoseconds(_ site: LinearSite) -> Int {
        let types = outline.analysis.types
        let operands = [site.operandTensors.left, site.operandTensors.right].compactMap { $0 }
        let taps = site.geometry.map { $0.window.kernel.width + $0.window.kernel.height } ?? 2
        return operands.reduce(60 * site.indexCount(batch: 1)) {
            $0 + 4 * taps * types[$1].elementCount
        }
    }

    private func committedNanoseconds(_ plan: WitnessPlan) -> Int {
        var work = 40 * outline.encoded.count / 32
        for (index, site) in plan.sites.enumerated() {
            let rows = plan.system.sites[index]
            work += 10 * site.rowCount + 3_000
            work += 2_500 * (site.columns.count + Extension.degree * rows.groups.count)
            for column in site.columns {
                switch column {
                case .view(let cells): work += 45 * cells.count
                case .known(let numbers): work += 5 * numbers.count
                case .committed, .limb: break
                }
            }
        }
        for table in plan.tables { work += 35 * table.count }
        for equation in plan.equations { work += 60 * equation.entryCount + 3_000 }
        for reveal in plan.reveals { work += 60 * reveal.cells.count }
        for site in plan.linearSites {
            work += 25 * site.outputCount + 2 * siteNanoseconds(site) + 10_000
        }
        for part in plan.known {
            if case .node(let index) = part {
                work += 15 * Int(multiplications(index, outline.nodes[index]))
            }
        }
        return work + openingNanoseconds(try? parameters(plan))
    }

    private func openingNanoseconds(_ parameters: OpeningParameters??) -> Int {
        guard let parameters = parameters ?? nil else { return 0 }
        let depth = parameters.logRows + parameters.logBlowup
        let queries = parameters.queryCount
        let block = 60
        func tree(_ depth: Int, leafBytes: Int) -> Int {
            let levels = max(1, depth - Bits.ceiling(log2: queries) + 2)
            return queries * (leafBytes / 64 + 2 + levels) * block
        }
        var work = 100_000 + 6_000 * (depth + parameters.stacks.count)
        for stack in parameters.stacks {
            work += tree(depth, leafBytes: 4 * stack.columns) + 3 * queries * stack.columns
        }
        var left = depth
        for fold in parameters.folds {
            left -= fold
            work += tree(left, leafBytes: Extension.byteCount << fold)
            work += queries * (150 << fold)
        }
        // The combined functional on the weights' rows and the last vector's codeword.
        return work + 20 << parameters.logRows
            + (4 * parameters.clearLog + 10) << (parameters.clearLog + parameters.logBlowup)
    }
}
