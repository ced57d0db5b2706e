internal import COpenSSL

/// Why words, a seed or a path give no key.
public enum HDWalletError: Error, Equatable, Sendable {
    /// A mnemonic has words of the letters a–z, parted by spaces. Other languages than these
    /// letters write would need Unicode normalisation.
    case invalidCharacter(at: Int)
    /// A mnemonic has 12, 15, 18, 21 or 24 words.
    case wordCount(Int)
    /// Passphrases outside ASCII would need Unicode normalisation.
    case passphraseNotASCII
    /// A seed has 16 to 64 bytes.
    case seedLength(Int)
    /// A path is `m`, then up to 255 steps: a decimal number below 2³¹, with `'` where hardened.
    /// `step` counts from 0, which is `m` itself.
    case invalidPath(step: Int)
    /// The derived number is no key; the next index has one (chance below 2⁻¹²⁷).
    case noKey(step: Int)
}

/// A tree of private keys that grows from one mnemonic or seed.
///
/// The words of a mnemonic are not compared with a word list and its checksum is not checked: any
/// words make a wallet, as BIP-39 allows, and a mistyped word makes an empty one. Secrets live in
/// ordinary memory and are not wiped.
/// Source: BIP-39, "From mnemonic to seed"; BIP-32, private derivation.
public struct HDWallet: Sendable {
    private let master: Node

    private static let hardened: UInt32 = 1 << 31
    private static let seedIterations: Int32 = 2048

    /// The wallet of a mnemonic and the passphrase that guards it, both ASCII.
    public init(mnemonic: String, passphrase: String = "") throws(HDWalletError) {
        let words = try HDWallet.normalise(mnemonic)
        guard passphrase.utf8.allSatisfy({ $0 < 0x80 }) else { throw .passphraseNotASCII }
        try self.init(seed: HDWallet.seed(words, salt: Array("mnemonic".utf8) + passphrase.utf8))
    }

    /// The wallet of a seed of 16 to 64 bytes.
    public init(seed: [UInt8]) throws(HDWalletError) {
        guard (16...64).contains(seed.count) else { throw .seedLength(seed.count) }
        let digest = HMAC.hash(seed, key: Array("Bitcoin seed".utf8), by: .sha512)
        guard Secp256k1.publicKey(of: Array(digest[0..<32])) != nil else { throw .noKey(step: 0) }
        master = Node(secret: Array(digest[0..<32]), chainCode: Array(digest[32...]))
    }

    /// The key at a path such as `m/44'/60'/0'/0/0`.
    public func key(path: String) throws(HDWalletError) -> PrivateKey {
        let indices = try HDWallet.indices(path)
        var node = master
        for (step, index) in indices.enumerated() {
            guard let child = node.child(index) else { throw .noKey(step: step + 1) }
            node = child
        }
        do {
            return try PrivateKey(node.secret)
        } catch {
            throw .noKey(step: indices.count)
        }
    }

    /// The path of the account with this number, as wallets for Ethereum count (BIP-44, SLIP-44).
    public static func ethereumPath(_ index: UInt32) -> String { "m/44'/60'/0'/0/\(index)" }

    /// The words with one space between, which is what is hashed.
    private static func normalise(_ mnemonic: String) throws(HDWalletError) -> [UInt8] {
        let bytes = Array(mnemonic.utf8)
        for (index, byte) in bytes.enumerated() {
            guard isSpace(byte) || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) else {
                throw .invalidCharacter(at: index)
            }
        }
        let words = bytes.split(whereSeparator: isSpace)
        guard (12...24).contains(words.count), words.count.isMultiple(of: 3) else {
            throw .wordCount(words.count)
        }
        return Array(words.joined(separator: [UInt8(ascii: " ")]))
    }

    private static func isSpace(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\n"), UInt8(ascii: "\r"): true
        default: false
        }
    }

    /// PBKDF2 with HMAC-SHA-512, 2048 rounds, 64 bytes (RFC 8018, section 5.2).
    private static func seed(_ words: [UInt8], salt: [UInt8]) -> [UInt8] {
        var seed = [UInt8](repeating: 0, count: 64)
        let isDone = unsafe words.withUnsafeBytes { password in
            unsafe PKCS5_PBKDF2_HMAC(
                password.bindMemory(to: CChar.self).baseAddress, Int32(password.count), salt,
                Int32(salt.count), seedIterations, EVP_sha512(), 64, &seed)
        }
        // Missing only where OpenSSL was built without it: never answer with zeros then.
        guard isDone == 1 else { fatalError("OpenSSL has no PBKDF2") }
        return seed
    }

    private static func indices(_ path: String) throws(HDWalletError) -> [UInt32] {
        let steps = path.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        guard let first = steps.first, first.elementsEqual("m".utf8) else {
            throw .invalidPath(step: 0)
        }
        guard steps.count <= 256 else { throw .invalidPath(step: 256) }
        var indices: [UInt32] = []
        for (number, step) in steps.enumerated().dropFirst() {
            guard let index = self.index(Array(step)) else { throw .invalidPath(step: number) }
            indices.append(index)
        }
        return indices
    }

    private static func index(_ step: [UInt8]) -> UInt32? {
        let isHardened = step.last == UInt8(ascii: "'")
        let digits = isHardened ? step.dropLast() : step[...]
        guard let first = digits.first, digits.count <= 10,
            digits.count == 1 || first != UInt8(ascii: "0")
        else { return nil }
        var number: UInt64 = 0
        for digit in digits {
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(digit) else { return nil }
            number = number * 10 + UInt64(digit - UInt8(ascii: "0"))
        }
        guard number < UInt64(hardened) else { return nil }
        return UInt32(number) | (isHardened ? hardened : 0)
    }

    /// A private key with the chain code that its children need.
    private struct Node: Sendable {
        let secret: [UInt8]
        let chainCode: [UInt8]

        /// The child of an index, hardened from 2³¹ on; nil when the index has no key.
        func child(_ index: UInt32) -> Node? {
            var data: [UInt8]
            if index >= HDWallet.hardened {
                data = [0] + secret
            } else {
                guard let publicKey = Secp256k1.publicKey(of: secret) else { return nil }
                // Compressed: the parity of y, then x (SEC 1, section 2.3.3).
                data = [2 | publicKey[63] & 1] + publicKey[0..<32]
            }
            for shift in stride(from: 24, through: 0, by: -8) {
                data.append(UInt8(truncatingIfNeeded: index >> UInt32(shift)))
            }
            let digest = HMAC.hash(data, key: chainCode, by: .sha512)
            return Secp256k1.add(Array(digest[0..<32]), to: secret).map {
                Node(secret: $0, chainCode: Array(digest[32...]))
            }
        }
    }
}

/// Printing or dumping a wallet shows no secret.
extension HDWallet: CustomStringConvertible, CustomReflectable {
    public var description: String { "HDWallet" }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
