internal import COpenSSL
public import Primitives
internal import Synchronization

/// A key on P-256 that signs much of what is verified, such as a vendor's root.
///
/// After `patience` checks a table of the key's multiples is made, once in a process: it takes
/// 30 to 40 ms and 150 KB, and each check from then on takes 41 µs where the general one takes 70.
/// Both ways give the same verdict on every input: only time depends on what came before.
public final class FrequentKey: Sendable {
    /// x ‖ y, 64 bytes.
    public let key: [UInt8]
    private let state = Mutex(State())

    private struct State {
        var uses = 0
        var table: KeyTable?
    }

    /// Checks before the table is worth its making.
    public static let patience = 200

    public init(key: [UInt8]) { self.key = key }

    /// Whether r ‖ s signs the digest, as `P256.verify` says.
    public func verify(digest: Hash, signature: ArraySlice<UInt8>) -> Bool {
        guard let table = table() else {
            return P256.verify(digest: digest, signature: signature, key: key[...])
        }
        return table.verify(digest: digest.bytes, signature: signature)
    }

    private func table() -> KeyTable? {
        state.withLock { state in
            state.uses &+= 1
            if state.uses == FrequentKey.patience { state.table = KeyTable(key) }
            return state.table
        }
    }
}

/// OpenSSL's group with a key in the generator's place, for which it has tables.
@safe
private final class KeyTable: @unchecked Sendable {
    /// Never changed once made, so every thread may read both.
    private let group: OpaquePointer
    private let general: OpaquePointer

    /// Nil for a key that is not on the curve.
    init?(_ key: [UInt8]) {
        let point = [0x04] + key
        guard let group = unsafe EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1),
            let general = unsafe EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1),
            let place = unsafe EC_POINT_new(group)
        else { fatalError("out of memory") }
        unsafe self.group = group
        unsafe self.general = general
        defer { unsafe EC_POINT_free(place) }
        guard unsafe EC_POINT_oct2point(group, place, point, point.count, nil) == 1,
            unsafe EC_GROUP_set_generator(
                group, place, EC_GROUP_get0_order(general), EC_GROUP_get0_cofactor(general)) == 1,
            unsafe assay_ec_group_precompute(group) == 1
        else {
            ERR_clear_error()
            return nil
        }
    }

    deinit {
        unsafe EC_GROUP_free(group)
        unsafe EC_GROUP_free(general)
    }

    /// FIPS 186-5, section 6.4.2: x of (e/s)·G + (r/s)·Q is r modulo the order.
    func verify(digest: [UInt8], signature: ArraySlice<UInt8>) -> Bool {
        let curve = NISTCurve.p256
        guard signature.count == 2 * curve.width, curve.isScalar(signature.prefix(curve.width)),
            curve.isScalar(signature.suffix(curve.width))
        else { return false }
        guard let context = unsafe BN_CTX_new(), let sum = unsafe EC_POINT_new(general),
            let other = unsafe EC_POINT_new(group),
            let order = unsafe EC_GROUP_get0_order(general)
        else { fatalError("out of memory") }
        unsafe BN_CTX_start(context)
        defer {
            unsafe EC_POINT_free(sum)
            unsafe EC_POINT_free(other)
            unsafe BN_CTX_end(context)
            unsafe BN_CTX_free(context)
        }
        let (e, r) = unsafe (BN_CTX_get(context), BN_CTX_get(context))
        let (s, x) = unsafe (BN_CTX_get(context), BN_CTX_get(context))
        unsafe signature.withUnsafeBufferPointer { pair in
            guard let base = pair.baseAddress else { return }
            unsafe BN_bin2bn(base, Int32(curve.width), r)
            unsafe BN_bin2bn(base + curve.width, Int32(curve.width), s)
        }
        unsafe BN_bin2bn(digest, Int32(curve.width), e)
        let isPoint =
            unsafe BN_mod_inverse(s, s, order, context) != nil
            && BN_mod_mul(e, e, s, order, context) == 1
            && BN_mod_mul(s, r, s, order, context) == 1
            && EC_POINT_mul(general, sum, e, nil, nil, context) == 1
            && EC_POINT_mul(group, other, s, nil, nil, context) == 1
            && EC_POINT_add(general, sum, sum, other, context) == 1
            && EC_POINT_is_at_infinity(general, sum) == 0
            && EC_POINT_get_affine_coordinates(general, sum, x, nil, context) == 1
            && BN_nnmod(x, x, order, context) == 1
        guard isPoint else {
            ERR_clear_error()
            return false
        }
        return unsafe BN_cmp(x, r) == 0
    }
}
