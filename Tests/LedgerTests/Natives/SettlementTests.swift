import Codec
import Crypto
import EVM
import Ledger
import Payments
import Primitives
import Registry
import Testing
import Trie

@Suite struct SettlementTests {
    @Test func paysTheProviderAndKeepsReceiptAndUsage() throws {
        let bargain = try Bargain()
        let before = try bargain.money()
        let chain = bargain.chain
        let result = try bargain.settle()
        try #require(result.succeeded)
        #expect(result.outcome.output == bargain.payment.receiptID.bytes)
        #expect(try bargain.money() == [before[0] - 1000, before[1] + 1000, before[2]])

        let digests = bargain.evidence.map(\.digest)
        let receipt = SettlementReceipt(
            chainID: bargain.chainID, terms: bargain.terms, statement: bargain.statement,
            payment: bargain.payment, policy: bargain.policy.encoded, evidence: digests,
            binding: .recipient, blockNumber: chain.parent.number,
            timestamp: chain.parent.timestamp)
        #expect(bargain.record == SettlementRecord(receipt))
        let model = bargain.terms.modelID
        let provider = bargain.provider.address
        let epoch = receipt.timestamp / UsageCounter.secondsPerEpoch
        for kind in [EvidenceKind.signed.rawValue, UsageCounter.anyKind] {
            for slot in [
                UsageCounter.slot(kind: kind), UsageCounter.slot(model: model, kind: kind),
                UsageCounter.slot(provider: provider, kind: kind),
                UsageCounter.slot(epoch: epoch, kind: kind),
            ] {
                let counter = UsageCounter(chain.slot(slot, of: NativeAddress.usage))
                #expect(counter.settlements == 1 && counter.value == 1000)
            }
        }
        // Two token transfers and the use of the nonce, then our own event.
        #expect(result.logs.count == 4)
        let event = try #require(result.logs.last)
        #expect(event.address == NativeAddress.settlement)
        #expect(
            event.topics == [
                ABISignature.topic(
                    "Settled(bytes32,bytes32,address,address,address,uint256,bytes32,uint8)"),
                receipt.id, model, Hash(bargain.payer.address.word),
            ])
    }

    @Test func bindsByTheNonceToo() throws {
        var bargain = try Bargain()
        bargain.payment = bargain.payment.with(nonce: bargain.terms.hash(chainID: bargain.chainID))
        try bargain.sign()
        try #require(try bargain.settle().succeeded)
        #expect(bargain.record?.binding == .recipientAndNonce)
    }

    @Test func plainPolicyNeedsNoEvidenceAndIsCountedAsPlain() throws {
        let bargain = try Bargain(policy: .kind(.plain), evidence: [])
        try #require(try bargain.settle().succeeded)
        #expect(bargain.record?.evidence == EvidenceSet(.plain))
    }

    // MARK: What is refused

    @Test func refusesAnotherModel() throws {
        var bargain = try Bargain()
        let other = try Bargain.record("other", graph: 8)
        try bargain.chain.run(
            NativeCalldata.register(other), NativeAddress.registry, bargain.provider.address)
        bargain.statement = bargain.statement.with(modelID: other.id)
        try bargain.signStatement(with: bargain.provider)
        try bargain.expectRefusal(
            .wrongModel(expected: bargain.terms.modelID, got: other.id))
    }

    @Test func refusesAnUnknownAndARevokedModel() throws {
        var bargain = try Bargain()
        let id = bargain.terms.modelID
        try bargain.chain.run(
            NativeCalldata.revoke(model: id, reason: "wrong"), NativeAddress.registry,
            bargain.provider.address)
        bargain.statement = bargain.statement.with(
            notBefore: bargain.chain.now, notAfter: bargain.chain.now + 300)
        try bargain.signStatement(with: bargain.provider)
        try bargain.expectRefusal(.modelRevoked(id))
        bargain.terms = bargain.terms.with(modelID: Hash(3))
        bargain.statement = bargain.statement.with(modelID: Hash(3))
        try bargain.sign()
        try bargain.expectRefusal(.unknownModel(Hash(3)))
    }

    @Test func refusesAnAlteredOutput() throws {
        var bargain = try Bargain()
        bargain.output = [1, 2, 4]
        try bargain.expectRefusal(
            .wrongOutput(expected: bargain.statement.outputHash, got: SHA256.hash([1, 2, 4])))
    }

    @Test func refusesAStatementWithAnotherOutputThanTheSigned() throws {
        var bargain = try Bargain()
        bargain.output = [1, 2, 4]
        bargain.statement = bargain.statement.with(outputHash: SHA256.hash([1, 2, 4]))
        let signature = try Signature(bytes65: bargain.evidence[0].data)
        let found = Secp256k1.recoverAddress(
            digest: bargain.statement.hash(chainID: bargain.chainID), signature: signature)
        try bargain.expectRefusal(
            .wrongSigner(expected: bargain.provider.address, got: found ?? .zero))
    }

    @Test func refusesAnotherSigner() throws {
        var bargain = try Bargain()
        try bargain.signStatement(with: bargain.payer)
        try bargain.expectRefusal(
            .wrongSigner(expected: bargain.provider.address, got: bargain.payer.address))
    }

    @Test func refusesAProviderWithoutAKey() throws {
        var bargain = try Bargain()
        let stranger = bargain.payer.address
        bargain.terms = bargain.terms.with(provider: stranger)
        bargain.statement = bargain.statement.with(provider: stranger)
        try bargain.signPayment()
        try bargain.signStatement(with: bargain.payer)
        try bargain.expectRefusal(.unknownProvider(stranger))
    }

    @Test func refusesAnotherRequestPolicyOrProvider() throws {
        let bargain = try Bargain()
        let (terms, statement) = (bargain.terms, bargain.statement)
        var spoiled = bargain
        spoiled.statement = statement.with(requestHash: Hash(1))
        try spoiled.expectRefusal(.wrongRequest(expected: terms.requestHash, got: Hash(1)))
        spoiled.statement = statement.with(policyHash: Hash(1))
        try spoiled.expectRefusal(.wrongPolicy(expected: terms.policyHash, got: Hash(1)))
        spoiled.statement = statement.with(provider: Bargain.account(5))
        try spoiled.expectRefusal(
            .wrongProvider(expected: terms.provider, got: Bargain.account(5)))
        spoiled = bargain
        spoiled.policy = .kind(.plain)
        try spoiled.expectRefusal(
            .wrongPolicy(expected: terms.policyHash, got: Policy.kind(.plain).hash))
    }

    /// Every policy of interest against every set of evidence that this chain can check.
    @Test(arguments: [
        Policy.kind(.tee), .kind(.zk), .kind(.reexecuted), .allOf([.kind(.signed), .kind(.tee)]),
        .anyOf([.kind(.tee), .kind(.zk)]),
        .atLeast(2, of: [.kind(.signed), .kind(.tee), .kind(.zk)]),
    ])
    func refusesWeakerEvidenceThanThePayersPolicy(_ policy: Policy) throws {
        let policy = try policy.canonical()
        for kinds in [[], [EvidenceKind.signed], [.plain], [.plain, .signed]] {
            let bargain = try Bargain(policy: policy, evidence: kinds)
            let signer = EvidenceFacts.Signer(
                address: bargain.statement.provider, scheme: .secp256k1, isProvider: true)
            let facts = EvidenceFacts(signers: kinds.contains(.signed) ? [signer] : [])
            try bargain.expectRefusal(.policyNotMet(try #require(policy.missing(from: facts))))
        }
    }

    @Test func refusesWeakerEvidenceThanTheModelsFloor() throws {
        let bargain = try Bargain(policy: .kind(.plain), floor: .kind(.signed), evidence: [])
        try bargain.expectRefusal(.floorNotMet("signed"))
    }

    @Test func refusesEvidenceOfNoForm() throws {
        for kind in [EvidenceKind.tee, .reexecuted] {
            let bargain = try Bargain(evidence: [.signed, kind])
            try bargain.expectRefusal(.invalidEvidence(kind, "no form has 0 bytes"))
        }
        let twice = try Bargain(evidence: [.signed, .signed])
        try twice.expectRefusal(.duplicateEvidence(.signed))
        var short = try Bargain()
        short.evidence = [Evidence(kind: .signed, data: [1])]
        try short.expectRefusal(.invalidEvidence(.signed, "no form has 1 bytes"))
    }

    @Test func refusesAReplay() throws {
        var bargain = try Bargain()
        try #require(try bargain.settle().succeeded)
        try bargain.expectRefusal(.alreadySettled(bargain.payment.receiptID))
        // The same authorization under other terms is the same payment.
        bargain.terms = bargain.terms.with(salt: Hash(6))
        try bargain.expectRefusal(.alreadySettled(bargain.payment.receiptID))
    }

    @Test func refusesExpiry() throws {
        let bargain = try Bargain()
        let now = bargain.chain.now
        bargain.chain.now = now + 301
        try bargain.expectRefusal(
            .statementNotCurrent(
                notBefore: bargain.statement.notBefore, notAfter: bargain.statement.notAfter,
                now: now + 301))
        var late = bargain
        late.statement = late.statement.with(notAfter: now + 10_000)
        try late.signStatement(with: late.provider)
        let at = late.chain.now
        try late.expectRefusal(
            .paymentExpired(validBefore: late.payment.validBefore, now: at))
        var early = late
        early.payment = early.payment.with(
            validAfter: UInt256(now + 5_000), validBefore: UInt256(now + 9_000))
        try early.sign()
        let then = early.chain.now
        try early.expectRefusal(
            .paymentNotYetValid(validAfter: UInt256(now + 5_000), now: then))
    }

    @Test func refusesTooLittleAndAnotherToken() throws {
        let bargain = try Bargain()
        var little = bargain
        little.payment = little.payment.with(amount: 999)
        try little.sign()
        try little.expectRefusal(.priceNotMet(price: 1000, amount: 999))
        var other = bargain
        other.payment = other.payment.with(asset: Bargain.account(1))
        try other.expectRefusal(
            .wrongAsset(expected: try bargain.chain.token, got: Bargain.account(1)))
    }

    @Test func refusesATransferToAnotherRecipientThanTheTermsEscrow() throws {
        var bargain = try Bargain()
        try bargain.signPayment(to: bargain.provider.address)
        try bargain.expectRefusal(
            .transferFailed(ABIWriter.error("FiatTokenV2: invalid signature")))
    }

    @Test func refusesAnAmountThatThePayerDoesNotHave() throws {
        var bargain = try Bargain()
        bargain.payment = bargain.payment.with(amount: UInt256.max >> 2)
        try bargain.sign()
        try bargain.expectRefusal(
            .transferFailed(ABIWriter.error("ERC20: transfer amount exceeds balance")))
    }

    // MARK: Any caller, any bytes

    @Test func everyCutOfACallIsRefusedAndNothingMoves() throws {
        let bargain = try Bargain()
        let whole = bargain.calldata
        let before = try bargain.money()
        // The last 29 bytes pad the output; as in Solidity, they may be missing.
        for count in stride(from: 0, to: whole.count - 29, by: 37) {
            let outcome = try bargain.chain.ask(
                Array(whole[..<count]), to: NativeAddress.settlement)
            #expect(!outcome.isSuccess, "cut to \(count)")
        }
        #expect(try bargain.money() == before)
    }

    @Test func flippedBitsNeverPayMoreOrAnotherPayee() throws {
        let bargain = try Bargain()
        let whole = bargain.calldata
        var random = SeededRandom(seed: 11)
        for _ in 0..<300 {
            var bytes = whole
            let place = Int(random.next() % UInt64(bytes.count * 8))
            bytes[place / 8] ^= 1 << UInt8(place % 8)
            let outcome = try bargain.chain.ask(bytes, to: NativeAddress.settlement)
            // Only bits that mean nothing may change; those leave the receipt's id as it is.
            if outcome.isSuccess { #expect(outcome.output == bargain.payment.receiptID.bytes) }
        }
    }

    @Test func takesNoEther() throws {
        let bargain = try Bargain()
        let result = try bargain.chain.send(
            bargain.calldata, to: NativeAddress.settlement, from: Bargain.sender, value: 1)
        #expect(result.outcome.output == NativeError.notPayable.revertData)
    }

    @Test func outOfGasAnywhereUndoesEverything() throws {
        let bargain = try Bargain()
        let before = try bargain.money()
        var gas: UInt64 = 60_000
        var refusals = 0
        while gas < 1_200_000 {
            let result = try bargain.chain.send(
                bargain.calldata, to: NativeAddress.settlement, from: Bargain.sender, gas: gas)
            if result.succeeded { break }
            refusals += 1
            #expect(try bargain.money() == before)
            #expect(bargain.record == nil)
            gas += 9_973
        }
        #expect(refusals > 10)
        #expect(bargain.record != nil)
    }
}
