package import Inference

/// How a graph's run is committed to and what must hold of it, for a number of inferences.
///
/// Every number of every tensor is a *cell* of the witness stack, counted from zero, or a number
/// that both sides know, `-1 - index`. Moves only rename; what follows from known numbers alone is
/// known; everything else gets columns of cells in a `WitnessSite`, an equation or an argument.
package struct WitnessPlan: Sendable {
    package let outline: GraphOutline
    package let batch: Int
    /// The range table answers up to this many bits.
    package let rangeBits: Int
    /// For each tensor its elements, inference after inference.
    package let cells: [[Int32]]
    package let sites: [WitnessSite]
    /// The sums that nodes end in, by node.
    package let accumulators: [Int: AccumulatorForm]
    package let equations: [LinearEquation]
    package let linearSites: [LinearSite]
    package let arguments: [ArgumentPlan]
    package let tables: [WitnessTable]
    package let known: [KnownPart]
    package let reveals: [Reveal]
    package let cellCount: Int
    package let system: RowSystem
    /// The first word of each helper's six columns in the stack of helpers, by site and group.
    package let helperStarts: [[Int]]
    package let helperCount: Int
    /// What hides a run whose input is hidden; nil where the input is public.
    package let mask: MaskCells?
    /// The cells of a hidden input, one inference's tensors one after another; none where it is
    /// public.
    package let inputCells: [Int32]

    /// Numbers that both sides know, in the order in which they are counted.
    package enum KnownPart: Sendable {
        /// The inputs of all inferences.
        case inputs
        case constant(Int)
        /// A node whose operands are known, for each inference.
        case node(Int)
        case number(Int32)
        /// The elements of a tensor in all inferences, which the proof contains.
        case revealed(Int)
    }

    /// A tensor whose elements are in the proof: they equal what it was made of.
    package struct Reveal: Sendable {
        package let tensor: Int
        /// The cells that the elements equal.
        let cells: [Int32]
        /// The known numbers that they are.
        let numbers: [Int32]
    }

    package struct WitnessTable: Sendable {
        package let tag: UInt32
        /// The model's table; nil for the range table.
        package let table: Int?
        /// The lowest input of the entries.
        package let lowest: Int64
        /// Where its multiplicities lie.
        package let firstCell: Int
        package let count: Int
    }

    /// Indices of extreme values: groups of `length` elements along an axis, in the order in which
    /// the first of equals wins.
    package struct ArgumentPlan: Sendable {
        package let node: Int
        package let isMinimum: Bool
        package let length: Int
        /// Whether positions count from the end.
        package let isReversed: Bool
        /// The elements of all groups.
        package let elements: [Int32]
        /// One extreme value, `length - 1` flags and one index a group.
        package let extremeCell: Int
        package let flagCell: Int
        package let indexCell: Int
    }

    package static let rangeTag: UInt32 = 1

    /// The entries of the range table: `(bits, number)` for `0 ≤ number < 2^bits`.
    package static func rangeEntry(bits: Int, _ number: Int64) -> Int {
        (1 << bits) - 1 + Int(number)
    }
}
