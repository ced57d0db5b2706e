import Primitives
import Registry
import Testing

@Suite struct AttestedBasisTests {
    @Test func readsBack() {
        let id = Hash(5)
        for count in [9, 104, 193] {
            let claims = [UInt8](repeating: 7, count: count)
            let basis = AttestedBasis(collateral: Hash(1), codeHash: Hash(2), claims: claims)
            let slots = basis.writes(id).reduce(into: [UInt256: UInt256]()) { slots, write in
                slots[write.slot] = write.value
            }
            let read: SlotReader = { slots[$0] ?? .zero }
            let found = AttestedBasis.collateral(of: id, from: read)
            #expect(found.key == Hash(1) && found.codeHash == Hash(2))
            #expect(AttestedBasis.claims(of: id, from: read) == claims)
            #expect(AttestedBasis.claims(of: Hash(6), from: read) == nil)
        }
        // A report's needs no collateral, and one slot.
        #expect(AttestedBasis(claims: [UInt8](repeating: 7, count: 9)).writes(id).count == 1)
    }

    /// The record and its basis share no slot, whatever the key's length.
    @Test func sharesNoSlotWithTheKey() {
        for count in [20, 64, 512] {
            let key = [UInt8](repeating: 1, count: count)
            let record = AttestedKey(
                owner: .zero, type: 4, scheme: 1, key: key, measurement: .zero, platform: .zero,
                identity: .zero, status: 0, isDevelopment: false, attestedAt: 1, registeredAt: 1,
                notAfter: 1)
            let id = AttestedKey.id(scheme: 1, key: key)
            let basis = AttestedBasis(
                collateral: Hash(1), codeHash: Hash(2), claims: [UInt8](repeating: 1, count: 193))
            let slots = (record.writes(id) + basis.writes(id)).map(\.slot)
            #expect(Set(slots).count == slots.count)
        }
    }
}
