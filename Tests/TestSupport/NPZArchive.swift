/// Reads the arrays of a numpy `.npz` archive, for tests.
///
/// Source: ZIP (APPNOTE 6.3, stored and deflated entries); NEP 1 for the arrays within.
public struct NPZArchive {
    private let entries: [(name: String, bytes: [UInt8])]

    /// Nil for what is no such archive.
    public init?(_ bytes: [UInt8]) {
        func number(_ offset: Int, _ width: Int) -> Int? {
            guard offset >= 0, offset + width <= bytes.count else { return nil }
            return (0..<width).reduce(0) { $0 | Int(bytes[offset + $1]) << ($1 * 8) }
        }
        // The directory at the end names entries with sizes that local headers may lack.
        let last = bytes.count - 22
        guard
            let end = stride(from: last, through: max(0, last - 65_535), by: -1).first(where: {
                number($0, 4) == 0x0605_4b50
            }), let count = number(end + 10, 2), var entry = number(end + 16, 4)
        else { return nil }
        var entries: [(name: String, bytes: [UInt8])] = []
        for _ in 0..<count {
            guard number(entry, 4) == 0x0201_4b50, let method = number(entry + 10, 2),
                let packed = number(entry + 20, 4), let nameCount = number(entry + 28, 2),
                let extra = number(entry + 30, 2), let comment = number(entry + 32, 2),
                let local = number(entry + 42, 4), let localName = number(local + 26, 2),
                let localExtra = number(local + 28, 2)
            else { return nil }
            let start = local + 30 + localName + localExtra
            guard start + packed <= bytes.count, entry + 46 + nameCount <= bytes.count else {
                return nil
            }
            let name = String(decoding: bytes[entry + 46..<entry + 46 + nameCount], as: UTF8.self)
            let content = bytes[start..<start + packed]
            switch method {
            case 0: entries.append((name, Array(content)))
            case 8:
                guard let inflated = Inflate.decompress(content) else { return nil }
                entries.append((name, inflated))
            default: return nil
            }
            entry += 46 + nameCount + extra + comment
        }
        self.entries = entries
    }

    /// The little-endian 32-bit floats of an array.
    public func floats(_ name: String) -> [Float]? {
        elements(name, type: "<f4", width: 4)?.map {
            Float(bitPattern: UInt32(truncatingIfNeeded: $0))
        }
    }

    /// The little-endian 64-bit integers of an array.
    public func integers(_ name: String) -> [Int64]? {
        elements(name, type: "<i8", width: 8)?.map { Int64(bitPattern: $0) }
    }

    private func elements(_ name: String, type: String, width: Int) -> [UInt64]? {
        guard let entry = entries.first(where: { $0.name == name + ".npy" }) else { return nil }
        let bytes = entry.bytes
        guard bytes.count > 10,
            bytes.starts(with: Array("\u{93}NUMPY".unicodeScalars.map { UInt8($0.value) }))
        else { return nil }
        let header = 10 + Int(bytes[8]) + Int(bytes[9]) << 8
        guard header <= bytes.count, (bytes.count - header).isMultiple(of: width),
            String(decoding: bytes[10..<header], as: UTF8.self).contains("'\(type)'")
        else { return nil }
        return stride(from: header, to: bytes.count, by: width).map { start in
            (0..<width).reduce(0) { $0 | UInt64(bytes[start + $1]) << UInt64($1 * 8) }
        }
    }
}
