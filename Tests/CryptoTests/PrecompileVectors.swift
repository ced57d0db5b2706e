import Primitives
import TestSupport

/// Published calls of precompiles, read from the shared archive where it and its tools exist.
///
/// Origin: ethereum/go-ethereum @02b73d4, core/vm/testdata/precompiles (LGPL-3.0, test data), and
/// ethereum/EIPs @f767a1e, assets (CC0).
struct PrecompileVector {
    let name: String
    let input: [UInt8]
    let output: [UInt8]

    static let archive = SharedArchive("ethereum-tests/precompiles.tar.zst")

    /// Every vector of one file of the archive.
    static func read(_ member: String, from archive: SharedArchive) throws -> [PrecompileVector] {
        let text = String(decoding: archive.read(member), as: UTF8.self)
        // Minified JSON, no escapes, a "Name" last in each entry: its quoted texts in order.
        let texts = text.split(separator: "\"", omittingEmptySubsequences: false)
        var vectors: [PrecompileVector] = []
        var fields: [Substring: Substring] = [:]
        var index = 1
        while index + 2 < texts.count {
            if texts[index + 1] == ":" {
                fields[texts[index]] = texts[index + 2]
                index += 4
            } else {
                index += 2
            }
            if let name = fields["Name"], let input = fields["Input"],
                let expected = fields["Expected"]
            {
                vectors.append(
                    PrecompileVector(
                        name: String(name), input: try Hex.decode(input),
                        output: try Hex.decode(expected)))
                fields = [:]
            }
        }
        return vectors
    }
}
