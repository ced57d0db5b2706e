internal import Codec
internal import EVM
internal import Payments
internal import Primitives
internal import Registry

// Names: whose they are, which versions go by them, and the thread of their events.

extension RegistryNative {
    static var names: [NativeFunction] {
        [
            NativeFunction("offerName(string,address)") { (call, input) throws(NativeFailure) in
                try offer(&call, &input) { NameRecord.key(model: $0) }
            },
            NativeFunction("acceptName(string)") { (call, input) throws(NativeFailure) in
                try accept(&call, &input) { NameRecord.key(model: $0) }
            },
            NativeFunction("offerNamespace(string,address)") {
                (call, input) throws(NativeFailure) in
                try offer(&call, &input) { NameRecord.key(namespace: $0) }
            },
            NativeFunction("acceptNamespace(string)") { (call, input) throws(NativeFailure) in
                try accept(&call, &input) { NameRecord.key(namespace: $0) }
            },
            NativeFunction(view: "nameRecord(bytes32)") { (call, input) throws(NativeFailure) in
                let key = try input.arguments { (reader) throws(ABIError) in
                    try reader.readHash()
                }
                let name = try name(key, &call)
                return encoded { writer in
                    writer.write(name.owner)
                    writer.write(name.pendingOwner)
                    writer.write(name.registeredAt)
                    writer.write(name.versions)
                    writer.write(name.lastID)
                    writer.write(name.changedBlock)
                }
            },
            NativeFunction(view: "versionAt(bytes32,uint256)") {
                (call, input) throws(NativeFailure) in
                let (key, index) = try input.arguments { (reader) throws(ABIError) in
                    (try reader.readHash(), try reader.readUInt256())
                }
                guard let index = index.asUInt64 else { return Hash.zero.bytes }
                return try call.read(NameRecord.versionSlot(key, index: index)).bigEndianBytes
            },
        ]
    }

    private static func name(
        _ key: Hash, _ call: inout NativeCall
    ) throws(NativeFailure) -> NameRecord {
        try call.structure { read in NameRecord(key, from: read) }
    }

    // MARK: Versions

    /// Takes a version of a model's name, which becomes the caller's when nobody has it.
    static func addVersion(
        of record: ModelRecord, _ call: inout NativeCall
    ) throws(NativeFailure) {
        let key = NameRecord.key(model: record.name)
        let old = try name(key, &call)
        let name = try claimed(old, record.name, &call)
        try checkGrowth(of: name, key, record.version, &call) { (id, call) throws(NativeFailure) in
            try self.record(id, &call).version
        }
        if name.lastID != .zero { try checkFloor(of: record, after: name.lastID, &call) }
        try add(record.id, version: record.version, to: name, over: old, key, &call)
    }

    /// The name with the caller for its owner, when it is that or nobody's.
    static func claimed(
        _ name: NameRecord, _ text: String, _ call: inout NativeCall
    ) throws(NativeFailure) -> NameRecord {
        if !name.owner.isZero {
            guard name.owner == call.caller else { throw NativeError.notOwner(name.owner).failure }
            return name
        }
        if let owner = NameRecord.reservedOwner(of: text), owner != call.caller {
            throw NativeError.notOwner(owner).failure
        }
        var name = name
        name.owner = call.caller
        name.registeredAt = call.block.timestamp
        return name
    }

    /// - Parameter version: of the id, for the refusal.
    static func checkGrowth(
        of name: NameRecord, _ key: Hash, _ text: String, _ call: inout NativeCall,
        version: (Hash, inout NativeCall) throws(NativeFailure) -> String
    ) throws(NativeFailure) {
        guard let new = ModelVersion(text) else {
            throw NativeError.invalidRecord("a version is major.minor in decimal").failure
        }
        let minors = try call.read(NameRecord.minorSlot(key, major: new.major))
        guard name.takes(new, minorsOfMajor: minors) else {
            let newest =
                minors.isZero
                ? try version(name.lastID, &call)
                : "\(ModelVersion(major: new.major, minor: minors.limb0 - 1))"
            throw NativeError.versionNotNewer(newest: newest).failure
        }
    }

    /// Writes what a version changes of its name.
    static func add(
        _ id: Hash, version text: String, to name: NameRecord, over old: NameRecord, _ key: Hash,
        _ call: inout NativeCall
    ) throws(NativeFailure) {
        guard let version = ModelVersion(text) else { return }
        var name = name
        try call.write(NameRecord.versionSlot(key, index: name.versions), id.word)
        try call.write(
            NameRecord.minorSlot(key, major: version.major), UInt256(version.minor) &+ 1)
        name.newestMajor = max(name.newestMajor, version.major)
        name.versions += 1
        name.lastID = id
        try call.write(name.writes(key, over: old))
    }

    /// A version asks for at least the evidence that the one registered before it asks for now: who
    /// trusts a name for its floor gets no less by a new version. To ask for less takes `setFloor`,
    /// whose event says so, and its time has to come.
    private static func checkFloor(
        of record: ModelRecord, after last: Hash, _ call: inout NativeCall
    ) throws(NativeFailure) {
        let previous = try self.record(last, &call)
        let floor = try floor(previous.floor(at: call.block.timestamp))
        let next = try self.floor(record.policyFloor)
        try call.charge(NativeGas.policyComparison([floor, next]))
        if let missing = next.shortfall(from: floor) {
            throw NativeError.floorWeakened(missing).failure
        }
    }

    // MARK: Owners

    private static func offer(
        _ call: inout NativeCall, _ input: inout ABIReader, key: (String) -> Hash
    ) throws(NativeFailure) -> [UInt8] {
        let (text, to) = try input.arguments { (reader) throws(ABIError) in
            (try reader.readString(max: ModelRecord.nameBytesMax), try reader.readAddress())
        }
        try call.charge(NativeGas.keccak(bytes: text.utf8.count))
        let key = key(text)
        let old = try name(key, &call)
        guard old.owner == call.caller else { throw NativeError.notOwner(old.owner).failure }
        var name = old
        name.pendingOwner = to
        try call.write(name.writes(key, over: old))
        try log(.nameOffered(name: text, to: to), subject: .zero, nameKey: key, &call)
        return []
    }

    private static func accept(
        _ call: inout NativeCall, _ input: inout ABIReader, key: (String) -> Hash
    ) throws(NativeFailure) -> [UInt8] {
        let text = try input.arguments { (reader) throws(ABIError) in
            try reader.readString(max: ModelRecord.nameBytesMax)
        }
        try call.charge(NativeGas.keccak(bytes: text.utf8.count))
        let key = key(text)
        let old = try name(key, &call)
        guard old.pendingOwner == call.caller, !call.caller.isZero else {
            throw NativeError.nameNotOffered(to: old.pendingOwner).failure
        }
        var name = old
        name.owner = call.caller
        name.pendingOwner = .zero
        try call.write(name.writes(key, over: old))
        try log(
            .nameTransferred(name: text, to: call.caller), subject: .zero, nameKey: key,
            by: old.owner, &call)
        return []
    }

    // MARK: Events

    /// Logs an event and threads it to the one before it.
    ///
    /// - Parameter by: nil for the caller.
    static func log(
        _ change: RegistryEvent.Change, subject: Hash, nameKey: Hash, by: Address? = nil,
        _ call: inout NativeCall
    ) throws(NativeFailure) {
        let slot = NameRecord.changeSlot(nameKey)
        let word = try call.read(slot)
        let event = RegistryEvent(
            subject: subject, nameKey: nameKey, by: by ?? call.caller, change: change,
            previousBlock: word.limb0)
        if word.limb0 != call.block.number {
            try call.write(slot, (word >> 64) << 64 | UInt256(call.block.number))
        }
        try call.log(topics: event.topics, data: event.data)
    }
}
