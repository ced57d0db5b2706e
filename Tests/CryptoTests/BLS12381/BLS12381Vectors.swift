import Crypto
import Primitives
import TestSupport
import Testing

/// Published calls of the seven precompiles.
///
/// Origin: ethereum/go-ethereum @02b73d4, core/vm/testdata/precompiles/*bls*.json (LGPL-3.0, test
/// data), and ethereum/EIPs @f767a1e, assets/eip-2537 (CC0). The selection beside this file is
/// built in; the whole files are read where the shared test data is at hand.
enum BLS12381Vectors {
    enum Operation: Sendable {
        case addG1, sumG1, addG2, sumG2, pairing, mapToG1, mapToG2

        func run(_ input: [UInt8]) -> [UInt8]? {
            switch self {
            case .addG1: BLS12381.addG1(input)
            case .sumG1: BLS12381.sumG1(input)
            case .addG2: BLS12381.addG2(input)
            case .sumG2: BLS12381.sumG2(input)
            case .pairing: BLS12381.pairing(input)
            case .mapToG1: BLS12381.mapToG1(input)
            case .mapToG2: BLS12381.mapToG2(input)
            }
        }
    }

    struct Vector: Sendable, CustomTestStringConvertible {
        let kind: Operation
        let name: String
        /// Hexadecimal; spaces do not count.
        let input: String
        /// nil where the call fails.
        let output: String?

        init(_ kind: Operation, _ name: String, input: String, output: String?) {
            self.kind = kind
            self.name = name
            self.input = input
            self.output = output
        }

        var testDescription: String { "\(kind) \(name)" }

        var inputBytes: [UInt8] {
            get throws { try Hex.decode(input.filter { !$0.isWhitespace }) }
        }

        var outputBytes: [UInt8]? {
            get throws { try output.map { try Hex.decode($0.filter { !$0.isWhitespace }) } }
        }
    }

    struct File: Sendable, CustomTestStringConvertible {
        let kind: Operation
        let path: String
        let count: Int

        var testDescription: String { path }
    }

    private static let geth = "go-ethereum/core/vm/testdata/precompiles/"
    private static let eip = "EIPs/assets/eip-2537/"

    /// Files of calls that succeed.
    static let accepted = [
        File(kind: .addG1, path: geth + "blsG1Add.json", count: 99),
        File(kind: .sumG1, path: geth + "blsG1Mul.json", count: 8),
        File(kind: .sumG1, path: geth + "blsG1MultiExp.json", count: 127),
        File(kind: .addG2, path: geth + "blsG2Add.json", count: 97),
        File(kind: .sumG2, path: geth + "blsG2Mul.json", count: 9),
        File(kind: .sumG2, path: geth + "blsG2MultiExp.json", count: 126),
        File(kind: .mapToG1, path: geth + "blsMapG1.json", count: 90),
        File(kind: .mapToG2, path: geth + "blsMapG2.json", count: 86),
        File(kind: .pairing, path: geth + "blsPairing.json", count: 84),
        File(kind: .addG1, path: eip + "add_G1_bls.json", count: 9),
        File(kind: .addG2, path: eip + "add_G2_bls.json", count: 7),
        File(kind: .mapToG2, path: eip + "map_fp2_to_G2_bls.json", count: 4),
        File(kind: .mapToG1, path: eip + "map_fp_to_G1_bls.json", count: 5),
        File(kind: .sumG1, path: eip + "msm_G1_bls.json", count: 132),
        File(kind: .sumG1, path: eip + "mul_G1_bls.json", count: 8),
        File(kind: .sumG2, path: eip + "mul_G2_bls.json", count: 9),
        File(kind: .pairing, path: eip + "pairing_check_bls.json", count: 12),
    ]

    /// Files of calls that fail.
    static let refused = [
        File(kind: .addG1, path: geth + "fail-blsG1Add.json", count: 6),
        File(kind: .sumG1, path: geth + "fail-blsG1Mul.json", count: 3),
        File(kind: .sumG1, path: geth + "fail-blsG1MultiExp.json", count: 6),
        File(kind: .addG2, path: geth + "fail-blsG2Add.json", count: 4),
        File(kind: .sumG2, path: geth + "fail-blsG2Mul.json", count: 6),
        File(kind: .sumG2, path: geth + "fail-blsG2MultiExp.json", count: 6),
        File(kind: .mapToG1, path: geth + "fail-blsMapG1.json", count: 5),
        File(kind: .mapToG2, path: geth + "fail-blsMapG2.json", count: 5),
        File(kind: .pairing, path: geth + "fail-blsPairing.json", count: 8),
        File(kind: .addG1, path: eip + "fail-add_G1_bls.json", count: 5),
        File(kind: .addG2, path: eip + "fail-add_G2_bls.json", count: 6),
        File(kind: .mapToG2, path: eip + "fail-map_fp2_to_G2_bls.json", count: 5),
        File(kind: .mapToG1, path: eip + "fail-map_fp_to_G1_bls.json", count: 5),
        File(kind: .sumG1, path: eip + "fail-msm_G1_bls.json", count: 8),
        File(kind: .sumG2, path: eip + "fail-msm_G2_bls.json", count: 7),
        File(kind: .sumG1, path: eip + "fail-mul_G1_bls.json", count: 4),
        File(kind: .sumG2, path: eip + "fail-mul_G2_bls.json", count: 7),
        File(kind: .pairing, path: eip + "fail-pairing_check_bls.json", count: 24),
    ]
}
