internal import Codec
internal import EVM
internal import Ledger
internal import Node
internal import Payments
internal import Primitives
internal import Registry

// Which modes of verification are used: `assay_usage` and what splits it up.

extension RPCServer {
    /// `assay_usage(filter)`: counts and values by kind of evidence, of all settlements or of one
    /// `model`, `provider` or `epoch`.
    ///
    /// `couldBeStronger` counts settlements whose model could have given a stronger kind for the
    /// price paid. Without a filter also: gas of evidence checks by kind, settlements by delay, and
    /// what was refused for asking too little of its evidence since the node started.
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
            var answer = RPCServer.counters(read) { UsageCounter.slot(kind: $0) }
            answer["evidenceGas"] = RPCServer.evidenceGas(read)
            answer["delays"] = RPCServer.delays(read)
            answer["refused"] = node.refusals.json
            return .object(answer)
        }
        return .object(RPCServer.counters(read, slot))
    }

    /// `assay_usageHistory(from, to)`: the counters of each epoch from the first to the last, both
    /// given as numbers or left out for all there are; epochs without a settlement are left out.
    func usageHistory(_ parameters: Parameters) throws(RPCError) -> JSON {
        let read = reader(NativeAddress.usage, node.head.header)
        let first = read(UsageCounter.firstEpochSlot)
        guard !first.isZero else { return [] }
        let newest = node.head.header.timestamp / UsageCounter.secondsPerEpoch
        var from = (first &- 1).limb0
        var to = newest
        if let given = parameters[0] { from = max(from, try RPCValue.uint64(given, "from")) }
        if let given = parameters[1] { to = min(to, try RPCValue.uint64(given, "to")) }
        guard from <= to else { return [] }
        guard to - from < Limits.usageEpochs else {
            throw .invalidParams(
                "\(to - from + 1) epochs asked for, at most \(Limits.usageEpochs)")
        }
        return .array(
            (from...to).compactMap { epoch in
                let any = UsageCounter.slot(epoch: epoch, kind: UsageCounter.anyKind)
                guard !read(any).isZero else { return nil }
                var entry = JSONObject([
                    ("epoch", .quantity(epoch)),
                    ("from", .quantity(epoch * UsageCounter.secondsPerEpoch)),
                ])
                let counters = RPCServer.counters(read) { kind in
                    UsageCounter.slot(epoch: epoch, kind: kind)
                }
                for (member, value) in counters.entries { entry[member] = value }
                return .object(entry)
            })
    }

    /// `assay_usageModels()`: every model that was settled for, with its floor, the strongest kind
    /// that its record makes possible, and its counters.
    func usageModels() -> JSON {
        let header = node.head.header
        let read = reader(NativeAddress.usage, header)
        let registry = reader(NativeAddress.registry, header)
        let runs = reader(NativeAddress.inference, header)
        let ids = ModelIndex.ids(limit: Limits.listedModels, read: registry)
        return .array(
            ids.compactMap { id in
                let any = UsageCounter.slot(model: id, kind: UsageCounter.anyKind)
                guard !read(any).isZero, let record = ModelRecord(id, from: registry) else {
                    return nil
                }
                let floor = try? Policy(decoding: record.floor(at: node.nextTimestamp))
                var entry = JSONObject([
                    ("modelId", .hash(id)), ("name", .string(record.name)),
                    ("version", .string(record.version)),
                    ("floor", .string(floor?.text ?? EvidenceKind.plain.name)),
                    ("strongest", .string(record.strongestEvidence(from: runs).name)),
                ])
                let counters = RPCServer.counters(read) { kind in
                    UsageCounter.slot(model: id, kind: kind)
                }
                for (member, value) in counters.entries { entry[member] = value }
                return .object(entry)
            })
    }

    private static func counters(
        _ read: SlotReader, _ slot: (UInt8) -> UInt256
    ) -> JSONObject {
        var answer = JSONObject()
        for kind in EvidenceKind.allCases {
            answer[kind.name] = UsageCounter(read(slot(kind.rawValue))).json
        }
        answer["all"] = UsageCounter(read(slot(UsageCounter.anyKind))).json
        answer["couldBeStronger"] = UsageCounter(read(slot(UsageCounter.couldBeStronger))).json
        return answer
    }

    private static func evidenceGas(_ read: SlotReader) -> JSON {
        var answer = JSONObject()
        for kind in EvidenceKind.allCases {
            answer[kind.name] = .quantity(read(UsageCounter.gasSlot(kind: kind.rawValue)))
        }
        return .object(answer)
    }

    /// Classes from the quickest on; the last has no bound.
    private static func delays(_ read: SlotReader) -> JSON {
        let delays = SettlementDelays(read(UsageCounter.delaySlot))
        return .array(
            delays.counts.indices.map { index in
                let limits = SettlementDelays.limits
                return [
                    "secondsMax": index < limits.count ? .quantity(limits[index]) : .null,
                    "settlements": .quantity(delays.counts[index]),
                ]
            })
    }
}

extension UsageCounter {
    fileprivate var json: JSON {
        ["settlements": .quantity(settlements), "value": .quantity(value)]
    }
}

extension RefusedDowngrades {
    /// By place: how many, and how often each kind was named as missing.
    fileprivate var json: JSON {
        var answer = JSONObject()
        for place in Place.allCases {
            let count = count(of: place)
            var missing = JSONObject()
            for kind in EvidenceKind.allCases where count.missing[Int(kind.rawValue)] > 0 {
                missing[kind.name] = .quantity(count.missing[Int(kind.rawValue)])
            }
            answer[place.name] = [
                "refusals": .quantity(count.refusals), "missing": .object(missing),
            ]
        }
        return .object(answer)
    }
}
