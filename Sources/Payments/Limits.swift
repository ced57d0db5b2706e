/// The limits of everything this target reads.
public enum PaymentLimits {
    /// The longest header value, in characters of base64.
    public static let headerCharactersMax = 64 << 10
    /// The longest body of a message, in bytes; a header's JSON is shorter by a quarter and more.
    public static let bodyBytesMax = 256 << 10
    /// The deepest JSON of a header or a request.
    public static let jsonDepthMax = 32
    /// Values in the JSON of a header or a request.
    public static let jsonItemsMax = 8192
    /// The longest signature: room for a contract wallet's and its deployment.
    public static let signatureBytesMax = 16 << 10
    /// Nodes on the longest path of a policy; a single kind has depth 1.
    public static let policyDepthMax = 4
    /// Kinds and combinations in a policy.
    public static let policyNodesMax = 32
    /// The longest canonical bytes of a policy.
    public static let policyBytesMax = 512
    /// Addresses in one parameter of a policy, and executors that it may ask for.
    public static let policyAddressesMax = 8
    /// The longest text of a policy: room for every canonical one.
    public static let policyTextBytesMax = 4096
    /// Comparisons spent on whether one policy asks for as much as another.
    public static let policyComparisonsMax = 1 << 13
    /// Pieces of evidence in a receipt.
    public static let evidenceCountMax = 16
    /// The longest text a token may answer for its name or version.
    public static let tokenTextBytesMax = 256
}
