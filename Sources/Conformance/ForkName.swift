internal import EVM
internal import Ledger

/// The fork names of official fixtures.
enum ForkName {
    struct Rules {
        let revision: Revision
        let blobs: ChainConfig.BlobSchedule?
    }

    static func rules(_ name: String) -> Rules? {
        let revision: Revision
        switch name {
        case "Frontier": revision = .frontier
        case "Homestead": revision = .homestead
        case "EIP150": revision = .tangerineWhistle
        case "EIP158": revision = .spuriousDragon
        case "Byzantium": revision = .byzantium
        case "Constantinople": revision = .constantinople
        case "ConstantinopleFix": revision = .petersburg
        case "Istanbul": revision = .istanbul
        case "Berlin": revision = .berlin
        case "London": revision = .london
        case "Merge", "Paris": revision = .paris
        case "Shanghai": revision = .shanghai
        case "Cancun": revision = .cancun
        case "Prague": revision = .prague
        case "Osaka": revision = .osaka
        default: return nil
        }
        let config = ChainConfig(chainID: 1, always: revision)
        return Rules(revision: revision, blobs: config.blobSchedule(timestamp: 0))
    }
}
