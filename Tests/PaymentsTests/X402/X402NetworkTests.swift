import Codec
import Payments
import Primitives
import Testing

@Suite struct X402NetworkTests {
    @Test func namesAndNumbersAreOneToOne() throws {
        #expect(X402Network.v1Names.count == 23)
        for row in X402Network.v1Names {
            let network = try X402Network(v1Name: row.name)
            #expect(network.chainID == row.chainID)
            #expect(network.v1Name == row.name)
            #expect(try X402Network(caip2: network.caip2) == network)
        }
        #expect(Set(X402Network.v1Names.map(\.chainID)).count == 23)
        #expect(try X402Network("base-sepolia", version: .v1).caip2 == "eip155:84532")
        #expect(try X402Network("eip155:84532", version: .v2).v1Name == "base-sepolia")
        #expect(X402Network(chainID: 31337).v1Name == nil)
        #expect(try X402Network(caip2: "eip155:18446744073709551615").chainID == .max)
    }

    @Test(arguments: [
        "", "eip155", "eip155:", "eip155:0x1", "eip155:01", "eip155:+1", "eip155:-1", "eip155:1 ",
        "eip155:*", "EIP155:1", "eip155:1:2", "solana:x", "base", "eip155:18446744073709551616",
    ])
    func refusesOtherNames(_ text: String) {
        #expect(throws: X402Error.unknownNetwork(text)) {
            try X402Network(text, version: .v2)
        }
    }

    @Test(arguments: ["", "eip155:8453", "Base", "base ", "base-mainnet"])
    func refusesOtherOldNames(_ text: String) {
        #expect(throws: X402Error.unknownNetwork(text)) {
            try X402Network(text, version: .v1)
        }
    }
}

@Suite struct WalletSignatureTests {
    private func wrapped(_ factory: UInt256, _ calldata: [UInt8], _ inner: [UInt8]) -> [UInt8] {
        var writer = ABIWriter()
        writer.write(factory)
        writer.writeBytes(calldata)
        writer.writeBytes(inner)
        return writer.encoded + (0..<16).flatMap { _ in [0x64, 0x92] as [UInt8] }
    }

    @Test func takesOffTheWrapper() throws {
        let plain = try WalletSignature(parsing: [1, 2, 3])
        #expect(plain == WalletSignature(inner: [1, 2, 3]))
        let full = try WalletSignature(parsing: wrapped(7, [9], [1, 2]))
        #expect(full.inner == [1, 2])
        #expect(
            full.deployment
                == WalletDeployment(factory: Address(truncating: 7), calldata: [9]))
        #expect(try WalletSignature(parsing: wrapped(0, [9], [1])) == WalletSignature(inner: [1]))
        #expect(try WalletSignature(parsing: wrapped(7, [], [1])) == WalletSignature(inner: [1]))
    }

    @Test func refusesBrokenWrappers() {
        let good = wrapped(7, [9], [1, 2])
        let magic = Array(good.suffix(32))
        for count in 0..<96 {
            let bytes = Array(good[..<count]) + magic
            #expect(throws: ABIError.self) { try WalletSignature(parsing: bytes) }
        }
        #expect(throws: ABIError.dirtyPadding) {
            try WalletSignature(parsing: wrapped(UInt256(1) << 160, [9], [1]))
        }
    }
}
