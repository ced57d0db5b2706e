internal import Crypto
public import Primitives

/// Attestations and signatures as OpenGradient's public node judges them, and nothing stricter.
///
/// The chain's own settlement never asks this. Documents are taken whatever their header says,
/// with signatures of either sign, repeated fields, and intermediates in any order: what its Go
/// libraries read, in their default settings. Where the differences are is in the readers' own
/// words: `LooseCBOR`, `LooseDocument`, `LoosePEM`, `LooseCertificate`, `LooseChain`.
public enum OpenGradientAttestation {
    // Bytes.
    public static let documentMax = 16 * 1024
    public static let certificateMax = 8 * 1024
    public static let keyMax = 8 * 1024
    public static let signatureMax = 1024
    public static let pcrMax = 64
    /// 2041 to 8192 bits: whole bytes are compared.
    public static let modulusBytes = 256...1024

    // Milliseconds.
    public static let ageMax: UInt64 = 300_000
    public static let aheadMax: UInt64 = 60_000
    /// 31 January 2025.
    public static let earliest: UInt64 = 1_738_281_600_000

    /// keccak256(PCR0 ‖ PCR1 ‖ PCR2) of a document that holds and binds key and certificate, nil
    /// for all else. Zero when a PCR is longer than 64 bytes.
    ///
    /// - Parameter certificate: the enclave's for TLS, in DER; only its SHA-256 matters.
    /// - Parameter root: PEM of one or more; empty for the root of AWS.
    /// - Parameter time: seconds since 1970.
    public static func measurement(
        of document: [UInt8], signingKey: [UInt8], certificate: [UInt8], root: [UInt8],
        time: UInt64
    ) -> Hash? {
        guard (1...documentMax).contains(document.count), (1...keyMax).contains(signingKey.count),
            (1...certificateMax).contains(certificate.count), root.count <= certificateMax,
            let document = LooseDocument(document), let pcr0 = document.pcrs[0],
            let pcr1 = document.pcrs[1], let pcr2 = document.pcrs[2],
            isFresh(document.timestamp, at: time),
            binds(document.userData, certificate: certificate, signingKey: signingKey),
            isGenuine(document, root: root, time: time)
        else { return nil }
        let pcrs = [pcr0, pcr1, pcr2]
        guard pcrs.allSatisfy({ $0.count <= pcrMax }) else { return .zero }
        return Keccak.hash(pcrs.flatMap { $0 })
    }

    /// Whether RSA-PSS with SHA-256, MGF1 and a salt of 32 bytes signs the SHA-256 of the hash.
    ///
    /// - Parameter key: SubjectPublicKeyInfo in DER.
    public static func isSigned(_ message: Hash, signature: [UInt8], key: [UInt8]) -> Bool {
        guard key.count <= keyMax, signature.count <= signatureMax,
            let key = LooseKey.whole(key), case .rsa(let modulus, _) = key,
            modulusBytes.contains(modulus.count)
        else { return false }
        return key.verifies(signature, over: message.bytes, by: .rsaPSS(.sha256))
    }

    /// Whether the document can be read, its leaf's key signed it, and a path leads from the leaf
    /// to a root. Freshness and what it binds are not asked.
    ///
    /// - Parameter root: PEM of one or more; empty for the root of AWS.
    /// - Parameter time: seconds since 1970.
    public static func isGenuine(_ document: [UInt8], root: [UInt8], time: UInt64) -> Bool {
        guard let document = LooseDocument(document) else { return false }
        return isGenuine(document, root: root, time: time)
    }

    /// Whether the leaf's key signed the document, and a path leads from the leaf to a root.
    static func isGenuine(_ document: LooseDocument, root: [UInt8], time: UInt64) -> Bool {
        let roots =
            root.isEmpty
            ? [NitroRoot.certificate]
            : LoosePEM.certificates(in: root).compactMap { LooseCertificate($0) }
        // One that cannot be read spoils the whole, wanted or not.
        let intermediates = document.chain.compactMap { LooseCertificate($0) }
        guard !roots.isEmpty, intermediates.count == document.chain.count,
            let leaf = LooseCertificate(document.certificate), let key = leaf.key.p384,
            P384.verify(
                digest: SHA384.hash(document.signed), signature: document.signature[...], key: key)
        else { return false }
        return LooseChain(roots: roots, intermediates: intermediates, time: time).holds(for: leaf)
    }

    /// - Parameter timestamp: milliseconds since 1970.
    private static func isFresh(_ timestamp: UInt64, at time: UInt64) -> Bool {
        let (now, isWide) = time.multipliedReportingOverflow(by: 1000)
        guard !isWide, timestamp >= earliest else { return false }
        return timestamp > now ? timestamp - now <= aheadMax : now - timestamp <= ageMax
    }

    /// Nitriding's user data: two bytes that nobody checks before each of two SHA-256.
    private static func binds(
        _ userData: [UInt8], certificate: [UInt8], signingKey: [UInt8]
    ) -> Bool {
        userData.count == 68 && userData[2..<34].elementsEqual(SHA256.hash(certificate).bytes)
            && userData[36..<68].elementsEqual(SHA256.hash(signingKey).bytes)
    }
}
