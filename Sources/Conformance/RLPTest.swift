internal import Codec
internal import Primitives

/// Runs official RLP tests: values with their only encoding, and bytes that are none.
///
/// Source: ethereum/tests `RLPTests`.
public enum RLPTest {
    public static func run(_ bytes: [UInt8], file: String) -> [CaseResult] {
        guard let tests = (try? JSON(parsing: bytes, limits: FixtureLimits.json))?.object else {
            return [.broken(file, in: file, "no JSON object")]
        }
        return tests.entries.map { name, test in
            do {
                return try run(test, name: name, file: file)
            } catch {
                return .broken(name, in: file, "\(error)")
            }
        }
    }

    private static func run(_ test: JSON, name: String, file: String) throws -> CaseResult {
        let text = test["out"]?.string ?? ""
        let out = text.hasPrefix("0x") ? try Hex.decodePrefixed(text) : try Hex.decode(text)
        let input = test["in"] ?? .null
        if input.string == "INVALID" {
            let isRefused = decoded(out) == nil
            return CaseResult(
                name: name, file: file, pass: isRefused, got: isRefused ? "refused" : "accepted",
                want: "refused")
        }
        // Files of random cases only say that the bytes are well formed.
        if input.string == "VALID" {
            let again = decoded(out)
            return CaseResult(
                name: name, file: file, pass: again == out,
                got: again.map { Hex.encodePrefixed($0) } ?? "refused", want: text)
        }
        var writer = RLPWriter()
        try write(input, to: &writer)
        let isSame = writer.bytes == out && decoded(out) == out
        return CaseResult(
            name: name, file: file, pass: isSame, got: Hex.encodePrefixed(writer.bytes), want: text)
    }

    private static func write(_ json: JSON, to writer: inout RLPWriter) throws {
        if let items = json.array {
            try writer.writeList { list throws in
                for item in items { try write(item, to: &list) }
            }
        } else if let text = json.string {
            if text.hasPrefix("#") {
                writer.write(try decimalBytes(text.dropFirst()))
            } else {
                writer.write(Array(text.utf8))
            }
        } else if let number = json.uint64 {
            writer.write(number)
        } else {
            throw FixtureError("a value is neither list, text nor number")
        }
    }

    /// Big-endian bytes of a decimal number of any size.
    private static func decimalBytes(_ digits: Substring) throws(FixtureError) -> [UInt8] {
        var bytes: [UInt8] = []
        for digit in digits.utf8 {
            var carry = Int(digit) - Int(UInt8(ascii: "0"))
            guard (0...9).contains(carry) else { throw FixtureError("\(digits) is no number") }
            for index in bytes.indices.reversed() {
                carry += Int(bytes[index]) * 10
                bytes[index] = UInt8(carry & 255)
                carry >>= 8
            }
            if carry > 0 { bytes.insert(UInt8(carry), at: 0) }
        }
        return bytes
    }

    /// The item written again, or nil when the bytes are not one item all of whose parts are items.
    private static func decoded(_ bytes: [UInt8]) -> [UInt8]? {
        var reader = RLPReader(bytes)
        var writer = RLPWriter()
        do {
            try copy(&reader, to: &writer, depth: 0)
            try reader.finish()
            return writer.bytes
        } catch {
            return nil
        }
    }

    private static func copy(
        _ reader: inout RLPReader, to writer: inout RLPWriter, depth: Int
    ) throws {
        guard depth < 1024 else { throw FixtureError("lists in lists in lists") }
        guard reader.isList else {
            writer.write(Array(try reader.readBytes()))
            return
        }
        var list = try reader.readList()
        try writer.writeList { inner throws in
            while !list.isAtEnd { try copy(&list, to: &inner, depth: depth + 1) }
        }
    }
}
