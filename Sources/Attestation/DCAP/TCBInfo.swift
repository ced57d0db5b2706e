internal import Codec

/// What Intel says of a family of platforms: which versions of microcode, modules and PCE are in
/// what state.
///
/// Source: Intel PCS API v4, "Get SGX TCB Info", "Get TDX TCB Info" (version 3).
public struct TCBInfo: Sendable, Equatable {
    /// Component versions that a platform must reach, and what it is then.
    public struct Level: Sendable, Equatable {
        /// 16 versions of SGX components.
        public let sgxComponents: [UInt8]
        public let pceVersion: UInt16
        /// 16 versions of TDX components; empty for SGX.
        public let tdxComponents: [UInt8]
        public let status: TCBStatus
        public let advisories: [String]
    }

    /// Who may have signed a TDX module, and how it must be configured.
    public struct Module: Sendable, Equatable {
        /// 48 bytes.
        public let signer: [UInt8]
        /// 8 bytes, as is the mask.
        public let attributes: [UInt8]
        public let attributesMask: [UInt8]
    }

    /// A generation of the TDX module and the states of its versions.
    public struct ModuleIdentity: Sendable, Equatable {
        /// The number in `TDX_01`, written in hexadecimal.
        public let generation: UInt8
        public let module: Module
        public let levels: [VersionLevel]
    }

    /// A version that a module or an enclave must reach, and what it is then.
    public struct VersionLevel: Sendable, Equatable {
        public let version: UInt16
        public let status: TCBStatus
        public let advisories: [String]
    }

    /// `sgx` or `tdx`.
    public let tee: TEEType
    public let window: Window
    /// 6 bytes.
    public let fmspc: [UInt8]
    /// 2 bytes.
    public let pceID: [UInt8]
    public let evaluationNumber: UInt32
    public let module: Module?
    public let moduleIdentities: [ModuleIdentity]
    /// Highest first: Intel's order is not relied on.
    public let levels: [Level]
}

/// Seconds since 1970 of the first and the last moment at which something holds.
public struct Window: Sendable, Equatable {
    public let start: UInt64
    public let end: UInt64

    public init(start: UInt64, end: UInt64) {
        self.start = start
        self.end = end
    }

    public func contains(_ time: UInt64) -> Bool { start <= time && time <= end }

    /// The moments in both; possibly none.
    public func intersection(_ other: Window) -> Window {
        Window(start: max(start, other.start), end: min(end, other.end))
    }
}

extension Array {
    /// Sorts and leaves equal elements in the order in which they came, as the language does but
    /// does not promise.
    func stablySorted(by precedes: (Element, Element) -> Bool) -> [Element] {
        enumerated()
            .sorted { one, other in
                precedes(one.element, other.element)
                    || (one.offset < other.offset && !precedes(other.element, one.element))
            }
            .map(\.element)
    }
}

// MARK: - Reading

extension TCBInfo {
    /// Reads the document; whether it is signed is the caller's matter.
    ///
    /// - Throws: `tcbInfoFormat` or `tcbInfoType`.
    public init(parsing document: [UInt8]) throws(AttestationError) {
        guard let json = CollateralObject.parse(document) else {
            throw AttestationError(.tcbInfoFormat, "TCB info is no strict JSON")
        }
        try self.init(json)
    }

    /// - Throws: `tcbInfoType` for another version or kind, `tcbInfoFormat` for all else.
    init(_ json: JSONOutline.Item) throws(AttestationError) {
        let document = CollateralObject(json, reason: .tcbInfoFormat)
        let version = try document.natural("version", max: 1000)
        guard version == 3 else {
            throw AttestationError(.tcbInfoType, "TCB info of version \(version)")
        }
        switch try document.text("id") {
        case "SGX": tee = .sgx
        case "TDX": tee = .tdx
        default: throw AttestationError(.tcbInfoType, "TCB info is of neither SGX nor TDX")
        }
        let kind = try document.natural("tcbType", max: 1000)
        guard kind == 0 else {
            throw AttestationError(.tcbInfoType, "TCB type \(kind)")
        }
        window = Window(
            start: try document.time("issueDate"), end: try document.time("nextUpdate"))
        fmspc = try document.hex("fmspc", count: 6)
        pceID = try document.hex("pceId", count: 2)
        evaluationNumber = UInt32(
            try document.natural("tcbEvaluationDataNumber", max: UInt64(UInt32.max)))
        module = try document.optionalObject("tdxModule").map(TCBInfo.readModule)
        moduleIdentities = try document.optionalObjects(
            "tdxModuleIdentities", max: DCAPLimits.modulesMax
        ).map(TCBInfo.readIdentity)
        let isTDX = tee == .tdx
        levels = try document.objects("tcbLevels", max: DCAPLimits.levelsMax)
            .map { (level) throws(AttestationError) in try TCBInfo.readLevel(level, isTDX: isTDX) }
            .stablySorted(by: TCBInfo.isHigher)
    }

    static func isHigher(_ one: Level, than other: Level) -> Bool {
        if one.sgxComponents != other.sgxComponents {
            return other.sgxComponents.lexicographicallyPrecedes(one.sgxComponents)
        }
        if one.pceVersion != other.pceVersion { return one.pceVersion > other.pceVersion }
        return other.tdxComponents.lexicographicallyPrecedes(one.tdxComponents)
    }

    private static func readLevel(
        _ level: CollateralObject, isTDX: Bool
    ) throws(AttestationError) -> Level {
        let versions = try level.object("tcb")
        _ = try level.time("tcbDate")
        return Level(
            sgxComponents: try readComponents(versions, "sgxtcbcomponents"),
            pceVersion: UInt16(try versions.natural("pcesvn", max: 65_535)),
            tdxComponents: isTDX ? try readComponents(versions, "tdxtcbcomponents") : [],
            status: try level.status(), advisories: try level.advisories())
    }

    /// Exactly 16 versions: fewer would leave components unchecked.
    private static func readComponents(
        _ versions: CollateralObject, _ name: StaticString
    ) throws(AttestationError) -> [UInt8] {
        let components = try versions.objects(name, max: 16)
        guard components.count == 16 else {
            throw AttestationError(.tcbInfoFormat, "\(components.count) components, not 16")
        }
        return try components.map { (component) throws(AttestationError) in
            UInt8(try component.natural("svn", max: 255))
        }
    }

    private static func readModule(_ object: CollateralObject) throws(AttestationError) -> Module {
        Module(
            signer: try object.hex("mrsigner", count: 48),
            attributes: try object.hex("attributes", count: 8),
            attributesMask: try object.hex("attributesMask", count: 8))
    }

    private static func readIdentity(
        _ object: CollateralObject
    ) throws(AttestationError) -> ModuleIdentity {
        let name = Array(try object.text("id").utf8)
        guard name.count == 6, name.starts(with: Array("TDX_".utf8)),
            let generation = UInt8(String(decoding: name[4...], as: UTF8.self), radix: 16)
        else { throw AttestationError(.tcbInfoFormat, "a module's id is not TDX_XX") }
        return ModuleIdentity(
            generation: generation, module: try readModule(object),
            levels: try object.versionLevels(of: [.upToDate, .outOfDate, .revoked]))
    }
}
