import Crypto
import Primitives
import Testing

@Suite struct EIP191Tests {
    /// Hashes by eth-account's `encode_defunct`; "hello world" is the one that ethers documents.
    @Test(arguments: [
        ("", "0x5f35dce98ba4fba25530a026ed80b2cecdaa31091ba4958b99b52ea1d068adad"),
        ("hello world", "0xd9eba16ed0ecae432b71fe008c98cc872bb4cc214d3220a36f365326cf807d68"),
        ("Hello, world!", "0xb453bd4e271eed985cbab8231da609c4ce0a9cf1f763b6c1594e76315510e0f1"),
        (
            String(repeating: "x", count: 1000),
            "0x6a37e0b91509decb144d44cf932ba38dd926594952faf4817922845f01fa2908"
        ),
    ])
    func personalMessages(_ message: String, _ digest: String) {
        #expect(EIP191.personalMessageHash(Array(message.utf8)).hex == digest)
    }
}

@Suite struct EIP712Tests {
    private static let contract = Address(
        [UInt8](repeating: 0xcc, count: 20))

    private static func person(_ name: String, _ wallet: String) throws -> UInt256 {
        let hash = EIP712.typeHash("Person(string name,address wallet)")
        return EIP712.structHash(
            hash, [Keccak.hash(Array(name.utf8)).word, try Address(hex: wallet).word]
        ).word
    }

    /// The example of EIP-712 with the values of its test script.
    @Test func mail() throws {
        let separator = EIP712.domainSeparator(
            name: "Ether Mail", version: "1", chainID: 1, verifyingContract: Self.contract)
        #expect(
            separator.hex == "0xf2cee375fa42b42143804025fc449deafd50cc031ca257e0b194a650a912090f")
        let type = EIP712.typeHash(
            "Mail(Person from,Person to,string contents)Person(string name,address wallet)")
        #expect(type.hex == "0xa0cedeb2dc280ba39b857546d74f5549c3a1d7bdc2dd96bf881f76108e23dac2")
        let mail = EIP712.structHash(
            type,
            [
                try Self.person("Cow", "0xCD2a3d9F938E13CD947Ec05AbC7FE734Df8DD826"),
                try Self.person("Bob", "0xbBbBBBBbbBBBbbbBbbBbbbbBBbBbbbbBbBbbBBbB"),
                Keccak.hash(Array("Hello, Bob!".utf8)).word,
            ])
        #expect(mail.hex == "0xc52c0ee5d84264471806290a3f2c4cecfc5490626bf912d01f240d7a274b371e")
        let digest = EIP712.digest(domainSeparator: separator, structHash: mail)
        #expect(digest.hex == "0xbe609aee343fb3c4b28e1df9e632fca64fcfaede20f02e86244efddf30957bd2")

        let cow = try PrivateKey(Keccak.hash(Array("cow".utf8)).bytes)
        #expect(cow.address.hex == "0xcd2a3d9f938e13cd947ec05abc7fe734df8dd826")
        #expect(
            Hex.encode(cow.sign(digest).bytes)
                == "4355c47d63924e8a72e509b65029052eb6c299d53a04e167c5775fd466751c9d"
                + "07299936d304c153f6443dfa05f40ff007d72911b6f72307f996231605b91562" + "1c")
    }

    /// The separator that eth-account gives for the same domain without its version.
    @Test func domainWithoutVersion() {
        let separator = EIP712.domainSeparator(
            name: "Ether Mail", version: nil, chainID: 1, verifyingContract: Self.contract)
        #expect(
            separator.hex == "0xcbea6135f3930521627c49608c80b1e98ac5e9966ebf71d0d52f39fa5acc7a58")
    }
}

@Suite struct ABISignatureTests {
    @Test func selectorsAndTopics() {
        #expect(ABISignature.selector("transfer(address,uint256)") == [0xa9, 0x05, 0x9c, 0xbb])
        #expect(
            ABISignature.topic("Transfer(address,address,uint256)").hex
                == "0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef")
    }

    /// Words hash as their 32 bytes each do: the slot of `mapping[key]`.
    @Test func wordsHashAsBytes() {
        #expect(Keccak.hash(UInt256(1)) == Keccak.hash(UInt256(1).bigEndianBytes))
        #expect(
            Keccak.hash(UInt256.zero, UInt256.zero).hex
                == "0xad3228b676f7d3cd4284a5443f17f1962b36e491b30a40b2405849e597ba5fb5")
    }
}
