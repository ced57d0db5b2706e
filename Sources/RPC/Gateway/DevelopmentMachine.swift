internal import Attestation
internal import Crypto
internal import EVM
internal import Ledger
internal import Node
internal import Payments
internal import Primitives
internal import Registry

/// The machine behind a local gateway: no enclave, but attested as one under the development root.
///
/// On a chain whose genesis lists that root it stands in for real hardware, so that policies that
/// ask for `tee` can be tried without any. Its key's record, and every receipt that rests on it,
/// says that it is development evidence; a chain without the root knows no such machine.
struct DevelopmentMachine {
    private let node: Node
    private let key: PrivateKey
    private let owner: Address
    private let authority = DevelopmentAuthority()
    private let measurement = NitroRequest(time: 0).measurement

    /// How old its attestation may grow before it asks for a new one, in seconds; a policy may
    /// want a younger one.
    private static let renewalSeconds: UInt64 = 3_600

    /// How old an attestation is at least when a settlement that rests on it is judged: the key is
    /// registered a block before.
    private static let leastAgeSeconds: UInt64 = 4

    /// - Parameters:
    ///   - key: what the machine signs statements with.
    ///   - owner: who registers the key.
    init(node: Node, key: PrivateKey, owner: Address) {
        self.node = node
        self.key = key
        self.owner = owner
    }

    private var id: Hash {
        AttestedKey.id(
            scheme: ProviderKey.Kind.secp256k1.rawValue, key: key.address.bytes)
    }

    private func reader() -> SlotReader {
        let state = node.state(of: node.head.header)
        return { state.storage(NativeAddress.trust, $0) }
    }

    /// What its evidence will show; nil where the chain trusts no such machine.
    ///
    /// - Parameter lists: those that may hold its measurement.
    func fact(among lists: [Hash]) -> EvidenceFacts.Machine? {
        let read = reader()
        let root = SHA256.hash(authority.nitroRoot)
        let roots = TrustRoot.all(family: TrustAnchors.Family.nitro.rawValue, from: read)
        guard roots.contains(where: { $0.hash == root && $0.disabledAt == 0 }),
            read(TrustSettings.typeSlot(TEEType.nitro.rawValue)).isZero,
            AttestedKey(id, from: read)?.revokedAt ?? 0 == 0
        else { return nil }
        let found = lists.filter { list in
            !read(TrustList.entrySlot(list, measurement.word)).isZero
        }
        return EvidenceFacts.Machine(
            type: .nitro, ageSeconds: DevelopmentMachine.leastAgeSeconds, measurement: measurement,
            lists: Set(found),
            isDevelopment: true)
    }

    /// Whether the chain's record of the key is good for a statement that settles now.
    ///
    /// - Parameter ageSecondsMax: how old the attestation may be.
    private func isCurrent(ageSecondsMax: UInt64) -> Bool {
        guard let record = AttestedKey(id, from: reader()) else { return false }
        // The settlement comes in one of the next blocks.
        let soon = node.nextTimestamp + 60
        return record.notAfter >= soon && soon - min(soon, record.attestedAt) <= ageSecondsMax
    }

    /// Evidence about a statement's digest; registers or renews the key first where it must.
    ///
    /// - Parameter ageSecondsMax: what the policy allows; nil for any age.
    func evidence(
        for digest: Hash, ageSecondsMax: UInt32?, by sender: Operator
    ) throws(OperatorError) -> Evidence {
        let age = min(DevelopmentMachine.renewalSeconds, UInt64(ageSecondsMax ?? .max))
        if !isCurrent(ageSecondsMax: age) {
            let binding = AttestedKey.binding(
                chainID: node.config.chainID, registry: NativeAddress.trust, owner: owner,
                scheme: ProviderKey.Kind.secp256k1.rawValue, key: key.address.bytes)
            let time = node.nextTimestamp
            let document = authority.nitroDocument(
                NitroRequest(time: time, userData: binding.bytes))
            _ = try sender.send(
                NativeCalldata.registerAttested(
                    .secp256k1(key.address), type: .nitro, evidence: document),
                to: NativeAddress.trust)
        }
        let evidence = TEEEvidence.key(id: id, signature: key.sign(digest).bytes)
        return Evidence(kind: .tee, data: evidence.encoded)
    }
}
