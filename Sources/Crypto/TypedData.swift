public import Primitives

/// Hashes of messages that people sign (EIP-191).
public enum EIP191 {
    /// `keccak256("\x19Ethereum Signed Message:\n" ‖ length ‖ message)`.
    public static func personalMessageHash(_ message: [UInt8]) -> Hash {
        Keccak.hash(
            Array("\u{19}Ethereum Signed Message:\n\(message.count)".utf8) + message)
    }
}

/// Hashes of typed structures (EIP-712).
public enum EIP712 {
    /// The separator of a domain with a name, a version where it has one, a chain and a contract.
    public static func domainSeparator(
        name: String, version: String?, chainID: UInt64, verifyingContract: Address
    ) -> Hash {
        let type =
            version == nil
            ? "EIP712Domain(string name,uint256 chainId,address verifyingContract)"
            : "EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"
        var words = [Keccak.hash(Array(name.utf8)).word]
        if let version { words.append(Keccak.hash(Array(version.utf8)).word) }
        words += [UInt256(chainID), verifyingContract.word]
        return structHash(typeHash(type), words)
    }

    /// `keccak256` of a type's text, as `encodeType` gives it.
    public static func typeHash(_ type: String) -> Hash { Keccak.hash(Array(type.utf8)) }

    /// `keccak256(typeHash ‖ words)`: members that are dynamic or structures go in by their hash.
    public static func structHash(_ typeHash: Hash, _ words: [UInt256]) -> Hash {
        Keccak.hash(words.reduce(into: typeHash.bytes) { $0 += $1.bigEndianBytes })
    }

    /// `keccak256(0x1901 ‖ separator ‖ struct hash)`: what is signed.
    public static func digest(domainSeparator: Hash, structHash: Hash) -> Hash {
        Keccak.hash([0x19, 0x01] + domainSeparator.bytes + structHash.bytes)
    }
}

/// Selectors and topics of contract interfaces (Solidity ABI specification).
public enum ABISignature {
    /// The first four bytes of the Keccak-256 of a canonical signature.
    public static func selector(_ signature: String) -> [UInt8] {
        Array(Keccak.hash(Array(signature.utf8)).bytes[0..<4])
    }

    /// The first topic of an event.
    public static func topic(_ signature: String) -> Hash { Keccak.hash(Array(signature.utf8)) }
}

extension Keccak {
    /// The digest of a word's 32 bytes.
    public static func hash(_ word: UInt256) -> Hash { hash(word.bigEndianBytes) }

    /// The digest of two words' 64 bytes: the slot of a mapping's entry.
    public static func hash(_ first: UInt256, _ second: UInt256) -> Hash {
        hash(first.bigEndianBytes + second.bigEndianBytes)
    }
}
