public import Codec
internal import Primitives

extension SettlementReceipt {
    /// Reads exactly what `json` writes, members in any order.
    public init(json: JSON) throws(DocumentError) {
        let fields = try DocumentFields(
            json, "",
            members: [
                "chainId", "terms", "statement", "payment", "policy", "evidence", "binding",
                "blockNumber", "timestamp",
            ])
        let policy = try fields.bytes("policy", countMax: PaymentLimits.policyBytesMax)
        do { _ = try Policy(decoding: policy) } catch { throw .invalid("policy") }
        guard let number = UInt8(exactly: try fields.uint64("binding")),
            let binding = Binding(rawValue: number)
        else { throw .invalid("binding") }
        let list = try fields.array("evidence", countMax: PaymentLimits.evidenceCountMax)
        var evidence: [EvidenceDigest] = []
        for (index, entry) in list.enumerated() {
            evidence.append(try EvidenceDigest(json: entry, at: "evidence.\(index)"))
        }
        self.init(
            chainID: try fields.uint64("chainId"),
            terms: try Terms(json: try fields.value("terms"), at: "terms"),
            statement: try Statement(json: try fields.value("statement"), at: "statement"),
            payment: try Payment(json: try fields.value("payment"), at: "payment"),
            policy: policy, evidence: evidence, binding: binding,
            blockNumber: try fields.uint64("blockNumber"),
            timestamp: try fields.uint64("timestamp"))
    }

    public var json: JSON {
        [
            "chainId": .string(String(chainID)), "terms": terms.json,
            "statement": statement.json, "payment": payment.json,
            "policy": .string(Hex.encodePrefixed(policy)),
            "evidence": .array(evidence.map(\.json)),
            "binding": .string(String(binding.rawValue)),
            "blockNumber": .string(String(blockNumber)), "timestamp": .string(String(timestamp)),
        ]
    }
}

extension EvidenceDigest {
    init(json: JSON, at path: String) throws(DocumentError) {
        let fields = try DocumentFields(json, path, members: ["kind", "hash"])
        guard let kind = try fields.value("kind").string.flatMap({ EvidenceKind(name: $0) }) else {
            throw .invalid(fields.path("kind"))
        }
        self.init(kind: kind, hash: try fields.hash("hash"))
    }

    var json: JSON { ["kind": .string(kind.name), "hash": .string(hash.hex)] }
}
