internal import CKernels
public import Inference

extension ExtensionBuffer {
    /// Σ self[from + i] · other[otherFrom + i] over i below `count`.
    public func dot(
        from: Int = 0, _ other: ExtensionBuffer, from otherFrom: Int = 0, count: Int? = nil,
        level: KernelLevel = .best
    ) -> Extension {
        let count = count ?? self.count - from
        precondition(holds(from, count), "the elements are in the buffer")
        precondition(other.holds(otherFrom, count), "the elements are in the other buffer")
        guard level == .swift else {
            return unsafe Extension(filledBy: { sum in
                unsafe assay_extension_dot(
                    level.rawValue, words, from, other.words, otherFrom, count, sum)
            })
        }
        var sum = Extension.zero
        for index in 0..<count { sum += self[from + index] * other[otherFrom + index] }
        return sum
    }
}

extension FieldBuffer {
    /// Σ self[from + i] · other[otherFrom + i] over i below `count`.
    public func dot(
        from: Int = 0, _ other: ExtensionBuffer, from otherFrom: Int = 0, count: Int? = nil,
        level: KernelLevel = .best
    ) -> Extension {
        let count = count ?? self.count - from
        precondition(holds(from, count), "the elements are in the buffer")
        precondition(other.holds(otherFrom, count), "the elements are in the other buffer")
        guard level == .swift else {
            return unsafe Extension(filledBy: { sum in
                unsafe assay_field_dot(
                    level.rawValue, words + from, other.words, otherFrom, count, sum)
            })
        }
        var sum = Extension.zero
        for index in 0..<count { sum += other[otherFrom + index].scaled(by: self[from + index]) }
        return sum
    }
}
