import Primitives
import Testing

@Suite struct AddressTests {
    @Test func bytesWordAndTextAgree() throws {
        let text = "0x0102030405060708090a0b0c0d0e0f1011121314"
        let address = try Address(hex: text)
        #expect(address.hex == text)
        #expect(address.bytes == Array(1...20))
        #expect(address.word == UInt256(bigEndian: address.bytes))
        #expect(Address(truncating: address.word | UInt256.one << 255) == address)
    }

    @Test func orderIsThatOfBytes() {
        var random = SeededRandom(seed: 7)
        let addresses = (0..<200).map { _ in Address(random.bytes(20)) }
        for (left, right) in zip(addresses, addresses.dropFirst()) {
            #expect((left < right) == left.bytes.lexicographicallyPrecedes(right.bytes))
        }
    }

    @Test func refusesWrongLengths() {
        #expect(throws: TextError.wrongLength(wanted: 20, got: 1)) { try Address(hex: "0x01") }
        #expect(throws: TextError.missingPrefix) { try Address(hex: "01") }
        #expect(throws: TextError.oddLength(3)) { try Address(hex: "0x012") }
    }

    @Test func trapsOnShortBytes() async {
        await #expect(processExitsWith: .failure) { _ = Address([1]) }
    }
}
