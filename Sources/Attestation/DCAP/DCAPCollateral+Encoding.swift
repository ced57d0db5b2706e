internal import Primitives

// Collateral as a chain keeps it: one byte of version, then the fields in their order. Numbers are
// big-endian, texts and lists have their count before them, and every form has one encoding.

extension DCAPCollateral {
    private static let version: UInt8 = 1

    /// The canonical bytes; `init(decoding:)` reads them back.
    public var encoded: [UInt8] {
        var writer = CollateralWriter()
        writer.write(DCAPCollateral.version)
        writer.write(root.bytes)
        writer.write(rootKey)
        writer.write(rawHash.bytes)
        writer.write(tcbInfo)
        writer.write(qeIdentity)
        writer.write(authority.fingerprint.bytes)
        writer.write(authority.name.bytes)
        writer.write(authority.key)
        writer.write(authority.window)
        writer.write(revokedPCKs)
        writer.write(revokedByRoot)
        writer.write(signers)
        return writer.bytes
    }

    /// Reads what `encoded` wrote, and nothing else.
    ///
    /// - Throws: `size`, or `format` for bytes that no collateral encodes to.
    public init(decoding bytes: [UInt8]) throws(AttestationError) {
        guard bytes.count <= DCAPLimits.encodedBytesMax else {
            throw AttestationError(.size, "\(bytes.count) bytes")
        }
        var reader = CollateralReader(bytes)
        guard try reader.readUInt8() == DCAPCollateral.version else {
            throw AttestationError(.format, "collateral of another version")
        }
        self.init(
            root: try reader.readHash(), rootKey: try reader.read(64),
            rawHash: try reader.readHash(), tcbInfo: try reader.readTCBInfo(),
            qeIdentity: try reader.readQEIdentity(),
            authority: Authority(
                fingerprint: try reader.readHash(), name: try reader.readHash(),
                key: try reader.read(64), window: try reader.readWindow()),
            revokedPCKs: try reader.readSerials(), revokedByRoot: try reader.readSerials(),
            signers: try reader.readWindow())
        // What was sorted or bounded when it was written reads back in one form only.
        guard reader.isAtEnd, qeIdentity.tee == tcbInfo.tee, encoded == bytes else {
            throw AttestationError(.format, "not the canonical form")
        }
    }
}

// MARK: - Writing

private struct CollateralWriter {
    var bytes: [UInt8] = []

    mutating func write(_ number: some FixedWidthInteger & UnsignedInteger) {
        for shift in stride(from: number.bitWidth - 8, through: 0, by: -8) {
            bytes.append(UInt8(truncatingIfNeeded: number >> shift))
        }
    }

    mutating func write(_ field: [UInt8]) { bytes += field }

    /// Limits of the readers keep every count within a byte or two.
    mutating func write(count: Int) { write(UInt16(count)) }

    mutating func write(_ window: Window) {
        write(window.start)
        write(window.end)
    }

    mutating func write(_ status: TCBStatus, _ advisories: [String]) {
        write(status.rawValue)
        write(count: advisories.count)
        for advisory in advisories {
            write(UInt8(advisory.utf8.count))
            bytes += advisory.utf8
        }
    }

    mutating func write(_ levels: [TCBInfo.VersionLevel]) {
        write(count: levels.count)
        for level in levels {
            write(level.version)
            write(level.status, level.advisories)
        }
    }

    mutating func write(_ module: TCBInfo.Module) {
        write(module.signer)
        write(module.attributes)
        write(module.attributesMask)
    }

    mutating func write(_ info: TCBInfo) {
        write(info.tee.rawValue)
        write(info.window)
        write(info.fmspc)
        write(info.pceID)
        write(info.evaluationNumber)
        write(UInt8(info.module == nil ? 0 : 1))
        if let module = info.module { write(module) }
        write(count: info.moduleIdentities.count)
        for identity in info.moduleIdentities {
            write(identity.generation)
            write(identity.module)
            write(identity.levels)
        }
        write(count: info.levels.count)
        for level in info.levels {
            write(level.sgxComponents)
            write(level.pceVersion)
            write(level.tdxComponents)
            write(level.status, level.advisories)
        }
    }

    mutating func write(_ identity: QEIdentity) {
        write(identity.tee.rawValue)
        write(identity.window)
        write(identity.evaluationNumber)
        write(identity.miscSelect)
        write(identity.miscSelectMask)
        write(identity.attributes)
        write(identity.attributesMask)
        write(identity.signer)
        write(identity.productID)
        write(identity.levels)
    }

    mutating func write(_ revoked: RevokedSerials) {
        write(revoked.window)
        let serials = revoked.serials
        write(count: serials.count)
        for serial in serials {
            write(UInt8(serial.count))
            write(serial)
        }
    }
}

// MARK: - Reading

private struct CollateralReader {
    private let bytes: [UInt8]
    private var position = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    var isAtEnd: Bool { position == bytes.count }

    private static func refusal(_ detail: String) -> AttestationError {
        AttestationError(.format, detail)
    }

    mutating func read(_ count: Int) throws(AttestationError) -> [UInt8] {
        guard count <= bytes.count - position else {
            throw CollateralReader.refusal("collateral is cut at \(position)")
        }
        defer { position += count }
        return Array(bytes[position..<position + count])
    }

    private mutating func number<Number: FixedWidthInteger & UnsignedInteger>(
        _ type: Number.Type
    ) throws(AttestationError) -> Number {
        var number: Number = 0
        for byte in try read(Number.bitWidth / 8) {
            number = Number(truncatingIfNeeded: UInt64(number) << 8) | Number(byte)
        }
        return number
    }

    mutating func readUInt8() throws(AttestationError) -> UInt8 { try number(UInt8.self) }

    mutating func readHash() throws(AttestationError) -> Hash { Hash(try read(Hash.byteCount)) }

    private mutating func readCount(max: Int) throws(AttestationError) -> Int {
        let count = Int(try number(UInt16.self))
        guard count <= max else { throw CollateralReader.refusal("\(count) items") }
        return count
    }

    mutating func readWindow() throws(AttestationError) -> Window {
        Window(start: try number(UInt64.self), end: try number(UInt64.self))
    }

    private mutating func readTEE() throws(AttestationError) -> TEEType {
        guard let tee = TEEType(rawValue: try readUInt8()), tee == .sgx || tee == .tdx else {
            throw CollateralReader.refusal("collateral of another TEE")
        }
        return tee
    }

    private mutating func readState() throws(AttestationError) -> (TCBStatus, [String]) {
        guard let status = TCBStatus(rawValue: try readUInt8()) else {
            throw CollateralReader.refusal("an unknown status")
        }
        var advisories: [String] = []
        for _ in 0..<(try readCount(max: DCAPLimits.advisoriesMax)) {
            let text = try read(Int(try readUInt8()))
            guard (1...DCAPLimits.advisoryBytesMax).contains(text.count),
                text.allSatisfy({ $0 > 0x20 && $0 < 0x7f })
            else { throw CollateralReader.refusal("an advisory's name") }
            advisories.append(String(decoding: text, as: UTF8.self))
        }
        return (status, advisories)
    }

    /// Highest first.
    private mutating func readVersionLevels() throws(AttestationError) -> [TCBInfo.VersionLevel] {
        var levels: [TCBInfo.VersionLevel] = []
        for _ in 0..<(try readCount(max: DCAPLimits.levelsMax)) {
            let version = try number(UInt16.self)
            guard levels.last.map({ $0.version >= version }) ?? true else {
                throw CollateralReader.refusal("levels out of order")
            }
            let (status, advisories) = try readState()
            levels.append(
                TCBInfo.VersionLevel(version: version, status: status, advisories: advisories))
        }
        return levels
    }

    private mutating func readModule() throws(AttestationError) -> TCBInfo.Module {
        TCBInfo.Module(
            signer: try read(48), attributes: try read(8), attributesMask: try read(8))
    }

    mutating func readTCBInfo() throws(AttestationError) -> TCBInfo {
        let tee = try readTEE()
        let window = try readWindow()
        let fmspc = try read(6)
        let pceID = try read(2)
        let evaluationNumber = try number(UInt32.self)
        let hasModule = try readUInt8()
        guard hasModule <= 1 else { throw CollateralReader.refusal("a flag of \(hasModule)") }
        let module = hasModule == 1 ? try readModule() : nil
        var identities: [TCBInfo.ModuleIdentity] = []
        for _ in 0..<(try readCount(max: DCAPLimits.modulesMax)) {
            identities.append(
                TCBInfo.ModuleIdentity(
                    generation: try readUInt8(), module: try readModule(),
                    levels: try readVersionLevels()))
        }
        var levels: [TCBInfo.Level] = []
        for _ in 0..<(try readCount(max: DCAPLimits.levelsMax)) {
            let level = try readLevel(isTDX: tee == .tdx)
            guard levels.last.map({ !TCBInfo.isHigher(level, than: $0) }) ?? true else {
                throw CollateralReader.refusal("levels out of order")
            }
            levels.append(level)
        }
        return TCBInfo(
            tee: tee, window: window, fmspc: fmspc, pceID: pceID,
            evaluationNumber: evaluationNumber, module: module, moduleIdentities: identities,
            levels: levels)
    }

    private mutating func readLevel(isTDX: Bool) throws(AttestationError) -> TCBInfo.Level {
        let sgx = try read(16)
        let pceVersion = try number(UInt16.self)
        let tdx = isTDX ? try read(16) : []
        let (status, advisories) = try readState()
        return TCBInfo.Level(
            sgxComponents: sgx, pceVersion: pceVersion, tdxComponents: tdx, status: status,
            advisories: advisories)
    }

    mutating func readQEIdentity() throws(AttestationError) -> QEIdentity {
        QEIdentity(
            tee: try readTEE(), window: try readWindow(),
            evaluationNumber: try number(UInt32.self), miscSelect: try read(4),
            miscSelectMask: try read(4), attributes: try read(16), attributesMask: try read(16),
            signer: try read(32), productID: try number(UInt16.self),
            levels: try readVersionLevels())
    }

    mutating func readSerials() throws(AttestationError) -> RevokedSerials {
        let window = try readWindow()
        var serials: [SerialNumber] = []
        for _ in 0..<(try readCount(max: DCAPLimits.revokedSerialsMax)) {
            let count = Int(try readUInt8())
            guard count <= SerialNumber.byteCountMax else {
                throw CollateralReader.refusal("a serial number of \(count) bytes")
            }
            let digits = try read(count)
            guard digits.first != 0, let serial = SerialNumber(digits[...]),
                serials.last.map({ $0 < serial }) ?? true
            else { throw CollateralReader.refusal("serial numbers out of order") }
            serials.append(serial)
        }
        return RevokedSerials(window: window, serials: serials)
    }
}
