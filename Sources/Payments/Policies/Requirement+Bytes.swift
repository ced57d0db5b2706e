internal import Primitives

// Canonical bytes of a leaf: `kind length parameter…`, each parameter `tag length value`. The first
// length counts the bytes of all parameters; tags ascend strictly; what a kind asks by default is
// not written.

extension Requirement {
    /// - Throws: what is wrong with a leaf that was built by hand.
    func canonicalBytes() throws(PolicyError) -> [UInt8] {
        let parameters = parameters
        // Whatever no decoder would give has no bytes either.
        guard try Requirement(parameters) == self else { throw .invalidParameter(kind, "value") }
        var body: [UInt8] = []
        for (parameter, value) in parameters.values {
            let bytes = parameter.bytes(of: value)
            body += [parameter.tag, UInt8(bytes.count)] + bytes
        }
        return [kind.rawValue, UInt8(body.count)] + body
    }

    /// Reads what follows kind and length.
    init(_ kind: EvidenceKind, body: ArraySlice<UInt8>) throws(PolicyError) {
        var parameters = PolicyParameters(kind)
        var position = body.startIndex
        var last: UInt8 = 0
        while position < body.endIndex {
            let tag = body[position]
            let parameter = try parameters.parameter(tag: tag)
            guard tag > last else { throw .parametersNotAscending(kind) }
            last = tag
            guard position + 1 < body.endIndex else { throw .truncated }
            let start = position + 2
            let end = start + Int(body[position + 1])
            guard end <= body.endIndex else { throw .truncated }
            guard let value = parameter.value(of: body[start..<end]) else {
                throw .invalidParameter(kind, parameter.name)
            }
            try parameters.add(parameter, value)
            position = end
        }
        try self.init(parameters)
    }
}

extension PolicyParameter {
    fileprivate func bytes(of value: Value) -> [UInt8] {
        switch value {
        case .addresses(let addresses): return addresses.flatMap(\.bytes)
        case .hash(let hash): return hash.bytes
        case .flag: return []
        case .number(let number):
            let count = byteCount
            return (0..<count).map { UInt8(truncatingIfNeeded: number >> (8 * (count - 1 - $0))) }
        }
    }

    /// Bytes of a number.
    private var byteCount: Int {
        if case .number(let bytes) = form { bytes } else { 1 }
    }

    fileprivate func value(of bytes: ArraySlice<UInt8>) -> Value? {
        switch form {
        case .addresses:
            let width = Address.byteCount
            guard bytes.count.isMultiple(of: width) else { return nil }
            return .addresses(
                stride(from: bytes.startIndex, to: bytes.endIndex, by: width).map {
                    Address(bytes[$0..<$0 + width])
                })
        case .hash:
            guard bytes.count == Hash.byteCount else { return nil }
            return .hash(Hash(bytes))
        case .flag: return bytes.isEmpty ? .flag : nil
        case .names, .name, .number:
            guard bytes.count == byteCount else { return nil }
            return .number(bytes.reduce(0) { $0 << 8 | UInt64($1) })
        }
    }
}
