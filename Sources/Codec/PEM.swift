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
        var digits: [UInt8] = []
        digits.reserveCapacity(text.count)
        var isOpen = false
        var start = text.startIndex
        while start <= text.endIndex {
            let stop = end(ofLineAt: start, in: text)
            let raw = text[start..<stop]
            start = stop + 1
            let line = raw.last == carriageReturn ? raw.dropLast() : raw
            if isOpen, line.first == dash, line.elementsEqual(endLine) {
                blocks.append(try decode(digits, block: blocks.count))
                isOpen = false
            } else if isOpen {
                guard !line.isEmpty else { throw .invalidBase64(block: blocks.count) }
                digits.append(contentsOf: line)
            } else if line.elementsEqual(begin) {
                guard blocks.count < blocksMax else { throw .tooManyBlocks(blocks.count + 1) }
                digits.removeAll(keepingCapacity: true)
                isOpen = true
            } else if !line.isEmpty {
                throw .noBegin(block: blocks.count)
            }
        }
        guard !isOpen else { throw .noEnd(block: blocks.count) }
        return blocks
    }

    /// One block in lines of 64 digits.
    public static func encode(_ bytes: [UInt8], label: String) -> String {
        let digits = Array(Base64.encode(bytes).utf8)
        var text = "-----BEGIN \(label)-----\n"
        for start in stride(from: 0, to: digits.count, by: 64) {
            text += String(decoding: digits[start..<min(start + 64, digits.count)], as: UTF8.self)
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

    private static let dash = UInt8(ascii: "-")
    private static let newline = UInt8(ascii: "\n")
    private static let carriageReturn = UInt8(ascii: "\r")

    private static func decode(_ digits: [UInt8], block: Int) throws(PEMError) -> [UInt8] {
        guard !digits.isEmpty else { throw .emptyBlock(block: block) }
        do {
            return try Base64.decode(digits: digits)
        } catch {
            throw .invalidBase64(block: block)
        }
    }
}
