public import Codec
internal import EVM
public import Payments
internal import Primitives
internal import Trie

extension ReceiptDocument {
    /// The longest document that is read: evidence and proofs with room to spare.
    public static let bytesMax = 4 << 20
    static let proofNodesMax = 64
    static let slotsMax = 256
    /// The longest verification key that travels with a receipt; a longer one goes by its digest.
    public static let proofKeyBytesMax = 1 << 20

    public var json: JSON {
        var members = members
        if isDevelopment { members["development"] = true }
        if !proofKey.isEmpty { members["proofKey"] = .string(Hex.encodePrefixed(proofKey)) }
        if !collateral.isEmpty {
            members["collateral"] = .array(
                collateral.map { .string(Hex.encodePrefixed($0)) })
        }
        return .object(members)
    }

    /// What the chain's record says: whether some of the evidence rests on a development root.
    var isDevelopment: Bool {
        let record = SettlementRecord(receipt.id) { slot in
            settlement.slots.first { $0.slot == slot }?.value ?? .zero
        }
        return record?.evidence.contains(.development) == true
    }

    private var members: JSONObject {
        JSONObject([
            ("receiptId", .string(receipt.id.hex)), ("receipt", receipt.json),
            (
                "evidence",
                .array(
                    evidence.map { piece -> JSON in
                        [
                            "kind": .string(piece.kind.name),
                            "data": .string(Hex.encodePrefixed(piece.data)),
                        ]
                    })
            ),
            ("output", .string(Hex.encodePrefixed(output))),
            (
                "token",
                ["name": .string(tokenName), "version": .string(tokenVersion)] as JSON
            ),
            ("header", .string(Hex.encodePrefixed(header))),
            ("proofs", proofs),
        ])
    }

    private var proofs: JSON {
        var proofs = JSONObject([("settlement", settlement.json), ("registry", registry.json)])
        if let trust { proofs["trust"] = trust.json }
        return .object(proofs)
    }

    /// Reads what `json` writes; `receiptId` is recomputed, not believed.
    public init(json: JSON) throws(DocumentError) {
        let fields = DocumentReader(json)
        guard let receipt = json["receipt"] else { throw .missing("receipt") }
        guard let evidence = json["evidence"]?.array,
            evidence.count <= PaymentLimits.evidenceCountMax
        else { throw .invalid("evidence") }
        guard let name = json["token"]?["name"]?.string,
            let version = json["token"]?["version"]?.string
        else { throw .invalid("token") }
        guard let settlement = json["proofs"]?["settlement"],
            let registry = json["proofs"]?["registry"]
        else { throw .missing("proofs") }
        var pieces: [Evidence] = []
        for (index, piece) in evidence.enumerated() {
            guard let kind = piece["kind"]?.string.flatMap({ EvidenceKind(name: $0) }) else {
                throw .invalid("evidence.\(index).kind")
            }
            let data = try DocumentReader(piece, "evidence.\(index).").bytes("data")
            pieces.append(Evidence(kind: kind, data: data))
        }
        var proofKey: [UInt8] = []
        if json["proofKey"] != nil {
            proofKey = try fields.bytes("proofKey")
            guard proofKey.count <= ReceiptDocument.proofKeyBytesMax else {
                throw .invalid("proofKey")
            }
        }
        var collateral: [[UInt8]] = []
        for (index, code) in (json["collateral"]?.array ?? []).enumerated() {
            guard let text = code.string, let bytes = try? Hex.decodePrefixed(text),
                bytes.count <= NativeLimits.collateralCodeBytesMax,
                index < PaymentLimits.evidenceCountMax
            else { throw .invalid("collateral.\(index)") }
            collateral.append(bytes)
        }
        let trust = try json["proofs"]?["trust"].map { (proof) throws(DocumentError) in
            try AccountProof(json: proof, at: "proofs.trust.")
        }
        self.init(
            receipt: try SettlementReceipt(json: receipt), evidence: pieces,
            output: try fields.bytes("output"), tokenName: name, tokenVersion: version,
            header: try fields.bytes("header"),
            settlement: try AccountProof(json: settlement, at: "proofs.settlement."),
            registry: try AccountProof(json: registry, at: "proofs.registry."),
            proofKey: proofKey, trust: trust, collateral: collateral)
        if let stated = json["receiptId"] {
            guard stated.string == self.receipt.id.hex else { throw .invalid("receiptId") }
        }
    }
}

/// Typed members of a JSON object.
private struct DocumentReader {
    let json: JSON
    let path: String

    init(_ json: JSON, _ path: String = "") {
        self.json = json
        self.path = path
    }

    func text(_ name: String) throws(DocumentError) -> String {
        guard let value = json[name] else { throw .missing(path + name) }
        guard let text = value.string else { throw .invalid(path + name) }
        return text
    }

    func bytes(_ name: String) throws(DocumentError) -> [UInt8] {
        let text = try text(name)
        do { return try Hex.decodePrefixed(text) } catch { throw .invalid(path + name) }
    }

    func word(_ name: String) throws(DocumentError) -> UInt256 {
        let text = try text(name)
        do { return try UInt256(hex: text) } catch { throw .invalid(path + name) }
    }

    func hash(_ name: String) throws(DocumentError) -> Hash {
        let text = try text(name)
        do { return try Hash(hex: text) } catch { throw .invalid(path + name) }
    }

    func nodes(_ name: String) throws(DocumentError) -> [[UInt8]] {
        guard let list = json[name]?.array, list.count <= ReceiptDocument.proofNodesMax else {
            throw .invalid(path + name)
        }
        var nodes: [[UInt8]] = []
        for node in list {
            guard let text = node.string, let bytes = try? Hex.decodePrefixed(text) else {
                throw .invalid(path + name)
            }
            nodes.append(bytes)
        }
        return nodes
    }
}

extension AccountProof {
    /// The form of `eth_getProof` (EIP-1186).
    public var json: JSON {
        let nodes = { (list: [[UInt8]]) in
            JSON.array(list.map { .string(Hex.encodePrefixed($0)) })
        }
        return [
            "address": .string(address.hex), "accountProof": nodes(accountProof),
            "balance": .string(account.account.balance.hexQuantity),
            "codeHash": .string(account.account.codeHash.hex),
            "nonce": .string(UInt256(account.account.nonce).hexQuantity),
            "storageHash": .string(account.storageRoot.hex),
            "storageProof": .array(
                slots.map { entry in
                    [
                        "key": .string(entry.slot.hexQuantity),
                        "value": .string(entry.value.hexQuantity), "proof": nodes(entry.proof),
                    ]
                }),
        ]
    }

    init(json: JSON, at path: String) throws(DocumentError) {
        let fields = DocumentReader(json, path)
        let text = try fields.text("address")
        let address: Address
        do { address = try Address(hex: text) } catch { throw .invalid(path + "address") }
        guard let nonce = try fields.word("nonce").asUInt64 else { throw .invalid(path + "nonce") }
        guard let entries = json["storageProof"]?.array,
            entries.count <= ReceiptDocument.slotsMax
        else { throw .invalid(path + "storageProof") }
        var slots: [Slot] = []
        for (index, entry) in entries.enumerated() {
            let reader = DocumentReader(entry, path + "storageProof.\(index).")
            slots.append(
                Slot(
                    slot: try reader.word("key"), value: try reader.word("value"),
                    proof: try reader.nodes("proof")))
        }
        self.init(
            address: address,
            account: StateAccount(
                account: Account(
                    nonce: nonce, balance: try fields.word("balance"),
                    codeHash: try fields.hash("codeHash")),
                storageRoot: try fields.hash("storageHash")),
            accountProof: try fields.nodes("accountProof"), slots: slots)
    }
}
