/// Whether pages of other origins may call this server from a browser.
///
/// Source: Fetch standard, "CORS protocol"; x402 v2 HTTP transport for the payment headers.
public enum HTTPCrossOrigin: Sendable {
    /// No cross-origin header is written.
    case closed
    /// Any origin may call, send payment headers and read payment answers. No credentials.
    case open

    func appendHeaders(to response: inout HTTPResponse) {
        guard case .open = self else { return }
        response.headers.append((name: "Access-Control-Allow-Origin", value: "*"))
        response.headers.append(
            (name: "Access-Control-Expose-Headers", value: HTTPCrossOrigin.exposed))
    }

    /// The answer to every `OPTIONS`: what may be asked, and by whom.
    func optionsResponse() -> HTTPResponse {
        var response = HTTPResponse(
            status: 204, headers: [(name: "Allow", value: HTTPCrossOrigin.methods)])
        guard case .open = self else { return response }
        appendHeaders(to: &response)
        response.headers.append(
            (name: "Access-Control-Allow-Methods", value: HTTPCrossOrigin.methods))
        response.headers.append(
            (name: "Access-Control-Allow-Headers", value: HTTPCrossOrigin.allowed))
        response.headers.append((name: "Access-Control-Max-Age", value: "86400"))
        return response
    }

    private static let methods = "GET, HEAD, POST, PUT, DELETE, OPTIONS"
    /// `*` covers every name but `Authorization`, which must be named; older browsers read names.
    private static let allowed =
        "Accept, Authorization, Content-Type, PAYMENT-SIGNATURE, X-PAYMENT, *"
    private static let exposed = "PAYMENT-REQUIRED, PAYMENT-RESPONSE, X-PAYMENT-RESPONSE"
}
