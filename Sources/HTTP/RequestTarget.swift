internal import Primitives

/// Reads the parts of a request target.
///
/// Source: RFC 9112 section 3.2 (forms of a target), RFC 3986 section 2.1 (percent-encoding).
enum RequestTarget {
    /// The decoded path of a target in origin or absolute form; nil when it is neither, or when
    /// it is not clean text.
    static func path(_ raw: [UInt8]) -> String? {
        guard let first = raw.first else { return nil }
        if first == UInt8(ascii: "/") { return text(raw) }
        guard let path = pathOfAbsoluteForm(raw) else { return nil }
        return path.isEmpty ? "/" : text(path)
    }

    /// Percent-decodes into clean text; nil for a broken escape, invalid UTF-8 or a control
    /// character, so that no reader behind us sees a NUL or a line break.
    static func text(_ raw: some Collection<UInt8>) -> String? {
        var decoded: [UInt8] = []
        decoded.reserveCapacity(raw.count)
        var rest = raw.makeIterator()
        while let byte = rest.next() {
            guard byte == UInt8(ascii: "%") else {
                decoded.append(byte)
                continue
            }
            guard let high = rest.next().flatMap(Hex.value(of:)),
                let low = rest.next().flatMap(Hex.value(of:))
            else { return nil }
            decoded.append(high << 4 | low)
        }
        guard decoded.allSatisfy({ $0 >= 0x20 && $0 != 0x7f }) else { return nil }
        return String(validating: decoded, as: UTF8.self)
    }

    private static func pathOfAbsoluteForm(_ raw: [UInt8]) -> [UInt8]? {
        for scheme in ["http://", "https://"] {
            let prefix = Array(scheme.utf8)
            guard raw.starts(with: prefix) else { continue }
            let rest = raw[prefix.count...]
            guard let slash = rest.firstIndex(of: UInt8(ascii: "/")) else { return [] }
            return Array(rest[slash...])
        }
        return nil
    }
}
