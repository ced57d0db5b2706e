import Codec
import Crypto
import EVM
import Ledger
import Payments
import Primitives
import Registry
import Testing
import Trie

/// Money that reached an escrow address without a settlement.
@Suite struct DepositTests {
    /// A bargain whose authorization somebody sent to the token directly.
    private func frontRun() throws -> (bargain: Bargain, block: UInt64) {
        var bargain = try Bargain()
        let transfer = bargain.payment.authorization(
            to: bargain.terms.escrow(chainID: bargain.chainID))
        try bargain.chain.run(
            TokenCall.transferWithAuthorization(
                transfer, signedWith: bargain.payment.signature),
            try bargain.chain.token, Bargain.sender)
        bargain.payment = bargain.payment.with(validAfter: 0, validBefore: 0, signature: [])
        return (bargain, bargain.chain.parent.number)
    }

    private func record(
        _ bargain: Bargain, of block: UInt64, payment: Payment? = nil, terms: Terms? = nil
    ) throws -> TransactionResult {
        let past = try #require(bargain.chain.past[block])
        let proof = try ReceiptProof(past.receipts, index: 0)
        #expect(proof.root == past.header.receiptsRoot)
        return try bargain.chain.send(
            NativeCalldata.recordDeposit(
                terms: terms ?? bargain.terms, payment: payment ?? bargain.payment,
                header: past.header.encoded, index: 0, proof: proof.nodes),
            to: NativeAddress.settlement, from: Bargain.sender)
    }

    @Test func aRecordedDepositSettlesOnce() throws {
        let (bargain, block) = try frontRun()
        let before = try bargain.money()
        #expect(before[2] == 1000)
        let recorded = try record(bargain, of: block)
        try #require(
            recorded.succeeded,
            "\(NativeError.describe(revertData: recorded.outcome.output) ?? "\(recorded.outcome)")")
        try #require(try bargain.settle().succeeded)
        #expect(try bargain.money() == [before[0], before[1] + 1000, 0])
        try bargain.expectRefusal(.alreadySettled(bargain.payment.receiptID))
        let again = try record(bargain, of: block)
        #expect(!again.succeeded)
    }

    @Test func aDepositGoesBackToItsPayerAfterADay() throws {
        let (bargain, block) = try frontRun()
        let before = try bargain.money()
        let reclaim = NativeCalldata.reclaim(terms: bargain.terms, payment: bargain.payment)
        let native = NativeAddress.settlement
        let unknown = try bargain.chain.send(reclaim, to: native, from: Bargain.sender)
        #expect(
            unknown.outcome.output == NativeError.noDeposit(bargain.payment.receiptID).revertData)
        let recorded = try record(bargain, of: block)
        try #require(
            recorded.succeeded,
            "\(NativeError.describe(revertData: recorded.outcome.output) ?? "\(recorded.outcome)")")
        let at = try #require(bargain.chain.past[block]).header.timestamp + 86_400
        bargain.chain.now = at - 1
        let early = try bargain.chain.send(reclaim, to: native, from: Bargain.sender)
        #expect(
            early.outcome.output
                == NativeError.notYetReclaimable(at: at, now: at - 1).revertData)
        try bargain.chain.run(reclaim, native, Bargain.sender)
        #expect(try bargain.money() == [before[0] + 1000, before[1], 0])
        let twice = try bargain.chain.send(reclaim, to: native, from: Bargain.sender)
        #expect(!twice.succeeded)
        var late = bargain
        late.statement = late.statement.with(notAfter: at + 100)
        try late.signStatement(with: late.provider)
        try late.expectRefusal(.noDeposit(bargain.payment.receiptID))
    }

    /// A settlement logs the same transfer; its money is not there any more.
    @Test func aSettledPaymentIsNoDeposit() throws {
        let bargain = try Bargain()
        try #require(try bargain.settle().succeeded)
        let result = try record(bargain, of: bargain.chain.parent.number)
        #expect(
            result.outcome.output
                == NativeError.alreadySettled(bargain.payment.receiptID).revertData)
    }

    @Test func refusesWhatTheReceiptDoesNotShow() throws {
        let (bargain, block) = try frontRun()
        let wanted = NativeError.invalidDeposit("the receipt shows no such transfer").revertData
        for payment in [
            bargain.payment.with(amount: 1001), bargain.payment.with(nonce: Hash(1)),
            bargain.payment.with(payer: Bargain.account(3)),
        ] {
            #expect(try record(bargain, of: block, payment: payment).outcome.output == wanted)
        }
        let terms = bargain.terms.with(salt: Hash(9))
        #expect(try record(bargain, of: block, terms: terms).outcome.output == wanted)
        // A header that this chain never had.
        let past = try #require(bargain.chain.past[block])
        var forged = past.header
        forged.extraData = [1]
        let proof = try ReceiptProof(past.receipts, index: 0)
        let result = try bargain.chain.send(
            NativeCalldata.recordDeposit(
                terms: bargain.terms, payment: bargain.payment, header: forged.encoded, index: 0,
                proof: proof.nodes),
            to: NativeAddress.settlement, from: Bargain.sender)
        #expect(
            result.outcome.output
                == NativeError.invalidDeposit("the header is not of this chain").revertData)
    }

    @Test func aDepositsPaymentHoldsNothingUnchecked() throws {
        let (bargain, block) = try frontRun()
        let recorded = try record(bargain, of: block)
        try #require(
            recorded.succeeded,
            "\(NativeError.describe(revertData: recorded.outcome.output) ?? "\(recorded.outcome)")")
        var spoiled = bargain
        spoiled.payment = bargain.payment.with(validBefore: 5)
        try spoiled.expectRefusal(
            .invalidDeposit("a deposited payment has no window and no signature"))
    }
}

/// A proof of one receipt in its block's trie.
private struct ReceiptProof {
    let root: Hash
    let nodes: [[UInt8]]

    init(_ receipts: [Receipt], index: UInt64) throws {
        let source = Nodes()
        var trie = MerkleTrie(root: MerkleTrie.emptyRoot, source: source)
        for (place, receipt) in receipts.enumerated() {
            try trie.update(key: ReceiptProof.key(UInt64(place)), value: receipt.encoded)
        }
        let commit = trie.commit()
        for (hash, rlp) in commit.newNodes { source.nodes[hash] = rlp }
        root = commit.root
        nodes = try MerkleTrie(root: root, source: source).proof(for: ReceiptProof.key(index))
    }

    private final class Nodes: TrieNodeSource {
        var nodes: [Hash: [UInt8]] = [:]

        func node(_ hash: Hash) -> [UInt8]? { nodes[hash] }
    }

    private static func key(_ index: UInt64) -> [UInt8] {
        var writer = RLPWriter()
        writer.write(index)
        return writer.bytes
    }
}
