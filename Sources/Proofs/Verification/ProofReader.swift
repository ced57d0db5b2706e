public import Primitives

/// Reads a proof from left to right.
///
/// A proof has no lengths of its own: all follow from the verification key and the transcript.
/// Nothing is allocated before the bytes that fill it are known to be there.
public struct ProofReader: Sendable {
    private let bytes: [UInt8]
    public private(set) var position = 0

    public init(_ bytes: [UInt8]) { self.bytes = bytes }

    public var left: Int { bytes.count - position }

    /// Refuses bytes after the last message.
    public func finish() throws(ProofError) {
        guard left == 0 else { throw .trailingBytes(left) }
    }

    public mutating func readBytes(_ count: Int) throws(ProofError) -> ArraySlice<UInt8> {
        guard count <= left else { throw .truncated(wanted: count, left: left) }
        defer { position += count }
        return bytes[position..<position + count]
    }

    /// The bytes that were read since an earlier position.
    public func bytes(from start: Int) -> ArraySlice<UInt8> { bytes[start..<position] }

    public mutating func readByte() throws(ProofError) -> UInt8 {
        let slice = try readBytes(1)
        return slice[slice.startIndex]
    }

    public mutating func readUInt16() throws(ProofError) -> UInt16 {
        UInt16(truncatingIfNeeded: try readInteger(2))
    }

    public mutating func readUInt32() throws(ProofError) -> UInt32 {
        UInt32(truncatingIfNeeded: try readInteger(4))
    }

    public mutating func readUInt64() throws(ProofError) -> UInt64 { try readInteger(8) }

    public mutating func readHash() throws(ProofError) -> Hash {
        Hash(try readBytes(Hash.byteCount))
    }

    public mutating func readExtension() throws(ProofError) -> Extension {
        let start = position
        guard let element = Extension(bytes: try readBytes(Extension.byteCount)) else {
            throw .nonCanonicalElement(byte: start)
        }
        return element
    }

    public mutating func readExtensions(_ count: Int) throws(ProofError) -> [Extension] {
        guard count <= left / Extension.byteCount else {
            throw .truncated(wanted: count * Extension.byteCount, left: left)
        }
        var elements: [Extension] = []
        elements.reserveCapacity(count)
        for _ in 0..<count { elements.append(try readExtension()) }
        return elements
    }

    /// Reads extension elements, 24 bytes each, for kernels.
    public mutating func readExtensionBuffer(_ count: Int) throws(ProofError) -> ExtensionBuffer {
        let start = position
        let slice = try readBytes(count * Extension.byteCount)
        guard let buffer = ExtensionBuffer(canonicalBytes: slice) else {
            throw .nonCanonicalElement(byte: firstNonCanonical(slice, from: start))
        }
        return buffer
    }

    /// Reads base-field elements, four bytes each, for kernels.
    public mutating func readFieldBuffer(_ count: Int) throws(ProofError) -> FieldBuffer {
        let start = position
        let slice = try readBytes(4 * count)
        guard let buffer = FieldBuffer(canonicalBytes: slice) else {
            throw .nonCanonicalElement(byte: firstNonCanonical(slice, from: start))
        }
        return buffer
    }

    private mutating func readInteger(_ count: Int) throws(ProofError) -> UInt64 {
        try readBytes(count).reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }

    private func firstNonCanonical(_ slice: ArraySlice<UInt8>, from start: Int) -> Int {
        var at = slice.startIndex
        while at < slice.endIndex {
            let value = slice[at..<at + 4].reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
            if value >= BabyBear.modulus { break }
            at += 4
        }
        return start + at - slice.startIndex
    }
}
