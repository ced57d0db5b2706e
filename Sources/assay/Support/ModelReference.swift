internal import Codec
internal import Crypto
internal import HTTP
internal import Ledger
internal import Primitives

/// What commands need of models and system configs that a node knows.
extension NodeClient {
    /// The id of `name@version`, of a version that may be out of use.
    func modelID(_ reference: String) throws -> Hash {
        if reference.hasPrefix("0x"), let id = try? Hash(hex: reference) { return id }
        let parts = reference.split(separator: "@", omittingEmptySubsequences: false)
        guard parts.count == 2 else {
            throw Failure(
                "\(reference) names no version", why: "a change is of one version",
                remedy: "write NAME@VERSION")
        }
        let model = try call(
            "assay_model", [.string(String(parts[0])), .string(String(parts[1]))])
        guard let text = model["modelId"]?.string, let id = try? Hash(hex: text) else {
            throw Failure(
                "\(reference) is not registered", why: "the node knows no such version",
                remedy: "see 'assay model list'")
        }
        return id
    }

    /// The record of `namespace/name` or `namespace/name@version`.
    func system(_ reference: String) throws -> JSON {
        let (namespace, name, version) = try NodeClient.systemParts(reference)
        let record = try call(
            "assay_system",
            [.string(namespace), .string(name)] + (version.map { [.string($0)] } ?? []))
        guard !record.isNull else {
            throw Failure(
                "\(reference) is not registered", why: "the node knows no such system config",
                remedy: "add it with 'assay system add'")
        }
        return record
    }

    /// The text of a system config, checked against its hash.
    func systemText(_ record: JSON) throws -> [UInt8] {
        let hash = record["textHash"]?.string ?? ""
        let answer = try send("GET", "/v1/blobs/\(hash)")
        guard answer.status == 200 else {
            throw NodeClient.refusal("GET /v1/blobs/\(hash)", answer)
        }
        guard SHA256.hash(answer.body).hex == hash else {
            throw Failure(
                "the text is not the registered one", why: "its SHA-256 is not \(hash)",
                remedy: "ask another node")
        }
        return answer.body
    }

    static func systemParts(
        _ reference: String
    ) throws -> (namespace: String, name: String, version: String?) {
        let parts = reference.split(separator: "@", omittingEmptySubsequences: false)
        let names = parts[0].split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count <= 2, names.count == 2, !names[0].isEmpty, !names[1].isEmpty else {
            throw Failure(
                "\(reference) names no system config", why: "it lies in a namespace",
                remedy: "write NAMESPACE/NAME or NAMESPACE/NAME@VERSION")
        }
        return (String(names[0]), String(names[1]), parts.count == 2 ? String(parts[1]) : nil)
    }
}
