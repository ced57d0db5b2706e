/// Why a text is no sequence of PEM blocks.
public enum PEMError: Error, Equatable, Sendable {
    /// Something else than `-----BEGIN …-----` of the wanted label where a block must begin.
    case noBegin(block: Int)
    case noEnd(block: Int)
    /// A line between the two that is no base64, or no base64 in all.
    case invalidBase64(block: Int)
    case emptyBlock(block: Int)
    case tooManyBlocks(Int)
}

/// Texts of DER objects: `-----BEGIN label-----`, base64 in lines, `-----END label-----`.
///
/// Between blocks stand only line ends; headers, explanations and spaces are refused. Lines end in
/// LF or CR LF and have any length; base64 is the standard alphabet's, with padding.
/// Source: RFC 7468, sections 2 and 3.
public enum PEM {
    /// What the blocks hold, in order. One NUL behind the text is allowed, since Intel's libraries
    /// count the one that ends a C string.
    public static func decode(
        _ bytes: ArraySlice<UInt8>, label: String, blocksMax: Int
    ) throws(PEMError) -> [[UInt8]] {
        var text = bytes
        if text.last == 0 { text = text.dropLast() }
        let begin = Array("-----BEGIN \(label)-----".utf8)
        let endLine = Array("-----END \(label)-----".utf8)
        var blocks: [[UInt8]] = []
        var block: Block?
        var start = text.startIndex
        while start <= text.endIndex {
            // Most lines are of this length, and need not be searched for their end.
            let usual = start + lineDigits
            if usual < text.endIndex, text[usual] == newline,
                block?.append(text[start..<usual]) == true
            {
                start = usual + 1
                continue
            }
            let stop = end(ofLineAt: start, in: text)
            let raw = text[start..<stop]
            start = stop + 1
            let line = raw.last == carriageReturn ? raw.dropLast() : raw
            if block != nil, line.first == dash, line.elementsEqual(endLine) {
                blocks.append(try block.take()?.finish(blocks.count) ?? [])
            } else if block != nil {
                guard !line.isEmpty else { throw .invalidBase64(block: blocks.count) }
                if block?.append(line) == false { block?.digits.append(contentsOf: line) }
            } else if line.elementsEqual(begin) {
                guard blocks.count < blocksMax else { throw .tooManyBlocks(blocks.count + 1) }
                block = Block(bytesMax: (text.endIndex - start) / 4 * 3)
            } else if !line.isEmpty {
                throw .noBegin(block: blocks.count)
            }
        }
        guard block == nil else { throw .noEnd(block: blocks.count) }
        return blocks
    }

    /// A block between its first line and its last.
    private struct Block {
        /// What whole lines of whole groups hold, in the first `filled` bytes.
        var bytes: [UInt8]
        var filled = 0
        /// Digits from the first line on that is no such line: padded, of another length, or wrong.
        var digits: [UInt8] = []

        init(bytesMax: Int) { bytes = [UInt8](repeating: 0, count: bytesMax) }

        /// False, and nothing is added, unless the line's digits are whole groups and all before it
        /// were.
        mutating func append(_ line: ArraySlice<UInt8>) -> Bool {
            guard digits.isEmpty, line.count / 4 * 3 <= bytes.count - filled else { return false }
            let offset = filled
            var output = bytes.mutableSpan
            guard Base64.decode(wholeGroups: line.span, into: &output, at: offset) else {
                return false
            }
            filled += line.count / 4 * 3
            return true
        }

        consuming func finish(_ number: Int) throws(PEMError) -> [UInt8] {
            guard filled > 0 || !digits.isEmpty else { throw .emptyBlock(block: number) }
            do { return try bytes.prefix(filled) + Base64.decode(digits: digits) } catch {
                throw .invalidBase64(block: number)
            }
        }
    }

    /// One block in lines of 64 digits.
    public static func encode(_ bytes: [UInt8], label: String) -> String {
        let digits = Array(Base64.encode(bytes).utf8)
        var text = "-----BEGIN \(label)-----\n"
        for start in stride(from: 0, to: digits.count, by: lineDigits) {
            let line = digits[start..<min(start + lineDigits, digits.count)]
            text += String(decoding: line, as: UTF8.self)
            text += "\n"
        }
        return text + "-----END \(label)-----\n"
    }

    private static func end(ofLineAt start: Int, in text: ArraySlice<UInt8>) -> Int {
        let bytes = text.span
        var index = start - text.startIndex
        while index < bytes.count, bytes[index] != newline { index += 1 }
        return text.startIndex + index
    }

    private static let lineDigits = 64
    private static let dash = UInt8(ascii: "-")
    private static let newline = UInt8(ascii: "\n")
    private static let carriageReturn = UInt8(ascii: "\r")
}
