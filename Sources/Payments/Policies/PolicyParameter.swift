internal import Attestation
internal import Primitives

/// A parameter of a leaf: one row of the table that bytes, JSON and text are read and written by.
struct PolicyParameter {
    /// What a value looks like.
    enum Form {
        /// Bytes: 20 each, ascending. JSON: array of hex. Text: hex joined by `|`.
        case addresses
        /// Bytes: 32. JSON and text: hex.
        case hash
        /// Bytes: one, a bit a name. JSON: array of names. Text: names joined by `|`.
        case names([(number: UInt8, name: String)])
        /// Bytes: one. JSON and text: the name.
        case name([(number: UInt8, name: String)])
        /// Bytes: so many, big-endian. JSON: number. Text: decimal digits.
        case number(bytes: Int)
        /// Bytes: none. JSON: `true`. Text: the name alone.
        case flag
    }

    /// A value as it is read, before the parameters of a leaf are judged together.
    enum Value: Equatable {
        case addresses([Address])
        case hash(Hash)
        case number(UInt64)
        case flag
    }

    let tag: UInt8
    let name: String
    let form: Form

    /// The parameters of a kind by rising tag.
    static func all(of kind: EvidenceKind) -> [PolicyParameter] {
        switch kind {
        case .plain: []
        case .signed: signed
        case .tee: tee
        case .reexecuted: reexecuted
        case .zk: zk
        }
    }

    private static let signed = [
        PolicyParameter(tag: 1, name: "by", form: .addresses),
        PolicyParameter(tag: 2, name: "list", form: .hash),
        PolicyParameter(
            tag: 3, name: "scheme",
            form: .names(SignatureScheme.allCases.map { ($0.rawValue, $0.name) })),
    ]

    private static let tee = [
        PolicyParameter(
            tag: 1, name: "types", form: .names(TEEType.allCases.map { ($0.rawValue, $0.name) })),
        PolicyParameter(tag: 2, name: "age", form: .number(bytes: 4)),
        PolicyParameter(tag: 3, name: "list", form: .hash),
        PolicyParameter(tag: 4, name: "measurement", form: .hash),
        PolicyParameter(
            tag: 5, name: "tcb", form: .name(TCBStatus.allCases.map { ($0.rawValue, $0.name) })),
        PolicyParameter(tag: 6, name: "production", form: .flag),
    ]

    private static let reexecuted = [
        PolicyParameter(tag: 1, name: "by", form: .addresses),
        PolicyParameter(tag: 2, name: "list", form: .hash),
        PolicyParameter(tag: 3, name: "count", form: .number(bytes: 1)),
        PolicyParameter(tag: 4, name: "chain", form: .flag),
    ]

    private static let zk = [
        PolicyParameter(tag: 1, name: "bits", form: .number(bytes: 2)),
        PolicyParameter(tag: 2, name: "hidden", form: .flag),
    ]
}

// MARK: A leaf and its parameters

/// The parameters of one leaf by name, as some form of it gives them.
struct PolicyParameters {
    let kind: EvidenceKind
    private(set) var values: [(parameter: PolicyParameter, value: PolicyParameter.Value)] = []

    init(_ kind: EvidenceKind) { self.kind = kind }

    func parameter(tag: UInt8) throws(PolicyError) -> PolicyParameter {
        guard let found = PolicyParameter.all(of: kind).first(where: { $0.tag == tag }) else {
            throw .unknownParameter(kind, "\(tag)")
        }
        return found
    }

    func parameter(named name: String) throws(PolicyError) -> PolicyParameter {
        let found = PolicyParameter.all(of: kind).first { $0.name.utf8.elementsEqual(name.utf8) }
        guard let found else { throw .unknownParameter(kind, name) }
        return found
    }

    mutating func add(
        _ parameter: PolicyParameter, _ value: PolicyParameter.Value
    ) throws(PolicyError) {
        guard !values.contains(where: { $0.parameter.tag == parameter.tag }) else {
            throw .repeatedParameter(kind, parameter.name)
        }
        values.append((parameter, value))
        values.sort { $0.parameter.tag < $1.parameter.tag }
    }

    fileprivate mutating func set(_ name: String, _ value: PolicyParameter.Value?) {
        let parameter = PolicyParameter.all(of: kind).first { $0.name == name }
        guard let parameter, let value else { return }
        values.append((parameter, value))
    }

    fileprivate func value(_ name: String) -> PolicyParameter.Value? {
        values.first { $0.parameter.name == name }?.value
    }

    fileprivate func number(_ name: String) -> UInt64? {
        if case .number(let number)? = value(name) { number } else { nil }
    }

    fileprivate func hash(_ name: String) -> Hash? {
        if case .hash(let hash)? = value(name) { hash } else { nil }
    }

    fileprivate func group() throws(PolicyError) -> AddressGroup? {
        guard case .addresses(let addresses)? = value("by") else {
            return hash("list").map { .list($0) }
        }
        guard value("list") == nil else { throw .conflictingParameters(kind, "by", "list") }
        let isRising = zip(addresses, addresses.dropFirst()).allSatisfy { $0 < $1 }
        guard isRising, 1...PaymentLimits.policyAddressesMax ~= addresses.count else {
            throw .invalidParameter(kind, "by")
        }
        return .these(addresses)
    }
}

extension Requirement {
    /// The leaf with these parameters.
    /// - Throws: what they contradict; a default that is spelled out, too.
    init(_ parameters: PolicyParameters) throws(PolicyError) {
        switch parameters.kind {
        case .plain: self = .plain
        case .signed: self = .signed(try SignedRequirement(parameters))
        case .tee: self = .tee(try TEERequirement(parameters))
        case .reexecuted: self = .reexecuted(try ReexecutedRequirement(parameters))
        case .zk:
            let bits = parameters.number("bits")
            guard bits != 0 else { throw .defaultParameter(.zk, "bits") }
            self = .zk(
                ProofRequirement(
                    securityBitsMin: UInt16(clamping: bits ?? 0),
                    isInputHidden: parameters.value("hidden") != nil))
        }
    }

    /// The parameters that differ from the defaults, by rising tag.
    var parameters: PolicyParameters {
        var list = PolicyParameters(kind)
        switch self {
        case .plain: break
        case .signed(let signed):
            list.set(signed.group)
            if signed.schemes != .all {
                list.set("scheme", .number(UInt64(signed.schemes.rawValue)))
            }
        case .tee(let tee): list.set(tee)
        case .reexecuted(.chainOrTwo): break
        case .reexecuted(.chain): list.set("chain", .flag)
        case .reexecuted(.executors(let group, let count)):
            list.set(group)
            list.set("count", .number(UInt64(clamping: count)))
        case .zk(let proof):
            if proof.securityBitsMin != 0 {
                list.set("bits", .number(UInt64(proof.securityBitsMin)))
            }
            if proof.isInputHidden { list.set("hidden", .flag) }
        }
        return list
    }
}

extension PolicyParameters {
    fileprivate mutating func set(_ group: AddressGroup?) {
        switch group {
        case .these(let addresses): set("by", .addresses(addresses))
        case .list(let list): set("list", .hash(list))
        case nil: break
        }
    }

    fileprivate mutating func set(_ tee: TEERequirement) {
        if tee.types != .cpus { set("types", .number(UInt64(tee.types.rawValue))) }
        set("age", tee.ageSecondsMax.map { .number(UInt64($0)) })
        switch tee.measurement {
        case .list(TrustLists.measurements): break
        case .list(let list): set("list", .hash(list))
        case .exactly(let hash): set("measurement", .hash(hash))
        }
        if tee.worstStatus != .upToDate {
            set("tcb", .number(UInt64(tee.worstStatus.rawValue)))
        }
        if tee.isProduction { set("production", .flag) }
    }
}

extension SignedRequirement {
    fileprivate init(_ parameters: PolicyParameters) throws(PolicyError) {
        self.init(by: try parameters.group())
        guard let bits = parameters.number("scheme") else { return }
        schemes = SchemeSet(rawValue: UInt8(truncatingIfNeeded: bits))
        guard schemes != .all else { throw .defaultParameter(.signed, "scheme") }
        guard !schemes.isEmpty, schemes.isSubset(of: .all) else {
            throw .invalidParameter(.signed, "scheme")
        }
    }
}

extension TEERequirement {
    fileprivate init(_ parameters: PolicyParameters) throws(PolicyError) {
        self.init()
        if let bits = parameters.number("types") {
            types = TEETypeSet(rawValue: UInt8(truncatingIfNeeded: bits))
            guard types != .cpus else { throw .defaultParameter(.tee, "types") }
            guard !types.isEmpty, types.isSubset(of: TEETypeSet.cpus.union(.init(.nvgpu))) else {
                throw .invalidParameter(.tee, "types")
            }
        }
        ageSecondsMax = parameters.number("age").map { UInt32(clamping: $0) }
        if let list = parameters.hash("list") {
            guard list != TrustLists.measurements else { throw .defaultParameter(.tee, "list") }
            measurement = .list(list)
        }
        if let hash = parameters.hash("measurement") {
            guard parameters.hash("list") == nil else {
                throw .conflictingParameters(.tee, "list", "measurement")
            }
            measurement = .exactly(hash)
        }
        if let number = parameters.number("tcb") {
            guard number != 0 else { throw .defaultParameter(.tee, "tcb") }
            // Nobody means to accept what its maker has withdrawn.
            guard let status = TCBStatus(rawValue: UInt8(truncatingIfNeeded: number)),
                status != .revoked
            else { throw .invalidParameter(.tee, "tcb") }
            worstStatus = status
        }
        isProduction = parameters.value("production") != nil
    }
}

extension ReexecutedRequirement {
    fileprivate init(_ parameters: PolicyParameters) throws(PolicyError) {
        let group = try parameters.group()
        let count = parameters.number("count")
        if parameters.value("chain") != nil {
            guard group == nil, count == nil else {
                let other = parameters.values.first?.parameter.name ?? ""
                throw .conflictingParameters(.reexecuted, other, "chain")
            }
            self = .chain
            return
        }
        guard let group else {
            guard count == nil else { throw .missingParameter(.reexecuted, "by or list") }
            self = .chainOrTwo
            return
        }
        guard let count else { throw .missingParameter(.reexecuted, "count") }
        let countMax =
            if case .these(let addresses) = group { addresses.count } else {
                PaymentLimits.policyAddressesMax
            }
        guard let number = Int(exactly: count), 1...countMax ~= number else {
            throw .invalidParameter(.reexecuted, "count")
        }
        self = .executors(group, count: number)
    }
}
