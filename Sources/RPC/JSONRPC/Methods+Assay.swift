internal import Codec
internal import EVM
internal import Ledger
internal import Node
internal import Payments
internal import Primitives
internal import Registry

// `assay_*`: what the native precompiles keep, read from the state.

extension RPCServer {
    private func reader(_ native: Address, _ header: Header) -> SlotReader {
        let state = node.state(of: header)
        return { state.storage(native, $0) }
    }

    /// Every registered model, oldest first.
    func models() -> JSON {
        let read = reader(NativeAddress.registry, node.head.header)
        let now = node.nextTimestamp
        return .array(
            ModelIndex.ids(limit: Limits.listedModels, read: read).compactMap { id in
                ModelRecord(id, from: read)?.json(at: now)
            })
    }

    /// The model with an id, or with a name and a version.
    func model(_ parameters: Parameters) throws(RPCError) -> JSON {
        let header = try header(try parameters.block(2)).header
        let read = reader(NativeAddress.registry, header)
        let id: Hash
        if let version = parameters[1] {
            let name = try RPCValue.text(try parameters.required(0, "name"), "name")
            let slot = ModelRecord.nameSlot(
                name: name, version: try RPCValue.text(version, "version"))
            id = Hash(read(slot))
        } else {
            id = try parameters.hash(0)
        }
        guard let record = ModelRecord(id, from: read) else { return .null }
        let state = node.state(of: header)
        var json = record.json(at: node.nextTimestamp)
        if case .object(var members) = json, let costs = ModelCosts(of: id, from: state.storage) {
            members["costs"] = costs.json
            json = .object(members)
        }
        return json
    }

    /// What the chain keeps of a settlement.
    func settlement(_ parameters: Parameters) throws(RPCError) -> JSON {
        let id = try parameters.hash(0)
        let read = reader(NativeAddress.settlement, try header(try parameters.block(1)).header)
        return SettlementRecord(id, from: read)?.json(id: id) ?? .null
    }

    /// Counts and values by kind of evidence: of all settlements, or of one model's or provider's.
    func usage(_ parameters: Parameters) throws(RPCError) -> JSON {
        let read = reader(NativeAddress.usage, node.head.header)
        let slot: (UInt8) -> UInt256
        if let model = parameters[0]?["model"] {
            let id = try RPCValue.hash(model, "model")
            slot = { UsageCounter.slot(model: id, kind: $0) }
        } else if let provider = parameters[0]?["provider"] {
            let address = try RPCValue.address(provider, "provider")
            slot = { UsageCounter.slot(provider: address, kind: $0) }
        } else if let epoch = parameters[0]?["epoch"] {
            let number = try RPCValue.uint64(epoch, "epoch")
            slot = { UsageCounter.slot(epoch: number, kind: $0) }
        } else {
            slot = { UsageCounter.slot(kind: $0) }
        }
        var answer = JSONObject()
        for kind in EvidenceKind.allCases {
            answer[kind.name] = UsageCounter(read(slot(kind.rawValue))).json
        }
        answer["all"] = UsageCounter(read(slot(UsageCounter.anyKind))).json
        return .object(answer)
    }
}

extension UsageCounter {
    fileprivate var json: JSON {
        ["settlements": .quantity(settlements), "value": .quantity(value)]
    }
}

extension ModelRecord {
    /// The record as our methods and routes show it, as it holds for work that begins at `now`.
    func json(at now: UInt64) -> JSON {
        var object = JSONObject([
            ("modelId", .hash(id)), ("name", .string(name)), ("version", .string(version)),
            ("owner", .address(owner)), ("status", .string("\(status)")),
            ("price", .string(price(at: now).decimal)), ("policyFloor", .data(floor(at: now))),
            ("onnxHash", .hash(onnxHash)), ("graphHash", .hash(graphHash)),
            ("weightsRoot", .hash(weightsRoot)), ("calibrationHash", .hash(calibrationHash)),
            ("cid", .string(cid)), ("macs", .string(String(macs))),
            ("registeredAt", .string(String(registeredAt))),
            ("computationId", .hash(computationID)),
        ])
        if systemHash(at: now) != .zero { object["systemHash"] = .hash(systemHash(at: now)) }
        if successor != .zero { object["successor"] = .hash(successor) }
        if revokedAt != 0 { object["revokedAt"] = .string(String(revokedAt)) }
        // What is announced and not in force yet.
        if let change = priceChange, change.from >= now {
            object["nextPrice"] = .string(change.next.decimal)
            object["nextPriceFrom"] = .string(String(change.from))
        }
        if let change = floorChange, change.from >= now {
            object["nextFloor"] = .data(change.next)
            object["nextFloorFrom"] = .string(String(change.from))
        }
        if let change = systemChange, change.from >= now {
            object["nextSystemHash"] = .hash(change.next)
            object["nextSystemFrom"] = .string(String(change.from))
        }
        return .object(object)
    }
}

extension ModelCosts {
    fileprivate var json: JSON {
        var members = JSONObject([("runGas", JSON.quantity(runGas))])
        members["proofGas"] = proofGas.map { .quantity($0) }
        members["hiddenProofGas"] = hiddenProofGas.map { .quantity($0) }
        members["proofBytesMax"] = proofBytesMax.map { .quantity($0) }
        let isHiding = hiddenProofGas != nil
        if proofGas != nil {
            members["proofNanoseconds"] = .quantity(provingNanoseconds(isInputHidden: false))
        }
        if isHiding {
            members["hiddenProofNanoseconds"] = .quantity(provingNanoseconds(isInputHidden: true))
        }
        return .object(members)
    }
}

extension SettlementRecord {
    fileprivate func json(id: Hash) -> JSON {
        [
            "receiptId": .hash(id), "receiptHash": .hash(receiptHash),
            "blockNumber": .quantity(blockNumber), "timestamp": .quantity(timestamp),
            "evidence": .array(evidence.kinds.map { .string($0.name) }),
            "binding": .quantity(UInt64(binding.rawValue)), "modelId": .hash(modelID),
            "provider": .address(provider), "payer": .address(payer),
            "outputHash": .hash(outputHash), "amount": .string(amount.decimal),
        ]
    }
}
