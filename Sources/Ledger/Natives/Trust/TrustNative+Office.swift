internal import Attestation
internal import Codec
internal import EVM
internal import Primitives
internal import Registry

// What the admin decides of roots, types and machines: never whom to trust more, only whom to trust
// no longer.

extension TrustNative {
    static let office = [
        NativeFunction(view: "admin()") { (call, _) throws(NativeFailure) in
            try call.read(TrustSettings.adminSlot).bigEndianBytes
        },
        NativeFunction(view: "pendingAdmin()") { (call, _) throws(NativeFailure) in
            try call.read(TrustSettings.pendingAdminSlot).bigEndianBytes
        },
        NativeFunction("offerAdmin(address)", offerAdmin),
        NativeFunction("acceptAdmin()", acceptAdmin),
        NativeFunction(view: "lifetimeSeconds()") { (call, _) throws(NativeFailure) in
            let seconds = try call.structure { read in TrustSettings.lifetimeSeconds(from: read) }
            return UInt256(seconds).bigEndianBytes
        },
        NativeFunction("setLifetime(uint64)", setLifetime),
        NativeFunction(view: "roots(uint8)", roots),
        NativeFunction("disableRoot(uint8,bytes32,string)", disableRoot),
        NativeFunction(view: "typeRefusedSince(uint8)") { (call, input) throws(NativeFailure) in
            let type = try input.arguments { (reader) throws(ABIError) in
                try reader.readUInt8()
            }
            return try call.read(TrustSettings.typeSlot(type)).bigEndianBytes
        },
        NativeFunction("refuseType(uint8,bool,string)", refuseType),
        NativeFunction(view: "platformRefusedSince(bytes32)") {
            (call, input) throws(NativeFailure) in
            let platform = try hash(&input)
            return try call.read(TrustSettings.platformSlot(platform)).bigEndianBytes
        },
        NativeFunction("refusePlatform(bytes32,bool,string)", refusePlatform),
    ]

    // MARK: Office

    private static func offerAdmin(
        _ call: inout NativeCall, _ input: inout ABIReader
    ) throws(NativeFailure) -> [UInt8] {
        let to = try input.arguments { (reader) throws(ABIError) in try reader.readAddress() }
        try requireAdmin(&call)
        try call.write(TrustSettings.pendingAdminSlot, to.word)
        try call.log(
            topics: [TrustEvent.adminOffered, Hash(call.caller.word), Hash(to.word)], data: [])
        return []
    }

    private static func acceptAdmin(
        _ call: inout NativeCall, _ input: inout ABIReader
    ) throws(NativeFailure) -> [UInt8] {
        let offered = Address(truncating: try call.read(TrustSettings.pendingAdminSlot))
        guard offered == call.caller, offered != .zero else {
            throw NativeError.notAdmin(offered).failure
        }
        let old = try call.read(TrustSettings.adminSlot)
        try call.write(TrustSettings.adminSlot, offered.word)
        try call.write(TrustSettings.pendingAdminSlot, .zero)
        try call.log(
            topics: [TrustEvent.adminChanged, Hash(old), Hash(offered.word)], data: [])
        return []
    }

    private static func setLifetime(
        _ call: inout NativeCall, _ input: inout ABIReader
    ) throws(NativeFailure) -> [UInt8] {
        let seconds = try input.arguments { (reader) throws(ABIError) in
            try reader.readUInt64()
        }
        try requireAdmin(&call)
        let (least, most) = (TrustSettings.lifetimeSecondsMin, TrustSettings.lifetimeSecondsMax)
        guard (least...most).contains(seconds) else {
            throw NativeError.invalidLifetime(min: least, max: most).failure
        }
        let old = try call.structure { read in TrustSettings.lifetimeSeconds(from: read) }
        try call.write(TrustSettings.lifetimeSlot, UInt256(seconds))
        try call.log(
            topics: [TrustEvent.lifetimeChanged],
            data: encoded { data in
                data.write(old)
                data.write(seconds)
            })
        return []
    }

    // MARK: Roots

    private static func roots(
        _ call: inout NativeCall, _ input: inout ABIReader
    ) throws(NativeFailure) -> [UInt8] {
        let family = try input.arguments { (reader) throws(ABIError) in try reader.readUInt8() }
        let roots = try call.structure { read in TrustRoot.all(family: family, from: read) }
        return encoded { writer in
            writer.writeArray(count: roots.count) { list, index in
                list.write(roots[index].hash)
                list.write(roots[index].isDevelopment)
                list.write(roots[index].disabledAt)
            }
        }
    }

    private static func disableRoot(
        _ call: inout NativeCall, _ input: inout ABIReader
    ) throws(NativeFailure) -> [UInt8] {
        let (family, hash, reason) = try input.arguments { (reader) throws(ABIError) in
            (try reader.readUInt8(), try reader.readHash(), try reader.readReason())
        }
        try requireAdmin(&call)
        let roots = try call.structure { read in TrustRoot.all(family: family, from: read) }
        guard let index = roots.firstIndex(where: { $0.hash == hash && $0.disabledAt == 0 })
        else { throw NativeError.unknownRoot(family: family, hash).failure }
        try call.write([
            roots[index].disabled(at: call.block.timestamp, family: family, index: index)
        ])
        try call.log(
            topics: [
                TrustEvent.rootDisabled, Hash(UInt256(UInt64(family))), hash,
                Hash(call.caller.word),
            ],
            data: encoded { $0.writeString(reason) })
        return []
    }

    // MARK: Types and machines

    private static func refuseType(
        _ call: inout NativeCall, _ input: inout ABIReader
    ) throws(NativeFailure) -> [UInt8] {
        let (number, isRefused, reason) = try input.arguments { (reader) throws(ABIError) in
            (try reader.readUInt8(), try reader.readBool(), try reader.readReason())
        }
        try requireAdmin(&call)
        guard TEEType(rawValue: number) != nil else {
            throw NativeError.unknownTEEType(number).failure
        }
        try mark(TrustSettings.typeSlot(number), isRefused, &call)
        try call.log(
            topics: [
                TrustEvent.typeRefused, Hash(UInt256(UInt64(number))), Hash(call.caller.word),
            ],
            data: encoded { data in
                data.write(isRefused)
                data.writeString(reason)
            })
        return []
    }

    private static func refusePlatform(
        _ call: inout NativeCall, _ input: inout ABIReader
    ) throws(NativeFailure) -> [UInt8] {
        let (platform, isRefused, reason) = try input.arguments { (reader) throws(ABIError) in
            (try reader.readHash(), try reader.readBool(), try reader.readReason())
        }
        try requireAdmin(&call)
        try mark(TrustSettings.platformSlot(platform), isRefused, &call)
        try call.log(
            topics: [TrustEvent.platformRefused, platform, Hash(call.caller.word)],
            data: encoded { data in
                data.write(isRefused)
                data.writeString(reason)
            })
        return []
    }

    /// Notes since when something is refused; what is refused already stays as it is.
    private static func mark(
        _ slot: UInt256, _ isRefused: Bool, _ call: inout NativeCall
    ) throws(NativeFailure) {
        let old = try call.read(slot)
        let now = isRefused ? UInt256(call.block.timestamp) : .zero
        if old.isZero == isRefused { try call.write(slot, now) }
    }
}
