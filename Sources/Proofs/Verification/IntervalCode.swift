/// How integers of an interval stand in a proof: each as its distance from the lowest one,
/// little-endian, in as many whole bytes as the interval needs.
struct IntervalCode {
    private let low: Int64
    private let most: UInt64
    /// Bytes of one integer; none where the interval has only one.
    let byteCount: Int

    /// - Precondition: the interval's ends are 32-bit integers.
    init(_ interval: ClosedRange<Int64>) {
        low = interval.lowerBound
        most = UInt64(interval.upperBound - interval.lowerBound)
        byteCount = (UInt64.bitWidth - most.leadingZeroBitCount + 7) / 8
    }

    /// - Precondition: the integers lie in the interval.
    func write(_ values: some Collection<Int32>, to writer: inout ProofWriter) {
        for value in values {
            let offset = UInt64(Int64(value) - low)
            for byte in 0..<byteCount {
                writer.append(UInt8(truncatingIfNeeded: offset >> UInt64(8 * byte)))
            }
        }
    }

    /// Appends `count` integers to `values`.
    ///
    /// - Throws: `truncated`; what `refusal` makes of the first integer outside the interval.
    func read(
        _ count: Int, from reader: inout ProofReader, to values: inout [Int32],
        refusal: (Int64) -> ProofError
    ) throws(ProofError) {
        let bytes = try reader.readBytes(count * byteCount)
        values.reserveCapacity(values.count + count)
        var at = bytes.startIndex
        for _ in 0..<count {
            var offset: UInt64 = 0
            for byte in 0..<byteCount { offset |= UInt64(bytes[at + byte]) << UInt64(8 * byte) }
            at += byteCount
            guard offset <= most else { throw refusal(low + Int64(offset)) }
            values.append(Int32(low + Int64(offset)))
        }
    }
}
