internal import CKernels
public import Inference

extension ExtensionBuffer {
    /// The products eq(point, b) · scale over all b in {0, 1}ⁿ, n the point's size.
    ///
    /// Bit j of an index belongs to coordinate j: entry b is the scale times
    /// Π_j (b_j r_j + (1 − b_j)(1 − r_j)). Cost: 2ⁿ products.
    public static func eq(
        _ point: [Extension], scale: Extension = .one, level: KernelLevel = .best
    ) -> ExtensionBuffer {
        precondition(point.count < 32, "a table has fewer than 2³² entries")
        let table = ExtensionBuffer(unwritten: 1 << point.count)
        guard level == .swift else {
            unsafe point.withUnsafeBytes { point in
                // Without coordinates there may be no address.
                let start = unsafe point.assumingMemoryBound(to: UInt32.self).baseAddress
                unsafe scale.withWords { scale in
                    unsafe assay_extension_eq(
                        level.rawValue, start, point.count / MemoryLayout<Extension>.size, scale,
                        table.words)
                }
            }
            return table
        }
        table[0] = scale
        for (index, coordinate) in point.enumerated() {
            let half = 1 << index
            for low in 0..<half {
                table[low + half] = table[low] * coordinate
                table[low] -= table[low + half]
            }
        }
        return table
    }

    /// Adds `factor` times `count` elements of `source`, from `from` on, at `start`.
    ///
    /// The source may be this buffer only where both ranges are one.
    public func add(
        _ factor: Extension, times source: ExtensionBuffer, from: Int = 0, count: Int? = nil,
        at start: Int = 0, level: KernelLevel = .best
    ) {
        let count = count ?? source.count - from
        precondition(source.holds(from, count), "the elements are in the source")
        precondition(holds(start, count), "the elements are in the buffer")
        guard level == .swift else {
            unsafe factor.withWords { factor in
                unsafe assay_extension_add_product(
                    level.rawValue, factor, source.words, from, count, words, start)
            }
            return
        }
        for index in 0..<count { self[start + index] += factor * source[from + index] }
    }

    /// Adds `factor` times `count` elements of `source`, from `from` on, at `start`.
    public func add(
        _ factor: Extension, times source: FieldBuffer, from: Int = 0, count: Int? = nil,
        at start: Int = 0, level: KernelLevel = .best
    ) {
        let count = count ?? source.count - from
        precondition(source.holds(from, count), "the elements are in the source")
        precondition(holds(start, count), "the elements are in the buffer")
        guard level == .swift else {
            unsafe factor.withWords { factor in
                unsafe assay_field_add_product(
                    level.rawValue, factor, source.words + from, count, words, start)
            }
            return
        }
        for index in 0..<count {
            self[start + index] += factor.scaled(by: source[from + index])
        }
    }

    /// Adds one element to each of a range.
    public func add(_ constant: Extension, to range: Range<Int>, level: KernelLevel = .best) {
        precondition(holds(range.lowerBound, range.count), "the elements are in the buffer")
        guard level == .swift else {
            unsafe constant.withWords { constant in
                unsafe assay_extension_add_constant(
                    level.rawValue, constant, range.count, words, range.lowerBound)
            }
            return
        }
        for index in range { self[index] += constant }
    }

    /// Adds `count` elements of `source`, from `from` on, at `start`.
    public func add(
        _ source: ExtensionBuffer, from: Int = 0, count: Int? = nil, at start: Int = 0,
        level: KernelLevel = .best
    ) {
        let count = count ?? source.count - from
        precondition(source.holds(from, count), "the elements are in the source")
        precondition(holds(start, count), "the elements are in the buffer")
        guard level == .swift else {
            unsafe assay_extension_add(
                level.rawValue, 0, source.words, from, count, words, start)
            return
        }
        for index in 0..<count { self[start + index] += source[from + index] }
    }

    /// Subtracts `count` elements of `source`, from `from` on, at `start`.
    public func subtract(
        _ source: ExtensionBuffer, from: Int = 0, count: Int? = nil, at start: Int = 0,
        level: KernelLevel = .best
    ) {
        let count = count ?? source.count - from
        precondition(source.holds(from, count), "the elements are in the source")
        precondition(holds(start, count), "the elements are in the buffer")
        guard level == .swift else {
            unsafe assay_extension_add(
                level.rawValue, 1, source.words, from, count, words, start)
            return
        }
        for index in 0..<count { self[start + index] -= source[from + index] }
    }

    /// Multiplies all elements by one.
    public func scale(by factor: Extension, level: KernelLevel = .best) {
        guard level == .swift else {
            unsafe factor.withWords { factor in
                unsafe assay_extension_scale(level.rawValue, factor, words, (count + 15) / 16)
            }
            return
        }
        for index in 0..<count { self[index] *= factor }
    }

    /// Replaces all elements with their inverses.
    ///
    /// - Returns: the index of the first zero, nil when there is none. With a zero, the elements
    ///   stay as they were.
    /// - Source: Montgomery's trick: three products an element and one inversion.
    public func invert(level: KernelLevel = .best) -> Int? {
        let prefixes = ExtensionBuffer(unwritten: count)
        guard level == .swift else {
            let zero = unsafe assay_extension_invert(
                level.rawValue, words, count, prefixes.words)
            return zero < count ? zero : nil
        }
        var product = Extension.one
        for index in 0..<count {
            guard self[index] != .zero else { return index }
            prefixes[index] = product
            product *= self[index]
        }
        guard var inverse = product.inverse else { return nil }
        for index in (0..<count).reversed() {
            let element = self[index]
            self[index] = inverse * prefixes[index]
            inverse *= element
        }
        return nil
    }
}
