import Crypto
import Glibc
import Primitives
import TestSupport
import Testing

/// Published calls of the three precompiles.
///
/// Origin: ethereum/go-ethereum @02b73d4, core/vm/testdata/precompiles/bn256Add.json,
/// bn256ScalarMul.json and bn256Pairing.json (LGPL-3.0, test data). The selection below is built
/// in;
/// the whole files are read where the shared test data is at hand.
enum BN254Vectors {
    enum Operation: Sendable {
        case add
        case multiply
        case pairing
    }

    struct Vector: Sendable, CustomTestStringConvertible {
        let kind: Operation
        let name: String
        let input: String
        let output: String

        init(_ kind: Operation, _ name: String, input: String, output: String) {
            self.kind = kind
            self.name = name
            self.input = input
            self.output = output
        }

        var testDescription: String { "\(kind) \(name)" }

        var inputBytes: [UInt8] {
            get throws { try Hex.decode(input.filter { !$0.isWhitespace }) }
        }

        var outputBytes: [UInt8] {
            get throws { try Hex.decode(output.filter { !$0.isWhitespace }) }
        }

        func operation(_ bytes: [UInt8]) -> [UInt8]? {
            switch kind {
            case .add: BN254.add(bytes)
            case .multiply: BN254.multiply(bytes)
            case .pairing: BN254.pairing(bytes)
            }
        }
    }

    /// The archive with the whole files, where it and its tools exist.
    static let archive: String? = {
        guard let folder = SharedData.folder else { return nil }
        let path = folder + "/ethereum-tests/precompiles.tar.zst"
        let isReadable = unsafe access(path, R_OK) == 0
        let tools = output(of: "command -v tar && command -v zstd")
        return isReadable && tools.split(separator: "\n").count == 2 ? path : nil
    }()

    /// Every vector of one file of the archive.
    static func read(_ file: String, _ kind: Operation, from archive: String) -> [Vector] {
        let member = "go-ethereum/core/vm/testdata/precompiles/\(file).json"
        let text = output(of: "tar --zstd -xOf '\(archive)' '\(member)'")
        // Minified JSON, no escapes, a "Name" last in each entry: its quoted texts in order.
        let texts = text.split(separator: "\"", omittingEmptySubsequences: false)
        var vectors: [Vector] = []
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
                    Vector(
                        kind, String(name), input: String(input), output: String(expected)))
                fields = [:]
            }
        }
        return vectors
    }

    /// What a shell command writes.
    private static func output(of command: String) -> String {
        guard let stream = unsafe popen(command, "r") else { return "" }
        defer { unsafe pclose(stream) }
        var bytes: [UInt8] = []
        while true {
            let byte = unsafe fgetc(stream)
            if byte == EOF { return String(decoding: bytes, as: UTF8.self) }
            bytes.append(UInt8(truncatingIfNeeded: byte))
        }
    }
}
