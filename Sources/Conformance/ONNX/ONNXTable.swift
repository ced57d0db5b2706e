/// Verdicts by operator.
public struct ONNXTable: Sendable {
    public struct Row: Sendable, Equatable {
        public var passed = 0
        public var refused = 0
        public var failed = 0
        /// Of those that passed: how many had nothing left to run.
        public var folded = 0
    }

    private var rows: [String: Row] = [:]
    public private(set) var total = Row()

    public init() {}

    public mutating func add(_ verdict: ONNXVerdict, operator name: String) {
        var row = rows[name] ?? Row()
        switch verdict {
        case .passed(let binding):
            row.passed += 1
            total.passed += 1
            if binding == .folded {
                row.folded += 1
                total.folded += 1
            }
        case .refused:
            row.refused += 1
            total.refused += 1
        case .failed:
            row.failed += 1
            total.failed += 1
        }
        rows[name] = row
    }

    /// One line an operator, in the order of the names, and the totals.
    public var lines: [String] {
        let named = rows.sorted { $0.key < $1.key } + [(key: "total", value: total)]
        let width = named.reduce(8) { max($0, $1.key.count) }
        let head = ONNXTable.line("operator", ["passed", "folded", "refused", "failed"], width)
        return [head]
            + named.map { name, row in
                ONNXTable.line(
                    name, [row.passed, row.folded, row.refused, row.failed].map { "\($0)" }, width)
            }
    }

    private static func line(_ name: String, _ cells: [String], _ width: Int) -> String {
        let padded = cells.map { cell in
            String(repeating: " ", count: max(9 - cell.count, 1)) + cell
        }
        return name + String(repeating: " ", count: width - name.count) + padded.joined()
    }
}
