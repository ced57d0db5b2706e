public import Codec

// JSON of a policy, one of:
//
//     {"kind": "signed"}                    and parameters; see `Requirement+Text.swift`
//     {"anyOf": [policy, …]}
//     {"allOf": [policy, …]}
//     {"atLeast": 2, "of": [policy, …]}

extension Policy {
    /// Reads a policy with its parts in any order; members the forms lack are refused.
    public init(json: JSON) throws(PolicyError) {
        var nodes = 0
        self = try Policy.read(json, depth: 1, nodes: &nodes).canonical()
    }

    private static func read(
        _ json: JSON, depth: Int, nodes: inout Int
    ) throws(PolicyError) -> Policy {
        // Checked before going on, so that hostile depth costs no stack.
        guard depth <= PaymentLimits.policyDepthMax else {
            throw .tooDeep(max: PaymentLimits.policyDepthMax)
        }
        nodes += 1
        guard nodes <= PaymentLimits.policyNodesMax else {
            throw .tooManyNodes(max: PaymentLimits.policyNodesMax)
        }
        guard let object = json.object else { throw .invalidForm }
        func parts(_ member: String, _ nodes: inout Int) throws(PolicyError) -> [Policy]? {
            guard let value = object[member] else { return nil }
            guard let array = value.array else { throw .invalidForm }
            var parts: [Policy] = []
            for part in array {
                parts.append(try read(part, depth: depth + 1, nodes: &nodes))
            }
            return parts
        }
        if object["kind"] != nil { return .leaf(try Requirement(json: object)) }
        switch object.count {
        case 1:
            if let some = try parts("anyOf", &nodes) { return .anyOf(some) }
            if let all = try parts("allOf", &nodes) { return .allOf(all) }
        case 2:
            guard let k = object["atLeast"]?.uint64.flatMap({ Int(exactly: $0) }) else { break }
            if let some = try parts("of", &nodes) { return .atLeast(k, of: some) }
        default: break
        }
        throw .invalidForm
    }

    public var json: JSON {
        switch self {
        case .leaf(let requirement): requirement.json
        case .anyOf(let parts): ["anyOf": .array(parts.map(\.json))]
        case .allOf(let parts): ["allOf": .array(parts.map(\.json))]
        case .atLeast(let k, let parts):
            ["atLeast": .number(JSONNumber(k)), "of": .array(parts.map(\.json))]
        }
    }
}
