internal import Codec
internal import EVM
internal import Ledger
internal import Node
internal import Payments
internal import Primitives
internal import Registry

// The registry's history, and its system configs.

extension RPCServer {
    /// `assay_modelHistory(name, block)`: the events of a model's name, oldest first, up to those
    /// of the block; without one up to the newest.
    ///
    /// An answer has whole blocks and is cut at its beginning: where the first event names a
    /// `previousBlock`, that is the next block to ask for.
    func modelHistory(_ parameters: Parameters) throws(RPCError) -> JSON {
        let name = try RPCValue.text(try parameters.required(0, "name"), "name")
        return try history(of: NameRecord.key(model: name), upTo: parameters[1])
    }

    /// `assay_systemHistory(namespace, name, block)`.
    func systemHistory(_ parameters: Parameters) throws(RPCError) -> JSON {
        let namespace = try RPCValue.text(try parameters.required(0, "namespace"), "namespace")
        let name = try RPCValue.text(try parameters.required(1, "name"), "name")
        return try history(
            of: NameRecord.key(system: name, in: namespace), upTo: parameters[2])
    }

    /// The system config with an id, or with a namespace, a name and a version; without a version
    /// the one registered last.
    func system(_ parameters: Parameters) throws(RPCError) -> JSON {
        let state = node.state(of: node.head.header)
        let read: SlotReader = { state.storage(NativeAddress.registry, $0) }
        guard parameters[1] != nil else {
            return SystemRecord(try parameters.hash(0), from: read)?.json ?? .null
        }
        let namespace = try RPCValue.text(try parameters.required(0, "namespace"), "namespace")
        let name = try RPCValue.text(try parameters.required(1, "name"), "name")
        guard let version = parameters[2] else {
            let last = NameRecord(NameRecord.key(system: name, in: namespace), from: read).lastID
            return SystemRecord(last, from: read)?.json ?? .null
        }
        let slot = SystemRecord.nameSlot(
            namespace: namespace, name: name, version: try RPCValue.text(version, "version"))
        return SystemRecord(Hash(read(slot)), from: read)?.json ?? .null
    }

    /// Walks from a block with events to the first: each names the one before it, and no other
    /// block is read.
    private func history(of key: Hash, upTo last: JSON?) throws(RPCError) -> JSON {
        let state = node.state(of: node.head.header)
        var number = NameRecord(key) { state.storage(NativeAddress.registry, $0) }.changedBlock
        if let last {
            let wanted = try RPCValue.uint64(last, "block")
            // Another block than one of the history leads nowhere.
            guard wanted >= number || isInHistory(of: key, wanted) else {
                throw .invalidParams("block \(wanted) holds no event of the history")
            }
            number = min(number, wanted)
        }
        var blocks: [[JSON]] = []
        var count = 0
        while number > 0, count < Limits.historyEvents {
            guard let found = events(of: key, in: number), let first = found.first,
                first.event.previousBlock < number
            else { throw .server("block \(number) of the history is not here") }
            blocks.append(found.map(\.json))
            count += found.count
            number = first.event.previousBlock
        }
        return .array(blocks.reversed().flatMap { $0 })
    }

    private func isInHistory(of key: Hash, _ number: UInt64) -> Bool {
        events(of: key, in: number)?.isEmpty == false
    }

    /// The events of a name in a block, in order; nil where the block is not here.
    private func events(
        of key: Hash, in number: UInt64
    ) -> [(event: RegistryEvent, json: JSON)]? {
        guard let hash = node.chain.hash(of: number), let header = node.chain.header(hash),
            let block = node.chain.block(hash), let records = node.chain.records(hash)
        else { return nil }
        var found: [(event: RegistryEvent, json: JSON)] = []
        for (index, record) in records.enumerated() {
            for log in record.receipt.logs {
                guard let event = RegistryEvent(log), event.nameKey == key else { continue }
                let transaction = block.transactions[index].hash
                found.append((event, event.json(header: header, transaction: transaction)))
            }
        }
        return found
    }
}

extension RegistryEvent {
    /// `old` and `new` are null where there is none; a price is decimal, a floor a policy's text.
    fileprivate func json(header: Header, transaction: Hash) -> JSON {
        var object = JSONObject()
        object["blockNumber"] = .quantity(header.number)
        object["timestamp"] = .quantity(header.timestamp)
        object["transactionHash"] = .hash(transaction)
        object["by"] = .address(by)
        if subject != .zero { object["id"] = .hash(subject) }
        let parts = parts
        object["event"] = .string(parts.event)
        object["old"] = parts.old
        object["new"] = parts.new
        if let start = parts.start { object["from"] = .quantity(start) }
        if case .statusChanged(_, _, let successor, _) = change, successor != .zero {
            object["successor"] = .hash(successor)
        }
        object["reason"] = .string(parts.reason)
        object["previousBlock"] = .quantity(previousBlock)
        return .object(object)
    }

    private typealias Parts = (event: String, old: JSON, new: JSON, start: UInt64?, reason: String)

    private var parts: Parts {
        switch change {
        case .modelRegistered(let name, let version, _):
            ("registered", .null, .string("\(name)@\(version)"), nil, "")
        case .statusChanged(let old, let new, _, let reason):
            ("status", .string("\(old)"), .string("\(new)"), nil, reason)
        case .priceChanged(let old, let new, let start, let reason):
            ("price", .string(old.decimal), .string(new.decimal), start, reason)
        case .floorChanged(let old, let new, let isWeaker, let start, let reason):
            (
                isWeaker ? "floor weakened" : "floor", RegistryEvent.floor(old),
                RegistryEvent.floor(new), start, reason
            )
        case .systemChanged(let old, let new, _, let start, let reason):
            ("system", RegistryEvent.text(old), RegistryEvent.text(new), start, reason)
        case .ownershipTransferred(let to):
            ("transferred", .address(by), .address(to), nil, "")
        case .nameOffered(_, let to): ("name offered", .address(by), .address(to), nil, "")
        case .nameTransferred(_, let to):
            ("name transferred", .address(by), .address(to), nil, "")
        case .systemRegistered(_, _, _, let old, let new, let reason):
            ("text", RegistryEvent.text(old), RegistryEvent.text(new), nil, reason)
        }
    }

    private static func floor(_ bytes: [UInt8]) -> JSON {
        guard !bytes.isEmpty, let policy = try? Policy(decoding: bytes) else { return .null }
        return .string(policy.text)
    }

    private static func text(_ hash: Hash) -> JSON { hash == .zero ? .null : .hash(hash) }
}

extension SystemRecord {
    fileprivate var json: JSON {
        [
            "systemId": .hash(id), "namespace": .string(namespace), "name": .string(name),
            "version": .string(version), "owner": .address(owner), "textHash": .hash(textHash),
            "previousId": .hash(previousID), "registeredAt": .string(String(registeredAt)),
        ]
    }
}
