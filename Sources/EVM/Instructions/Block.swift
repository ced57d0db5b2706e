internal import Primitives

// 0x40–0x4a.
extension Frame {
    /// The hash of one of the last 256 ancestors, zero for any other number.
    @inline(never)
    mutating func blockHash(_ engine: Engine) {
        let current = engine.block.number
        guard let number = last.asUInt64, number < current, current - number <= 256 else {
            last = .zero
            return
        }
        last = engine.journal.blockHash(number).word
    }

    @inline(__always)
    mutating func coinbase(_ engine: Engine) { push(engine.block.beneficiary.word) }

    @inline(__always)
    mutating func timestamp(_ engine: Engine) { push(UInt256(engine.block.timestamp)) }

    @inline(__always)
    mutating func blockNumber(_ engine: Engine) { push(UInt256(engine.block.number)) }

    /// `PREVRANDAO` from Paris on (EIP-4399).
    @inline(__always)
    mutating func difficulty(_ engine: Engine) {
        push(
            engine.revision >= .paris ? engine.block.prevRandao.word : engine.block.difficulty)
    }

    @inline(__always)
    mutating func gasLimit(_ engine: Engine) { push(UInt256(engine.block.gasLimit)) }

    @inline(__always)
    mutating func chainID(_ engine: Engine) { push(UInt256(engine.block.chainID)) }

    @inline(__always)
    mutating func baseFee(_ engine: Engine) { push(engine.block.baseFee) }

    /// EIP-4844: zero past the last blob.
    @inline(never)
    mutating func blobHash(_ engine: Engine) {
        let hashes = engine.transaction.blobHashes
        guard let index = last.asInt, index < hashes.count else {
            last = .zero
            return
        }
        last = hashes[index].word
    }

    @inline(__always)
    mutating func blobBaseFee(_ engine: Engine) { push(engine.block.blobBaseFee) }
}
