import Crypto
import Ledger
import Primitives
import Testing

@testable import Node

@Suite struct PoolTests {
    private func entry(
        _ sender: UInt64, nonce: UInt64, value: UInt256 = 0, input: [UInt8] = []
    ) -> Pool.Entry {
        let transaction = Transaction(
            kind: .dynamicFee, chainID: 1, nonce: nonce, maxPriorityFeePerGas: 0, maxFeePerGas: 0,
            gasLimit: 21_000, to: TestNode.receiver, value: value, input: input,
            r: UInt256(sender))
        return Pool.Entry(
            transaction: transaction, hash: transaction.hash,
            sender: Address(truncating: UInt256(sender)))
    }

    @Test func refusesWhatIsThereAlready() throws {
        var pool = Pool()
        let first = entry(1, nonce: 0)
        let parked = entry(1, nonce: 2)
        let isTaken1 = try pool.insert(first, stateNonce: 0)
        #expect(isTaken1)
        let isTaken2 = try pool.insert(parked, stateNonce: 0)
        #expect(!isTaken2)
        for known in [first, parked] {
            #expect(throws: SubmissionError.alreadyKnown(known.hash)) {
                _ = try pool.insert(known, stateNonce: 0)
            }
            // Another one with its nonce, however much it offers.
            let other = entry(1, nonce: known.transaction.nonce, value: 9)
            #expect(throws: SubmissionError.underpriced) {
                _ = try pool.insert(other, stateNonce: 0)
            }
        }
        #expect(pool.count == 2)
        #expect(pool.transaction(parked.hash)?.transaction.nonce == 2)
    }

    @Test func holdsSoManyParkedOfOneSender() throws {
        var pool = Pool()
        for nonce in 0..<UInt64(Limits.poolParkedPerSender) {
            let isTaken3 = try pool.insert(entry(1, nonce: nonce + 1), stateNonce: 0)
            #expect(!isTaken3)
        }
        #expect(throws: SubmissionError.poolFull) {
            _ = try pool.insert(entry(1, nonce: 5_000), stateNonce: 0)
        }
        // The missing one makes all of them ready, and there is room again.
        let isTaken4 = try pool.insert(entry(1, nonce: 0), stateNonce: 0)
        #expect(isTaken4)
        #expect(pool.ready.map(\.transaction.nonce) == Array(0...256))
        let isTaken5 = try pool.insert(entry(1, nonce: 5_000), stateNonce: 0)
        #expect(!isTaken5)
    }

    @Test func holdsSoManyBytesOfEachSort() throws {
        var pool = Pool()
        let input = [UInt8](repeating: 0, count: 1 << 20)
        for sender in 0..<UInt64(Limits.poolParkedBytes >> 20) - 1 {
            _ = try pool.insert(entry(sender, nonce: 1, input: input), stateNonce: 0)
        }
        #expect(throws: SubmissionError.poolFull) {
            _ = try pool.insert(entry(5_000, nonce: 1, input: input), stateNonce: 0)
        }
        var ready: [Pool.Entry] = []
        for sender in 0..<UInt64(Limits.poolBytes >> 20) - 1 {
            ready.append(entry(6_000 + sender, nonce: 0, input: input))
            _ = try pool.insert(ready[Int(sender)], stateNonce: 0)
        }
        #expect(throws: SubmissionError.poolFull) {
            _ = try pool.insert(entry(9_000, nonce: 0, input: input), stateNonce: 0)
        }
        // What a block takes makes room.
        pool.forget(pool.takeReady(ready.count))
        let isTaken = try pool.insert(entry(9_000, nonce: 0, input: input), stateNonce: 0)
        #expect(isTaken)
        #expect(pool.byteCount < Limits.poolParkedBytes + (2 << 20))
    }

    @Test func parkedOnesCannotKeepOutWhatCanRun() throws {
        var pool = Pool()
        for sender in 0..<UInt64(Limits.poolParked) {
            let isTaken6 = try pool.insert(entry(sender, nonce: 7), stateNonce: 0)
            #expect(!isTaken6)
        }
        #expect(throws: SubmissionError.poolFull) {
            _ = try pool.insert(entry(1_000_000, nonce: 7), stateNonce: 0)
        }
        for sender in 0..<UInt64(Limits.poolTransactions) {
            let isTaken7 = try pool.insert(entry(1_000_000 + sender, nonce: 0), stateNonce: 0)
            #expect(isTaken7)
        }
        #expect(throws: SubmissionError.poolFull) {
            _ = try pool.insert(entry(5_000_000, nonce: 0), stateNonce: 0)
        }
        pool.forget(pool.takeReady(1))
        let isTaken8 = try pool.insert(entry(5_000_000, nonce: 0), stateNonce: 0)
        #expect(isTaken8)
    }

    @Test func aBlocksTransactionsStayKnownUntilTheyAreForgotten() throws {
        var pool = Pool()
        let entries = (0..<3).map { entry(1, nonce: $0) }
        for each in entries { _ = try pool.insert(each, stateNonce: 0) }
        let taken = pool.takeReady(2)
        #expect(taken.map(\.hash) == entries.prefix(2).map(\.hash))
        #expect(pool.contains(entries[0].hash))
        #expect(pool.nextNonce(of: entries[0].sender, after: 0) == 3)
        pool.putBack([taken[1]])
        pool.forget([taken[0]])
        #expect(!pool.contains(entries[0].hash))
        #expect(pool.ready.map(\.hash) == entries.dropFirst().map(\.hash))
        #expect(pool.nextNonce(of: entries[0].sender, after: 1) == 3)
        pool.forget(pool.takeReady(9))
        #expect(pool.count == 0)
        #expect(pool.nextNonce(of: entries[0].sender, after: 3) == 3)
    }

    @Test func followsANonceThatMovedByItself() throws {
        var pool = Pool()
        let sender = entry(1, nonce: 0).sender
        for nonce in [2, 3, 5] as [UInt64] {
            _ = try pool.insert(entry(1, nonce: nonce), stateNonce: 0)
        }
        let isTaken9 = pool.follow(sender, stateNonce: 1)
        #expect(!isTaken9)
        #expect(pool.count == 3)
        let isTaken10 = pool.follow(sender, stateNonce: 3)
        #expect(isTaken10)
        #expect(pool.ready.map(\.transaction.nonce) == [3])
        #expect(pool.count == 2)
        let isTaken11 = pool.follow(sender, stateNonce: 9)
        #expect(!isTaken11)
        #expect(pool.count == 1)
    }
}
