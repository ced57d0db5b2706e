import Codec
import Crypto
import EVM
import Files
import Payments
import Primitives
import Registry
import Testing

@testable import Ledger

/// Money that reached an escrow address without a settlement.
@Suite struct DepositTests {
    private static let dayLater: UInt64 = 86_400

    /// A bargain whose authorization somebody sent to the token directly.
    private func frontRun() throws -> Bargain {
        let bargain = try Bargain()
        try send(bargain.payment, to: bargain.terms.escrow(chainID: bargain.chainID), bargain)
        return bargain
    }

    private func send(_ payment: Payment, to recipient: Address, _ bargain: Bargain) throws {
        try bargain.chain.run(
            TokenCall.transferWithAuthorization(
                payment.authorization(to: recipient), signedWith: payment.signature),
            try bargain.chain.token, Bargain.sender)
    }

    private func reclaim(
        _ bargain: Bargain, payment: Payment? = nil, terms: Terms? = nil
    ) throws -> TransactionResult {
        try bargain.chain.send(
            NativeCalldata.reclaim(
                terms: terms ?? bargain.terms, payment: payment ?? bargain.payment),
            to: NativeAddress.settlement, from: Bargain.sender)
    }

    private func expectNoReclaim(
        _ bargain: Bargain, payment: Payment? = nil, terms: Terms? = nil,
        _ wanted: NativeError, _ location: SourceLocation = #_sourceLocation
    ) throws {
        let before = try bargain.money()
        let result = try reclaim(bargain, payment: payment, terms: terms)
        #expect(
            NativeError.describe(revertData: result.outcome.output)
                == NativeError.describe(revertData: wanted.revertData), sourceLocation: location)
        #expect(result.logs.isEmpty, sourceLocation: location)
        #expect(try bargain.money() == before, sourceLocation: location)
    }

    private func deposit(_ bargain: Bargain) throws -> Deposit? {
        let token = try bargain.chain.token
        return Deposit(
            of: bargain.payment, at: bargain.terms.escrow(chainID: bargain.chainID),
            settlement: { bargain.chain.slot($0, of: NativeAddress.settlement) },
            token: { bargain.chain.slot($0, of: token) })
    }

    // MARK: The token's word

    @Test func readsTheTokensSlotWhereTheCompilerPutIt() throws {
        let root = #filePath.split(separator: "/").dropLast(4).joined(separator: "/")
        let file = try Files.read("/\(root)/contracts/artifacts/UsdcLikeToken.json")
        let limits = JSONLimits(bytesMax: file.count, depthMax: 32, itemsMax: 10_000)
        let layout = try JSON(parsing: file, limits: limits)["storageLayout"]
        let place = try #require(layout?["authorizationWord"])
        #expect(place["slot"]?.uint64 == AuthorizationWord.mappingSlot.limb0)
        #expect(place["type"] == "HashMap[address, HashMap[bytes32, uint256]]")
    }

    @Test func theTokenKeepsRecipientAmountAndTime() throws {
        let bargain = try frontRun()
        let (payment, chain) = (bargain.payment, bargain.chain)
        let escrow = bargain.terms.escrow(chainID: bargain.chainID)
        let slot = AuthorizationWord.slot(of: payment.payer, nonce: payment.nonce)
        let word = AuthorizationWord(chain.slot(slot, of: try chain.token))
        #expect(word.timestamp == chain.parent.timestamp)
        #expect(word.isTransfer(of: 1000, to: escrow))
        #expect(!word.isTransfer(of: 1001, to: escrow))
        #expect(!word.isTransfer(of: 1000, to: payment.payer))
        for raw in [UInt256.zero, 1, UInt256(word.timestamp)] {
            #expect(!AuthorizationWord(raw).isTransfer(of: 1000, to: escrow))
        }
        #expect(AuthorizationWord(.zero).isUnused && !AuthorizationWord(1).isUnused)
    }

    // MARK: Settling

    /// The provider's own call works as if nobody had been faster, and once.
    @Test func aFrontRunPaymentSettlesOnce() throws {
        let bargain = try frontRun()
        let before = try bargain.money()
        #expect(before[2] == 1000)
        #expect(try deposit(bargain)?.timestamp == bargain.chain.parent.timestamp)
        let result = try bargain.settle()
        try #require(
            result.succeeded, "\(NativeError.describe(revertData: result.outcome.output) ?? "")")
        #expect(try bargain.money() == [before[0], before[1] + 1000, 0])
        let receipt = SettlementReceipt(
            chainID: bargain.chainID, terms: bargain.terms, statement: bargain.statement,
            payment: bargain.payment, policy: bargain.policy.encoded,
            evidence: bargain.evidence.map(\.digest), binding: .recipient,
            blockNumber: bargain.chain.parent.number, timestamp: bargain.chain.parent.timestamp)
        #expect(bargain.record == SettlementRecord(receipt))
        #expect(try deposit(bargain) == nil)
        var again = bargain
        for payment in [bargain.payment, bargain.payment.bare] {
            again.payment = payment
            try again.expectRefusal(.alreadySettled(bargain.payment.receiptID))
        }
        bargain.chain.now += Self.dayLater
        try expectNoReclaim(bargain, .alreadySettled(bargain.payment.receiptID))
    }

    @Test func aBarePaymentSettlesToo() throws {
        var bargain = try frontRun()
        let full = bargain.payment
        bargain.payment = full.bare
        let result = try bargain.settle()
        #expect(result.succeeded)
        bargain.payment = full
        try bargain.expectRefusal(.alreadySettled(full.receiptID))
    }

    /// A settlement leaves the same word in the token; its money is not there any more, also where
    /// somebody else's is.
    @Test func aSettledPaymentIsNoDeposit() throws {
        var bargain = try Bargain()
        try #require(try bargain.settle().succeeded)
        let first = bargain.payment
        bargain.payment = first.with(nonce: Hash(78))
        try bargain.signPayment()
        let escrow = bargain.terms.escrow(chainID: bargain.chainID)
        try send(bargain.payment, to: escrow, bargain)
        #expect(try bargain.money()[2] == 1000)
        bargain.chain.now += Self.dayLater
        try expectNoReclaim(bargain, payment: first, .alreadySettled(first.receiptID))
        var again = bargain
        again.payment = first.bare
        again.statement = again.statement.with(notAfter: bargain.chain.now + 100)
        try again.signStatement(with: again.provider)
        try again.expectRefusal(.alreadySettled(first.receiptID))
        #expect(try reclaim(bargain).succeeded)
        #expect(try bargain.money()[2] == 0)
    }

    @Test func theMoneyOfAnotherEscrowOrAmountIsNotTaken() throws {
        let bargain = try frontRun()
        let used = NativeError.authorizationUsed(
            payer: bargain.payment.payer, nonce: bargain.payment.nonce)
        var spoiled = bargain
        spoiled.payment = bargain.payment.with(amount: 1001)
        try spoiled.signPayment()
        try spoiled.expectRefusal(used)
        spoiled.payment = spoiled.payment.bare
        try spoiled.expectRefusal(used)
        spoiled = bargain
        spoiled.terms = bargain.terms.with(salt: Hash(9))
        try spoiled.signPayment()
        try spoiled.expectRefusal(used)
        #expect(try bargain.settle().succeeded)
    }

    /// The payer's money went elsewhere, while this much lies at the escrow address by chance.
    @Test func aGiftIsNoDeposit() throws {
        var bargain = try Bargain()
        let escrow = bargain.terms.escrow(chainID: bargain.chainID)
        try bargain.chain.run(
            TokenCall.transfer(1000, to: escrow), try bargain.chain.token, Bargain.sender)
        let good = bargain.payment
        try bargain.signPayment(to: Bargain.account(7))
        try send(bargain.payment, to: Bargain.account(7), bargain)
        for payment in [good, good.bare] {
            bargain.payment = payment
            try bargain.expectRefusal(
                .authorizationUsed(payer: payment.payer, nonce: payment.nonce))
            try expectNoReclaim(bargain, .noDeposit(payment.receiptID))
        }
    }

    @Test func aReceiptHoldsNothingUnchecked() throws {
        let bargain = try frontRun()
        let (good, paidAt) = (bargain.payment, bargain.chain.parent.timestamp)
        let signature = NativeError.invalidDeposit("the signature is not of the payer's key")
        let after = UInt256(paidAt)
        let rows: [(Payment, NativeError)] = [
            (good.with(signature: []), signature),
            (good.with(signature: [UInt8](repeating: 1, count: 64)), signature),
            (good.with(signature: [UInt8](repeating: 0, count: 65)), signature),
            (good.with(signature: good.signature + [0]), signature),
            (good.with(validBefore: good.validBefore + 1), signature),
            (good.with(validAfter: good.validAfter - 1), signature),
            (good.with(validAfter: after), .paymentNotYetValid(validAfter: after, now: paidAt)),
            (good.with(validBefore: after), .paymentExpired(validBefore: after, now: paidAt)),
            (good.bare.with(validBefore: 5), .paymentExpired(validBefore: 5, now: paidAt)),
            (
                good.bare.with(signature: good.signature),
                .paymentExpired(validBefore: 0, now: paidAt)
            ),
        ]
        var spoiled = bargain
        for (payment, wanted) in rows {
            spoiled.payment = payment
            try spoiled.expectRefusal(wanted)
        }
        // The token refuses the mirror of a signature, and so does its reader.
        let known = try Signature(bytes65: good.signature)
        let mirror = Signature(
            r: known.r, s: Secp256k1.order &- known.s, yParity: 1 - known.yParity)
        spoiled.payment = good.with(signature: mirror.bytes)
        try spoiled.expectRefusal(signature)
        #expect(try bargain.settle().succeeded)
    }

    /// The transfer was in time; the statement's window alone bounds the settlement.
    @Test func settlesAfterTheAuthorizationHasExpired() throws {
        var bargain = try frontRun()
        bargain.chain.now += 1000
        try bargain.expectRefusal(
            .statementNotCurrent(
                notBefore: bargain.statement.notBefore, notAfter: bargain.statement.notAfter,
                now: bargain.chain.now))
        bargain.statement = bargain.statement.with(notAfter: bargain.chain.now + 100)
        try bargain.signStatement(with: bargain.provider)
        #expect(try bargain.settle().succeeded)
    }

    /// What a contract wallet takes is not asked again: its signature is left out.
    @Test func aContractWalletsDepositSettlesBare() throws {
        var bargain = try Bargain()
        // Answers the magic word of ERC-1271 to anything.
        let magic: [UInt8] = [0x16, 0x26, 0xba, 0x7e]
        let code: [UInt8] = [0x63] + magic + [0x60, 0xe0, 0x1b, 0x5f, 0x52, 0x60, 0x20, 0x5f, 0xf3]
        let length = try #require(UInt8(exactly: code.count))
        let create: [UInt8] = [0x60, length, 0x80, 0x60, 9, 0x5f, 0x39, 0x5f, 0xf3]
        let made = try bargain.chain.send(create + code, to: nil, from: Bargain.sender)
        let wallet = try #require(made.created)
        try bargain.chain.run(
            TokenCall.transfer(2000, to: wallet), try bargain.chain.token, Bargain.sender)
        bargain.payment = bargain.payment.with(payer: wallet, signature: [7, 7])
        try send(bargain.payment, to: bargain.terms.escrow(chainID: bargain.chainID), bargain)
        try bargain.expectRefusal(.invalidDeposit("the signature is not of the payer's key"))
        bargain.payment = bargain.payment.bare
        #expect(try bargain.settle().succeeded)
        bargain.payment = bargain.payment.with(
            validBefore: UInt256(bargain.chain.now + 100), nonce: Hash(79), signature: [7, 7])
        #expect(try bargain.settle().succeeded)
    }

    // MARK: Giving back

    @Test func aDepositGoesBackToItsPayerAfterADay() throws {
        let bargain = try frontRun()
        let before = try bargain.money()
        let at = bargain.chain.parent.timestamp + Self.dayLater
        bargain.chain.now = at - 1
        try expectNoReclaim(bargain, .notYetReclaimable(at: at, now: at - 1))
        #expect(bargain.chain.now == at)
        let result = try reclaim(bargain)
        try #require(result.succeeded)
        #expect(
            result.logs.last?.topics == [
                ABISignature.topic("Reclaimed(bytes32,bytes32,address,uint256)"),
                bargain.payment.receiptID, bargain.terms.hash(chainID: bargain.chainID),
                Hash(bargain.payer.address.word),
            ])
        #expect(try bargain.money() == [before[0] + 1000, before[1], 0])
        #expect(try deposit(bargain) == nil)
        // Somebody fills the escrow address up: still neither can be had a second time.
        try bargain.chain.run(
            TokenCall.transfer(1000, to: bargain.terms.escrow(chainID: bargain.chainID)),
            try bargain.chain.token, Bargain.sender)
        let gone = NativeError.noDeposit(bargain.payment.receiptID)
        try expectNoReclaim(bargain, gone)
        var late = bargain
        late.statement = late.statement.with(notAfter: at + 100)
        try late.signStatement(with: late.provider)
        for payment in [bargain.payment, bargain.payment.bare] {
            late.payment = payment
            try late.expectRefusal(gone)
        }
    }

    /// Window and signature play no part: the money goes to the payer in any case.
    @Test func reclaimsByBarePayment() throws {
        let bargain = try frontRun()
        bargain.chain.now += Self.dayLater
        #expect(try reclaim(bargain, payment: bargain.payment.bare).succeeded)
        try expectNoReclaim(bargain, .noDeposit(bargain.payment.receiptID))
    }

    @Test func reclaimsOnlyWhatTheTokenHasMoved() throws {
        let bargain = try frontRun()
        bargain.chain.now += Self.dayLater
        let good = bargain.payment
        for payment in [
            good.with(amount: 1001), good.with(nonce: Hash(1)),
            good.with(payer: Bargain.account(3)),
        ] {
            try expectNoReclaim(bargain, payment: payment, .noDeposit(payment.receiptID))
        }
        let terms = bargain.terms.with(salt: Hash(9))
        try expectNoReclaim(bargain, terms: terms, .noDeposit(good.receiptID))
        // Another asset would be another id of the same transfer.
        let other = Bargain.account(4)
        try expectNoReclaim(
            bargain, payment: good.with(asset: other),
            .wrongAsset(expected: try bargain.chain.token, got: other))
        #expect(try reclaim(bargain).succeeded)
    }

    /// Two payers with the same terms share an escrow address, and neither can take the other's.
    @Test func twoDepositsAtOneAddressStayApart() throws {
        let bargain = try frontRun()
        var second = bargain
        second.payment = bargain.payment.with(nonce: Hash(78))
        try second.signPayment()
        try send(second.payment, to: bargain.terms.escrow(chainID: bargain.chainID), bargain)
        let before = try bargain.money()
        #expect(before[2] == 2000)
        #expect(try bargain.settle().succeeded)
        bargain.chain.now += Self.dayLater
        try expectNoReclaim(bargain, .alreadySettled(bargain.payment.receiptID))
        #expect(try reclaim(second).succeeded)
        try expectNoReclaim(second, .noDeposit(second.payment.receiptID))
        #expect(try bargain.money() == [before[0] + 1000, before[1] + 1000, 0])
    }
}
