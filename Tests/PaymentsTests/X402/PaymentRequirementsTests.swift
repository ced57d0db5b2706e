import Codec
import Payments
import Testing

@Suite struct PaymentRequirementsMatchingTests {
    private func requirements(_ extra: String) throws -> PaymentRequirements {
        PaymentRequirements(
            scheme: "exact", network: "eip155:1", asset: "0xA", amount: "1", payTo: "0xB",
            maxTimeoutSeconds: 60,
            extra: try #require(try JSON(parsing: Array(extra.utf8)).object))
    }

    private static let offered = #"{"name":"USDC","terms":{"a":1,"b":[{"c":2,"d":3}]}}"#

    @Test(arguments: [
        (offered, true),
        (#"{"terms":{"b":[{"d":3,"c":2}],"a":1},"name":"USDC"}"#, true),
        (#"{"name":"USDC","terms":{"a":1,"b":[{"c":2,"d":3}],"z":0},"more":null}"#, true),
        (#"{"name":"USDC"}"#, false),
        (#"{"name":"usdc","terms":{"a":1,"b":[{"c":2,"d":3}]}}"#, false),
        (#"{"name":"USDC","terms":{"a":"1","b":[{"c":2,"d":3}]}}"#, false),
        (#"{"name":"USDC","terms":{"a":1,"b":[]}}"#, false),
        (#"{"name":"USDC","terms":{"a":1,"b":[{"c":2,"d":3,"e":4}]}}"#, false),
        (#"{"name":"USDC","terms":{"a":1,"b":[{"c":2,"d":3},1]}}"#, false),
        ("{}", false),
    ])
    func extraIsASubset(_ accepted: String, _ isMatched: Bool) throws {
        #expect(
            try requirements(Self.offered).isMatched(by: try requirements(accepted)) == isMatched)
        #expect(try requirements("{}").isMatched(by: try requirements(accepted)))
    }

    @Test func everyOtherMemberCounts() throws {
        let offer = try requirements(Self.offered)
        let changes: [(inout PaymentRequirements) -> Void] = [
            { $0.scheme = "upto" }, { $0.network = "eip155:2" }, { $0.asset = "0xa" },
            { $0.amount = "01" }, { $0.payTo = "0xb" }, { $0.maxTimeoutSeconds = 61 },
        ]
        for change in changes {
            var accepted = offer
            change(&accepted)
            #expect(!offer.isMatched(by: accepted), "\(accepted)")
        }
    }
}
