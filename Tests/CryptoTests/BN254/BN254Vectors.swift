import Crypto
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

    static let archive = PrecompileVector.archive

    /// Every vector of one file of the archive.
    static func read(
        _ file: String, _ kind: Operation, from archive: SharedArchive
    ) throws -> [Vector] {
        let member = "go-ethereum/core/vm/testdata/precompiles/\(file).json"
        return try PrecompileVector.read(member, from: archive).map { vector in
            Vector(
                kind, vector.name, input: Hex.encode(vector.input),
                output: Hex.encode(vector.output))
        }
    }
}
