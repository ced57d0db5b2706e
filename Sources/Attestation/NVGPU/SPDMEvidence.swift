/// A request for measurements and the device's signed answer, decoded and not yet verified.
///
/// SPDM 1.1: `GET_MEASUREMENTS` (37 bytes) and `MEASUREMENTS` with digests of 48 bytes, one to an
/// index, NVIDIA's list of opaque values, and a signature on P-384.
/// Source: DMTF DSP0274 1.1, section 10.11; NVIDIA nvtrust, `gpu_attestation_report`.
public struct SPDMEvidence: Sendable, Equatable {
    public static let bytesMax = 16 << 10
    /// The request, and the answer with nothing in it.
    static let bytesMin = 37 + 8 + 32 + 2 + 96

    /// What the verifier sent, so that an answer is fresh.
    public let requestNonce: ArraySlice<UInt8>
    public let slot: UInt8
    public let responseNonce: ArraySlice<UInt8>
    /// Digests by index, ascending; all zero where the device has none.
    public let measurements: [(index: UInt8, digest: ArraySlice<UInt8>)]
    /// Types and values, in order.
    public let opaque: [(type: UInt16, value: ArraySlice<UInt8>)]
    /// The request, and the answer up to its signature.
    public let signedBytes: ArraySlice<UInt8>
    /// r ‖ s, 48 bytes each, big-endian.
    public let signature: ArraySlice<UInt8>

    /// Reads evidence that fills all of `bytes`.
    ///
    /// - Throws: `size` when a length is wrong, `format` for all else.
    public init(decoding bytes: [UInt8]) throws(AttestationError) {
        guard bytes.count >= SPDMEvidence.bytesMin, bytes.count <= SPDMEvidence.bytesMax else {
            throw AttestationError(.size, "\(bytes.count) bytes")
        }
        var reader = LittleEndianReader(bytes[...], orRefuse: .size)
        // Version 1.1, GET_MEASUREMENTS, signature wanted, all measurements.
        guard try reader.read(4, "request").elementsEqual([0x11, 0xe0, 0x01, 0xff]) else {
            throw AttestationError(.format, "not a request for all measurements, signed")
        }
        requestNonce = try reader.read(32, "request nonce")
        slot = try reader.readUInt8("slot")
        guard try reader.read(2, "response").elementsEqual([0x11, 0x60]) else {
            throw AttestationError(.format, "not an answer with measurements")
        }
        _ = try reader.read(2, "response parameters")
        let count = try reader.readUInt8("block count")
        let record = try reader.read(try reader.readUInt24("record length"), "record")
        measurements = try SPDMEvidence.readMeasurements(record, count: Int(count))
        responseNonce = try reader.read(32, "response nonce")
        opaque = try SPDMEvidence.readOpaque(
            try reader.read(Int(try reader.readUInt16("opaque length")), "opaque data"))
        signedBytes = bytes[..<reader.rest.startIndex]
        signature = reader.rest
        guard signature.count == 96 else {
            throw AttestationError(.size, "\(signature.count) bytes of signature")
        }
    }

    private static func readMeasurements(
        _ record: ArraySlice<UInt8>, count: Int
    ) throws(AttestationError) -> [(index: UInt8, digest: ArraySlice<UInt8>)] {
        var reader = LittleEndianReader(record)
        var measurements: [(index: UInt8, digest: ArraySlice<UInt8>)] = []
        while !reader.rest.isEmpty {
            let index = try reader.readUInt8("index")
            guard try reader.readUInt8("specification") == 1 else {
                throw AttestationError(.format, "measurement \(index) is not DMTF's")
            }
            let size = try reader.readUInt16("size")
            _ = try reader.readUInt8("value type")
            let valueSize = try reader.readUInt16("value size")
            guard size == 51, valueSize == 48 else {
                throw AttestationError(.format, "measurement \(index) has \(valueSize) bytes")
            }
            guard measurements.last.map({ $0.index < index }) ?? (index > 0) else {
                throw AttestationError(.format, "measurement \(index) is out of order")
            }
            measurements.append((index, try reader.read(48, "measurement")))
        }
        guard measurements.count == count else {
            throw AttestationError(.format, "\(measurements.count) measurements, not \(count)")
        }
        return measurements
    }

    private static func readOpaque(
        _ bytes: ArraySlice<UInt8>
    ) throws(AttestationError) -> [(type: UInt16, value: ArraySlice<UInt8>)] {
        var reader = LittleEndianReader(bytes)
        var values: [(type: UInt16, value: ArraySlice<UInt8>)] = []
        while !reader.rest.isEmpty {
            let type = try reader.readUInt16("opaque type")
            values.append((type, try reader.read(Int(try reader.readUInt16("size")), "value")))
        }
        return values
    }

    public static func == (left: SPDMEvidence, right: SPDMEvidence) -> Bool {
        left.signedBytes == right.signedBytes && left.signature == right.signature
    }
}
