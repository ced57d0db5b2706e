internal import CKernels
public import Inference

extension FieldBuffer {
    /// The classes of signed integers.
    public convenience init(signed values: [Int8]) {
        self.init(count: values.count)
        write(signed: values, at: 0)
    }

    /// The classes of signed integers.
    public convenience init(signed values: [Int16]) {
        self.init(count: values.count)
        write(signed: values, at: 0)
    }

    /// The classes of signed integers.
    public convenience init(signed values: [Int32]) {
        self.init(count: values.count)
        write(signed: values, at: 0)
    }

    /// Writes the classes of integers from an index on.
    public func write(signed values: [Int8], at start: Int, level: KernelLevel = .best) {
        unsafe values.withUnsafeBufferPointer { unsafe write(narrow: $0, at: start, level: level) }
    }

    /// Writes the classes of integers from an index on.
    public func write(signed values: [UInt8], at start: Int, level: KernelLevel = .best) {
        unsafe values.withUnsafeBufferPointer { unsafe write(narrow: $0, at: start, level: level) }
    }

    /// Writes the classes of integers from an index on.
    public func write(signed values: [Int16], at start: Int, level: KernelLevel = .best) {
        unsafe values.withUnsafeBufferPointer { unsafe write(narrow: $0, at: start, level: level) }
    }

    /// Writes the classes of integers from an index on.
    public func write(signed values: [Int32], at start: Int, level: KernelLevel = .best) {
        unsafe values.withUnsafeBufferPointer { unsafe write(signed: $0, at: start, level: level) }
    }

    /// Writes the classes of integers from an index on.
    public func write(
        signed values: UnsafeBufferPointer<Int32>, at start: Int, level: KernelLevel = .best
    ) {
        precondition(holds(start, values.count), "the elements are in the buffer")
        if level == .swift {
            for index in 0..<values.count {
                let value = unsafe Int64(values[index])
                unsafe words[start + index] = BabyBear(signed: value).montgomery
            }
        } else {
            unsafe assay_field_of_i32(
                level.rawValue, values.baseAddress, values.count, words + start)
        }
    }

    /// Widens integers piece by piece.
    private func write<Number: FixedWidthInteger>(
        narrow values: UnsafeBufferPointer<Number>, at start: Int, level: KernelLevel
    ) {
        precondition(holds(start, values.count), "the elements are in the buffer")
        unsafe withUnsafeTemporaryAllocation(of: Int32.self, capacity: 1024) { wide in
            for first in stride(from: 0, to: values.count, by: 1024) {
                let count = min(1024, values.count - first)
                for index in 0..<count { unsafe wide[index] = Int32(values[first + index]) }
                unsafe write(
                    signed: UnsafeBufferPointer(start: wide.baseAddress, count: count),
                    at: start + first, level: level)
            }
        }
    }

    /// Elements of canonical bytes, four each; nil when one is not below p or bytes are left over.
    public convenience init?(canonicalBytes bytes: ArraySlice<UInt8>) {
        guard bytes.count % 4 == 0 else { return nil }
        self.init(unwritten: bytes.count / 4)
        unsafe bytes.withUnsafeBytes { bytes in
            for index in 0..<count {
                unsafe words[index] = UInt32(
                    littleEndian: bytes.loadUnaligned(fromByteOffset: 4 * index, as: UInt32.self))
            }
        }
        guard
            unsafe assay_field_of_canonical(KernelLevel.best.rawValue, words, count, words) != 0
        else { return nil }
    }

    /// Appends the canonical bytes of elements, four each.
    public func appendCanonicalBytes(
        _ range: Range<Int>, to bytes: inout [UInt8], level: KernelLevel = .best
    ) {
        precondition(holds(range.lowerBound, range.count), "the elements are in the buffer")
        unsafe append(range.count, to: &bytes) { values in
            if level == .swift {
                for index in 0..<range.count {
                    unsafe values[index] =
                        BabyBear(montgomery: words[range.lowerBound + index]).canonical
                }
            } else {
                unsafe assay_field_canonical(
                    level.rawValue, words + range.lowerBound, range.count, values)
            }
        }
    }

    /// Copies elements of another buffer.
    public func copy(_ source: FieldBuffer, _ range: Range<Int>, at start: Int) {
        precondition(holds(start, range.count), "the elements are in the buffer")
        precondition(source.holds(range.lowerBound, range.count), "the elements are in the source")
        unsafe (words + start).update(from: source.words + range.lowerBound, count: range.count)
    }

    /// Whether `count` elements from `start` on are in the buffer.
    func holds(_ start: Int, _ count: Int) -> Bool {
        0 <= start && 0 <= count && count <= self.count && start <= self.count - count
    }
}

extension ExtensionBuffer {
    /// Elements of canonical bytes, 24 each; nil when a limb is not below p or bytes are left over.
    public convenience init?(canonicalBytes bytes: ArraySlice<UInt8>) {
        guard bytes.count % Extension.byteCount == 0 else { return nil }
        self.init(unwritten: bytes.count / Extension.byteCount)
        guard let limbs = FieldBuffer(canonicalBytes: bytes) else { return nil }
        for index in 0..<count {
            let block = index / 16 * ExtensionBuffer.blockWords + index % 16
            for limb in 0..<Extension.degree {
                unsafe words[block + 16 * limb] = limbs.words[Extension.degree * index + limb]
            }
        }
    }

    /// Appends the canonical bytes of elements, 24 each.
    public func appendCanonicalBytes(
        _ range: Range<Int>, to bytes: inout [UInt8], level: KernelLevel = .best
    ) {
        precondition(holds(range.lowerBound, range.count), "the elements are in the buffer")
        unsafe append(range.count * Extension.degree, to: &bytes) { values in
            if level == .swift {
                for index in 0..<range.count {
                    let element = self[range.lowerBound + index]
                    for limb in 0..<Extension.degree {
                        unsafe values[Extension.degree * index + limb] = element[limb].canonical
                    }
                }
            } else {
                unsafe assay_extension_canonical(
                    level.rawValue, words, range.lowerBound, range.count, values)
            }
        }
    }

    /// Whether `count` elements from `start` on are in the buffer.
    func holds(_ start: Int, _ count: Int) -> Bool {
        0 <= start && 0 <= count && count <= self.count && start <= self.count - count
    }
}

/// Appends `count` words that `fill` writes, little-endian.
private func append(
    _ count: Int, to bytes: inout [UInt8], _ fill: (UnsafeMutablePointer<UInt32>) -> Void
) {
    unsafe withUnsafeTemporaryAllocation(of: UInt32.self, capacity: count) { values in
        guard let start = values.baseAddress else { return }
        unsafe fill(start)
        for index in 0..<count { unsafe values[index] = values[index].littleEndian }
        unsafe bytes.append(contentsOf: UnsafeRawBufferPointer(values))
    }
}
