import Crypto
import Payments
import Primitives
import Testing

@Suite struct SignedEvidenceTests {
    private func digest() -> Hash { Samples.statement().hash(chainID: Samples.chainID) }
    private func key() throws -> PrivateKey { try PrivateKey([UInt8](repeating: 0x22, count: 32)) }

    @Test func acceptsTheSignatureOfEthKeys() throws {
        let key = try key()
        #expect(key.address.hex == "0x1563915e194d8cfba1943570603f7606a3115508")
        let data = try Samples.signature
        try SignedEvidence.verify(digest: digest(), data: data, key: .secp256k1(key.address))
        #expect(key.sign(digest()).bytes == data)
        let evidence = Evidence(kind: .signed, data: data)
        try evidence.verify(digest: digest(), key: .secp256k1(key.address))
        #expect(evidence.digest == EvidenceDigest(kind: .signed, hash: Keccak.hash(data)))
    }

    @Test func refusesOtherSigners() throws {
        let data = try Samples.signature
        let signer = try key().address
        let other = Address(truncating: 7)
        #expect(throws: EvidenceError.wrongSigner(expected: other, got: signer)) {
            try SignedEvidence.verify(digest: digest(), data: data, key: .secp256k1(other))
        }
        var flipped = data
        flipped[64] = 55 - flipped[64]
        let found = Secp256k1.recoverAddress(
            digest: digest(), signature: try Signature(bytes65: flipped))
        #expect(throws: EvidenceError.wrongSigner(expected: signer, got: found)) {
            try SignedEvidence.verify(digest: digest(), data: flipped, key: .secp256k1(signer))
        }
        let nothing = [UInt8](repeating: 0, count: 64) + [27]
        #expect(throws: EvidenceError.wrongSigner(expected: signer, got: nil)) {
            try SignedEvidence.verify(digest: digest(), data: nothing, key: .secp256k1(signer))
        }
        #expect(throws: EvidenceError.self) {
            try SignedEvidence.verify(digest: Hash(1), data: data, key: .secp256k1(signer))
        }
    }

    @Test func refusesOtherSpellingsOfOneSignature() throws {
        let data = try Samples.signature
        let key = SignerKey.secp256k1(try key().address)
        let signature = try Signature(bytes65: data)
        let high = Signature(
            r: signature.r, s: Secp256k1.order - signature.s, yParity: 1 - signature.yParity)
        #expect(throws: EvidenceError.malleable) {
            try SignedEvidence.verify(digest: digest(), data: high.bytes, key: key)
        }
        for v: UInt8 in [0, 1, 2, 26, 29, 255] {
            #expect(throws: EvidenceError.invalidSignature) {
                try SignedEvidence.verify(digest: digest(), data: data.dropLast() + [v], key: key)
            }
        }
        for count in [0, 1, 64, 66, 130] {
            let other = [UInt8](repeating: 27, count: count)
            #expect(throws: EvidenceError.wrongLength(wanted: 65, got: count)) {
                try SignedEvidence.verify(digest: digest(), data: other, key: key)
            }
        }
    }

    /// RFC 6979, A.2.5: P-256, SHA-256, message "sample".
    @Test func judgesP256() throws {
        let x = try UInt256(
            hex: "0x60FED4BA255A9D31C961EB74C6356D68C049B8923B61FA6CE669622E60F29FB6")
        let y = try UInt256(
            hex: "0x7903FE1008B8BC99A41AE9E95628BC64F2F1B20C2D7E9F5177A3C294D4462299")
        let r = try UInt256(
            hex: "0xEFD48B2AACB6A8FD1140DD9CD45E81D69D2C877B56AAF991C34D0EA84EAF3716")
        let s = try UInt256(
            hex: "0xF7CB1C942D657C41D436C7A1B6E29F65F3E900DBB9AFF4064DC4AB2F843ACDA8")
        let order = try UInt256(
            hex: "0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551")
        let digest = SHA256.hash(Array("sample".utf8))
        let key = SignerKey.p256(x: x, y: y)
        let data = r.bigEndianBytes + s.bigEndianBytes
        try SignedEvidence.verify(digest: digest, data: data, key: key)
        // Both halves are good here.
        let low = r.bigEndianBytes + (order - s).bigEndianBytes
        try SignedEvidence.verify(digest: digest, data: low, key: key)
        func refuses(_ error: EvidenceError, _ digest: Hash, _ data: [UInt8], _ key: SignerKey) {
            #expect(throws: error) {
                try SignedEvidence.verify(digest: digest, data: data, key: key)
            }
        }
        refuses(.invalidSignature, Hash(1), data, key)
        refuses(.invalidSignature, digest, s.bigEndianBytes + r.bigEndianBytes, key)
        refuses(.invalidSignature, digest, data, .p256(x: y, y: x))
        refuses(.invalidSignature, digest, [UInt8](repeating: 0, count: 64), key)
        refuses(.wrongLength(wanted: 64, got: 65), digest, data + [27], key)
        refuses(.wrongLength(wanted: 64, got: 63), digest, data.dropLast(), key)
    }

    @Test func judgesOtherKinds() throws {
        let key = SignerKey.secp256k1(.zero)
        try Evidence(kind: .plain, data: []).verify(digest: digest(), key: key)
        #expect(throws: EvidenceError.wrongLength(wanted: 0, got: 1)) {
            try Evidence(kind: .plain, data: [1]).verify(digest: digest(), key: key)
        }
        for kind in [EvidenceKind.tee, .reexecuted, .zk] {
            #expect(throws: EvidenceError.unsupportedKind(kind)) {
                try Evidence(kind: kind, data: []).verify(digest: digest(), key: key)
            }
        }
    }
}

@Suite struct EvidenceKindTests {
    @Test func namesAndNumbersAreFixed() {
        #expect(EvidenceKind.allCases.map(\.rawValue) == [0, 1, 2, 3, 4])
        let names = ["plain", "signed", "tee", "reexecuted", "zk"]
        #expect(EvidenceKind.allCases.map(\.name) == names)
        #expect(names.map { EvidenceKind(name: $0) } == EvidenceKind.allCases)
        for text in ["", "Signed", "signed ", "re-executed", "zkp"] {
            #expect(EvidenceKind(name: text) == nil)
        }
        let set: EvidenceSet = [EvidenceSet(.zk), EvidenceSet(.plain)]
        #expect(set.rawValue == 0b10001 && set.kinds == [.plain, .zk])
    }
}

@Suite struct RequestHashTests {
    /// By eth-utils and hashlib.
    @Test func hashesAreThoseOfASecondWriter() {
        let post = RequestHash.of(
            method: "POST", path: "/v1/infer?x=1", body: Array(#"{"a":1}"#.utf8))
        #expect(
            post.hex == "0x533cebf59f7504b9216e6628cbcea7caf806c10b0fe85dca2126ed2575b7306b")
        let get = RequestHash.of(method: "GET", path: "/", body: [])
        #expect(get.hex == "0xbe14c5538b237bf01655d2d7cb099179672276e966d7909ef94ecc0ab973056d")
    }

    @Test func everyPartCountsButTheCaseOfTheMethod() {
        let body = Array("b".utf8)
        let base = RequestHash.of(method: "POST", path: "/a", body: body)
        #expect(RequestHash.of(method: "post", path: "/a", body: body) == base)
        let others = [
            RequestHash.of(method: "PUT", path: "/a", body: body),
            RequestHash.of(method: "POST", path: "/A", body: body),
            RequestHash.of(method: "POST", path: "/a?", body: body),
            RequestHash.of(method: "POST", path: "/a", body: []),
            RequestHash.of(method: "POST/", path: "a", body: body),
        ]
        #expect(Set(others + [base]).count == 6)
    }
}
