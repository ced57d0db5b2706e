/// The random vectors along the axes of the accumulators, one of each kind for all sites.
///
/// Each is the table of `eq(point, ·)`; a shorter axis uses its first entries, as if the
/// accumulators were padded with zeros.
package struct LinearAxes {
    package let item: AxisTable
    package let channel: AxisTable
    package let row: AxisTable
    package let column: AxisTable

    /// How many coordinates each kind of axis needs for sites.
    static func bits(
        _ sites: [LinearSite], batch: Int
    ) -> (item: Int, channel: Int, row: Int, column: Int) {
        func bits(_ size: (LinearSite) -> Int) -> Int {
            sites.reduce(0) { max($0, Bits.ceiling(log2: size($1))) }
        }
        return (bits { $0.items * batch }, bits(\.channels), bits(\.rows), bits(\.columns))
    }

    /// Draws the points from the transcript.
    init(for sites: [LinearSite], batch: Int, _ transcript: inout Transcript) {
        let bits = LinearAxes.bits(sites, batch: batch)
        item = AxisTable(transcript.challenges("linear items", count: bits.item))
        channel = AxisTable(transcript.challenges("linear channels", count: bits.channel))
        row = AxisTable(transcript.challenges("linear rows", count: bits.row))
        column = AxisTable(transcript.challenges("linear columns", count: bits.column))
    }
}

/// The values of `eq(point, ·)` on the cube.
package struct AxisTable {
    package let table: ExtensionBuffer
    let entries: [Extension]

    init(_ point: [Extension]) {
        table = ExtensionBuffer.eq(point)
        entries = (0..<1 << point.count).map { [table] in table[$0] }
    }

    /// The sum of the first entries.
    func sum(_ count: Int) -> Extension {
        entries[..<count].reduce(.zero) { $0 + $1 }
    }
}

/// Field elements as the kernel for sums of integers takes them: eight words each, of which six
/// are limbs.
struct WideTable {
    private(set) var words: [Int64]

    init(_ entries: some Collection<Extension>) {
        words = []
        words.reserveCapacity(entries.count * 8)
        for entry in entries {
            for limb in 0..<Extension.degree { words.append(Int64(entry[limb].montgomery)) }
            words.append(0)
            words.append(0)
        }
    }

    var count: Int { words.count / 8 }
}
