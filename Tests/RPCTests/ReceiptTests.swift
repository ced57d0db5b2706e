import Codec
import HTTP
import Ledger
import Primitives
import TestSupport
import Testing

@testable import RPC

/// A receipt document, changed everywhere.
@Suite(.timeLimit(.minutes(5))) struct ReceiptTests {
    /// Members that no check can depend on, each with the reason.
    ///
    /// None: every string of a document is either proven, signed, hashed or recomputed.
    private static let redundant: Set<String> = []

    private func settled(_ policy: String = "signed") throws -> (json: JSON, block: Hash) {
        let service = try TestService()
        try service.register("small", hasProofs: policy != "signed")
        let answer = try service.ask(
            "small", policy: policy, payment: try service.payment("small", policy: policy))
        let receipt = try #require(answer.json?["receipt"])
        let url = try #require(receipt["url"]?.string)
        let json = try #require(try service.client().request("GET", url).json)
        service.server.stop()
        return (json, try Hash(hex: try #require(receipt["blockHash"]?.string)))
    }

    private func holds(_ json: JSON, _ block: Hash) -> Bool {
        guard let document = try? ReceiptDocument(json: json) else { return false }
        return (try? document.verify(trusting: block)) != nil
    }

    @Test(arguments: ["signed", "zk", "signed and zk"])
    func everyChangedStringIsRefused(_ policy: String) throws {
        let (json, block) = try settled(policy)
        #expect(holds(json, block))
        #expect(!holds(json, Hash(1)))
        var paths: Set<String> = []
        var redundant: Set<String> = []
        for (path, changed) in Mutation.all(of: json, positions: 5) {
            paths.insert(path)
            if holds(changed, block) { redundant.insert(path) }
        }
        #expect(redundant == ReceiptTests.redundant)
        #expect(paths.count > 100)
    }

    @Test(arguments: ["signed", "zk"])
    func everyMissingMemberIsRefused(_ policy: String) throws {
        let (json, block) = try settled(policy)
        let object = try #require(json.object)
        for (key, _) in object.entries {
            let rest = JSONObject(object.entries.filter { $0.key != key })
            // The id is recomputed; a document may do without it.
            #expect(holds(.object(rest), block) == (key == "receiptId"), "\(key)")
            for odd in [.null, 1, "x", [], [:]] as [JSON] {
                var copy = object
                copy[key] = odd
                #expect(!holds(.object(copy), block), "\(key) \(odd)")
            }
        }
    }

    @Test func everyProofNodeIsNeeded() throws {
        let (json, block) = try settled()
        let document = try ReceiptDocument(json: json)
        var checked = 0
        for index in document.settlement.accountProof.indices {
            var copy = document
            copy.settlement.accountProof.remove(at: index)
            #expect(throws: ReceiptRefusal.self) { try copy.verify(trusting: block) }
            checked += 1
        }
        for slot in document.registry.slots.indices {
            var copy = document
            copy.registry.slots.remove(at: slot)
            #expect(throws: ReceiptRefusal.self) { try copy.verify(trusting: block) }
            for node in document.registry.slots[slot].proof.indices {
                var copy = document
                copy.registry.slots[slot].proof.remove(at: node)
                #expect(throws: ReceiptRefusal.self) { try copy.verify(trusting: block) }
                checked += 1
            }
        }
        #expect(checked > 10)
    }
}
