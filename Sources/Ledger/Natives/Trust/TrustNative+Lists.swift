internal import Codec
internal import EVM
internal import Primitives
internal import Registry

// Lists of words that somebody vouches for: measurements, executors, auditors.

extension TrustNative {
    static let lists = [
        NativeFunction("createList(string)", createList),
        NativeFunction("addToList(bytes32,bytes32[])") { (call, input) throws(NativeFailure) in
            try change(&call, &input, isAddition: true)
        },
        NativeFunction("removeFromList(bytes32,bytes32[])") {
            (call, input) throws(NativeFailure) in
            try change(&call, &input, isAddition: false)
        },
        NativeFunction(view: "list(bytes32)") { (call, input) throws(NativeFailure) in
            let id = try hash(&input)
            let list = try list(id, &call)
            return encoded { writer in
                writer.write(list.owner)
                writer.write(list.entryCount)
                writer.write(list.createdAt)
            }
        },
        NativeFunction(view: "listed(bytes32,bytes32)") { (call, input) throws(NativeFailure) in
            let (id, entry) = try input.arguments { (reader) throws(ABIError) in
                (try reader.readHash(), try reader.readUInt256())
            }
            try call.charge(NativeGas.keccak(bytes: 64))
            return try call.read(TrustList.entrySlot(id, entry)).bigEndianBytes
        },
        NativeFunction(view: "listId(address,string)") { (call, input) throws(NativeFailure) in
            let (owner, name) = try input.arguments { (reader) throws(ABIError) in
                (try reader.readAddress(), try reader.readString(max: TrustList.nameBytesMax))
            }
            try call.charge(NativeGas.keccak(bytes: 20 + name.utf8.count))
            return TrustList.id(owner: owner, name: name).bytes
        },
    ]

    private static func list(
        _ id: Hash, _ call: inout NativeCall
    ) throws(NativeFailure) -> TrustList {
        let list = try call.structure { read in TrustList(id, from: read) }
        guard let list else { throw NativeError.unknownList(id).failure }
        return list
    }

    private static func createList(
        _ call: inout NativeCall, _ input: inout ABIReader
    ) throws(NativeFailure) -> [UInt8] {
        let name = try input.arguments { (reader) throws(ABIError) in
            try reader.readString(max: TrustList.nameBytesMax)
        }
        guard !name.isEmpty else {
            throw NativeError.invalidRecord("a list's name has 1 to 64 bytes").failure
        }
        let owner = call.caller
        try call.charge(NativeGas.keccak(bytes: 20 + name.utf8.count))
        let id = TrustList.id(owner: owner, name: name)
        let old = try call.structure { read in TrustList(id, from: read) }
        guard old == nil else { throw NativeError.listExists(id).failure }
        let list = TrustList(owner: owner, createdAt: call.block.timestamp)
        try call.write([list.write(id)])
        try call.log(
            topics: [TrustEvent.listCreated, id, Hash(owner.word)],
            data: encoded { $0.writeString(name) })
        return id.bytes
    }

    /// Adds or removes entries; those that are so already are passed over.
    private static func change(
        _ call: inout NativeCall, _ input: inout ABIReader, isAddition: Bool
    ) throws(NativeFailure) -> [UInt8] {
        let (id, entries) = try input.arguments { (reader) throws(ABIError) in
            let id = try reader.readHash()
            var (count, elements) = try reader.readArray(max: TrustList.entriesEachMax)
            var entries: [UInt256] = []
            for _ in 0..<count { entries.append(try elements.readUInt256()) }
            return (id, entries)
        }
        var list = try list(id, &call)
        guard list.owner == call.caller else { throw NativeError.notOwner(list.owner).failure }
        let now = UInt256(call.block.timestamp)
        for entry in entries {
            try call.charge(NativeGas.keccak(bytes: 64))
            let slot = TrustList.entrySlot(id, entry)
            guard try call.read(slot).isZero == isAddition else { continue }
            try call.write(slot, isAddition ? now : .zero)
            list.entryCount = isAddition ? list.entryCount + 1 : max(list.entryCount, 1) - 1
            try call.log(
                topics: [
                    isAddition ? TrustEvent.entryAdded : TrustEvent.entryRemoved, id, Hash(entry),
                ], data: [])
        }
        try call.write([list.write(id)])
        return []
    }
}
