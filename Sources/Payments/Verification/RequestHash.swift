internal import Crypto
public import Primitives

/// What names an HTTP request in terms and statements.
public enum RequestHash {
    /// `keccak256("assay.request.v1\n" ‖ METHOD ‖ "\n" ‖ path ‖ "\n" ‖ sha256(body))`.
    ///
    /// `method` is upper-cased (ASCII); `path` is the request target as sent, query included. The
    /// body goes in by its 32 raw digest bytes, so only a line feed in the method, which HTTP does
    /// not allow, could make two requests one.
    public static func of(method: String, path: String, body: [UInt8]) -> Hash {
        let upper = method.utf8.map { byte in
            byte >= UInt8(ascii: "a") && byte <= UInt8(ascii: "z") ? byte - 32 : byte
        }
        let lineFeed = [UInt8(ascii: "\n")]
        let line = Array("assay.request.v1\n".utf8) + upper + lineFeed + Array(path.utf8)
        return Keccak.hash(line + lineFeed + SHA256.hash(body).bytes)
    }
}
