internal import Inference
internal import Primitives

extension WitnessPlan {
    /// The integers of a tensor in all inferences, if all of them are known.
    func knownOperand(_ tensor: Int, _ known: [Int32]) -> [Int32]? {
        var values: [Int32] = []
        values.reserveCapacity(cells[tensor].count)
        for cell in cells[tensor] {
            guard cell < 0 else { return nil }
            values.append(known[Int(-1 - cell)])
        }
        return values
    }

    /// Reads the elements of the revealed tensors: each as its distance from the lowest number of
    /// the tensor's range, in as many bytes as the range needs.
    func readRevealed(
        _ reader: inout ProofReader, _ transcript: inout Transcript
    ) throws(ProofError) -> [Int32] {
        let start = reader.position
        var values: [Int32] = []
        for reveal in reveals {
            try code(reveal).read(reveal.cells.count, from: &reader, to: &values) {
                .revealedOutOfRange(tensor: reveal.tensor, value: $0)
            }
        }
        transcript.absorb("revealed", reader.bytes(from: start))
        return values
    }

    /// What `readRevealed` reads.
    package func write(
        revealed: [Int32], to writer: inout ProofWriter, _ transcript: inout Transcript
    ) {
        let start = writer.bytes.count
        var next = 0
        for reveal in reveals {
            code(reveal).write(revealed[next..<next + reveal.cells.count], to: &writer)
            next += reveal.cells.count
        }
        transcript.absorb("revealed", writer.bytes[start...])
    }

    /// Bytes of the revealed tensors.
    var revealedBytes: Int { reveals.reduce(0) { $0 + $1.cells.count * code($1).byteCount } }

    private func code(_ reveal: Reveal) -> IntervalCode {
        IntervalCode(outline.analysis.types[reveal.tensor].range)
    }

    /// Reads the evaluations of columns and helpers site by site; those of known columns are
    /// computed.
    func readEvaluations(
        _ point: [Extension], _ reader: inout ProofReader, _ transcript: inout Transcript
    ) throws(ProofError) -> [RowEvaluations] {
        var messages: [Extension] = []
        var result: [RowEvaluations] = []
        let tables = RowTables(point)
        for (site, rows) in zip(sites, system.sites) {
            var columns: [Extension] = []
            for column in site.columns {
                if case .known(let values) = column {
                    let eq = tables.table(rows.variableCount)
                    columns.append(FieldBuffer(signed: values).dot(eq))
                } else {
                    columns.append(try reader.readExtension())
                    messages.append(columns[columns.count - 1])
                }
            }
            let helpers = try reader.readExtensions(rows.groups.count)
            messages += helpers
            result.append(RowEvaluations(columns: columns, helpers: helpers))
        }
        transcript.absorb("row values", messages)
        return result
    }

    /// The evaluations that a proof contains, in the order in which they are read.
    package func messages(_ evaluations: [RowEvaluations]) -> [Extension] {
        zip(sites, evaluations).flatMap { site, values in
            zip(site.columns, values.columns).compactMap { column, value in
                if case .known = column { nil } else { value }
            } + values.helpers
        }
    }

    /// Bytes of everything in a proof but the opening.
    func messageBytes(_ layout: WeightLayout?) -> Int {
        var count = system.messageCount + 1
        for (site, rows) in zip(sites, system.sites) {
            count += site.columns.count + rows.groups.count
        }
        let rounds = LinearArgument.roundCount(
            linearSites, bitsMin: layout?.logColumns ?? 0, batch: batch, isMasked: mask != nil)
        count += 2 * rounds + 2 * linearSites.count + (mask == nil ? 0 : 2)
        return (mask == nil ? 2 : 3) * Hash.byteCount + count * Extension.byteCount + revealedBytes
    }
}
