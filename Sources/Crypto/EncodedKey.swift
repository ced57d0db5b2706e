internal import COpenSSL

/// Signatures under keys of any kind that certificates hold, by OpenSSL's EVP interface.
///
/// Wider than the chain's own rules, which name curves and key sizes: here whoever asks decides.
public enum EncodedKey {
    public enum Digest: Sendable {
        case sha256, sha384, sha512
    }

    public enum Scheme: Sendable, Equatable {
        case rsaPKCS1(Digest)
        /// The salt is as long as the hash, which MGF1 uses, too.
        case rsaPSS(Digest)
        /// The signature is a DER SEQUENCE of r and s.
        case ecdsa(Digest)
        case ed25519
    }

    /// Whether the signature signs the message under the key, a SubjectPublicKeyInfo in DER.
    ///
    /// False for keys that OpenSSL cannot read and for schemes that are not the key's.
    public static func verify(
        _ message: [UInt8], signature: [UInt8], by scheme: Scheme, key: [UInt8]
    ) -> Bool {
        let verdict = unsafe key.withUnsafeBufferPointer { encoded in
            var cursor = encoded.baseAddress
            guard let pointer = unsafe d2i_PUBKEY(nil, &cursor, encoded.count) else {
                return false
            }
            defer { unsafe EVP_PKEY_free(pointer) }
            guard unsafe EVP_PKEY_get_base_id(pointer) == scheme.keyType else { return false }
            return unsafe verify(message, signature: signature, by: scheme, key: pointer)
        }
        if !verdict { ERR_clear_error() }
        return verdict
    }

    private static func verify(
        _ message: [UInt8], signature: [UInt8], by scheme: Scheme, key: OpaquePointer
    ) -> Bool {
        guard let context = unsafe EVP_MD_CTX_new() else { fatalError("out of memory") }
        defer { unsafe EVP_MD_CTX_free(context) }
        var options: OpaquePointer?
        let digest = unsafe scheme.digest?.function
        guard unsafe EVP_DigestVerifyInit(context, &options, digest, nil, key) == 1 else {
            return false
        }
        if case .rsaPSS = scheme {
            guard unsafe EVP_PKEY_CTX_set_rsa_padding(options, RSA_PKCS1_PSS_PADDING) == 1,
                unsafe EVP_PKEY_CTX_set_rsa_pss_saltlen(options, RSA_PSS_SALTLEN_DIGEST) == 1
            else { return false }
        }
        return unsafe EVP_DigestVerify(
            context, signature, signature.count, message, message.count) == 1
    }
}

extension EncodedKey.Scheme {
    fileprivate var keyType: Int32 {
        switch self {
        case .rsaPKCS1, .rsaPSS: EVP_PKEY_RSA
        case .ecdsa: EVP_PKEY_EC
        case .ed25519: EVP_PKEY_ED25519
        }
    }

    /// Ed25519 hashes by itself.
    fileprivate var digest: EncodedKey.Digest? {
        switch self {
        case .rsaPKCS1(let digest), .rsaPSS(let digest), .ecdsa(let digest): digest
        case .ed25519: nil
        }
    }
}

extension EncodedKey.Digest {
    fileprivate var function: OpaquePointer? {
        switch self {
        case .sha256: unsafe EVP_sha256()
        case .sha384: unsafe EVP_sha384()
        case .sha512: unsafe EVP_sha512()
        }
    }
}
