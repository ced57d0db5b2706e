public import Codec
internal import EVM
internal import Primitives

/// Bytecode that people wrote or compilers made, for cases to mutate.
public struct CodeCorpus: Sendable {
    /// Distinct codes, in the order found.
    private(set) var codes: [[UInt8]] = []
    private var known: Set<[UInt8]> = []
    /// The protocol's own contracts: what blocks need, ascending by address.
    private(set) var system: [CaseAccount] = []

    /// Bytes of a code that is taken: longer ones are mostly filling.
    private static let codeBytes = 4...6144
    /// Codes that are kept.
    private static let countMax = 20_000

    public init() {}

    public var count: Int { codes.count }
    public var isFull: Bool { codes.count >= CodeCorpus.countMax }

    /// Takes the contracts that the protocol calls: addresses and codes (`published.json`).
    public mutating func addSystem(_ json: JSON) {
        for (address, code) in json["code"]?.object?.entries ?? [] {
            guard let address = try? Address(hex: address),
                let code = try? Hex.decodePrefixed(code.string ?? "")
            else { continue }
            system.append(CaseAccount(address: address, nonce: 1, code: code))
            add(code)
        }
        system.sort { $0.address < $1.address }
    }

    /// Takes the runtime code of a compiled contract; an interface has none.
    public mutating func addArtifact(_ json: JSON) {
        guard let text = json["deployedBytecode"]?.string,
            let code = try? Hex.decodePrefixed(text)
        else { return }
        add(code)
    }

    /// Takes the codes of each test's `pre`.
    public mutating func addTests(_ json: JSON) {
        for (_, test) in json.object?.entries ?? [] {
            for (_, account) in test["pre"]?.object?.entries ?? [] {
                guard let code = try? Hex.decodePrefixed(account["code"]?.string ?? "") else {
                    continue
                }
                add(code)
            }
        }
    }

    /// Takes one code, unless it is known, or too short or long.
    public mutating func add(_ code: [UInt8]) {
        guard !isFull, CodeCorpus.codeBytes.contains(code.count),
            known.insert(code).inserted
        else { return }
        codes.append(code)
    }
}
