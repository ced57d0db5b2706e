internal import Codec
internal import Primitives

/// A JSON object of Intel's collateral, read field by field.
///
/// Fields that nobody asks for are allowed: Intel adds some. Duplicates, floats, depth and size are
/// the parser's.
struct CollateralObject {
    private let item: JSONOutline.Item
    private let reason: AttestationReason

    init(_ item: JSONOutline.Item, reason: AttestationReason) {
        self.item = item
        self.reason = reason
    }

    /// The document as strict JSON, within limits; nil when it is none.
    static func parse(_ document: [UInt8]) -> JSONOutline.Item? {
        let limits = JSONLimits(
            bytesMax: DCAPLimits.documentBytesMax, depthMax: DCAPLimits.jsonDepthMax,
            itemsMax: DCAPLimits.jsonItemsMax)
        return try? JSONOutline(parsing: document, limits: limits).root
    }

    private func refusal(_ name: StaticString) -> AttestationError {
        AttestationError(reason, "\(name) is missing or malformed")
    }

    private func utf8(_ name: StaticString) throws(AttestationError) -> ArraySlice<UInt8> {
        guard let bytes = item[name]?.utf8 else { throw refusal(name) }
        return bytes
    }

    func text(_ name: StaticString) throws(AttestationError) -> String {
        String(decoding: try utf8(name), as: UTF8.self)
    }

    func natural(_ name: StaticString, max: UInt64) throws(AttestationError) -> UInt64 {
        guard let value = item.uint64(name), value <= max else { throw refusal(name) }
        return value
    }

    /// Seconds since 1970.
    func time(_ name: StaticString) throws(AttestationError) -> UInt64 {
        guard let seconds = InternetTime.seconds(try utf8(name)) else { throw refusal(name) }
        return seconds
    }

    /// Bytes in hexadecimal of either case.
    func hex(_ name: StaticString, count: Int) throws(AttestationError) -> [UInt8] {
        let digits = try utf8(name)
        guard digits.count == 2 * count else { throw refusal(name) }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(count)
        for place in stride(from: digits.startIndex, to: digits.endIndex, by: 2) {
            guard let high = Hex.value(of: digits[place]),
                let low = Hex.value(of: digits[place + 1])
            else { throw refusal(name) }
            bytes.append(high << 4 | low)
        }
        return bytes
    }

    func object(_ name: StaticString) throws(AttestationError) -> CollateralObject {
        guard let value = item[name], value.isObject else { throw refusal(name) }
        return CollateralObject(value, reason: reason)
    }

    func optionalObject(_ name: StaticString) throws(AttestationError) -> CollateralObject? {
        item[name] == nil ? nil : try object(name)
    }

    func objects(_ name: StaticString, max: Int) throws(AttestationError) -> [CollateralObject] {
        guard let list = item[name], list.isArray, list.count <= max else { throw refusal(name) }
        let elements = list.elements
        guard elements.allSatisfy(\.isObject) else { throw refusal(name) }
        let reason = reason
        return elements.map { CollateralObject($0, reason: reason) }
    }

    func optionalObjects(_ name: StaticString, max: Int) throws(AttestationError)
        -> [CollateralObject]
    {
        item[name] == nil ? [] : try objects(name, max: max)
    }

    func status() throws(AttestationError) -> TCBStatus {
        guard let status = TCBStatus(name: try text("tcbStatus")) else {
            throw refusal("tcbStatus")
        }
        return status
    }

    /// Names of advisories, in printable ASCII.
    func advisories() throws(AttestationError) -> [String] {
        guard let list = item["advisoryIDs"] else { return [] }
        guard list.isArray, list.count <= DCAPLimits.advisoriesMax else {
            throw refusal("advisoryIDs")
        }
        let elements = list.elements
        var names: [String] = []
        names.reserveCapacity(elements.count)
        for element in elements {
            guard let name = element.utf8,
                (1...DCAPLimits.advisoryBytesMax).contains(name.count),
                name.allSatisfy({ $0 > 0x20 && $0 < 0x7f })
            else { throw refusal("advisoryIDs") }
            names.append(String(decoding: name, as: UTF8.self))
        }
        return names
    }

    /// The levels of a module or an enclave, highest first; Intel gives them fewer states than
    /// platforms, and all others are refused.
    func versionLevels(
        of states: [TCBStatus]
    ) throws(AttestationError) -> [TCBInfo.VersionLevel] {
        try objects("tcbLevels", max: DCAPLimits.levelsMax)
            .map { (level) throws(AttestationError) in
                _ = try level.time("tcbDate")
                let status = try level.status()
                guard states.contains(status) else { throw refusal("tcbStatus") }
                return TCBInfo.VersionLevel(
                    version: UInt16(
                        try level.object("tcb").natural("isvsvn", max: 65_535)),
                    status: status, advisories: try level.advisories())
            }
            .stablySorted { $0.version > $1.version }
    }
}
