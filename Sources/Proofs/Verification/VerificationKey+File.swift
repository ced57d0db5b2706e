extension VerificationKey {
    /// The key as files and blobs hold it: a domain, then the key's bytes. The SHA-256 of these is
    /// the digest, so whoever has a file can tell whose key it is without reading it.
    public var file: [UInt8] { VerificationKey.domain + encoded }

    /// - Throws: `notAKey` where the domain is missing, else as `init(decoding:)`.
    public init(file: [UInt8]) throws(ProofError) {
        let count = VerificationKey.domain.count
        guard file.starts(with: VerificationKey.domain) else { throw .notAKey }
        try self.init(decoding: Array(file[count...]))
    }

    static let domain = Array("assay.key.v1".utf8)
}
