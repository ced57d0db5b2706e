internal import Codec
internal import Crypto
internal import Primitives

/// First topics of the trust registry's events.
enum TrustEvent {
    static let adminOffered = ABISignature.topic("AdminOffered(address,address)")
    static let adminChanged = ABISignature.topic("AdminChanged(address,address)")
    static let lifetimeChanged = ABISignature.topic("LifetimeChanged(uint64,uint64)")
    static let rootDisabled = ABISignature.topic("RootDisabled(uint8,bytes32,address,string)")
    static let typeRefused = ABISignature.topic("TypeRefused(uint8,address,bool,string)")
    static let platformRefused = ABISignature.topic(
        "PlatformRefused(bytes32,address,bool,string)")
    static let snpMinimumChanged = ABISignature.topic(
        "SNPMinimumChanged(uint8,uint24,address,(uint8,uint8,uint8,uint8,uint8),string)")
    static let listCreated = ABISignature.topic("ListCreated(bytes32,address,string)")
    static let entryAdded = ABISignature.topic("EntryAdded(bytes32,bytes32)")
    static let entryRemoved = ABISignature.topic("EntryRemoved(bytes32,bytes32)")
    static let keyAttested = ABISignature.topic(
        "KeyAttested(bytes32,address,bytes32,uint8,uint8,uint8,bool,uint64,uint64)")
    static let keyRevoked = ABISignature.topic("KeyRevoked(bytes32,address,string)")
    static let collateralUploaded = ABISignature.topic(
        "CollateralUploaded(bytes32,uint64,uint64,uint64,bytes32,bytes32)")
    static let disagreement = ABISignature.topic(
        "Disagreement(bytes32,address,address,bytes32,bytes32,bytes32,uint8)")
}
