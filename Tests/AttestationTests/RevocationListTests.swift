import Attestation
import Codec
import Testing

@Suite struct RevocationListTests {
    /// A list between these times; its signature says nothing.
    private static func list(_ times: [UInt64]) -> [UInt8] {
        let algorithm = DERWriter.sequence([
            DERWriter.objectIdentifier(OID(1, 2, 840, 10045, 4, 3, 2))
        ])
        let body = DERWriter.sequence(
            [DERWriter.natural(1), algorithm, DERWriter.sequence([])]
                + times.map(DERWriter.time))
        return DERWriter.sequence([body, algorithm, DERWriter.bitString([0])])
    }

    /// At its next update there is a newer one.
    @Test func endsBeforeItsNextUpdate() throws {
        let list = try RevocationList(Self.list([5, 9]))
        #expect(list.revoked.window == Window(start: 5, end: 8))
        #expect(list.revoked.window.contains(8) && !list.revoked.window.contains(9))
        #expect(try RevocationList(Self.list([0, 1])).revoked.window == Window(start: 0, end: 0))
    }

    @Test func refusesTimesThatNeverHold() {
        #expect(throws: DERError.self) { try RevocationList(Self.list([0, 0])) }
        #expect(throws: DERError.self) { try RevocationList(Self.list([5])) }
        #expect(throws: DERError.self) { try RevocationList(Self.list([])) }
    }
}
