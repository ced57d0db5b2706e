import Crypto
import EVM
import Ledger
import Primitives
import Store
import Synchronization
import TestSupport
import Testing
import Threads

@testable import Node

@Suite(.timeLimit(.minutes(5))) struct SealingTests {
    @Test func instantSealingAnswersWithTheBlock() throws {
        let node = try TestNode.open()
        let key = try TestNode.keys(1)[0]
        let transaction = TestNode.transfer(key, nonce: 0)
        let submission = try node.submit(transaction)
        #expect(submission == .sealed(block: node.head.hash))
        #expect(node.head.header.number == 1)
        #expect(try node.blocks()[0].transactions == [transaction])
        #expect(node.chain.location(of: transaction.hash)?.index == 0)
        let record = try #require(node.chain.records(node.head.hash)?.first)
        #expect(record.sender == key.address)
        #expect(record.gasUsed == 21_000)
        #expect(record.receipt.succeeded)
        #expect(node.balance(of: TestNode.receiver) == 1)
    }

    @Test func onDemandSealingWaitsForMine() throws {
        let node = try TestNode.open(sealing: .onDemand)
        let key = try TestNode.keys(1)[0]
        let transaction = TestNode.transfer(key, nonce: 0)
        #expect(try node.submit(transaction) == .waiting)
        #expect(node.head.header.number == 0)
        #expect(node.poolTransaction(transaction.hash)?.sender == key.address)
        #expect(node.nextNonce(of: key.address) == 1)
        #expect(node.mine().header.number == 1)
        #expect(node.poolTransaction(transaction.hash) == nil)
        #expect(try node.blocks()[0].transactions.map(\.hash) == [transaction.hash])
        #expect(node.mine().header.number == 2)
        #expect(try node.blocks()[1].transactions.isEmpty)
    }

    @Test func nonceGapsParkAndThenFollow() throws {
        let node = try TestNode.open()
        let key = try TestNode.keys(1)[0]
        #expect(try node.submit(TestNode.transfer(key, nonce: 2)) == .waiting)
        #expect(try node.submit(TestNode.transfer(key, nonce: 1)) == .waiting)
        #expect(node.head.header.number == 0)
        #expect(node.nextNonce(of: key.address) == 0)
        let last = try node.submit(TestNode.transfer(key, nonce: 0))
        #expect(last == .sealed(block: node.head.hash))
        #expect(try node.blocks().map { $0.transactions.map(\.nonce) } == [[0, 1, 2]])
        #expect(node.monitor.withLock { $0.pool.count } == 0)
    }

    /// Of each refusal: the pool and the books of waiting submitters are as before, and no block
    /// was made of it.
    @Test func refusedTransactionsLeaveNothing() throws {
        let node = try TestNode.open()
        let key = try TestNode.keys(1)[0]
        let poor = try PrivateKey([UInt8](repeating: 0x77, count: 32))
        let sealed = TestNode.transfer(key, nonce: 0)
        _ = try node.submit(sealed)
        let head = node.head.hash
        var otherChain = TestNode.transfer(key, nonce: 1)
        otherChain.chainID = 1
        otherChain = otherChain.signed(with: key)
        var unsigned = TestNode.transfer(key, nonce: 1)
        unsigned.r = .zero
        let balance = node.balance(of: key.address)
        let rows: [(Transaction, SubmissionError)] = [
            (sealed, .alreadyKnown(sealed.hash)),
            (
                TestNode.transfer(key, nonce: 0, value: 2),
                .invalid(.nonceTooLow(expected: 1, got: 0))
            ),
            (TestNode.transfer(key, nonce: .max), .invalid(.nonceAtMax)),
            (otherChain, .invalid(.wrongChainID(expected: 31_337, got: 1))),
            (unsigned, .invalid(.invalidSignature)),
            (
                TestNode.transfer(poor, nonce: 0, maxFee: 1),
                .invalid(.insufficientFunds(balance: .zero, need: 21_001))
            ),
            (
                TestNode.transfer(key, nonce: 1, value: balance, maxFee: 1),
                .invalid(.insufficientFunds(balance: balance, need: balance + 21_000))
            ),
            (
                TestNode.transfer(key, nonce: 1, value: .max),
                .invalid(.insufficientFunds(balance: balance, need: .max))
            ),
            (
                TestNode.transfer(key, nonce: 1, gas: 60_000_001),
                .invalid(.gasLimitAboveBlock(limit: 60_000_001, left: 60_000_000))
            ),
            // Those below are found by the block that was to take them.
            (
                TestNode.transfer(key, nonce: 1, gas: 20_999),
                .invalid(.gasLimitBelowIntrinsic(need: 21_000, limit: 20_999))
            ),
            (
                TestNode.transfer(key, nonce: 1, gas: 16_777_217),
                .invalid(.gasLimitAboveCap(limit: 16_777_217, cap: 16_777_216))
            ),
        ]
        for (transaction, error) in rows {
            #expect(node.refusal(of: transaction) == error)
            #expect(node.head.hash == head)
            node.monitor.withLock { state in
                #expect(state.pool.count == 0)
                #expect(state.refused.isEmpty)
                #expect(state.awaited.isEmpty)
            }
            #expect(node.nextNonce(of: key.address) == 1)
        }
        let low = TestNode.transfer(key, nonce: 1, maxFee: 1)
        guard case .invalid(.maxFeeBelowBaseFee)? = node.refusal(of: low) else {
            Issue.record("a fee below the base fee was taken")
            return
        }
        #expect(node.head.hash == head)
        _ = try node.submit(TestNode.transfer(key, nonce: 1))
        #expect(node.head.header.number == 2)
    }

    @Test func whatABlockHasNoGasForWaitsForTheNext() throws {
        let node = try TestNode.open(sealing: .onDemand)
        let keys = try TestNode.keys(2)
        for nonce in 0..<4 as Range<UInt64> {
            _ = try node.submit(TestNode.burner(keys[0], nonce: nonce))
        }
        // Small enough for the first block, but behind one that is not.
        _ = try node.submit(TestNode.transfer(keys[0], nonce: 4))
        _ = try node.submit(TestNode.transfer(keys[1], nonce: 0))
        node.mine()
        #expect(node.nextNonce(of: keys[0].address) == 5)
        node.mine()
        let blocks = try node.blocks()
        #expect(blocks.map { $0.transactions.map(\.nonce) } == [[0, 1, 2, 0], [3, 4]])
        #expect(node.monitor.withLock { $0.pool.count } == 0)
    }

    @Test func whatABlockHasNoBlobsForWaitsForTheNext() throws {
        let node = try TestNode.open(sealing: .onDemand)
        let keys = try TestNode.keys(4)
        for key in keys {
            let hashes = (0..<6).map { Hash((1 as UInt256) << 248 | UInt256(UInt64($0))) }
            let transaction = Transaction(
                kind: .blob, chainID: TestNode.chainID, nonce: 0, maxPriorityFeePerGas: 1,
                maxFeePerGas: 100_000_000_000, gasLimit: 21_000, to: TestNode.receiver,
                maxFeePerBlobGas: 1_000_000_000, blobHashes: hashes)
            #expect(try node.submit(transaction.signed(with: key)) == .waiting)
        }
        node.mine()
        node.mine()
        // 21 blobs a block.
        #expect(try node.blocks().map { $0.transactions.count } == [3, 1])
    }

    @Test func timeMovesOnAlthoughTheClockStandsStill() throws {
        let clock = ManualClock(TestNode.start)
        let node = try TestNode.open(clock: clock)
        let key = try TestNode.keys(1)[0]
        for nonce in 0..<5 as Range<UInt64> {
            _ = try node.submit(TestNode.transfer(key, nonce: nonce))
        }
        let times = try node.blocks().map(\.header.timestamp)
        #expect(times == (0..<5).map { TestNode.start + $0 })
        clock.advance(by: 100)
        #expect(node.mine().header.timestamp == TestNode.start + 100)
    }

    /// An authorization moves a nonce without a transaction of its sender.
    @Test func parkedTransactionsFollowANonceThatAnAuthorizationMoved() throws {
        let node = try TestNode.open()
        let keys = try TestNode.keys(2)
        let stale = TestNode.transfer(keys[1], nonce: 1)
        let next = TestNode.transfer(keys[1], nonce: 2)
        #expect(try node.submit(stale) == .waiting)
        #expect(try node.submit(next) == .waiting)
        let authorizations = (0..<2).map { nonce in
            Transaction.Authorization(
                chainID: 0, address: TestNode.receiver, nonce: nonce, yParity: 0, r: 0, s: 0
            ).signed(with: keys[1])
        }
        let delegation = Transaction(
            kind: .setCode, chainID: TestNode.chainID, nonce: 0, maxPriorityFeePerGas: 1,
            maxFeePerGas: 100_000_000_000, gasLimit: 200_000, to: TestNode.receiver,
            authorizations: authorizations
        ).signed(with: keys[0])
        _ = try node.submit(delegation)
        #expect(node.chain.location(of: next.hash) != nil)
        #expect(node.chain.location(of: stale.hash) == nil)
        #expect(node.nonce(of: keys[1].address) == 3)
        #expect(node.monitor.withLock { $0.pool.count } == 0)
    }

    // MARK: Threads

    @Test func manySendersAtOnceAreEachSealedOnce() throws {
        let node = try TestNode.open()
        let keys = try TestNode.keys(8)
        let failures = Mutex(0)
        onThreads(8) { index in
            for nonce in 0..<50 as Range<UInt64> {
                let transaction = TestNode.transfer(keys[index], nonce: nonce)
                guard case .sealed? = try? node.submit(transaction) else {
                    failures.withLock { $0 += 1 }
                    continue
                }
            }
        }
        #expect(failures.withLock { $0 } == 0)
        try check(node, nonces: [UInt64](repeating: 50, count: 8), of: keys)
    }

    @Test func oneSenderOnManyThreadsLeavesNoGap() throws {
        let node = try TestNode.open()
        let key = try TestNode.keys(1)[0]
        let failures = Mutex(0)
        onThreads(8) { _ in
            for _ in 0..<50 {
                let answer = try? node.submit(from: key.address) { nonce in
                    TestNode.transfer(key, nonce: nonce)
                }
                guard let answer, case .sealed(let block) = answer.submission,
                    node.chain.location(of: answer.hash)?.block == block
                else {
                    failures.withLock { $0 += 1 }
                    continue
                }
            }
        }
        #expect(failures.withLock { $0 } == 0)
        try check(node, nonces: [400], of: [key])
    }

    /// Every nonce below the wanted ones is in exactly one place of the chain, in order.
    private func check(_ node: Node, nonces: [UInt64], of keys: [PrivateKey]) throws {
        var seen: [Address: [UInt64]] = [:]
        var hashes: Set<Hash> = []
        var parent = node.genesisHash
        for block in try node.blocks() {
            #expect(block.header.parentHash == parent)
            #expect(!block.transactions.isEmpty)
            parent = block.header.hash
            for transaction in block.transactions {
                #expect(hashes.insert(transaction.hash).inserted)
                let sender = try #require(transaction.recoverSender())
                seen[sender, default: []].append(transaction.nonce)
            }
        }
        #expect(parent == node.head.hash)
        for (key, count) in zip(keys, nonces) {
            #expect(seen[key.address] == Array(0..<count))
            #expect(node.nonce(of: key.address) == count)
        }
        node.monitor.withLock { state in
            #expect(state.pool.count == 0)
            #expect(state.awaited.isEmpty)
            #expect(state.refused.isEmpty)
        }
    }

    @Test func aStoppedNodeMakesNoBlockAndTakesNoTransaction() throws {
        let node = try TestNode.open()
        let keys = try TestNode.keys(4)
        let odd = Mutex(0)
        let sealed = Mutex<[Hash]>([])
        onThreads(5) { index in
            if index == 4 {
                node.stop()
                let head = node.head.hash
                if node.mine().hash != head { odd.withLock { $0 += 1 } }
                return
            }
            for nonce in 0..<20 as Range<UInt64> {
                let transaction = TestNode.transfer(keys[index], nonce: nonce)
                do {
                    if case .sealed = try node.submit(transaction) {
                        sealed.withLock { $0.append(transaction.hash) }
                    }
                } catch SubmissionError.stopped {
                    return
                } catch {
                    odd.withLock { $0 += 1 }
                }
            }
        }
        #expect(odd.withLock { $0 } == 0)
        for hash in sealed.withLock({ $0 }) { #expect(node.chain.location(of: hash) != nil) }
        #expect(node.refusal(of: TestNode.transfer(keys[0], nonce: 19)) != nil)
    }
}
