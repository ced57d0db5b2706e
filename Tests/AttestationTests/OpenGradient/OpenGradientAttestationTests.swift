import Codec
import Crypto
import Files
import Primitives
import TestSupport
import Testing

@testable import Attestation

@Suite(.enabled(if: SharedData.folder != nil, "no shared data"))
struct OpenGradientAttestationTests {
    struct Vector {
        let id: String
        let document: [UInt8]
        let root: [UInt8]
        let time: UInt64
        /// Nil when the document is to be accepted.
        let reason: String?
    }

    static func vectors(_ group: String? = nil) throws -> [Vector] {
        let folder = try #require(SharedData.folder) + "/attestation/nitro/"
        let limits = JSONLimits(bytesMax: 1 << 26, depthMax: 64, itemsMax: 1 << 20)
        let file = try Files.read(folder + "vectors.json", bytesMax: 1 << 26)
        let listed = try JSON(parsing: file, limits: limits)["vectors"]?.array
        let development = try Files.read(folder + "dev-root.pem")
        return try #require(listed).filter { group == nil || $0["group"]?.string == group }.map {
            let name = try #require($0["doc"]?.string)
            return Vector(
                id: try #require($0["id"]?.string),
                document: try Files.read(folder + name, bytesMax: 1 << 20),
                root: $0["root"]?.string == "dev-a" ? development : [],
                time: try #require($0["time"]?.uint64),
                reason: $0["expect"]?["verdict"]?.string == "accept"
                    ? nil : $0["expect"]?["reason"]?.string ?? "")
        }
    }

    private func isGenuine(_ vector: Vector) -> Bool {
        OpenGradientAttestation.isGenuine(
            vector.document, root: vector.root, time: vector.time)
    }

    /// Every real document, among them og-evm's own, verifies at its time.
    @Test func realDocumentsAreGenuine() throws {
        let vectors = try Self.vectors("real")
        #expect(vectors.count == 14)
        #expect(vectors.contains { $0.id.contains("opengradient") })
        for vector in vectors {
            #expect(isGenuine(vector) == (vector.reason == nil), "\(vector.id)")
        }
    }

    /// What the strict verifier takes this one takes. Reasons about signatures, roots, times and
    /// authorities are reasons here, too, but for what Go does not ask: the root's copy in the
    /// bundle, key usage where there is none, and what a leaf is.
    @Test func laxerIsNotForgeable() throws {
        let forgeries: Set = [
            "E_SIG", "E_CHAIN_SIG", "E_ROOT", "E_CHAIN_TIME", "E_CHAIN_NAME", "E_CHAIN_CA",
            "E_CHAIN_EXT", "E_CERT", "E_SIZE", "E_TRAILING",
        ]
        var accepted: Set<String> = []
        let vectors = try Self.vectors()
        for vector in vectors {
            let isGenuine = isGenuine(vector)
            guard let reason = vector.reason else {
                #expect(isGenuine, "\(vector.id)")
                continue
            }
            if isGenuine, forgeries.contains(reason) { accepted.insert(vector.id) }
        }
        #expect(
            accepted == [
                "nitro-dev-root-missing", "nitro-dev-chain-i-no-ku", "nitro-dev-chain-leaf-ca",
                "nitro-dev-chain-leaf-no-ds", "nitro-dev-chain-leaf-no-ku",
            ])
        #expect(vectors.count > 300)
    }

    /// Real documents bind keys that nobody kept: the whole is tried with a document's own key.
    @Test func wholeVerdictNeedsFreshnessAndBinding() throws {
        let vector = try #require(
            try Self.vectors("real").first { $0.id.contains("opengradient") })
        #expect(
            OpenGradientAttestation.measurement(
                of: vector.document, signingKey: [1], certificate: [1], root: [],
                time: vector.time) == nil)
        let document = try #require(LooseDocument(vector.document))
        #expect(document.timestamp / 1000 == vector.time)
        #expect(document.pcrs.count == 16)
    }

    /// A cut or changed byte is refused, at every place of a real document.
    @Test func everyCutAndEveryOtherByteIsRefused() throws {
        let vector = try #require(
            try Self.vectors("real").first { $0.id.contains("opengradient") })
        for count in vector.document.indices {
            #expect(LooseDocument(Array(vector.document[..<count])) == nil)
        }
        for index in stride(from: 0, to: vector.document.count, by: 7) {
            var bytes = vector.document
            bytes[index] ^= 1 << UInt8(index % 8)
            guard let document = LooseDocument(bytes) else { continue }
            let isGenuine = OpenGradientAttestation.isGenuine(
                document, root: [], time: vector.time)
            // The unprotected header is signed by nobody, and tags mean nothing.
            if isGenuine { #expect(document.signed == LooseDocument(vector.document)?.signed) }
        }
    }

    @Test func signaturesOfEnclavesHold() throws {
        let folder = try #require(SharedData.folder)
        let cases = try JSON(
            parsing: Files.read(folder + "/opengradient/tee-vectors.json", bytesMax: 1 << 20))
        let key = try Hex.decodePrefixed(try #require(cases["signingPublicKeyDER"]?.string))
        let responses = try #require(cases["responses"]?.array)
        for response in responses {
            let message = try Hash(hex: try #require(response["messageHash"]?.string))
            let signature = try Hex.decodePrefixed(try #require(response["signature"]?.string))
            let verify = OpenGradientAttestation.isSigned
            #expect(verify(message, signature, key))
            #expect(!verify(Keccak.hash(message.bytes), signature, key))
            #expect(!verify(message, signature + [0], key))
            #expect(!verify(message, [0] + signature, key))
            #expect(!verify(message, Array(signature.dropLast()), key))
            #expect(!verify(message, signature, key + [0]))
            #expect(!verify(message, signature, Array(key.dropLast())))
        }
        #expect(responses.count == 4)
    }
}
