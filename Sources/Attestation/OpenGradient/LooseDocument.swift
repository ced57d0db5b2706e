internal import Codec

/// A Nitro attestation document as og-evm reads it: COSE_Sign1 with any protected header, and a
/// payload of which only types are checked.
///
/// Fields are matched by name, or else by name in any case; of a field given twice the first
/// counts, of a PCR given twice the last. Unknown fields are passed over.
struct LooseDocument {
    /// Nil for null, which the signed structure then has, too.
    let protected: [UInt8]?
    let payload: [UInt8]
    let signature: [UInt8]

    var timestamp: UInt64 = 0
    var pcrs: [Int64: [UInt8]] = [:]
    var certificate: [UInt8] = []
    var chain: [[UInt8]] = []
    var userData: [UInt8] = []

    /// Nil for what og-evm cannot read.
    init?(_ bytes: [UInt8]) {
        guard case .array(let parts)? = LooseCBOR(bytes)?.untagged, parts.count == 4,
            let protected = parts[0].octets, let payload = parts[2].octets,
            let signature = parts[3].octets, let payload
        else { return nil }
        switch parts[1].untagged {
        case .map, .null: break
        default: return nil
        }
        guard parts[1].isReadableAsAny else { return nil }
        self.protected = protected
        self.payload = payload
        self.signature = signature ?? []
        guard case .map(let entries)? = LooseCBOR(payload)?.untagged else { return nil }
        var seen: Set<Field> = []
        for (key, value) in entries {
            switch key.untagged {
            case .text(let name):
                guard let name = String(validating: name, as: UTF8.self) else { return nil }
                guard let field = Field(matching: name) else { continue }
                guard !seen.contains(field) else { continue }
                seen.insert(field)
                guard read(field, value) else { return nil }
            case .unsigned, .negative: continue
            default: return nil
            }
        }
    }

    private enum Field: String, CaseIterable {
        case moduleID = "module_id"
        case timestamp, digest, pcrs, certificate, cabundle
        case publicKey = "public_key"
        case userData = "user_data"
        case nonce

        init?(matching name: String) {
            let folded = String(decoding: name.utf8.map(Field.lower), as: UTF8.self)
            guard let field = Field(rawValue: name) ?? Field(rawValue: folded) else { return nil }
            self = field
        }

        private static func lower(_ byte: UInt8) -> UInt8 {
            (0x41...0x5a).contains(byte) ? byte | 0x20 : byte
        }
    }

    /// False when the value has another type than the field.
    private mutating func read(_ field: Field, _ value: LooseCBOR) -> Bool {
        switch field {
        case .moduleID, .digest: return value.isString
        case .timestamp:
            guard let time = value.uint64 else { return false }
            timestamp = time
        case .pcrs: return readPCRs(value)
        case .certificate:
            guard let bytes = value.octets else { return false }
            certificate = bytes ?? []
        case .cabundle: return readChain(value)
        case .publicKey, .nonce: return value.octets != nil
        case .userData:
            guard let bytes = value.octets else { return false }
            userData = bytes ?? []
        }
        return true
    }

    private mutating func readPCRs(_ value: LooseCBOR) -> Bool {
        switch value.untagged {
        case .null: return true
        case .map(let entries):
            for (key, value) in entries {
                guard let index = key.int64, let bytes = value.octets else { return false }
                pcrs[index] = bytes ?? []
            }
            return true
        default: return false
        }
    }

    private mutating func readChain(_ value: LooseCBOR) -> Bool {
        switch value.untagged {
        case .null: return true
        case .array(let elements):
            for element in elements {
                guard let bytes = element.octets else { return false }
                chain.append(bytes ?? [])
            }
            return true
        default: return false
        }
    }

    /// `["Signature1", protected, h'', payload]` (RFC 9052, section 4.4).
    var signed: [UInt8] {
        var writer = CBORWriter()
        writer.open(arrayOf: 4)
        writer.append(text: "Signature1")
        writer.append(optional: protected)
        writer.append(bytes: [])
        writer.append(bytes: payload)
        return writer.bytes
    }
}
