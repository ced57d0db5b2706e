/// The kinds of hardware whose evidence can be checked. Numbers are part of the chain's interface.
public enum TEEType: UInt8, CaseIterable, Sendable {
    case nitro = 1
    case sgx = 2
    case tdx = 3
    case snp = 4
    case nvgpu = 5

    /// The word for it in policies, JSON and commands.
    public var name: String {
        switch self {
        case .nitro: "nitro"
        case .sgx: "sgx"
        case .tdx: "tdx"
        case .snp: "snp"
        case .nvgpu: "nvgpu"
        }
    }

    public init?(name: some StringProtocol) {
        let found = TEEType.allCases.first { name.utf8.elementsEqual($0.name.utf8) }
        guard let type = found else { return nil }
        self = type
    }
}
