/// A version, `major.minor`: at most 20 bytes of decimal digits without leading zeros.
public struct ModelVersion: Sendable, Equatable, Comparable, CustomStringConvertible {
    public let major: UInt64
    public let minor: UInt64

    public init(major: UInt64, minor: UInt64) {
        self.major = major
        self.minor = minor
    }

    /// The version a text stands for, or nil when it is none.
    public init?(_ text: String) {
        let parts = text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count == 2, text.utf8.count <= ModelRecord.versionBytesMax,
            let major = ModelVersion.number(parts[0]), let minor = ModelVersion.number(parts[1])
        else { return nil }
        self.init(major: major, minor: minor)
    }

    /// At most 18 digits stand on one side of the point: no sum leaves 64 bits.
    private static func number(_ digits: Substring.UTF8View) -> UInt64? {
        guard let first = digits.first, digits.count == 1 || first != UInt8(ascii: "0") else {
            return nil
        }
        var value: UInt64 = 0
        for digit in digits {
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(digit) else { return nil }
            value = value * 10 + UInt64(digit - UInt8(ascii: "0"))
        }
        return value
    }

    public static func < (left: ModelVersion, right: ModelVersion) -> Bool {
        (left.major, left.minor) < (right.major, right.minor)
    }

    public var description: String { "\(major).\(minor)" }
}
