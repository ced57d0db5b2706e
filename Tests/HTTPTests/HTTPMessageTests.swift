import HTTP
import Testing

@Suite struct HTTPMessageTests {
    @Test func findsTheFirstHeaderInAnyCase() {
        let request = HTTPRequest(
            method: "GET", path: "/",
            headers: [
                (name: "X-Payment", value: "one"), (name: "x-payment", value: "two"),
                (name: "X-Paymen", value: "three"), (name: "@", value: "four"),
            ])
        #expect(request.header("X-PAYMENT") == "one")
        #expect(request.header("x-paymen") == "three")
        #expect(request.header("x-pay") == nil)
        // Only letters have a case: `@` and a grave accent differ by the same bit.
        #expect(request.header("`") == nil)
    }

    @Test func findsQueryFieldsByExactName() {
        let request = HTTPRequest(
            method: "GET", path: "/", query: [(name: "a", value: "1"), (name: "a", value: "2")])
        #expect(request.queryValue("a") == "1")
        #expect(request.queryValue("A") == nil)
    }

    @Test func writesRemoteAddresses() {
        #expect(HTTPRemote(address: [10, 0, 0, 255], port: 80).description == "10.0.0.255:80")
        let loopback = HTTPRemote(address: [UInt8](repeating: 0, count: 15) + [1], port: 8545)
        #expect(loopback.description == "[0:0:0:0:0:0:0:1]:8545")
    }

    @Test func buildsCommonAnswers() {
        let json = HTTPResponse.json(402, Array("{}".utf8))
        #expect(json.status == 402)
        #expect(json.header("content-type") == "application/json")
        #expect(HTTPResponse.text(200, "ü").body == [0xc3, 0xbc])
    }
}
