internal import Codec
internal import Crypto

/// The payload's map, taken apart by type and length.
struct NitroFields {
    enum Key: String, CaseIterable {
        case moduleID = "module_id"
        case digest, timestamp, pcrs, certificate, cabundle
        case publicKey = "public_key"
        case userData = "user_data"
        case nonce
    }

    private var values: [Key: CBORValue] = [:]
    private(set) var otherKeys: [String] = []

    /// Unknown keys are let through, since AWS may add some; they are text and unique all the same.
    init(_ payload: ArraySlice<UInt8>) throws(AttestationError) {
        let value = try decodeCBOR(payload, limits: NitroLimits.payloadCBOR)
        guard case .map(let entries) = value else {
            throw AttestationError(.document, "payload is no map")
        }
        for entry in entries {
            guard case .text(let text) = entry.key else {
                throw AttestationError(.document, "a key is no text")
            }
            if let key = Key.allCases.first(where: { text.elementsEqual($0.rawValue.utf8) }) {
                values[key] = entry.value
            } else {
                otherKeys.append(String(decoding: text, as: UTF8.self))
            }
        }
    }

    func moduleID() throws(AttestationError) -> String {
        guard case .text(let text) = values[.moduleID], !text.isEmpty else {
            throw refusal(.moduleID, "is no text or empty")
        }
        return String(decoding: text, as: UTF8.self)
    }

    func checkDigest() throws(AttestationError) {
        guard case .text(let text) = values[.digest], text.elementsEqual("SHA384".utf8) else {
            throw refusal(.digest, "is not SHA384")
        }
    }

    func timestamp() throws(AttestationError) -> UInt64 {
        guard case .unsigned(let value) = values[.timestamp], value > 0 else {
            throw refusal(.timestamp, "is no positive number")
        }
        return value
    }

    func pcrs() throws(AttestationError) -> [NitroDocument.PCR] {
        guard case .map(let entries) = values[.pcrs], !entries.isEmpty else {
            throw refusal(.pcrs, "are no map or none")
        }
        var pcrs: [NitroDocument.PCR] = []
        for entry in entries {
            guard case .unsigned(let index) = entry.key, index <= NitroLimits.pcrIndexMax else {
                throw refusal(.pcrs, "have another index than 0 to 31")
            }
            guard case .bytes(let value) = entry.value, value.count == SHA384.byteCount else {
                throw refusal(.pcrs, "\(index) is no byte string of 48 bytes")
            }
            pcrs.append(NitroDocument.PCR(index: Int(index), value: Array(value)))
        }
        return pcrs.sorted { $0.index < $1.index }
    }

    func bundle() throws(AttestationError) -> [ArraySlice<UInt8>] {
        guard case .array(let items) = values[.cabundle],
            NitroLimits.bundleCount.contains(items.count)
        else { throw refusal(.cabundle, "is no array of one to eight") }
        var bundle: [ArraySlice<UInt8>] = []
        for item in items {
            guard case .bytes(let bytes) = item,
                NitroLimits.certificateBytes.contains(bytes.count)
            else { throw refusal(.cabundle, "\(bundle.count) is no certificate's bytes") }
            bundle.append(bytes)
        }
        return bundle
    }

    func bytes(
        _ key: Key, _ lengths: ClosedRange<Int>
    ) throws(AttestationError) -> ArraySlice<UInt8> {
        guard case .bytes(let bytes) = values[key], lengths.contains(bytes.count) else {
            throw refusal(key, "is no byte string of \(lengths.lowerBound)–\(lengths.upperBound)")
        }
        return bytes
    }

    /// Nil where the key is absent or its value null.
    func optionalBytes(
        _ key: Key, _ lengths: ClosedRange<Int>
    ) throws(AttestationError) -> [UInt8]? {
        switch values[key] {
        case nil, .null: nil
        default: Array(try bytes(key, lengths))
        }
    }

    private func refusal(_ key: Key, _ what: String) -> AttestationError {
        AttestationError(.document, "\(key.rawValue) \(what)")
    }
}
