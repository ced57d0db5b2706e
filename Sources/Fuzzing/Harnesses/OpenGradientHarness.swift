internal import Attestation
internal import Codec
internal import Crypto
internal import Primitives

private let issuedAt: UInt64 = 1_790_000_000
private let authority = DevelopmentAuthority()
private let root = Array(PEM.encode(authority.nitroRoot, label: "CERTIFICATE").utf8)
private let issued = authority.nitroDocument(NitroRequest(time: issuedAt, userData: [1, 2, 3]))

let openGradientSeeds: @Sendable () -> [[UInt8]] = { [issued, root] }

/// Documents, roots and keys as OpenGradient's precompile reads them: no input traps, and
/// what the strict verifier takes, the lax one takes.
func fuzzOpenGradient(_ bytes: [UInt8]) throws(FuzzFailure) -> FuzzOutcome {
    try .of {
        _ = OpenGradientAttestation.isSigned(
            SHA256.hash(bytes), signature: [UInt8](repeating: 1, count: 256), key: bytes)
        // The text of the root may be changed, too; the document is the same then.
        let isRootUsed = OpenGradientAttestation.isGenuine(issued, root: bytes, time: issuedAt)
        let isGenuine = OpenGradientAttestation.isGenuine(bytes, root: root, time: issuedAt)
        let isStrict =
            (try? NitroVerifier.verify(bytes, at: issuedAt, anchors: authority.anchors)) != nil
        try FuzzFailure.require(isGenuine || !isStrict, "the lax verifier is the stricter one")
        guard isGenuine || isRootUsed else { throw OpenGradientRefusal.notGenuine }
    }
}

private enum OpenGradientRefusal: Error {
    case notGenuine
}
