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
    public func write<Number: FixedWidthInteger>(signed values: [Number], at start: Int) {
        unsafe values.withUnsafeBufferPointer { unsafe write(signed: $0, at: start) }
    }

    /// Writes the classes of integers of at most 32 bits from an index on.
    public func write<Number: FixedWidthInteger>(
        signed values: UnsafeBufferPointer<Number>, at start: Int
    ) {
        precondition(holds(start, values.count), "the elements are in the buffer")
        for index in 0..<values.count {
            unsafe words[start + index] = BabyBear(signed: Int64(values[index])).montgomery
        }
    }

    /// Elements of canonical bytes, four each; nil when one is not below p or bytes are left over.
    public convenience init?(canonicalBytes bytes: ArraySlice<UInt8>) {
        guard bytes.count % 4 == 0 else { return nil }
        self.init(count: bytes.count / 4)
        for index in 0..<count {
            let start = bytes.startIndex + 4 * index
            let value = (0..<4).reduce(UInt32(0)) { $0 | UInt32(bytes[start + $1]) << (8 * $1) }
            guard value < BabyBear.modulus else { return nil }
            unsafe words[index] = BabyBear(value).montgomery
        }
    }

    /// Appends the canonical bytes of elements, four each.
    public func appendCanonicalBytes(_ range: Range<Int>, to bytes: inout [UInt8]) {
        precondition(holds(range.lowerBound, range.count), "the elements are in the buffer")
        bytes.reserveCapacity(bytes.count + 4 * range.count)
        for index in range {
            let value = unsafe BabyBear(montgomery: words[index]).canonical
            for shift in 0..<4 { bytes.append(UInt8(truncatingIfNeeded: value >> (8 * shift))) }
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
        self.init(count: bytes.count / Extension.byteCount)
        for index in 0..<count {
            let start = bytes.startIndex + index * Extension.byteCount
            guard let element = Extension(bytes: bytes[start..<start + Extension.byteCount])
            else { return nil }
            self[index] = element
        }
    }

    /// Appends the canonical bytes of elements, 24 each.
    public func appendCanonicalBytes(_ range: Range<Int>, to bytes: inout [UInt8]) {
        precondition(holds(range.lowerBound, range.count), "the elements are in the buffer")
        bytes.reserveCapacity(bytes.count + Extension.byteCount * range.count)
        for index in range { self[index].write(to: &bytes) }
    }

    /// Whether `count` elements from `start` on are in the buffer.
    func holds(_ start: Int, _ count: Int) -> Bool {
        0 <= start && 0 <= count && count <= self.count && start <= self.count - count
    }
}
