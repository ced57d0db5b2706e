internal import Attestation
internal import Crypto
internal import Ledger
internal import Payments
internal import Primitives
internal import Registry

/// A machine of the scenario's provider, attested under the development root.
struct SimulatedMachine {
    private let owner: Address
    private let key: PrivateKey
    private let authority = DevelopmentAuthority()

    /// - Parameter provider: owns the key. The machine's own key follows from it.
    init(_ provider: PrivateKey) {
        owner = provider.address
        let seed = provider.sign(Keccak.hash(Array("a simulated machine".utf8)))
        // One hash in 2¹²⁸ is no key; then the provider's own serves.
        key = (try? PrivateKey(Keccak.hash(seed.bytes).bytes)) ?? provider
    }

    private static let scheme = ProviderKey.Kind.secp256k1

    private var id: Hash {
        AttestedKey.id(scheme: SimulatedMachine.scheme.rawValue, key: key.address.bytes)
    }

    /// The call that registers the key by a document of that time.
    func registration(chainID: UInt64, at time: UInt64) -> [UInt8] {
        let binding = AttestedKey.binding(
            chainID: chainID, registry: NativeAddress.trust, owner: owner,
            scheme: SimulatedMachine.scheme.rawValue, key: key.address.bytes)
        let document = authority.nitroDocument(NitroRequest(time: time, userData: binding.bytes))
        return NativeCalldata.registerAttested(
            .secp256k1(key.address), type: .nitro, evidence: document)
    }

    func evidence(_ digest: Hash) -> Evidence {
        let evidence = TEEEvidence.key(id: id, signature: key.sign(digest).bytes)
        return Evidence(kind: .tee, data: evidence.encoded)
    }
}
