internal import Codec
internal import Crypto
public import Primitives

// Under what a chain keeps collateral: the kind of TEE, the family of platforms, and the authority
// that certifies them. Both a quote and collateral say it.

extension DCAPCollateral {
    /// `keccak256("assay.dcap.v1" ‖ TEE type ‖ FMSPC ‖ SHA-256 of the authority's name)`.
    public var key: Hash {
        DCAPCollateral.key(tee, fmspc: tcbInfo.fmspc, authority: authority.name)
    }

    static func key(_ tee: TEEType, fmspc: [UInt8], authority: Hash) -> Hash {
        Keccak.hash(
            Array("assay.dcap.v1".utf8) + [tee.rawValue] + fmspc + authority.bytes)
    }

    /// Whether each part was issued at the same time as the other's or later, so that it may take
    /// its place: none of Intel's statements can be rolled back to an older one.
    public func isNoOlder(than other: DCAPCollateral) -> Bool {
        tcbInfo.evaluationNumber >= other.tcbInfo.evaluationNumber
            && qeIdentity.evaluationNumber >= other.qeIdentity.evaluationNumber
            && tcbInfo.window.start >= other.tcbInfo.window.start
            && qeIdentity.window.start >= other.qeIdentity.window.start
            && revokedPCKs.window.start >= other.revokedPCKs.window.start
            && revokedByRoot.window.start >= other.revokedByRoot.window.start
    }
}

extension DCAPQuote {
    /// The key of the collateral that the quote is to be judged by, as its own certificates say.
    /// Nothing of them is verified yet: a quote that lies finds collateral that refuses it.
    ///
    /// - Throws: `chain`, `pckExtension`.
    public func collateralKey() throws(AttestationError) -> Hash {
        guard let chain = try? PEM.decode(certificates, label: "CERTIFICATE", blocksMax: 3),
            let first = chain.first, let leaf = try? Certificate(first)
        else { throw AttestationError(.chain, "the PCK certificate") }
        guard let value = leaf.value(of: PCKExtension.type),
            let platform = try? PCKExtension(value)
        else { throw AttestationError(.pckExtension, "Intel's extension") }
        return DCAPCollateral.key(
            tee, fmspc: platform.fmspc, authority: SHA256.hash(leaf.issuer.encoding))
    }
}
