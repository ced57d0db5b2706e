internal import CKernels
public import Inference

// Element by element, and by positions.
extension ExtensionBuffer {
    /// Multiplies each element with the other buffer's of the same index.
    public func multiply(by other: ExtensionBuffer, level: KernelLevel = .best) {
        precondition(count == other.count, "both buffers have one size")
        guard level == .swift else {
            unsafe assay_extension_multiply(level.rawValue, other.words, words, (count + 15) / 16)
            return
        }
        for index in 0..<count { self[index] *= other[index] }
    }

    /// Multiplies each element with the other buffer's of the same index.
    public func multiply(by other: FieldBuffer, level: KernelLevel = .best) {
        precondition(count == other.count, "both buffers have one size")
        guard level == .swift else {
            unsafe assay_field_multiply(level.rawValue, other.words, words, (count + 15) / 16)
            return
        }
        for index in 0..<count { self[index] = self[index].scaled(by: other[index]) }
    }

    /// Σ self[i] over a range.
    public func sum(_ range: Range<Int>? = nil, level: KernelLevel = .best) -> Extension {
        let range = range ?? 0..<count
        precondition(holds(range.lowerBound, range.count), "the elements are in the buffer")
        guard level == .swift else {
            return unsafe Extension(filledBy: { sum in
                unsafe assay_extension_sum(
                    level.rawValue, words, range.lowerBound, range.count, sum)
            })
        }
        return range.reduce(Extension.zero) { $0 + self[$1] }
    }

    /// The elements at `(position >> shift) & mask`, zero for negative positions.
    ///
    /// Cost: a copy of an element each.
    func gathered(
        at positions: [Int32], shift: Int = 0, mask: Int = Int(Int32.max)
    ) -> ExtensionBuffer {
        let out = ExtensionBuffer(unwritten: positions.count)
        let done = unsafe assay_extension_gather(
            words, count, positions, positions.count, UInt32(shift), UInt32(mask), out.words)
        precondition(done == positions.count, "the positions are in the buffer")
        return out
    }

    /// Adds element i of `source` at `positions[i]`, negative ones left out.
    ///
    /// Cost: a sum of elements each.
    func scatter(_ source: ExtensionBuffer, at positions: [Int32]) {
        precondition(positions.count <= source.count, "each position has an element")
        let done = unsafe assay_extension_scatter(
            source.words, positions, positions.count, words, count)
        precondition(done == positions.count, "the positions are in the buffer")
    }
}
