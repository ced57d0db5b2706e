internal import Attestation
internal import Codec
internal import Crypto
internal import Primitives

/// Strict CBOR: an item without indefinite lengths has one encoding, and every item that is read
/// is read alike when it is written again.
func fuzzCBOR(_ bytes: [UInt8]) throws(FuzzFailure) -> FuzzOutcome {
    try .of {
        var limits = CBORReader.Limits(depthMax: 6, itemsMax: 512, allowsIndefinite: true)
        let value = try CBORReader.decode(bytes[...], limits: limits)
        var writer = CBORWriter()
        write(value, to: &writer)
        let again = try? CBORReader.decode(writer.bytes[...], limits: limits)
        try FuzzFailure.require(again == value, "a CBOR item does not round-trip")
        limits.allowsIndefinite = false
        if (try? CBORReader.decode(bytes[...], limits: limits)) != nil {
            try FuzzFailure.require(writer.bytes == bytes, "a CBOR item has two encodings")
        }
    }
}

/// Depth is the reader's, which is bounded.
private func write(_ value: CBORValue, to writer: inout CBORWriter) {
    switch value {
    case .unsigned(let number): writer.append(number)
    case .negative(let number): writer.append(negative: number)
    case .bytes(let bytes): writer.append(bytes: Array(bytes))
    case .text(let text): writer.append(text: String(decoding: text, as: UTF8.self))
    case .array(let elements):
        writer.open(arrayOf: elements.count)
        for element in elements { write(element, to: &writer) }
    case .map(let entries):
        writer.open(mapOf: entries.count)
        for entry in entries {
            write(entry.key, to: &writer)
            write(entry.value, to: &writer)
        }
    case .bool(let bit): writer.append(bool: bit)
    case .null: writer.append(optional: nil)
    }
}

/// DER of any shape, down to its primitive elements: one encoding. What is a certificate besides
/// is read without a trap.
func fuzzDER(_ bytes: [UInt8]) throws(FuzzFailure) -> FuzzOutcome {
    try .of {
        let certificate = try? Certificate(bytes)
        // The walk keeps its own stack, as a reader of hostile bytes must.
        var readers = [DERReader(bytes)]
        var rest = 0
        while var reader = readers.popLast() {
            guard !reader.isAtEnd else { continue }
            let element = try reader.readElement()
            readers.append(reader)
            let again = DERWriter.element(element.tag, Array(element.contents))
            try FuzzFailure.require(
                element.encoding.elementsEqual(again), "a DER element has two encodings")
            rest += 1
            if element.tag & 0x20 != 0 {
                readers.append(DERReader(element.contents))
            } else {
                try readPrimitive(element)
            }
        }
        try FuzzFailure.require(rest <= bytes.count / 2, "more DER elements than bytes")
        guard let certificate else { return }
        _ = "\(certificate.subject)\(certificate.issuer)"
        try FuzzFailure.require(
            certificate.signedPart.count < bytes.count, "a certificate outgrows its bytes")
    }
}

let derSeeds: @Sendable () -> [[UInt8]] = { [DevelopmentAuthority().nitroRoot] }

/// Reads an element as its tag says; what is written again is the same.
private func readPrimitive(_ element: DERElement) throws {
    var reader = DERReader(element.encoding)
    let again: [UInt8]
    switch element.tag {
    case DERTag.boolean: again = DERWriter.boolean(try reader.readBoolean())
    case DERTag.null:
        try reader.readNull()
        again = DERWriter.null
    case DERTag.integer:
        guard let first = try reader.readInteger().first, first < 0x80 else { return }
        reader = DERReader(element.encoding)
        again = DERWriter.natural(try reader.readNatural())
    case DERTag.objectIdentifier:
        again = DERWriter.objectIdentifier(try reader.readObjectIdentifier())
    case DERTag.bitString:
        let (bits, unused) = try reader.readBitString()
        again = DERWriter.bitString(Array(bits), unused: UInt8(unused))
    case DERTag.utcTime: again = DERWriter.time(try reader.readTime())
    default: return
    }
    try FuzzFailure.require(
        element.encoding.elementsEqual(again), "a DER primitive does not round-trip")
}

/// Documents that hold under the development root, an hour apart.
private let issued: [(bytes: [UInt8], verified: VerifiedAttestation)] = {
    let authority = DevelopmentAuthority()
    let requests = [
        NitroRequest(time: issuedAt, userData: [1, 2, 3], nonce: [4], publicKey: [5]),
        NitroRequest(time: issuedAt),
    ]
    return requests.compactMap { request in
        let bytes = authority.nitroDocument(request)
        return (try? verify(bytes)).map { (bytes, $0) }
    }
}()
private let issuedAt: UInt64 = 1_790_000_000
private let developmentAnchors = DevelopmentAuthority().anchors

private func verify(_ bytes: [UInt8]) throws(AttestationError) -> VerifiedAttestation {
    try NitroVerifier.verify(bytes, at: issuedAt, anchors: developmentAnchors)
}

let nitroSeeds: @Sendable () -> [[UInt8]] = { issued.map(\.bytes) }

/// Nitro documents: whatever holds says what an issued document says.
func fuzzNitro(_ bytes: [UInt8]) throws(FuzzFailure) -> FuzzOutcome {
    try .of {
        do {
            let document = try NitroDocument(bytes)
            try FuzzFailure.require(
                document.pcrs.map(\.index) == document.pcrs.map(\.index).sorted(),
                "registers are not ascending")
            // All but curve work for each input; signatures for one in sixteen that come so far.
            let path = try CertificatePath(document.bundle + [document.certificate])
            try path.check(at: issuedAt) { $0.algorithm == .ecdsa(.sha384) }
            guard
                SHA256.hash(bytes).bytes[0] & 15 == 0
                    || issued.contains(where: { $0.bytes == bytes })
            else { return }
            let verified = try verify(bytes)
            try FuzzFailure.require(
                issued.contains { $0.verified == verified }, "a document that nobody issued holds")
        } catch let error as AttestationError {
            throw NitroRefusal(error)
        }
    }
}

/// A refusal by the name of its reason.
private struct NitroRefusal: Error, CustomStringConvertible {
    let description: String

    init(_ error: AttestationError) { description = error.reason.code }
}
