internal import Codec
internal import Crypto
public import Primitives

/// An AWS Nitro attestation document as its bytes say it; nothing is trusted yet.
///
/// A COSE_Sign1 whose payload is a CBOR map. AWS writes the payload's map definite until 2025 and
/// indefinite since, with absent fields as null: both are read. The outer array, the header and
/// the lengths outside the signature have one form, but for a tag that may stand in front.
/// Source: aws-nitro-enclaves-nsm-api, "attestation_process.md"; RFC 9052, section 4.2.
public struct NitroDocument: Sendable, Equatable {
    /// A platform configuration register.
    public struct PCR: Sendable, Equatable {
        public let index: Int
        /// 48 bytes.
        public let value: [UInt8]
    }

    public let moduleID: String
    /// Milliseconds since 1970; not zero.
    public let timestamp: UInt64
    /// At least one, ascending; indices 0…31 may have gaps.
    public let pcrs: [PCR]
    /// The leaf, 1 to 1024 bytes.
    public let certificate: ArraySlice<UInt8>
    /// The authorities, root first: 1 to 8 of 1 to 1024 bytes.
    public let bundle: [ArraySlice<UInt8>]
    /// 1 to 1024 bytes.
    public let publicKey: [UInt8]?
    /// At most 512 bytes.
    public let userData: [UInt8]?
    /// At most 512 bytes.
    public let nonce: [UInt8]?
    /// Keys of the payload that are not read here, in their order.
    public let otherKeys: [String]
    /// The map of all these, as it was signed.
    public let payload: ArraySlice<UInt8>
    /// r ‖ s, 96 bytes.
    public let signature: ArraySlice<UInt8>

    /// Reads one document and nothing behind it, in the order size, CBOR, COSE, fields.
    public init(_ bytes: [UInt8]) throws(AttestationError) {
        guard NitroLimits.documentBytes.contains(bytes.count) else {
            throw AttestationError(.size, "document of \(bytes.count) bytes")
        }
        let envelope = try NitroEnvelope(bytes)
        payload = envelope.payload
        signature = envelope.signature
        let fields = try NitroFields(payload)
        moduleID = try fields.moduleID()
        try fields.checkDigest()
        timestamp = try fields.timestamp()
        pcrs = try fields.pcrs()
        certificate = try fields.bytes(.certificate, NitroLimits.certificateBytes)
        bundle = try fields.bundle()
        publicKey = try fields.optionalBytes(.publicKey, NitroLimits.publicKeyBytes)
        userData = try fields.optionalBytes(.userData, NitroLimits.userDataBytes)
        nonce = try fields.optionalBytes(.nonce, NitroLimits.userDataBytes)
        otherKeys = fields.otherKeys
    }

    /// The register's value; nil when the document does not have it.
    public func pcr(_ index: Int) -> [UInt8]? { pcrs.first { $0.index == index }?.value }

    /// Whether the enclave runs in debug mode: registers 0 to 2 are zero. Register 4 is not, even
    /// then; a missing register counts as zero.
    public var isDebug: Bool {
        (0...2).allSatisfy { index in pcr(index)?.allSatisfy { $0 == 0 } ?? true }
    }

    /// Keccak-256 of registers 0, 1 and 2; a missing register counts as 48 zeros.
    public var measurement: Hash {
        Keccak.hash((0...2).flatMap { pcr($0) ?? [UInt8](repeating: 0, count: SHA384.byteCount) })
    }

    /// What the leaf's key signs: COSE's Sig_structure over the payload's own bytes.
    public var signedPart: [UInt8] { NitroEnvelope.signedPart(payload) }
}

/// Bounds of a document: AWS's text, and its validation where the text leaves room.
public enum NitroLimits {
    public static let documentBytes = 1...16_384
    static let payloadBytes = 1...16_384
    static let certificateBytes = 1...1024
    static let bundleCount = 1...8
    static let publicKeyBytes = 1...1024
    static let userDataBytes = 0...512
    static let pcrIndexMax: UInt64 = 31
    static let signatureBytes = 96
    static let cbor = CBORReader.Limits(depthMax: 4, itemsMax: 512, allowsIndefinite: false)
    static let payloadCBOR = CBORReader.Limits(depthMax: 4, itemsMax: 512, allowsIndefinite: true)
}

/// The COSE_Sign1 around a payload.
struct NitroEnvelope {
    let payload: ArraySlice<UInt8>
    let signature: ArraySlice<UInt8>

    /// The map {1: −35}: ES384 and nothing else.
    static let protectedHeader: [UInt8] = [0xa1, 0x01, 0x38, 0x22]
    /// Tag 18, which RFC 9052 allows and AWS does not write.
    private static let tag: UInt8 = 0xd2

    init(_ bytes: [UInt8]) throws(AttestationError) {
        let item = bytes.first == NitroEnvelope.tag ? bytes.dropFirst() : bytes[...]
        let value = try decodeCBOR(item, limits: NitroLimits.cbor)
        guard case .array(let parts) = value, parts.count == 4 else {
            throw AttestationError(.cose, "no array of four")
        }
        guard case .bytes(let header) = parts[0] else {
            throw AttestationError(.cose, "protected header is no byte string")
        }
        guard header.elementsEqual(NitroEnvelope.protectedHeader) else {
            throw AttestationError(.coseAlgorithm, "protected header is not ES384's")
        }
        guard case .map(let entries) = parts[1], entries.isEmpty else {
            throw AttestationError(.cose, "unprotected header is no empty map")
        }
        guard case .bytes(let payload) = parts[2],
            NitroLimits.payloadBytes.contains(payload.count)
        else { throw AttestationError(.cose, "payload is no byte string of a payload's length") }
        guard case .bytes(let signature) = parts[3],
            signature.count == NitroLimits.signatureBytes
        else { throw AttestationError(.cose, "signature is no byte string of 96 bytes") }
        self.payload = payload
        self.signature = signature
    }
}

extension NitroEnvelope {
    /// COSE's Sig_structure, which is signed (RFC 9052, section 4.4).
    static func signedPart(_ payload: ArraySlice<UInt8>) -> [UInt8] {
        var writer = CBORWriter()
        writer.open(arrayOf: 4)
        writer.append(text: "Signature1")
        writer.append(bytes: protectedHeader)
        writer.append(bytes: [])
        writer.append(bytes: Array(payload))
        return writer.bytes
    }
}

/// One CBOR item, with the reasons of this format.
func decodeCBOR(
    _ bytes: ArraySlice<UInt8>, limits: CBORReader.Limits
) throws(AttestationError) -> CBORValue {
    do {
        return try CBORReader.decode(bytes, limits: limits)
    } catch .trailingBytes(let count) {
        throw AttestationError(.trailing, "\(count) bytes behind the item")
    } catch .duplicateKey {
        throw AttestationError(.duplicateKey, "a map has a key twice")
    } catch {
        throw AttestationError(.cbor, "\(error)")
    }
}
