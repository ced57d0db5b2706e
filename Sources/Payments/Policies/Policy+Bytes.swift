// Canonical bytes of a policy:
//
//     policy   = 01 node
//     node     = kind length parameter…    kind 00…04; see `Requirement+Bytes.swift`
//              | 10 count node…             any of
//              | 11 count node…             all of
//              | 12 k count node…           at least k of
//
// Parts ascend strictly by their bytes, so order and repetition have one spelling.

enum PolicyFormat {
    static let version: UInt8 = 1
    static let anyOf: UInt8 = 0x10
    static let allOf: UInt8 = 0x11
    static let atLeast: UInt8 = 0x12
}

extension Policy {
    /// The canonical bytes. Traps when the policy has none; see `canonical()`.
    public var encoded: [UInt8] {
        do { return try canonicalBytes() } catch {
            preconditionFailure("a policy without canonical form: \(error)")
        }
    }

    /// The same policy with its parts in order.
    /// - Throws: what keeps it from being canonical.
    public func canonical() throws(PolicyError) -> Policy {
        try Policy(decoding: try canonicalBytes())
    }

    private func canonicalBytes() throws(PolicyError) -> [UInt8] {
        var nodes = 0
        let bytes = [PolicyFormat.version] + (try node(depth: 1, nodes: &nodes))
        guard bytes.count <= PaymentLimits.policyBytesMax else {
            throw .tooLong(bytes: bytes.count, max: PaymentLimits.policyBytesMax)
        }
        return bytes
    }

    private func node(depth: Int, nodes: inout Int) throws(PolicyError) -> [UInt8] {
        try Policy.enter(depth: depth, nodes: &nodes)
        let head: [UInt8]
        let parts: [Policy]
        switch self {
        case .leaf(let requirement): return try requirement.canonicalBytes()
        case .anyOf(let some): (head, parts) = ([PolicyFormat.anyOf], some)
        case .allOf(let all): (head, parts) = ([PolicyFormat.allOf], all)
        case .atLeast(let k, let some):
            guard k >= 2, k < some.count else { throw .invalidThreshold(k, of: some.count) }
            // Too many parts are refused by their nodes below; this keeps k a byte.
            guard some.count <= PaymentLimits.policyNodesMax else {
                throw .tooManyNodes(max: PaymentLimits.policyNodesMax)
            }
            (head, parts) = ([PolicyFormat.atLeast, UInt8(k)], some)
        }
        guard parts.count >= 2 else { throw .tooFewParts(parts.count) }
        var encoded: [[UInt8]] = []
        for part in parts { encoded.append(try part.node(depth: depth + 1, nodes: &nodes)) }
        encoded.sort { $0.lexicographicallyPrecedes($1) }
        for index in 1..<encoded.count where encoded[index - 1] == encoded[index] {
            throw .partsNotAscending
        }
        return head + [UInt8(parts.count)] + encoded.joined()
    }

    fileprivate static func enter(depth: Int, nodes: inout Int) throws(PolicyError) {
        guard depth <= PaymentLimits.policyDepthMax else {
            throw .tooDeep(max: PaymentLimits.policyDepthMax)
        }
        nodes += 1
        guard nodes <= PaymentLimits.policyNodesMax else {
            throw .tooManyNodes(max: PaymentLimits.policyNodesMax)
        }
    }

    /// Reads canonical bytes and refuses all others: `encoded` gives the same bytes back.
    public init(decoding bytes: [UInt8]) throws(PolicyError) {
        guard bytes.count <= PaymentLimits.policyBytesMax else {
            throw .tooLong(bytes: bytes.count, max: PaymentLimits.policyBytesMax)
        }
        var reader = PolicyReader(bytes: bytes)
        let version = try reader.next()
        guard version == PolicyFormat.version else { throw .unsupportedVersion(version) }
        self = try reader.readNode(depth: 1)
        guard reader.position == bytes.count else {
            throw .trailingBytes(bytes.count - reader.position)
        }
    }
}

private struct PolicyReader {
    let bytes: [UInt8]
    var position = 0
    private var nodes = 0

    init(bytes: [UInt8]) { self.bytes = bytes }

    mutating func next() throws(PolicyError) -> UInt8 {
        guard position < bytes.count else { throw .truncated }
        defer { position += 1 }
        return bytes[position]
    }

    /// Recurses as deep as a policy may be, no deeper.
    mutating func readNode(depth: Int) throws(PolicyError) -> Policy {
        try Policy.enter(depth: depth, nodes: &nodes)
        let tag = try next()
        switch tag {
        case PolicyFormat.anyOf:
            let count = try readCount()
            return .anyOf(try readParts(count, depth: depth))
        case PolicyFormat.allOf:
            let count = try readCount()
            return .allOf(try readParts(count, depth: depth))
        case PolicyFormat.atLeast:
            let k = Int(try next())
            let count = try readCount()
            guard k >= 2, k < count else { throw .invalidThreshold(k, of: count) }
            return .atLeast(k, of: try readParts(count, depth: depth))
        default:
            guard let kind = EvidenceKind(rawValue: tag) else { throw .unknownNode(tag) }
            let end = Int(try next()) + position
            guard end <= bytes.count else { throw .truncated }
            defer { position = end }
            return .leaf(try Requirement(kind, body: bytes[position..<end]))
        }
    }

    private mutating func readCount() throws(PolicyError) -> Int {
        let count = Int(try next())
        guard count >= 2 else { throw .tooFewParts(count) }
        return count
    }

    private mutating func readParts(_ count: Int, depth: Int) throws(PolicyError) -> [Policy] {
        var parts: [Policy] = []
        var before = 0..<0
        for _ in 0..<count {
            let start = position
            parts.append(try readNode(depth: depth + 1))
            let range = start..<position
            guard before.isEmpty || bytes[before].lexicographicallyPrecedes(bytes[range]) else {
                throw .partsNotAscending
            }
            before = range
        }
        return parts
    }
}
