internal import Codec
internal import Attestation

/// Runs the vectors of TEE evidence: a `vectors.json` of one kind and the files beside it.
///
/// A vector passes when the verdict is the wanted one, a refusal's reason is among those that are
/// right, and, for accepted evidence, every decoded field is equal.
public struct AttestationTest: Sendable {
    /// How one vector of a kind is run.
    typealias Runner = @Sendable (JSON, VectorFolder) throws(FixtureError) -> [VectorCase]

    private let vectors: [JSON]
    private let folder: VectorFolder
    private let file: String
    private let run: Runner

    /// The vectors of a file; `read` gives the bytes of a path, nil where there is no such file.
    /// Broken files are verdicts, too.
    public static func cases(
        _ bytes: [UInt8], file: String, read: @escaping @Sendable (String) -> [UInt8]?
    ) -> [@Sendable () -> [CaseResult]] {
        guard let json = try? JSON(parsing: bytes, limits: FixtureLimits.json),
            let vectors = json["vectors"]?.array, let kind = json["kind"]?.string
        else { return [{ [.broken(file, in: file, "no vectors of attestations")] }] }
        guard let run = runner(kind) else {
            return [{ [.broken(file, in: file, "no attestations of kind \(kind) are checked")] }]
        }
        let test = AttestationTest(
            vectors: vectors, folder: VectorFolder(of: file, roots: json["roots"], read: read),
            file: file, run: run)
        return vectors.indices.map { index in { test.results(index) } }
    }

    /// The kinds that are checked, one file each.
    private static func runner(_ kind: String) -> Runner? {
        switch kind {
        case "nitro": NitroVectors.run
        case "dcap": DCAPVectors.run
        case "snp": SNPVectors.run
        case "nvgpu": GPUVectors.run
        default: nil
        }
    }

    private func results(_ index: Int) -> [CaseResult] {
        let vector = vectors[index]
        let name = vector["id"]?.string ?? "\(file) \(index)"
        do throws(FixtureError) {
            return try run(vector, folder).map { $0.result(file: file) }
        } catch {
            return [.broken(name, in: file, error.message)]
        }
    }
}

/// The folder of a `vectors.json`.
struct VectorFolder: Sendable {
    private let path: String
    private let roots: JSON?
    private let read: @Sendable (String) -> [UInt8]?

    init(of file: String, roots: JSON?, read: @escaping @Sendable (String) -> [UInt8]?) {
        self.roots = roots
        let parts = file.split(separator: "/", omittingEmptySubsequences: false)
        path = parts.count > 1 ? parts.dropLast().joined(separator: "/") + "/" : ""
        self.read = read
    }

    /// The file with this path, relative to the folder.
    func bytes(_ name: String) throws(FixtureError) -> [UInt8] {
        guard let bytes = read(path + name) else { throw FixtureError("no file \(path)\(name)") }
        return bytes
    }

    /// The certificate of a root that the vectors bring, in DER.
    ///
    /// `roots` says by name where it is; the first word is the file.
    func root(_ name: String) throws(FixtureError) -> [UInt8] {
        guard let file = roots?[name]?.string?.split(separator: " ").first else {
            throw FixtureError("no root \(name)")
        }
        return try certificate(String(file))
    }

    /// The one certificate of a file of PEM or DER, in DER.
    func certificate(_ name: String) throws(FixtureError) -> [UInt8] {
        let bytes = try bytes(name)
        guard bytes.first == UInt8(ascii: "-") else { return bytes }
        guard let blocks = try? PEM.decode(bytes[...], label: "CERTIFICATE", blocksMax: 1),
            let certificate = blocks.first
        else { throw FixtureError("\(name) is no certificate") }
        return certificate
    }

    /// The file that a member of the vector names.
    func bytes(named member: String, of vector: JSON) throws(FixtureError) -> [UInt8] {
        guard let name = vector[member]?.string else { throw FixtureError("no member \(member)") }
        return try bytes(name)
    }
}

/// What a verifier said about one vector, and what is right.
struct VectorCase {
    /// An accepted sample's decoded fields, or a refusal.
    enum Verdict {
        case accept(JSON)
        case reject(AttestationError)

        var text: String {
            switch self {
            case .accept: "accept"
            case .reject(let error): "reject \(error.reason.code)"
            }
        }
    }

    var name: String
    var got: Verdict
    /// The codes of the reasons that are right; empty where the sample is to be accepted.
    var reasons: [String]
    var accepts: Bool
    /// The fields of `decoded` that were compared, and those that differ.
    var wantedFields: JSON?

    /// Reads `expect` and, for accepted samples, `decoded`.
    init(_ vector: JSON, got: Verdict) throws(FixtureError) {
        guard let name = vector["id"]?.string, let expect = vector["expect"],
            let verdict = expect["verdict"]?.string
        else { throw FixtureError("no vector with an id and a verdict") }
        self.name = name
        self.got = got
        accepts = verdict == "accept"
        reasons = expect["reason_any_of"]?.array?.compactMap(\.string) ?? []
        if let reason = expect["reason"]?.string, !reasons.contains(reason) {
            reasons.append(reason)
        }
        wantedFields = accepts ? vector["decoded"] : nil
    }

    /// A case of our own making beside a vector.
    init(name: String, got: Verdict, reasons: [String]) {
        self.name = name
        self.got = got
        self.reasons = reasons
        accepts = reasons.isEmpty
    }

    /// The case and, where a real sample is accepted, four more: a second before and at the begin
    /// of what it rests on, at its end and a second after.
    ///
    /// - Parameter reasons: those that are right outside the window.
    func withEnds(
        of window: Window?, _ vector: JSON, reasons: [String] = ["E_CHAIN_TIME"],
        _ verdict: (UInt64) -> Verdict
    ) -> [VectorCase] {
        guard vector["group"]?.string == "real", accepts, let window, window.start > 0,
            window.end < .max
        else { return [self] }
        let ends: [(name: String, time: UInt64, reasons: [String])] = [
            ("before", window.start - 1, reasons), ("first", window.start, []),
            ("last", window.end, []), ("after", window.end + 1, reasons),
        ]
        return [self]
            + ends.map { end in
                VectorCase(
                    name: "\(name)/\(end.name)", got: verdict(end.time), reasons: end.reasons)
            }
    }

    func result(file: String) -> CaseResult {
        let want =
            accepts
            ? "accept" : "reject \(reasons.filter { $0 != "accept" }.joined(separator: "|"))"
        var result = CaseResult(
            name: name, file: file, pass: false, got: got.text, want: want)
        switch got {
        case .accept(let fields):
            result.pass = accepts || reasons.contains("accept")
            guard result.pass, let wantedFields else { break }
            var comparison = FieldComparison()
            comparison.compare(fields, with: wantedFields, path: "")
            result.got = "accept, \(comparison.equal) fields"
            result.want = "accept, \(comparison.equal + comparison.differences.count) fields"
            result.pass = comparison.differences.isEmpty
            result.error = comparison.differences.first
        case .reject(let error):
            result.pass = !accepts && reasons.contains(error.reason.code)
            result.error = error.description
        }
        return result
    }
}

/// Compares the fields that a vector lists with ours of the same names.
struct FieldComparison {
    private(set) var equal = 0
    private(set) var differences: [String] = []

    mutating func compare(_ got: JSON?, with want: JSON, path: String) {
        switch want {
        case .object(let members):
            for (key, value) in members.entries {
                compare(got?[key], with: value, path: path.isEmpty ? key : "\(path).\(key)")
            }
        case .array(let elements):
            guard got?.array?.count == elements.count else {
                differences.append("\(path): \(got?.array?.count ?? 0) for \(elements.count)")
                return
            }
            for (index, element) in elements.enumerated() {
                compare(got?[index], with: element, path: "\(path).\(index)")
            }
        default:
            if got == want {
                equal += 1
            } else {
                let text = { (value: JSON) in String(decoding: value.serialized, as: UTF8.self) }
                differences.append("\(path): \(got.map(text) ?? "nothing") for \(text(want))")
            }
        }
    }
}
