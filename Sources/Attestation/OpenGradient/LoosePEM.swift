internal import Codec

/// The certificates of a text, as Go's `CertPool.AppendCertsFromPEM` finds them: anything may
/// stand between blocks, and blocks that do not hold, have headers or another label are passed
/// over.
enum LoosePEM {
    static func certificates(in text: [UInt8]) -> [[UInt8]] {
        var found: [[UInt8]] = []
        var rest = text[...]
        while let block = nextBlock(&rest) {
            if block.label.elementsEqual("CERTIFICATE".utf8), !block.hasHeaders {
                found.append(block.contents)
            }
        }
        return found
    }

    private struct Block {
        let label: ArraySlice<UInt8>
        let hasHeaders: Bool
        let contents: [UInt8]
    }

    private static let begin = Array("\n-----BEGIN ".utf8)
    private static let end = Array("\n-----END ".utf8)
    private static let dashes = Array("-----".utf8)
    private static let newline = UInt8(ascii: "\n")

    /// The next block that holds; what comes behind it stays.
    private static func nextBlock(_ rest: inout ArraySlice<UInt8>) -> Block? {
        while true {
            if rest.starts(with: begin.dropFirst()) {
                rest = rest.dropFirst(begin.count - 1)
            } else if let start = find(begin, in: rest) {
                rest = rest[(start + begin.count)...]
            } else {
                return nil
            }
            let (first, behind) = line(rest)
            rest = behind
            guard first.suffix(dashes.count).elementsEqual(dashes) else { continue }
            let label = first.dropLast(dashes.count)
            var hasHeaders = false
            while true {
                guard !rest.isEmpty else { return nil }
                let (header, next) = line(rest)
                guard header.contains(UInt8(ascii: ":")) else { break }
                hasHeaders = true
                rest = next
            }
            if let contents = body(&rest, label: label, hasHeaders: hasHeaders) {
                return Block(label: label, hasHeaders: hasHeaders, contents: contents)
            }
        }
    }

    /// What stands before the end line of this label; nil, and nothing read, without one.
    private static func body(
        _ rest: inout ArraySlice<UInt8>, label: ArraySlice<UInt8>, hasHeaders: Bool
    ) -> [UInt8]? {
        let stop: Int
        let trailer: Int
        if !hasHeaders, rest.starts(with: end.dropFirst()) {
            stop = rest.startIndex
            trailer = stop + end.count - 1
        } else if let found = find(end, in: rest) {
            stop = found
            trailer = found + end.count
        } else {
            return nil
        }
        let wanted = Array(label) + dashes
        let tail = rest[trailer...]
        guard tail.starts(with: wanted) else { return nil }
        let (remainder, behind) = line(tail.dropFirst(wanted.count))
        guard remainder.isEmpty else { return nil }
        let digits = rest[rest.startIndex..<stop].filter { !isSpace($0) }
        guard let contents = try? Base64.decode(digits: Array(digits)) else { return nil }
        rest = behind
        return contents
    }

    private static func isSpace(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") || byte == newline
            || byte == UInt8(ascii: "\r")
    }

    /// A line without the spaces at its end, and what follows it.
    private static func line(
        _ text: ArraySlice<UInt8>
    ) -> (line: ArraySlice<UInt8>, rest: ArraySlice<UInt8>) {
        let stop = text.firstIndex(of: newline)
        var first = text[text.startIndex..<(stop ?? text.endIndex)]
        while let last = first.last, isSpace(last) { first = first.dropLast() }
        return (first, text[(stop.map { $0 + 1 } ?? text.endIndex)...])
    }

    private static func find(_ pattern: [UInt8], in text: ArraySlice<UInt8>) -> Int? {
        guard text.count >= pattern.count else { return nil }
        return (text.startIndex...text.endIndex - pattern.count).first {
            text[$0...].starts(with: pattern)
        }
    }
}
