internal import Codec
internal import Primitives

// JSON of a leaf: an object of `kind` and its parameters, `{"kind": "tee", "types": ["nitro"],
// "age": 3600}`. Text: the kind and its parameters in parentheses, `tee(types=nitro|tdx, age=3600,
// production)`. Addresses and names of one parameter may stand in any order.

extension Requirement {
    /// Reads a leaf's object.
    init(json object: JSONObject) throws(PolicyError) {
        guard let word = object["kind"]?.string else { throw .invalidForm }
        guard let kind = EvidenceKind(name: word) else { throw .unknownKind(word) }
        var parameters = PolicyParameters(kind)
        for (name, json) in object.entries where name != "kind" {
            let parameter = try parameters.parameter(named: name)
            guard let value = parameter.value(of: json) else {
                throw .invalidParameter(kind, name)
            }
            try parameters.add(parameter, value)
        }
        try self.init(parameters)
    }

    var json: JSON {
        var members: [(key: String, value: JSON)] = [("kind", .string(kind.name))]
        for (parameter, value) in parameters.values {
            members.append((parameter.name, parameter.json(of: value)))
        }
        return .object(JSONObject(members))
    }

    /// The leaf in words.
    public var text: String {
        let words = parameters.values.map { $0.parameter.text(of: $0.value) }
        return words.isEmpty ? kind.name : "\(kind.name)(" + words.joined(separator: ", ") + ")"
    }
}

extension PolicyParameter {
    /// The words of a value; nil for a flag, which has none.
    private func words(of value: Value) -> [String]? {
        switch (form, value) {
        case (.names(let names), .number(let bits)):
            return names.filter { bits >> $0.number & 1 == 1 }.map(\.name)
        case (.name(let names), .number(let number)):
            return names.filter { UInt64($0.number) == number }.map(\.name)
        case (_, .addresses(let addresses)): return addresses.map(\.hex)
        case (_, .hash(let hash)): return [hash.hex]
        case (_, .number(let number)): return ["\(number)"]
        case (_, .flag): return nil
        }
    }

    /// The value of words; nil when they are none. `Address` and `Hash` take digits of any case.
    private func value(of words: [String]) -> Value? {
        switch form {
        case .addresses:
            var addresses: [Address] = []
            for word in words {
                guard let address = try? Address(hex: word) else { return nil }
                addresses.append(address)
            }
            return .addresses(addresses.sorted())
        case .hash:
            guard words.count == 1, let hash = try? Hash(hex: words[0]) else { return nil }
            return .hash(hash)
        case .names(let names):
            var bits: UInt64 = 0
            for word in words {
                guard let entry = names.first(where: { $0.name.utf8.elementsEqual(word.utf8) }),
                    bits >> entry.number & 1 == 0
                else { return nil }
                bits |= 1 << UInt64(entry.number)
            }
            return .number(bits)
        case .name(let names):
            guard words.count == 1,
                let entry = names.first(where: { $0.name.utf8.elementsEqual(words[0].utf8) })
            else { return nil }
            return .number(UInt64(entry.number))
        case .number(let bytes):
            guard words.count == 1, PolicyParameter.isDecimal(words[0]),
                let number = UInt64(words[0]), number >> (8 * bytes) == 0
            else { return nil }
            return .number(number)
        case .flag: return nil
        }
    }

    private static func isDecimal(_ word: String) -> Bool {
        let digits = Array(word.utf8)
        guard let first = digits.first, digits.count <= 10 else { return false }
        return digits.allSatisfy { $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }
            && (first != UInt8(ascii: "0") || digits.count == 1)
    }

    // MARK: JSON

    fileprivate func json(of value: Value) -> JSON {
        guard let words = words(of: value) else { return .bool(true) }
        switch form {
        case .addresses, .names: return .array(words.map { .string($0) })
        case .number: if case .number(let number) = value { return .number(JSONNumber(number)) }
        default: break
        }
        return .string(words[0])
    }

    fileprivate func value(of json: JSON) -> Value? {
        switch form {
        case .flag: return json == .bool(true) ? .flag : nil
        case .number: return json.uint64.flatMap { value(of: ["\($0)"]) }
        case .hash, .name: return json.string.flatMap { value(of: [$0]) }
        case .addresses, .names:
            guard let array = json.array, array.count <= PaymentLimits.policyAddressesMax else {
                return nil
            }
            let words = array.compactMap(\.string)
            return words.count == array.count ? value(of: words) : nil
        }
    }

    // MARK: Text

    fileprivate func text(of value: Value) -> String {
        guard let words = words(of: value) else { return name }
        return "\(name)=" + words.joined(separator: "|")
    }

    /// The value of the words after `=`; nil stands for no `=` at all.
    func value(text words: [String]?) -> Value? {
        if case .flag = form { return words == nil ? .flag : nil }
        return words.flatMap { value(of: $0) }
    }
}
