public import Codec

/// What a member of a message should have been.
public enum MemberType: String, Sendable {
    case string, integer, boolean, object, array
}

/// Why bytes, a header or JSON are no x402 message. Paths name the member, outermost first:
/// `accepts.0.payTo`; the empty path is the whole message.
public enum X402Error: Error, Equatable, Sendable {
    case headerTooLong(characters: Int, max: Int)
    case bodyTooLong(bytes: Int, max: Int)
    case invalidBase64(Base64Error)
    case invalidJSON(JSONError)
    case missing(String)
    case wrongType(String, expected: MemberType)
    /// No `x402Version`: nothing says how to read the rest.
    case missingVersion(String)
    /// The JSON text of a version that is neither 1 nor 2.
    case unknownVersion(String)
    /// Two parts of a message, or a message and its reader, speak different versions.
    case versionMismatch(expected: Int, got: Int)
    case unknownScheme(String)
    /// Neither a name of version 1 nor `eip155:` and a chain id.
    case unknownNetwork(String)
}
