internal import Crypto
internal import EVM
internal import Primitives

/// Runs the cases of c-kzg-4844, whose folder names what is tested: EIP-4844 and EIP-7594.
///
/// `verify_kzg_proof` runs as a call of the point evaluation precompile; the others are of no
/// instruction of the EVM.
enum KZGTest {
    static func run(_ bytes: [UInt8], file: String) -> CaseResult {
        let name = file.split(separator: "/").dropLast().last.map(String.init) ?? file
        do throws(FixtureError) {
            let fields = Fields(bytes)
            let wanted = try fields.one("output")
            let got = try outcome(fields, file: file)
            return CaseResult(name: name, file: file, pass: got == wanted, got: got, want: wanted)
        } catch {
            return .broken(name, in: file, error.message)
        }
    }

    /// What the case's function answers, `null` where it refuses its input.
    private static func outcome(_ fields: Fields, file: String) throws(FixtureError) -> String {
        if file.contains("/verify_kzg_proof/") { return try pointEvaluation(fields) }
        do {
            if file.contains("/compute_challenge/") {
                let challenge = try KZG.challenge(
                    blob: try fields.bytes("blob"), commitment: try fields.bytes("commitment"))
                return Hex.encodePrefixed(challenge.bigEndianBytes)
            }
            return try isProven(fields, file: file) ? "true" : "false"
        } catch let error as FixtureError {
            throw error
        } catch {
            return "null"
        }
    }

    private static func isProven(_ fields: Fields, file: String) throws -> Bool {
        if file.contains("/verify_blob_kzg_proof/") {
            return try KZG.isProven(
                blob: try fields.bytes("blob"), commitment: try fields.bytes("commitment"),
                proof: try fields.bytes("proof"))
        }
        if file.contains("/verify_blob_kzg_proof_batch/") {
            return try KZG.areProven(
                blobs: try fields.list("blobs"), commitments: try fields.list("commitments"),
                proofs: try fields.list("proofs"))
        }
        guard file.contains("/verify_cell_kzg_proof_batch/") else {
            throw FixtureError("no function has such a name")
        }
        let cells = try fields.list("cells")
        let indices = try fields.numbers("cell_indices")
        // The library takes a cell with its index: lists that differ have no such form.
        guard cells.count == indices.count else {
            throw KZGError.wrongCount(.cellIndex, expected: cells.count, got: indices.count)
        }
        return try KZG.areProven(
            cells: zip(indices, cells).map { KZG.Cell(index: $0, bytes: $1) },
            commitments: try fields.list("commitments"), proofs: try fields.list("proofs"))
    }

    /// False and refused input both fail in the EVM: what it says is put as the case puts it.
    private static func pointEvaluation(_ fields: Fields) throws(FixtureError) -> String {
        let commitment = try fields.bytes("commitment")
        let input =
            KZG.versionedHash(of: commitment[...]).bytes
            + (try fields.bytes("z")) + (try fields.bytes("y")) + commitment
            + (try fields.bytes("proof"))
        let (outcome, _) = PrecompileTest.call(0x0a, input, .osaka)
        if outcome.isSuccess { return "true" }
        return try fields.one("output") == "null" ? "null" : "false"
    }
}

/// The fields of a case: `name: value`, `name: [value, …]`, or a value a line after `- `.
private struct Fields {
    private var values: [String: [String]] = [:]

    init(_ bytes: [UInt8]) {
        var name = ""
        for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n") {
            let text = String(line.filter { $0 != " " && $0 != "'" })
            if text.hasPrefix("-") {
                values[name, default: []].append(String(text.dropFirst()))
                continue
            }
            let parts = text.split(separator: ":", maxSplits: 1)
            guard let first = parts.first else { continue }
            name = String(first)
            values[name] = parts.dropFirst().flatMap { value in
                value.hasPrefix("[")
                    ? value.dropFirst().dropLast().split(separator: ",").map(String.init)
                    : [String(value)]
            }
        }
    }

    func one(_ name: String) throws(FixtureError) -> String {
        guard let value = values[name], value.count == 1 else {
            throw FixtureError("\(name) is not there once")
        }
        return value[0]
    }

    func bytes(_ name: String) throws(FixtureError) -> [UInt8] {
        try Fields.decode(try one(name), name)
    }

    func list(_ name: String) throws(FixtureError) -> [[UInt8]] {
        var list: [[UInt8]] = []
        for value in values[name] ?? [] { list.append(try Fields.decode(value, name)) }
        return list
    }

    func numbers(_ name: String) throws(FixtureError) -> [UInt64] {
        var numbers: [UInt64] = []
        for value in values[name] ?? [] {
            guard let number = UInt64(value) else { throw FixtureError("\(name) is no number") }
            numbers.append(number)
        }
        return numbers
    }

    private static func decode(_ text: String, _ name: String) throws(FixtureError) -> [UInt8] {
        guard let bytes = try? Hex.decodePrefixed(text) else {
            throw FixtureError("\(name) is no hex")
        }
        return bytes
    }
}
