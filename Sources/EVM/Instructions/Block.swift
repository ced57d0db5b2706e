internal import Primitives

// 0x40–0x4a.
extension Frame {
    /// The hash of one of the last 256 ancestors, zero for any other number.
    @inline(__always)
    mutating func blockHash(_ engine: Engine) {
        last = engine.blockHash(last)
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
    @inline(__always)
    mutating func blobHash(_ engine: Engine) {
        last = engine.blobHash(last)
    }

    @inline(__always)
    mutating func blobBaseFee(_ engine: Engine) { push(engine.block.blobBaseFee) }
}

extension Engine {
    @inline(never)
    func blockHash(_ word: UInt256) -> UInt256 {
        guard let number = word.asUInt64, number < block.number, block.number - number <= 256
        else { return .zero }
        return journal.blockHash(number).word
    }

    @inline(never)
    func blobHash(_ word: UInt256) -> UInt256 {
        guard let index = word.asInt, index < transaction.blobHashes.count else { return .zero }
        return transaction.blobHashes[index].word
    }
}
