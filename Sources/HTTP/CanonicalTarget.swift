internal import Primitives

extension HTTPRequest {
    /// The target in its one canonical spelling; what differs here differs to a router too.
    public var canonicalTarget: String { CanonicalTarget.of(path: path, query: query) }
}

/// Request targets spelt one way, for hashes of requests.
///
/// All but unreserved characters and the slashes of the path are percent-encoded in lower case.
/// Source: RFC 3986, sections 2.1 and 2.3.
public enum CanonicalTarget {
    /// - Parameters: decoded path, and query fields in order.
    public static func of(path: String, query: [(name: String, value: String)]) -> String {
        var target = encoded(path, keepsSlashes: true)
        for (index, field) in query.enumerated() {
            target += index == 0 ? "?" : "&"
            target += encoded(field.name) + "=" + encoded(field.value)
        }
        return target
    }

    private static func encoded(_ text: String, keepsSlashes: Bool = false) -> String {
        var bytes: [UInt8] = []
        for byte in text.utf8 {
            if isUnreserved(byte) || (keepsSlashes && byte == UInt8(ascii: "/")) {
                bytes.append(byte)
            } else {
                bytes += Array("%\(Hex.encode([byte]))".utf8)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func isUnreserved(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."),
            UInt8(ascii: "_"), UInt8(ascii: "~"):
            true
        default: false
        }
    }
}
