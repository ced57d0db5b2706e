public import Primitives

/// Writes what `ProofReader` reads.
public struct ProofWriter: Sendable {
    public private(set) var bytes: [UInt8] = []

    public init() {}

    /// Makes room for as many bytes more.
    public mutating func reserve(_ count: Int) { bytes.reserveCapacity(bytes.count + count) }

    public mutating func append(_ byte: UInt8) { bytes.append(byte) }

    public mutating func append(_ more: some Collection<UInt8>) {
        bytes.append(contentsOf: more)
    }

    public mutating func append(_ value: UInt16) {
        bytes.append(UInt8(truncatingIfNeeded: value))
        bytes.append(UInt8(truncatingIfNeeded: value >> 8))
    }

    public mutating func append(_ value: UInt32) {
        for shift in [0, 8, 16, 24] as [UInt32] {
            bytes.append(UInt8(truncatingIfNeeded: value >> shift))
        }
    }

    public mutating func append(_ value: UInt64) { bytes.append(littleEndian: value) }

    public mutating func append(_ hash: Hash) { bytes.append(contentsOf: hash.bytes) }

    /// Appends one digest of many.
    public mutating func append(_ digests: DigestBuffer, _ index: Int) {
        precondition(0 <= index && index < digests.count, "the index is in the buffer")
        unsafe bytes.append(
            contentsOf: UnsafeBufferPointer(
                start: digests.bytes + index * Hash.byteCount, count: Hash.byteCount))
    }

    public mutating func append(_ element: Extension) { element.write(to: &bytes) }

    public mutating func append(_ elements: [Extension]) {
        bytes.reserveCapacity(bytes.count + elements.count * Extension.byteCount)
        for element in elements { element.write(to: &bytes) }
    }

    public mutating func append(_ buffer: ExtensionBuffer, _ range: Range<Int>) {
        buffer.appendCanonicalBytes(range, to: &bytes)
    }

    public mutating func append(_ buffer: FieldBuffer, _ range: Range<Int>) {
        buffer.appendCanonicalBytes(range, to: &bytes)
    }
}
