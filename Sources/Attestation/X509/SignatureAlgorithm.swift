public import Codec

/// How a certificate or list is signed.
public enum SignatureAlgorithm: Sendable, Equatable {
    public enum Digest: Sendable, Equatable {
        case sha256, sha384, sha512
    }

    case ecdsa(Digest)
    /// RSASSA-PSS with one hash for message and mask.
    case rsaPSS(Digest, saltBytes: Int)
    /// An algorithm that is not checked here.
    case other(OID)

    /// Reads an AlgorithmIdentifier (RFC 5758, section 3.2; RFC 4055, section 3.1).
    public init(reading reader: inout DERReader) throws(DERError) {
        var fields = try reader.descend()
        let type = try fields.readObjectIdentifier()
        switch type {
        case SignatureAlgorithm.ecdsaWithSHA256: self = .ecdsa(.sha256)
        case SignatureAlgorithm.ecdsaWithSHA384: self = .ecdsa(.sha384)
        case SignatureAlgorithm.ecdsaWithSHA512: self = .ecdsa(.sha512)
        case SignatureAlgorithm.rsaSSAPSS:
            self = try SignatureAlgorithm.pss(&fields) ?? .other(type)
        default:
            self = .other(type)
            try fields.finishParameters()
            return
        }
        try fields.finish()
    }

    static let ecdsaWithSHA256 = OID(1, 2, 840, 10045, 4, 3, 2)
    static let ecdsaWithSHA384 = OID(1, 2, 840, 10045, 4, 3, 3)
    static let ecdsaWithSHA512 = OID(1, 2, 840, 10045, 4, 3, 4)
    static let rsaSSAPSS = OID(1, 2, 840, 113549, 1, 1, 10)
    static let mgf1 = OID(1, 2, 840, 113549, 1, 1, 8)

    /// RSASSA-PSS-params with every field but the trailer's present; nil for two different hashes
    /// or one that is not SHA-2.
    private static func pss(_ fields: inout DERReader) throws(DERError) -> SignatureAlgorithm? {
        var parameters = try fields.descend()
        // What is left out is SHA-1, or its length.
        guard parameters.nextTag == DERTag.context(0) else { return nil }
        var hash = try parameters.descend(DERTag.context(0))
        let message = try digest(&hash)
        try hash.finish()
        guard parameters.nextTag == DERTag.context(1) else { return nil }
        var generator = try parameters.descend(DERTag.context(1))
        var mask = try generator.descend()
        try generator.finish()
        let function = try mask.readObjectIdentifier()
        let maskDigest = try digest(&mask)
        try mask.finish()
        guard parameters.nextTag == DERTag.context(2) else { return nil }
        var salt = try parameters.descend(DERTag.context(2))
        let saltBytes = try salt.readInt()
        try salt.finish()
        // AMD writes the default, 1, though DER would leave it out.
        var trailer = 1
        if parameters.nextTag == DERTag.context(3) {
            var field = try parameters.descend(DERTag.context(3))
            trailer = try field.readInt()
            try field.finish()
        }
        try parameters.finish()
        guard let message, message == maskDigest, function == mgf1, trailer == 1 else {
            return nil
        }
        return .rsaPSS(message, saltBytes: saltBytes)
    }

    /// A hash's AlgorithmIdentifier, with NULL or without parameters.
    private static func digest(_ reader: inout DERReader) throws(DERError) -> Digest? {
        var fields = try reader.descend()
        let type = try fields.readObjectIdentifier()
        if !fields.isAtEnd { try fields.readNull() }
        try fields.finish()
        switch type {
        case OID(2, 16, 840, 1, 101, 3, 4, 2, 1): return .sha256
        case OID(2, 16, 840, 1, 101, 3, 4, 2, 2): return .sha384
        case OID(2, 16, 840, 1, 101, 3, 4, 2, 3): return .sha512
        default: return nil
        }
    }
}

extension DERReader {
    /// Passes the parameters of an algorithm that is not checked here and refuses what is behind
    /// them: NULL, a name, a SEQUENCE, or none.
    mutating func finishParameters() throws(DERError) {
        switch nextTag {
        case nil: return
        case DERTag.null: try readNull()
        case DERTag.objectIdentifier: _ = try readObjectIdentifier()
        default: try skip(DERTag.sequence)
        }
        try finish()
    }
}
