import Crypto
import Primitives
import Testing

/// One chain of a published seed.
struct DerivationRow: Sendable, CustomTestStringConvertible {
    let seed: String
    let path: String
    /// The extended private key, in Base58Check.
    let extendedKey: String
    var testDescription: String { "\(seed.prefix(8)) \(path)" }
}

@Suite struct HDWalletTests {
    static let junk = "test test test test test test test test test test test junk"

    /// BIP-32, test vectors 1 to 4.
    static let published: [DerivationRow] = [
        DerivationRow(
            seed: seed1, path: "m",
            extendedKey: "xprv9s21ZrQH143K3QTDL4LXw2F7HEK3wJUD2nW2nRk4stbPy6cq3jPP"
                + "qjiChkVvvNKmPGJxWUtg6LnF5kejMRNNU3TGtRBeJgk33yuGBxrMPHi"),
        DerivationRow(
            seed: seed1, path: "m/0'",
            extendedKey: "xprv9uHRZZhk6KAJC1avXpDAp4MDc3sQKNxDiPvvkX8Br5ngLNv1TxvU"
                + "xt4cV1rGL5hj6KCesnDYUhd7oWgT11eZG7XnxHrnYeSvkzY7d2bhkJ7"),
        DerivationRow(
            seed: seed1, path: "m/0'/1",
            extendedKey: "xprv9wTYmMFdV23N2TdNG573QoEsfRrWKQgWeibmLntzniatZvR9BmLn"
                + "vSxqu53Kw1UmYPxLgboyZQaXwTCg8MSY3H2EU4pWcQDnRnrVA1xe8fs"),
        DerivationRow(
            seed: seed1, path: "m/0'/1/2'",
            extendedKey: "xprv9z4pot5VBttmtdRTWfWQmoH1taj2axGVzFqSb8C9xaxKymcFzXBD"
                + "ptWmT7FwuEzG3ryjH4ktypQSAewRiNMjANTtpgP4mLTj34bhnZX7UiM"),
        DerivationRow(
            seed: seed1, path: "m/0'/1/2'/2",
            extendedKey: "xprvA2JDeKCSNNZky6uBCviVfJSKyQ1mDYahRjijr5idH2WwLsEd4Hsb"
                + "2Tyh8RfQMuPh7f7RtyzTtdrbdqqsunu5Mm3wDvUAKRHSC34sJ7in334"),
        DerivationRow(
            seed: seed1, path: "m/0'/1/2'/2/1000000000",
            extendedKey: "xprvA41z7zogVVwxVSgdKUHDy1SKmdb533PjDz7J6N6mV6uS3ze1ai8F"
                + "Ha8kmHScGpWmj4WggLyQjgPie1rFSruoUihUZREPSL39UNdE3BBDu76"),
        DerivationRow(
            seed: seed2, path: "m",
            extendedKey: "xprv9s21ZrQH143K31xYSDQpPDxsXRTUcvj2iNHm5NUtrGiGG5e2DtAL"
                + "Gdso3pGz6ssrdK4PFmM8NSpSBHNqPqm55Qn3LqFtT2emdEXVYsCzC2U"),
        DerivationRow(
            seed: seed2, path: "m/0",
            extendedKey: "xprv9vHkqa6EV4sPZHYqZznhT2NPtPCjKuDKGY38FBWLvgaDx45zo9WQ"
                + "RUT3dKYnjwih2yJD9mkrocEZXo1ex8G81dwSM1fwqWpWkeS3v86pgKt"),
        DerivationRow(
            seed: seed2, path: "m/0/2147483647'",
            extendedKey: "xprv9wSp6B7kry3Vj9m1zSnLvN3xH8RdsPP1Mh7fAaR7aRLcQMKTR2vi"
                + "dYEeEg2mUCTAwCd6vnxVrcjfy2kRgVsFawNzmjuHc2YmYRmagcEPdU9"),
        DerivationRow(
            seed: seed2, path: "m/0/2147483647'/1",
            extendedKey: "xprv9zFnWC6h2cLgpmSA46vutJzBcfJ8yaJGg8cX1e5StJh45BBciYTR"
                + "XSd25UEPVuesF9yog62tGAQtHjXajPPdbRCHuWS6T8XA2ECKADdw4Ef"),
        DerivationRow(
            seed: seed2, path: "m/0/2147483647'/1/2147483646'",
            extendedKey: "xprvA1RpRA33e1JQ7ifknakTFpgNXPmW2YvmhqLQYMmrj4xJXXWYpDPS"
                + "3xz7iAxn8L39njGVyuoseXzU6rcxFLJ8HFsTjSyQbLYnMpCqE2VbFWc"),
        DerivationRow(
            seed: seed2, path: "m/0/2147483647'/1/2147483646'/2",
            extendedKey: "xprvA2nrNbFZABcdryreWet9Ea4LvTJcGsqrMzxHx98MMrotbir7yrKC"
                + "EXw7nadnHM8Dq38EGfSh6dqA9QWTyefMLEcBYJUuekgW4BYPJcr9E7j"),
        DerivationRow(
            seed: seed3, path: "m",
            extendedKey: "xprv9s21ZrQH143K25QhxbucbDDuQ4naNntJRi4KUfWT7xo4EKsHt2QJ"
                + "Du7KXp1A3u7Bi1j8ph3EGsZ9Xvz9dGuVrtHHs7pXeTzjuxBrCmmhgC6"),
        DerivationRow(
            seed: seed3, path: "m/0'",
            extendedKey: "xprv9uPDJpEQgRQfDcW7BkF7eTya6RPxXeJCqCJGHuCJ4GiRVLzkTXBA"
                + "JMu2qaMWPrS7AANYqdq6vcBcBUdJCVVFceUvJFjaPdGZ2y9WACViL4L"),
        DerivationRow(
            seed: seed4, path: "m",
            extendedKey: "xprv9s21ZrQH143K48vGoLGRPxgo2JNkJ3J3fqkirQC2zVdk5Dgd5w14"
                + "S7fRDyHH4dWNHUgkvsvNDCkvAwcSHNAQwhwgNMgZhLtQC63zxwhQmRv"),
        DerivationRow(
            seed: seed4, path: "m/0'",
            extendedKey: "xprv9vB7xEWwNp9kh1wQRfCCQMnZUEG21LpbR9NPCNN1dwhiZkjjeGRn"
                + "aALmPXCX7SgjFTiCTT6bXes17boXtjq3xLpcDjzEuGLQBM5ohqkao9G"),
        DerivationRow(
            seed: seed4, path: "m/0'/1'",
            extendedKey: "xprv9xJocDuwtYCMNAo3Zw76WENQeAS6WGXQ55RCy7tDJ8oALr4FWkuV"
                + "oHJeHVAcAqiZLE7Je3vZJHxspZdFHfnBEjHqU5hG1Jaj32dVoS6XLT1"),
    ]

    private static let seed1 =
        "000102030405060708090a0b0c0d0e0f"
    private static let seed2 =
        "fffcf9f6f3f0edeae7e4e1dedbd8d5d2cfccc9c6c3c0bdbab7b4b1aeaba8a5a2"
        + "9f9c999693908d8a8784817e7b7875726f6c696663605d5a5754514e4b484542"
    private static let seed3 =
        "4b381541583be4423346c643850da4b320e46a87ae3d2a4e6da11eba819cd4ac"
        + "ba45d239319ac14f863b8d5ab5a0d0c64d2e8a1e7d1457df2e5a3c51c73235be"
    private static let seed4 =
        "3ddd5602285899a946114506157c7997e5444528f3003f6134712147db19b678"

    @Test(arguments: published)
    func derivesPublishedKeys(_ row: DerivationRow) throws {
        let wallet = try HDWallet(seed: try Hex.decode(row.seed))
        let published = try Base58.decodeChecked(row.extendedKey)
        #expect(published.count == 78)
        #expect(try wallet.key(path: row.path).bytes == Array(published[46...]))
    }

    /// BIP-39's first vector: a wallet of the words equals one of the published seed.
    @Test func mnemonicGivesThePublishedSeed() throws {
        let words = String(repeating: "abandon ", count: 11) + "about"
        let seed =
            "c55257c360c07c72029aebc1b53c05ed0362ada38ead3e3e9efa3708e5349553"
            + "1f09a6987599d18264c1e1c92f2cf141630c7a3c4ab7c81b2f001698e7463b04"
        let wallet = try HDWallet(mnemonic: words, passphrase: "TREZOR")
        let seeded = try HDWallet(seed: try Hex.decode(seed))
        for path in ["m", "m/0", "m/44'/60'/0'/0/0"] {
            #expect(try wallet.key(path: path) == seeded.key(path: path))
        }
        let other = try HDWallet(mnemonic: words)
        #expect(try other.key(path: "m") != wallet.key(path: "m"))
    }

    /// The accounts that anvil and hardhat print; eth-account derives the same.
    @Test func developmentAccounts() throws {
        let wallet = try HDWallet(mnemonic: Self.junk)
        let addresses = try (0..<10).map { index in
            try wallet.key(path: HDWallet.ethereumPath(index)).address.checksummed
        }
        #expect(
            addresses == [
                "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266",
                "0x70997970C51812dc3A010C7d01b50e0d17dc79C8",
                "0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BC",
                "0x90F79bf6EB2c4f870365E785982E1f101E93b906",
                "0x15d34AAf54267DB7D7c367839AAf71A00a2C6A65",
                "0x9965507D1a55bcC2695C58ba16FB37d819B0A4dc",
                "0x976EA74026E726554dB657fA54763abd0C3a0aa9",
                "0x14dC79964da2C08b23698B3D3cc7Ca32193d9955",
                "0x23618e81E3f5cdF7f54C3d65f7FBc0aBf5B21E8f",
                "0xa0Ee7A142d267C1f36714E4a8F75612F20a79720",
            ])
        let first = try wallet.key(path: "m/44'/60'/0'/0/0")
        #expect(
            Hex.encode(first.bytes)
                == "ac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80")
    }

    @Test func whitespaceIsNormalised() throws {
        let spaced = "\n  " + Self.junk.split(separator: " ").joined(separator: " \t\r\n") + " "
        #expect(
            try HDWallet(mnemonic: spaced).key(path: "m")
                == HDWallet(mnemonic: Self.junk).key(path: "m"))
    }

    @Test(arguments: [0, 1, 9, 11, 13, 14, 16, 23, 25, 27])
    func refusesWordCount(_ count: Int) {
        #expect(throws: HDWalletError.wordCount(count)) {
            try HDWallet(mnemonic: String(repeating: "zoo ", count: count))
        }
    }

    @Test(arguments: [12, 15, 18, 21, 24])
    func acceptsWordCount(_ count: Int) throws {
        _ = try HDWallet(mnemonic: String(repeating: "zoo ", count: count))
    }

    @Test func refusesOtherCharacters() {
        #expect(throws: HDWalletError.invalidCharacter(at: 5)) {
            try HDWallet(mnemonic: "test Test")
        }
        #expect(throws: HDWalletError.invalidCharacter(at: 0)) { try HDWallet(mnemonic: "\u{e9}") }
        #expect(throws: HDWalletError.invalidCharacter(at: 3)) { try HDWallet(mnemonic: "abc\0") }
        #expect(throws: HDWalletError.passphraseNotASCII) {
            try HDWallet(mnemonic: Self.junk, passphrase: "p\u{e4}ss")
        }
    }

    @Test(arguments: [0, 15, 65])
    func refusesSeedLength(_ count: Int) {
        #expect(throws: HDWalletError.seedLength(count)) {
            try HDWallet(seed: [UInt8](repeating: 1, count: count))
        }
    }

    @Test(arguments: [
        ("", 0), ("M", 0), ("/0", 0), ("0", 0), ("m/", 1), ("m//0", 1), ("m/0/", 2), ("m/-1", 1),
        ("m/+1", 1), ("m/01", 1), ("m/0''", 1), ("m/'", 1), ("m/0h", 1), ("m/ 0", 1), ("m/0x1", 1),
        ("m/2147483648", 1), ("m/2147483648'", 1), ("m/44'/99999999999", 2),
        ("m/18446744073709551616", 1), ("m/\u{0661}", 1),
    ])
    func refusesPath(_ path: String, _ step: Int) throws {
        let wallet = try HDWallet(mnemonic: Self.junk)
        #expect(throws: HDWalletError.invalidPath(step: step)) { try wallet.key(path: path) }
    }

    @Test func pathsReachDepth255() throws {
        let wallet = try HDWallet(mnemonic: Self.junk)
        let deepest = "m" + String(repeating: "/1'", count: 255)
        _ = try wallet.key(path: deepest)
        #expect(throws: HDWalletError.invalidPath(step: 256)) {
            try wallet.key(path: deepest + "/0")
        }
    }

    @Test func printingShowsNoSecret() throws {
        let wallet = try HDWallet(mnemonic: Self.junk)
        var text = "\(wallet)" + String(reflecting: wallet)
        dump(wallet, to: &text)
        #expect(text == "HDWalletHDWallet- HDWallet\n")
    }
}

/// Base58Check, as much as the vectors need.
private enum Base58 {
    private static let alphabet = Array(
        "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz".utf8)

    static func decodeChecked(_ text: String) throws -> [UInt8] {
        var bytes: [UInt8] = []
        for digit in text.utf8 {
            var carry = try #require(alphabet.firstIndex(of: digit))
            for index in bytes.indices.reversed() {
                carry += Int(bytes[index]) * 58
                bytes[index] = UInt8(carry & 255)
                carry >>= 8
            }
            if carry > 0 { bytes.insert(UInt8(carry), at: 0) }
        }
        let payload = Array(bytes.dropLast(4))
        let check = SHA256.hash(SHA256.hash(payload).bytes).bytes[..<4]
        try #require(check == bytes.suffix(4))
        return payload
    }
}
