internal import Codec

/// Reads fields with ONNX's errors and limits.
struct MessageReader {
    private var reader: ProtobufReader

    init(_ bytes: ArraySlice<UInt8>) { reader = ProtobufReader(bytes) }

    mutating func next() throws(ONNXError) -> MessageField? {
        do {
            guard let field = try reader.next() else { return nil }
            return MessageField(field: field)
        } catch {
            throw .malformed(error)
        }
    }
}

/// One field of an ONNX message.
struct MessageField {
    let field: ProtobufField

    var number: UInt32 { field.number }

    func bytes() throws(ONNXError) -> ArraySlice<UInt8> {
        do { return try field.bytes() } catch { throw .malformed(error) }
    }

    func integer() throws(ONNXError) -> Int64 {
        do { return Int64(bitPattern: try field.varint()) } catch { throw .malformed(error) }
    }

    func float() throws(ONNXError) -> Float {
        do { return Float(bitPattern: try field.fixed32()) } catch { throw .malformed(error) }
    }

    /// Lists of axes and shapes; one byte of file may become eight of memory, hence the bound.
    func integers(
        bytesMax: Int = InferenceLimits.listBytesMax
    ) throws(ONNXError) -> [Int64] {
        if case .bytes(let packed) = field.payload, packed.count > bytesMax {
            throw .tooMany("integers", max: bytesMax)
        }
        do {
            return try field.varints().map { Int64(bitPattern: $0) }
        } catch {
            throw .malformed(error)
        }
    }

    func floats() throws(ONNXError) -> [Float] {
        do {
            return try field.fixed32s().map { Float(bitPattern: $0) }
        } catch {
            throw .malformed(error)
        }
    }

    func doubles() throws(ONNXError) -> [Double] {
        do {
            return try field.fixed64s().map { Double(bitPattern: $0) }
        } catch {
            throw .malformed(error)
        }
    }

    /// UTF-8 text of bounded length.
    func text(_ limits: InferenceLimits) throws(ONNXError) -> String {
        let bytes = try bytes()
        guard bytes.count <= limits.nameBytesMax else {
            throw .tooMany("name bytes", max: limits.nameBytesMax)
        }
        guard let text = String(validating: bytes, as: UTF8.self) else { throw .invalidText }
        return text
    }
}
