internal import Codec
internal import EVM
internal import Payments
internal import Primitives
internal import Registry

// What an owner may change of a record that is registered.

extension RegistryNative {
    static var changes: [NativeFunction] {
        [
            NativeFunction("deprecate(bytes32,string)") { (call, input) throws(NativeFailure) in
                let (id, reason) = try idAndReason(&input)
                return try setStatus(.deprecated, of: id, successor: .zero, reason, &call)
            },
            NativeFunction("deprecateFor(bytes32,bytes32,string)", deprecateFor),
            NativeFunction("revoke(bytes32,string)") { (call, input) throws(NativeFailure) in
                let (id, reason) = try idAndReason(&input)
                return try setStatus(.revoked, of: id, successor: nil, reason, &call)
            },
            NativeFunction("setPrice(bytes32,uint256)") { (call, input) throws(NativeFailure) in
                let (id, price) = try input.arguments { (reader) throws(ABIError) in
                    (try reader.readHash(), try reader.readUInt256())
                }
                return try setPrice(price, of: id, from: 0, "", &call)
            },
            NativeFunction("announcePrice(bytes32,uint256,uint64,string)", announcePrice),
            NativeFunction("setFloor(bytes32,bytes,uint64,string)", setFloor),
            NativeFunction("setSystem(bytes32,bytes32,uint64,string)", setSystem),
            NativeFunction("transferOwnership(bytes32,address)", transferOwnership),
            NativeFunction(view: "terms(bytes32)", terms),
        ]
    }

    /// The record, when the caller owns it and it can still change.
    private static func own(_ id: Hash, _ call: inout NativeCall) throws(NativeFailure)
        -> ModelRecord
    {
        let record = try record(id, &call)
        guard record.owner == call.caller else { throw NativeError.notOwner(record.owner).failure }
        guard record.status != .revoked else { throw NativeError.modelRevoked(id).failure }
        return record
    }

    private static func log(
        _ change: RegistryEvent.Change, of record: ModelRecord, _ call: inout NativeCall
    ) throws(NativeFailure) {
        try log(
            change, subject: record.id, nameKey: NameRecord.key(model: record.name), &call)
    }

    private static func idAndReason(
        _ input: inout ABIReader
    ) throws(NativeFailure) -> (Hash, String) {
        try input.arguments { (reader) throws(ABIError) in
            (try reader.readHash(), try reader.readReason())
        }
    }

    // MARK: Status

    private static func deprecateFor(
        _ call: inout NativeCall, _ input: inout ABIReader
    ) throws(NativeFailure) -> [UInt8] {
        let (id, successor, reason) = try input.arguments { (reader) throws(ABIError) in
            (try reader.readHash(), try reader.readHash(), try reader.readReason())
        }
        guard successor != id else {
            throw NativeError.invalidRecord("a model is not its own successor").failure
        }
        let next = try record(successor, &call)
        guard next.status != .revoked else { throw NativeError.modelRevoked(successor).failure }
        return try setStatus(.deprecated, of: id, successor: successor, reason, &call)
    }

    /// - Parameter successor: nil keeps the one there is.
    private static func setStatus(
        _ status: ModelStatus, of id: Hash, successor: Hash?, _ reason: String,
        _ call: inout NativeCall
    ) throws(NativeFailure) -> [UInt8] {
        var record = try own(id, &call)
        let old = record.status
        record.status = status
        if let successor { record.successor = successor }
        if status == .revoked { record.revokedAt = call.block.timestamp }
        try call.write(record.statusWrites)
        try log(
            .statusChanged(from: old, to: status, successor: record.successor, reason: reason),
            of: record, &call)
        return []
    }

    // MARK: Price, floor, system

    private static func announcePrice(
        _ call: inout NativeCall, _ input: inout ABIReader
    ) throws(NativeFailure) -> [UInt8] {
        let (id, price, start, reason) = try input.arguments { (reader) throws(ABIError) in
            (
                try reader.readHash(), try reader.readUInt256(), try reader.readUInt64(),
                try reader.readReason()
            )
        }
        return try setPrice(price, of: id, from: start, reason, &call)
    }

    private static func setPrice(
        _ price: UInt256, of id: Hash, from stated: UInt64, _ reason: String,
        _ call: inout NativeCall
    ) throws(NativeFailure) -> [UInt8] {
        var record = try own(id, &call)
        let now = call.block.timestamp
        let start = stated == 0 ? now : stated
        let old = record.priceChange?.next ?? record.price
        do throws(ChangeError) {
            let (before, change) = try record.priceChange.following(
                price, from: start, now: now, before: record.price, lenient: { min($0, $1) })
            (record.price, record.priceChange) = (before, change)
        } catch {
            throw NativeError(error).failure
        }
        try call.write(record.priceWrites)
        try log(
            .priceChanged(from: old, to: price, start: start, reason: reason), of: record, &call)
        return []
    }

    private static func setFloor(
        _ call: inout NativeCall, _ input: inout ABIReader
    ) throws(NativeFailure) -> [UInt8] {
        let (id, bytes, stated, reason) = try input.arguments { (reader) throws(ABIError) in
            (
                try reader.readHash(),
                try reader.readBytes(max: ModelRecord.policyBytesMax), try reader.readUInt64(),
                try reader.readReason()
            )
        }
        let floor = try floor(bytes)
        let now = call.block.timestamp
        let start = stated == 0 ? now : stated
        let old = try own(id, &call)
        var record = old
        let last = old.floorChange?.next ?? old.policyFloor
        let floors = [floor, try self.floor(last), try self.floor(old.policyFloor)]
        try call.charge(3 * NativeGas.policyComparison(floors))
        do throws(ChangeError) {
            let (before, change) = try old.floorChange.following(
                bytes, from: start, now: now, before: old.policyFloor,
                lenient: weaker)
            (record.policyFloor, record.floorChange) = (before, change)
        } catch {
            throw NativeError(error).failure
        }
        try call.write(record.floorWrites(over: old))
        let isWeaker = floor.shortfall(from: floors[1]) != nil
        try log(
            .floorChanged(from: last, to: bytes, isWeaker: isWeaker, start: start, reason: reason),
            of: record, &call)
        return []
    }

    /// The policy of a floor; no bytes ask for nothing.
    static func floor(_ bytes: [UInt8]) throws(NativeFailure) -> Policy {
        guard !bytes.isEmpty else { return .kind(.plain) }
        do { return try Policy(decoding: bytes) } catch {
            throw NativeError.invalidPolicy("\(error)").failure
        }
    }

    /// The one of two floors that is met wherever the other is; nil where neither is.
    private static func weaker(_ left: [UInt8], _ right: [UInt8]) -> [UInt8]? {
        guard let first = try? floor(left), let second = try? floor(right) else { return nil }
        if second.shortfall(from: first) == nil { return left }
        return first.shortfall(from: second) == nil ? right : nil
    }

    private static func setSystem(
        _ call: inout NativeCall, _ input: inout ABIReader
    ) throws(NativeFailure) -> [UInt8] {
        let (id, systemID, stated, reason) = try input.arguments { (reader) throws(ABIError) in
            (
                try reader.readHash(), try reader.readHash(), try reader.readUInt64(),
                try reader.readReason()
            )
        }
        var record = try own(id, &call)
        let now = call.block.timestamp
        let start = stated == 0 ? now : stated
        let text = systemID == .zero ? .zero : try system(systemID, &call).textHash
        let old = record.systemChange?.next ?? record.systemHash
        do throws(ChangeError) {
            let (before, change) = try record.systemChange.following(
                text, from: start, now: now, before: record.systemHash)
            (record.systemHash, record.systemChange) = (before, change)
        } catch {
            throw NativeError(error).failure
        }
        record.systemID = systemID
        try call.write(record.systemWrites)
        try log(
            .systemChanged(
                from: old, to: text, systemID: systemID, start: start, reason: reason),
            of: record, &call)
        return []
    }

    // MARK: Owner

    /// One step, as `Ownable` has it: a version that is lost to a mistyped address costs its owner
    /// one version. A name that is lost takes all its users along, and is handed over in two.
    private static func transferOwnership(
        _ call: inout NativeCall, _ input: inout ABIReader
    ) throws(NativeFailure) -> [UInt8] {
        let (id, owner) = try input.arguments { (reader) throws(ABIError) in
            (try reader.readHash(), try reader.readAddress())
        }
        guard !owner.isZero else {
            throw NativeError.invalidRecord("the new owner is the zero address").failure
        }
        var record = try own(id, &call)
        record.owner = owner
        try call.write(record.headWrite)
        try log(.ownershipTransferred(to: owner), of: record, &call)
        return []
    }

    // MARK: Reading

    private static func terms(
        _ call: inout NativeCall, _ input: inout ABIReader
    ) throws(NativeFailure) -> [UInt8] {
        let id = try input.arguments { (reader) throws(ABIError) in try reader.readHash() }
        let record = try record(id, &call)
        return encoded { writer in
            writer.writeTuple(isDynamic: true) { record.writeTerms(to: &$0) }
        }
    }
}

extension ABIReader {
    /// Why something is changed, as its owner says.
    mutating func readReason() throws(ABIError) -> String {
        try readString(max: NativeLimits.reasonBytesMax)
    }
}

extension ModelRecord {
    /// The members of `ModelTerms`.
    fileprivate func writeTerms(to writer: inout ABIWriter) {
        writer.write(computationID)
        writer.write(price)
        writer.write(priceChange?.next ?? price)
        writer.write(priceChange?.from ?? 0)
        writer.writeBytes(policyFloor)
        writer.writeBytes(floorChange?.next ?? policyFloor)
        writer.write(floorChange?.from ?? 0)
        writer.write(systemHash)
        writer.write(systemChange?.next ?? systemHash)
        writer.write(systemChange?.from ?? 0)
        writer.write(systemID)
        writer.write(successor)
        writer.write(revokedAt)
    }
}

extension NativeError {
    init(_ error: ChangeError) {
        switch error {
        case .inThePast(let from, let now): self = .changeInThePast(from: from, now: now)
        case .tooSoon(let until, let now): self = .changeTooSoon(until: until, now: now)
        }
    }
}
