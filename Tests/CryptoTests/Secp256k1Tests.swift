import Crypto
import Primitives
import Testing

struct SignatureRow: Sendable, CustomTestStringConvertible {
    let secret: String
    let message: String
    let r: String
    let s: String
    let yParity: UInt8
    var testDescription: String { message }
}

@Suite struct Secp256k1Tests {
    /// RFC 6979 nonces with SHA-256 over secp256k1, s made low: the set that trezor-crypto and
    /// CoreBitcoin publish; the parities are eth-keys'.
    static let deterministic: [SignatureRow] = [
        SignatureRow(
            secret: "0000000000000000000000000000000000000000000000000000000000000001",
            message: "Satoshi Nakamoto",
            r: "934b1ea10a4b3c1757e2b0c017d0b6143ce3c9a7e6a4a49860d7a6ab210ee3d8",
            s: "2442ce9d2b916064108014783e923ec36b49743e2ffa1c4496f01a512aafd9e5", yParity: 1),
        SignatureRow(
            secret: "0000000000000000000000000000000000000000000000000000000000000001",
            message: "All those moments will be lost in time, like tears in rain. Time to die...",
            r: "8600dbd41e348fe5c9465ab92d23e3db8b98b873beecd930736488696438cb6b",
            s: "547fe64427496db33bf66019dacbf0039c04199abb0122918601db38a72cfc21", yParity: 0),
        SignatureRow(
            secret: "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364140",
            message: "Satoshi Nakamoto",
            r: "fd567d121db66e382991534ada77a6bd3106f0a1098c231e47993447cd6af2d0",
            s: "6b39cd0eb1bc8603e159ef5c20a5c8ad685a45b06ce9bebed3f153d10d93bed5", yParity: 0),
        SignatureRow(
            secret: "f8b8af8ce3c7cca5e300d33939540c10d45ce001b8f252bfbc57ba0342904181",
            message: "Alan Turing",
            r: "7063ae83e7f62bbb171798131b4a0564b956930092b33b07b395615d9ec7e15c",
            s: "58dfcc1e00a35e1572f366ffe34ba0fc47db1e7189759b9fb233c5b05ab388ea", yParity: 0),
        SignatureRow(
            secret: "e91671c46231f833a6406ccbea0e3e392c76c167bac1cb013f6f1013980455c2",
            message: "There is a computer disease that anybody who works with computers knows "
                + "about. It's a very serious disease and it interferes completely with the work. "
                + "The trouble with computers is that you 'play' with them!",
            r: "b552edd27580141f3b2a5463048cb7cd3e047b97c9f98076c32dbdf85a68718b",
            s: "279fa72dd19bfae05577e06c7c0c1900c371fcd5893f7e1d56a37d30174671f6", yParity: 1),
    ]

    @Test(arguments: deterministic)
    func signsDeterministically(_ row: SignatureRow) throws {
        let key = try PrivateKey(try Hex.decode(row.secret))
        let digest = SHA256.hash(Array(row.message.utf8))
        let signature = key.sign(digest)
        let published = Signature(
            r: try UInt256(hex: "0x" + row.r), s: try UInt256(hex: "0x" + row.s),
            yParity: row.yParity)
        #expect(signature == published)
        #expect(Secp256k1.recoverAddress(digest: digest, signature: signature) == key.address)
    }

    /// The valid call of go-ethereum's `ecRecover.json`; its s is high, which recovery takes.
    static let digestText = "0x18c547e4f7b0f325ad1e56f57e26c745b09a3e503d86e00e5255ff7f715d3d1c"
    static let known = (
        r: "0x73b1693892219d736caba55bdb67216e485557ea6b6af75f37096c9aa6a5a75f",
        s: "0xeeb940b1d03b21e36b0e47e79769f095fe2ab855bd91e3a38756b7d75a9c4549",
        address: "0xa94f5374fce5edbc8e2a8697c15331677e6ebf0b"
    )

    @Test func recoversPublishedCall() throws {
        let digest = try Hash(hex: Self.digestText)
        let high = Signature(
            r: try UInt256(hex: Self.known.r), s: try UInt256(hex: Self.known.s), yParity: 1)
        let address = try Address(hex: Self.known.address)
        #expect(!high.isLowS)
        #expect(Secp256k1.recoverAddress(digest: digest, signature: high) == address)
        // The other half: n − s with the other parity signs the same.
        let low = Signature(r: high.r, s: Secp256k1.order - high.s, yParity: 0)
        #expect(low.isLowS)
        #expect(Secp256k1.recoverAddress(digest: digest, signature: low) == address)
        let flipped = Signature(r: high.r, s: high.s, yParity: 0)
        #expect(Secp256k1.recoverAddress(digest: digest, signature: flipped) != address)
    }

    @Test func halfOrderParts() {
        let half = Secp256k1.order >> 1
        #expect(Signature(r: 1, s: half, yParity: 0).isLowS)
        #expect(!Signature(r: 1, s: half &+ 1, yParity: 0).isLowS)
    }

    @Test func everySignatureIsLowAndRecovers() throws {
        var random = SeededRandom(seed: 41)
        for _ in 0..<64 {
            let key = try PrivateKey(random.bytes(32))
            let digest = Hash(random.bytes(32))
            let signature = key.sign(digest)
            #expect(signature.isLowS)
            #expect(Secp256k1.recoverAddress(digest: digest, signature: signature) == key.address)
            #expect(try Signature(bytes65: signature.bytes) == signature)
        }
    }

    /// r and s stay in [1, n − 1], and r is the x of a point.
    @Test func recoversNothingOutOfRange() throws {
        let digest = try Hash(hex: Self.digestText)
        let r = try UInt256(hex: Self.known.r)
        let s = try UInt256(hex: Self.known.s)
        let order = Secp256k1.order
        let bad =
            [
                (.zero, s), (r, .zero), (.zero, .zero), (order, s), (r, order), (order &+ 1, s),
                (r, order &+ 1), (.max, s), (r, .max),
                // x³ + 7 = 132 has no square root.
                (5, s),
            ] as [(UInt256, UInt256)]
        for (r, s) in bad {
            for yParity in [0, 1] as [UInt8] {
                let signature = Signature(r: r, s: s, yParity: yParity)
                #expect(Secp256k1.recoverPublicKey(digest: digest, signature: signature) == nil)
            }
        }
        for yParity in [2, 3, 27, 255] as [UInt8] {
            let signature = Signature(r: r, s: s, yParity: yParity)
            #expect(Secp256k1.recoverAddress(digest: digest, signature: signature) == nil)
        }
    }

    /// When s · R = digest · G the key would be the point at infinity.
    @Test func recoversNoPointAtInfinity() {
        let gx = UInt256(
            limbs: 0x59f2_815b_16f8_1798, 0x029b_fcdb_2dce_28d9, 0x55a0_6295_ce87_0b07,
            0x79be_667e_f9dc_bbac)
        // R = G, whose y is even, and s = digest.
        let signature = Signature(r: gx, s: 7, yParity: 0)
        #expect(Secp256k1.recoverAddress(digest: Hash(7), signature: signature) == nil)
        #expect(Secp256k1.recoverAddress(digest: Hash(8), signature: signature) != nil)
    }
}

@Suite struct SignatureTests {
    @Test(arguments: [(0, 0), (1, 1), (27, 0), (28, 1)] as [(UInt8, UInt8)])
    func readsRecoveryByte(_ v: UInt8, _ yParity: UInt8) throws {
        let words = UInt256(3).bigEndianBytes + UInt256(4).bigEndianBytes
        let signature = try Signature(bytes65: words + [v])
        #expect(signature == Signature(r: 3, s: 4, yParity: yParity))
        #expect(signature.bytes == words + [27 + yParity])
    }

    @Test(arguments: [2, 26, 29, 35, 255] as [UInt8])
    func refusesRecoveryByte(_ v: UInt8) {
        #expect(throws: KeyError.invalidRecoveryByte(v)) {
            try Signature(bytes65: [UInt8](repeating: 1, count: 64) + [v])
        }
    }

    @Test(arguments: [0, 64, 66])
    func refusesLength(_ count: Int) {
        #expect(throws: KeyError.wrongLength(wanted: 65, got: count)) {
            try Signature(bytes65: [UInt8](repeating: 1, count: count))
        }
    }
}

@Suite struct PrivateKeyTests {
    /// The address of key 1, which many tools print.
    @Test func addressOfKeyOne() throws {
        let key = try PrivateKey(UInt256.one.bigEndianBytes)
        #expect(key.address.checksummed == "0x7E5F4552091A69125d5DfCb7b8C2659029395Bdf")
        #expect(key.bytes == UInt256.one.bigEndianBytes)
    }

    @Test func acceptsTheGreatestKey() throws {
        _ = try PrivateKey((Secp256k1.order &- 1).bigEndianBytes)
    }

    @Test(arguments: [.zero, Secp256k1.order, Secp256k1.order &+ 1, .max] as [UInt256])
    func refusesOutOfRange(_ word: UInt256) {
        #expect(throws: KeyError.outOfRange) { try PrivateKey(word.bigEndianBytes) }
    }

    @Test(arguments: [0, 31, 33])
    func refusesLength(_ count: Int) {
        #expect(throws: KeyError.wrongLength(wanted: 32, got: count)) {
            try PrivateKey([UInt8](repeating: 1, count: count))
        }
    }

    @Test func printingShowsNoSecret() throws {
        let key = try PrivateKey([UInt8](repeating: 0xab, count: 32))
        var text = "\(key)\n" + String(reflecting: key)
        dump(key, to: &text)
        #expect(text.hasPrefix("PrivateKey(\(key.address))\n"))
        #expect(!text.contains("171"))
        #expect(!text.contains("abab"))
    }

    @Test func publicKeysHave64Bytes() async {
        await #expect(processExitsWith: .failure) {
            _ = Address(publicKey: [UInt8](repeating: 1, count: 65))
        }
    }
}
