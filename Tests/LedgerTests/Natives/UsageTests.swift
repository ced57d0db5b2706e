import Codec
import EVM
import Ledger
import Payments
import Primitives
import Testing

@Suite struct UsageTests {
    private func counter(_ bargain: Bargain, _ kind: UInt8) -> UsageCounter {
        UsageCounter(bargain.chain.slot(UsageCounter.slot(kind: kind), of: NativeAddress.usage))
    }

    @Test func countsWhatCouldHaveBeenStronger() throws {
        // Signed for a model that can be proven, and for one that cannot.
        for (hasProofs, policy, evidence, wanted) in [
            (true, Policy.kind(.signed), [EvidenceKind.signed], UInt64(1)),
            (true, .kind(.plain), [], 1), (false, .kind(.plain), [], 1),
        ] {
            let bargain = try Bargain(policy: policy, evidence: evidence, hasProofs: hasProofs)
            try #require(try bargain.settle().succeeded)
            let stronger = counter(bargain, UsageCounter.couldBeStronger)
            #expect(stronger.settlements == wanted)
            #expect(stronger.value == UInt256(wanted * 1000))
            let model = UsageCounter.slot(
                model: bargain.terms.modelID, kind: UsageCounter.couldBeStronger)
            #expect(
                UsageCounter(bargain.chain.slot(model, of: NativeAddress.usage)) == stronger)
        }
    }

    @Test func addsUpTheGasOfEvidence() throws {
        let bargain = try Bargain()
        try #require(try bargain.settle().succeeded)
        let gas = bargain.chain.slot(
            UsageCounter.gasSlot(kind: EvidenceKind.signed.rawValue), of: NativeAddress.usage)
        // A recovery and a digest at least, and no more than the key's slots and copies besides.
        #expect(gas >= 3_300 && gas < 20_000)
        let plain = UsageCounter.gasSlot(kind: EvidenceKind.plain.rawValue)
        #expect(bargain.chain.slot(plain, of: NativeAddress.usage).isZero)
    }

    /// The classes end at 2, 12 and 60 seconds, these included.
    @Test(arguments: [(0, 0), (2, 0), (3, 1), (12, 1), (13, 2), (60, 2), (61, 3), (250, 3)])
    func sortsSettlementsByDelay(_ delay: UInt64, _ place: Int) throws {
        var bargain = try Bargain()
        bargain.statement = bargain.statement.with(notBefore: bargain.chain.now - delay)
        try bargain.sign()
        try #require(try bargain.settle().succeeded)
        let delays = SettlementDelays(
            bargain.chain.slot(UsageCounter.delaySlot, of: NativeAddress.usage))
        var wanted: [UInt64] = [0, 0, 0, 0]
        wanted[place] = 1
        #expect(delays.counts == wanted)
    }

    @Test func remembersTheFirstEpoch() throws {
        let bargain = try Bargain()
        #expect(bargain.chain.slot(UsageCounter.firstEpochSlot, of: NativeAddress.usage).isZero)
        try #require(try bargain.settle().succeeded)
        let epoch = bargain.chain.parent.timestamp / UsageCounter.secondsPerEpoch
        #expect(
            bargain.chain.slot(UsageCounter.firstEpochSlot, of: NativeAddress.usage)
                == UInt256(epoch + 1))
    }

    @Test func readsWhatIsMissingFromRevertDataOnly() {
        let missing = NativeError.policyNotMet("tee or zk")
        #expect(NativeError.missingEvidence(inRevertData: missing.revertData) == "tee or zk")
        let floor = NativeError.floorNotMet("zk")
        #expect(NativeError.missingEvidence(inRevertData: floor.revertData) == "zk")
        for data in [
            [], [1, 2, 3], NativeError.notPayable.revertData, Array(missing.revertData[0..<40]),
        ] {
            #expect(NativeError.missingEvidence(inRevertData: data) == nil)
        }
    }
}
