internal import Proofs

/// eq(τ, ·) over the variables that are left after a round's, in two factors.
///
/// Block b of 16 pairs, lane l: weight high[b] · low[l]. So a block's lanes are weighed by one
/// element, and the sum of all blocks by one vector.
struct RowWeights: Sendable {
    let high: ExtensionBuffer
    let low: ExtensionBuffer

    init(_ tau: ArraySlice<Extension>) {
        let lanes = Array(tau.prefix(4))
        let table = ExtensionBuffer.eq(lanes)
        low = ExtensionBuffer(count: 16)
        for lane in 0..<table.count { low[lane] = table[lane] }
        high = ExtensionBuffer.eq(Array(tau.dropFirst(4)))
    }

    /// The weight of a pair.
    func weight(_ pair: Int) -> Extension { high[pair / 16] * low[pair % 16] }
}
