internal import Codec
internal import Primitives

/// A JSON object of Intel's collateral, read field by field.
///
/// Fields that nobody asks for are allowed: Intel adds some. Duplicates, floats, depth and size are
/// the parser's.
struct CollateralObject {
    private let members: JSONObject?
    private let reason: AttestationReason

    init(_ json: JSON, reason: AttestationReason) {
        members = json.object
        self.reason = reason
    }

    /// The document as strict JSON, within limits; nil when it is none.
    static func parse(_ document: [UInt8]) -> JSON? {
        let limits = JSONLimits(
            bytesMax: DCAPLimits.documentBytesMax, depthMax: DCAPLimits.jsonDepthMax,
            itemsMax: DCAPLimits.jsonItemsMax)
        return try? JSON(parsing: document, limits: limits)
    }

    private func refusal(_ name: String) -> AttestationError {
        AttestationError(reason, "\(name) is missing or malformed")
    }

    func text(_ name: String) throws(AttestationError) -> String {
        guard let text = members?[name]?.string else { throw refusal(name) }
        return text
    }

    func natural(_ name: String, max: UInt64) throws(AttestationError) -> UInt64 {
        guard let value = members?[name]?.uint64, value <= max else { throw refusal(name) }
        return value
    }

    /// Seconds since 1970.
    func time(_ name: String) throws(AttestationError) -> UInt64 {
        guard let seconds = InternetTime.seconds(try text(name).utf8) else { throw refusal(name) }
        return seconds
    }

    /// Bytes in hexadecimal of either case.
    func hex(_ name: String, count: Int) throws(AttestationError) -> [UInt8] {
        let digits = try text(name)
        guard digits.utf8.count == 2 * count, let bytes = try? Hex.decode(digits) else {
            throw refusal(name)
        }
        return bytes
    }

    func object(_ name: String) throws(AttestationError) -> CollateralObject {
        guard let value = members?[name], value.object != nil else { throw refusal(name) }
        return CollateralObject(value, reason: reason)
    }

    func optionalObject(_ name: String) throws(AttestationError) -> CollateralObject? {
        members?[name] == nil ? nil : try object(name)
    }

    func objects(_ name: String, max: Int) throws(AttestationError) -> [CollateralObject] {
        guard let elements = members?[name]?.array, elements.count <= max,
            elements.allSatisfy({ $0.object != nil })
        else { throw refusal(name) }
        let reason = reason
        return elements.map { CollateralObject($0, reason: reason) }
    }

    func optionalObjects(_ name: String, max: Int) throws(AttestationError) -> [CollateralObject] {
        members?[name] == nil ? [] : try objects(name, max: max)
    }

    func status() throws(AttestationError) -> TCBStatus {
        guard let status = TCBStatus(name: try text("tcbStatus")) else {
            throw refusal("tcbStatus")
        }
        return status
    }

    /// Names of advisories, in printable ASCII.
    func advisories() throws(AttestationError) -> [String] {
        guard let list = members?["advisoryIDs"] else { return [] }
        guard let elements = list.array, elements.count <= DCAPLimits.advisoriesMax else {
            throw refusal("advisoryIDs")
        }
        var names: [String] = []
        names.reserveCapacity(elements.count)
        for element in elements {
            guard let name = element.string,
                (1...DCAPLimits.advisoryBytesMax).contains(name.utf8.count),
                name.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f })
            else { throw refusal("advisoryIDs") }
            names.append(name)
        }
        return names
    }

    /// The levels of a module or an enclave, highest first.
    func versionLevels() throws(AttestationError) -> [TCBInfo.VersionLevel] {
        try objects("tcbLevels", max: DCAPLimits.levelsMax)
            .map { (level) throws(AttestationError) in
                _ = try level.time("tcbDate")
                return TCBInfo.VersionLevel(
                    version: UInt16(
                        try level.object("tcb").natural("isvsvn", max: 65_535)),
                    status: try level.status(), advisories: try level.advisories())
            }
            .stablySorted { $0.version > $1.version }
    }
}
